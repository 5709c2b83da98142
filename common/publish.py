"""What is committed: finished tiers under results/published, and the parts of each README that are made from them."""

import re
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from common import atomic, tracking
from common.catalogue import ROOT, Paper, jobs
from common.config import TIERS
from common.data.registry import dataset
from common.draw import outputs
from common.errors import UserError
from common.report import wording
from common.results import Results, job_is_complete, read_json, verified_manifest

PUBLISHED = ROOT / "results" / "published"
LARGEST_FILE = 2_000_000  # bytes
REQUIRED = ("key figure", "results", "claims")
GENERATED = re.compile(r"(<!-- generated: ([a-z0-9_ ]+) -->\n).*?(<!-- end -->)", re.DOTALL)


def publish(paper: Paper, tier: str, root: Path) -> list[Path]:
    """Copies a tier (finished runs, figures as PNG and numbers, pages, verdicts) and rewrites the README's generated parts.

    Jobs that have not been run are left out, and so are figures that need a run of which no job is finished.
    """
    source, target = Results(paper, tier, root).folder, PUBLISHED / tier / paper.slug
    if source.resolve() == target.resolve():
        raise UserError(f"{root} is where results are published; name the folder that they come from with --results")
    finished = [job for job in jobs(paper, tier) if job_is_complete(root, job)]
    if not finished:
        raise UserError(f"no run of {paper.slug} is finished in {source}; run: snakemake {paper.slug} --config tier={tier}")
    for job in finished:
        verified_manifest(root / job.folder)
    runs = {job.run for job in finished}
    drawn = [name for name in paper.figures_at(tier) if runs.issuperset(paper.figure(name).reads_at(tier) or [])]
    files = [root / job.folder / name for job in finished for name in _run_files(root / job.folder)]
    files += [source / "claims.json"]
    files += [source / "figures" / file for name in drawn for file in outputs(name) if not file.endswith(".svg")]
    for file in files:
        if not file.exists():
            raise UserError(f"{file} is missing; run: snakemake {paper.slug} --config tier={tier}")
        if file.stat().st_size > LARGEST_FILE:
            raise UserError(f"{file} has {file.stat().st_size:,} bytes; published files stay below {LARGEST_FILE:,}")
    shutil.rmtree(target, ignore_errors=True)
    for file in files:
        copy = target / file.relative_to(source)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, copy)
    readme = paper.folder / "README.md"
    atomic.write_text(readme, with_sections(readme.read_text(encoding="utf-8"), paper))
    return [target, readme]


def with_sections(text: str, paper: Paper, published: Path = PUBLISHED) -> str:
    """A README with its generated parts, between `<!-- generated: NAME -->` and `<!-- end -->`, made anew.

    NAME is `key figure`, `claims`, a figure, table or page, or `results`: all of these that have no place of their own.
    """
    names = [found[2] for found in GENERATED.finditer(text)]
    for name in REQUIRED:
        if name not in names:
            raise UserError(f"papers/{paper.slug}/README.md lacks the markers of its generated part '{name}'")
    tiers = [tier for tier in TIERS if (published / tier / paper.slug / "claims.json").exists()]

    def section(found: re.Match[str]) -> str:
        body = _section(found[2], names, paper, tiers, published) if tiers else "Nothing has been published yet.\n"
        return f"{found[1]}{body}{found[3]}"

    return GENERATED.sub(section, text)


def mirror_results(paper: Paper, tier: str, root: Path, track: str) -> None:
    """Figures, tables and verdicts of a finished tier as one W&B run."""
    results = Results(paper, tier, root)
    claims = read_json(results.folder / "claims.json")["claims"]
    with tracking.start(
        track,
        job_type="report",
        group=f"{paper.slug}/report",
        name=f"{paper.slug} {tier}",
        tags=[tier],
        config={"tier": tier},
        folder=results.folder,
    ) as tracker:
        for name in paper.figures_at(tier):
            if not (results.folder / "figures" / f"{name}.json").exists():  # its runs are still to come
                continue
            drawn = read_json(results.folder / "figures" / f"{name}.json")
            if "columns" in drawn:
                tracker.table(name, drawn["columns"], drawn["rows"])
            elif name.startswith("figure_"):
                tracker.image(name, results.folder / "figures" / f"{name}.png")
        rows = [
            [c["id"], c["says"], c["verdict"], t["measure"], t["paper"], t["value"], t["n"]] for c in claims for t in c["tests"]
        ]
        tracker.table("claims", ["id", "says", "verdict", "measure", "paper", "ours", "n"], rows)


def _run_files(folder: Path) -> list[str]:
    return ["manifest.json", *read_json(folder / "manifest.json")["files"]]


