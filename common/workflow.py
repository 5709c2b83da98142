"""What the Snakefile asks: configuration, targets, and for each job its inputs and what decides whether it is rerun."""

import functools
import os
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pydantic import field_validator

from common import catalogue
from common.catalogue import ROOT, jobs
from common.config import Settings, check_tier, digest, parse
from common.data.registry import NUMBERED, PREPARED, Dataset, dataset, registry
from common.draw import drawing_closure, outputs
from common.errors import UserError, unknown
from common.fingerprint import digest_of, fingerprint

RESULTS = Path("results")


class WorkflowConfig(Settings):
    """`snakemake --config tier=... papers=... track=...`."""

    tier: str = "laptop"
    papers: str = "all"  # "all", or slugs joined by commas
    track: Literal["off", "offline", "online"] | None = None  # None: $ROAD_TRACK, else off
    mirror: str | None = None  # a local copy of the corpora; None: $ROAD_DATA_MIRROR, else none

    @field_validator("tier")
    @classmethod
    def _tier_exists(cls, tier: str) -> str:
        return check_tier(tier)

    @field_validator("papers")
    @classmethod
    def _papers_exist(cls, papers: str) -> str:
        catalogue.chosen(papers)
        return papers

    @field_validator("track", mode="before")
    @classmethod
    def _yaml_off(cls, track: Any) -> Any:
        return "off" if track is False else track  # YAML reads a bare off as false


@dataclass(frozen=True)
class Target:
    name: str
    says: str
    files: list[str]


def begin(config: Mapping[str, Any], words: list[str]) -> dict[str, Any]:
    """The checked configuration; stops Snakemake with one line and exit code 2 where it or a target is misspelt.

    words: the command line.
    """
    try:
        checked = check_config(config)
        check_targets(words)
    except UserError as error:
        print(error, file=sys.stderr)
        sys.exit(2)
    prepare_environment(checked)
    return checked


def prepare_environment(config: Mapping[str, Any]) -> None:
    """What jobs inherit: `python` is the one that runs Snakemake, activated or not; where to mirror runs.

    Neither W&B nor the data mirror is a parameter of a job, or switching it would make everything again.
    """
    if config["track"] is not None:
        os.environ["ROAD_TRACK"] = config["track"]
    if config["mirror"] is not None:
        os.environ["ROAD_DATA_MIRROR"] = str(Path(config["mirror"]).resolve())
    os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"


def check_config(values: Mapping[str, Any]) -> dict[str, Any]:
    """The workflow's configuration with its defaults. Stops Snakemake with one line where it is wrong."""
    return parse(WorkflowConfig, dict(values), "--config").model_dump()


def check_targets(words: list[str]) -> None:
    """Refuses a misspelt paper or figure on the command line, naming the nearest."""
    known = {target.name for target in targets(WorkflowConfig().model_dump())}
    for word in words:
        if re.fullmatch(r"[a-z]+\d{4}\w*", word) and word not in known and not Path(word).exists():
            raise unknown("target", word, known)


def targets(config: Mapping[str, Any]) -> list[Target]:
    """One target a paper, then one a figure, in the papers' order."""
    tier, found = config["tier"], []
    for paper in catalogue.papers():
        names = paper.figures_at(tier)
        folder = RESULTS / tier / paper.slug
        files = [str(folder / "figures" / file) for name in names for file in outputs(name)]
        authors = ", ".join(paper.citation.authors)
        found.append(Target(paper.slug, f"{authors} ({paper.citation.year}): {paper.title}", [
            *files, *([str(folder / "claims.json")] if tier in paper.tiers() else [])
        ]))  # fmt: skip
        for name, spec in paper.figures.items():
            drawn = [str(folder / "figures" / file) for file in outputs(name)]
            found.append(Target(f"{paper.slug}_{name}", spec.title, drawn))
    return found


