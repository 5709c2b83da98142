"""Why a target would be made again: what is missing, and which setting or which piece of code changed."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from common import catalogue
from common.config import parse
from common.draw import drawing_closure
from common.errors import unknown
from common.fingerprint import changes, closure
from common.results import read_json


def why(target: str, tier: str, root: Path) -> list[str]:
    """One line a run or drawing of `target` that is not up to date, with the reasons below it."""
    paper, names = _parse(target)
    figures = names or paper.figures_at(tier)
    runs = [
        run for run in paper.runs if not names or run in {r for name in names for r in paper.figures[name].reads_at(tier) or []}
    ]
    lines = []
    for job in catalogue.jobs(paper, tier, runs):
        lines += _explain(str(root / job.folder), _job_reasons(job, root))
    for name in figures:
        path = root / tier / paper.slug / "figures" / f"{name}.json"
        lines += _explain(str(path), _code_reasons(path, drawing_closure, paper, name))
    return lines or [f"{target} is up to date at tier {tier}"]


def _parse(target: str) -> tuple[catalogue.Paper, list[str]]:
    match = re.fullmatch(rf"(.+?)_((?:{'|'.join(catalogue.KINDS)})_.+)", target)
    paper = catalogue.paper(match[1] if match else target)
    if match and match[2] not in paper.figures:
        raise unknown("target", target, [f"{paper.slug}_{name}" for name in paper.figures])
    return paper, [match[2]] if match else []


def _explain(what: str, reasons: list[str]) -> list[str]:
    return [what, *(f"  {reason}" for reason in reasons)] if reasons else []


def _code_reasons(path: Path, taken: Callable[..., dict[str, str]], *words: Any) -> list[str]:
    if not path.exists():
        return ["has not been made"]
    return changes(read_json(path)["closure"], taken(*words))


def _job_reasons(job: catalogue.Job, root: Path) -> list[str]:
    path = root / job.folder / "manifest.json"
    if not path.exists():
        return ["has not been made"]
    module, experiment = f"papers.{job.paper.slug}.experiments", job.run.split("/")[0]
    reasons = _code_reasons(path, closure, module, experiment)
    return reasons + _setting_reasons(read_json(path)["settings"], job)


def _setting_reasons(before: dict[str, Any], job: catalogue.Job) -> list[str]:
    from common.stage import settings_model

    function = getattr(catalogue.load(job.paper.slug, "experiments"), job.run.split("/")[0])
    now = parse(settings_model(function), job.paper.settings(job.run, job.tier), job.run).model_dump(mode="json")
    keys = sorted(before.keys() | now.keys())
    return [f"setting {k}: {before.get(k)} -> {now.get(k)}" for k in keys if before.get(k) != now.get(k)]