def _section(name: str, placed: list[str], paper: Paper, tiers: list[str], published: Path) -> str:
    """One generated part: each figure from the highest tier that has it, the claims from all tiers."""
    if name == "claims":
        return claims_table({tier: read_json(published / tier / paper.slug / "claims.json")["claims"] for tier in tiers})
    best = {figure: tier for tier in tiers for figure in paper.figures if _drawn(figure, paper, tier, published).exists()}
    if name == "results":
        rest = [figure for figure in paper.figures if figure in best and figure not in (*placed, paper.key_figure)]
        shown = [_figure(paper, figure, best[figure], published) for figure in rest]
        return "\n".join([*shown, *_data(paper, tiers, published)])
    figure = str(paper.key_figure) if name == "key figure" else name
    if figure not in best:
        return "Not part of what is published.\n"
    return _figure(paper, figure, best[figure], published)


def _drawn(figure: str, paper: Paper, tier: str, published: Path) -> Path:
    return published / tier / paper.slug / "figures" / f"{figure}.json"


def _figure(paper: Paper, name: str, tier: str, published: Path) -> str:
    drawn = read_json(_drawn(name, paper, tier, published))
    head = f"#### {drawn['title']}\n\n"
    tail = f"{_escaped(drawn['caption'])} *({drawn['provenance']})*\n"
    if "columns" in drawn:
        return f"{head}{_table(drawn['columns'], drawn['rows'])}\n{tail}"
    path = f"../../results/published/{tier}/{paper.slug}/figures/{name}"
    if name.startswith("page_"):
        return f"{head}[One file for a browser]({path}.html): download it, it opens without a network; the report has it, too.\n\n{tail}"
    return f"{head}![{drawn['title']}]({path}.png)\n\n{tail}"


def _data(paper: Paper, tiers: list[str], published: Path) -> list[str]:
    """What the runs read: source and licence, and what the licence forbids. Nothing where they read no corpus."""
    folders = [published / job.folder for tier in tiers for job in jobs(paper, tier) if job_is_complete(published, job)]
    manifests = [read_json(folder / "manifest.json") for folder in folders]
    sets = [dataset(name) for name in dict.fromkeys(name for manifest in manifests for name in manifest["data"])]
    lines = [f"* {d.title}, {d.version}; {d.licence.name}. {d.attribution}" for d in sets]
    forbids = [f" **{d.licence.restrictions().capitalize()}.**" if d.licence.restrictions() else "" for d in sets]
    listed = "".join(f"{line}{forbidden}\n" for line, forbidden in zip(lines, forbids, strict=True))
    return [f"#### Data\n\n{listed}"] if sets else []


def _table(columns: list[str], rows: list[list[Any]]) -> str:
    lines = [columns, ["---"] * len(columns), *([_cell(value) for value in row] for row in rows)]
    return "".join("| " + " | ".join(line) + " |\n" for line in lines)


def _cell(value: Any) -> str:
    return wording.number(value) if value is None or wording.is_number(value) else _escaped(str(value))


def _escaped(text: str) -> str:
    """Text that Markdown shows as it is: `<unk>` is no tag, a bar ends no cell."""
    return text.replace("<", "&lt;").replace("|", "\\|")


def claims_table(ledgers: Mapping[str, list[dict[str, Any]]]) -> str:
    """One row a test; the claim's words stand in the row of its first test. One column a published tier.

    Raises UserError where tiers were judged by different ledgers, for instance before and after a claim was added.
    """
    best = list(ledgers)[-1]
    for tier, claims in ledgers.items():
        if _tests(claims) != _tests(ledgers[best]):
            raise UserError(
                f"tiers {tier} and {best} hold verdicts of different ledgers: judge and publish tier {tier} again, too"
            )
    rows = []
    for place, claim in enumerate(ledgers[best]):
        for k, test in enumerate(claim["tests"]):
            first = k == 0
            paper = _cell(test["paper"]) + ("" if test["verified"] or test["paper"] is None else " (from memory)")
            ours = [_ours(ledger[place]["tests"][k]) for ledger in ledgers.values()]
            verdicts = [ledger[place]["verdict"] for ledger in ledgers.values()]
            shown = verdicts[0] if len(set(verdicts)) == 1 else ", ".join(map(": ".join, zip(ledgers, verdicts, strict=True)))
            claim_text = f"**{claim['id'].split('.', 1)[1]}** {claim['says']} ({claim['where']})"
            rows.append([claim_text if first else "", f"`{test['measure']}`", test["criterion"], paper, *ours,
                         f"**{shown}**" if first else ""])  # fmt: skip
    return _table(["claim", "measure", "criterion", "paper", *(f"ours, {tier}" for tier in ledgers), "verdict"], rows)


def _tests(claims: list[dict[str, Any]]) -> list[tuple[str, list[str]]]:
    return [(claim["id"], [test["measure"] for test in claim["tests"]]) for claim in claims]


def _ours(test: Mapping[str, Any]) -> str:
    if test["n"] == 0:
        return "–"
    interval = f" {wording.interval(test['low'], test['high'])}" if test["n"] > 1 else ""
    return f"{_cell(test['value'])}{interval}, n = {test['n']}"