def data_targets() -> list[Target]:
    """One target a set that a program may fetch: `fetch_multi30k`."""
    return [Target(f"fetch_{d.name}", f"{d.title} ({d.licence.name})", [fetched(d.name)]) for d in _fetchable()]


def prepared(name: str) -> str:
    """The file that says that a set is token ids."""
    return str(PREPARED / name / "manifest.json")


def prepared_targets() -> list[Target]:
    """One target a set that becomes token ids: `prepare_multi30k`."""
    return [Target(f"prepare_{name}", f"{dataset(name).title}, as token ids", [prepared(name)]) for name in NUMBERED]


def preparing_code() -> str:
    return fingerprint("common.data.sets", "prepare_set")


def portraying_code() -> str:
    return fingerprint("common.data.portraits", "draw_portrait")


def fetched(name: str) -> str:
    """The file that tells where the verified files of a set lie."""
    return f"data/raw/{name}.json"


def mirrored() -> list[str]:
    """`fetched` of every set that the mirror holds."""
    return [fetched(d.name) for d in registry().mirrored()]


def files_digest(name: str) -> str:
    """Changes when the registry expects other files of a set."""
    return digest([file.model_dump(mode="json") for file in dataset(name).files])


def _fetchable() -> list[Dataset]:
    return [d for d in registry().datasets.values() if d.files]


def all_targets(config: Mapping[str, Any]) -> list[str]:
    """Every file of the chosen papers at the chosen tier."""
    chosen = {paper.slug for paper in catalogue.chosen(config["papers"])}
    return [file for target in targets(config) if target.name in chosen for file in target.files]


def report_path(config: Mapping[str, Any]) -> str:
    return str(RESULTS / config["tier"] / "report.html")


def report_inputs(config: Mapping[str, Any]) -> list[str]:
    """What the page shows, and the page's templates and style."""
    page = [file for pattern in ("*.j2", "*.css", "*.js") for file in sorted((ROOT / "common" / "report").glob(pattern))]
    return [*all_targets(config), *(str(file.relative_to(ROOT)) for file in page)]


def reported(config: Mapping[str, Any]) -> str:
    return str(config["papers"])


def report_code() -> str:
    return fingerprint("common.report", "write_report")


def manifests(slug: str, tier: str, figure: str | None = None) -> list[str]:
    """Manifests of the runs that a figure reads; of every run of the paper without one."""
    paper = catalogue.paper(slug)
    runs = None if figure is None else paper.figure(figure).reads_at(tier)
    return [str(RESULTS / job.folder / "manifest.json") for job in jobs(paper, tier, runs)]


def needs(config: Mapping[str, Any], slug: str, run: str) -> list[str]:
    """Manifests of what a run builds on: prepared sets, and earlier runs."""
    paper = catalogue.paper(slug)
    spec = paper.run(run)
    earlier = jobs(paper, config["tier"], spec.needs) if spec.needs else []
    return [*map(prepared, spec.data), *(str(RESULTS / job.folder / "manifest.json") for job in earlier)]


@functools.cache
def training_code(slug: str, run: str) -> str:
    return fingerprint(f"papers.{slug}.experiments", run.split("/")[0])


@functools.cache
def drawing_code(slug: str, figure: str) -> str:
    return digest_of(drawing_closure(catalogue.paper(slug), figure))


@functools.cache
def judging_code(slug: str) -> str:
    return digest([fingerprint(f"papers.{slug}.measures", "measures"), fingerprint("common.claims", "judge_claim")])


def settings_digest(slug: str, run: str, tier: str) -> str:
    return digest(catalogue.paper(slug).settings(run, tier))


def threads(slug: str, run: str) -> int:
    return catalogue.paper(slug).run(run).threads


def gpus(slug: str, run: str) -> int:
    return catalogue.paper(slug).run(run).gpus


def runtime(slug: str, run: str, tier: str) -> int:
    """Minutes to ask a cluster for: four times what the job is expected to take, at least ten."""
    return max(10, round(4 * catalogue.paper(slug).run(run).tiers[tier].minutes))
