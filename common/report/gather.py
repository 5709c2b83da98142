"""What the report shows of one paper at one tier, read from its results folder; what is missing says why."""

import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from markupsafe import Markup

from common.catalogue import Job, Paper, drawing_module, jobs, seed_range
from common.claims import BEST_FIRST
from common.data.registry import Dataset, dataset
from common.draw import drawing_closure, outputs
from common.errors import UserError
from common.fingerprint import digest_of
from common.pages import embedded
from common.report import wording
from common.report.source import Source, drawing_source
from common.results import Results, job_is_complete, read_json

MANIFEST = (
    "settings", "versions", "machine", "threads", "device", "data", "commit", "clean", "code", "failed",
    "wall_seconds", "peak_memory_mb", "finished",
)  # fmt: skip


@dataclass(frozen=True)
class Exhibit:
    """A figure, a table or a page. facts: its JSON, empty where `missing` says why there is none. image: a data URI.

    stale: the code has changed since it was drawn.
    """

    name: str
    title: str
    key: bool
    reads: list[str]
    facts: dict[str, Any]
    missing: str = ""
    image: str = ""
    page: str = ""
    size: tuple[int, int] = (0, 0)
    source: Source | None = None
    stale: bool = False

    @property
    def is_table(self) -> bool:
        return "columns" in self.facts

    def column_is_numeric(self, column: int) -> bool:
        cells = [row[column] for row in self.facts["rows"] if row[column] not in (None, "")]
        return bool(cells) and all(wording.is_number(cell) for cell in cells)


@dataclass(frozen=True)
class RunRow:
    """One run, its jobs together. manifest: the first job's; `missing` says why there is none."""

    name: str
    says: str
    seeds: str
    n: int
    manifest: dict[str, Any]
    missing: str = ""
    failed: tuple[tuple[str, str], ...] = ()
    wall_seconds: float = 0.0
    peak_memory_mb: float = 0.0
    jobs: int = 0
    finished: str = ""
    commits: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()


@dataclass(frozen=True)
class PaperPage:
    """Everything about one paper. claims is None where the ledger has not been applied yet."""

    paper: Paper
    tier: str
    exhibits: list[Exhibit]
    claims: list[dict[str, Any]] | None
    runs: list[RunRow]
    data: list[Dataset]  # the sets that the finished runs read

    @property
    def is_empty(self) -> bool:
        return self.claims is None and all(p.missing for p in self.exhibits) and all(r.missing for r in self.runs)

    @property
    def key(self) -> Exhibit | None:
        return next((exhibit for exhibit in self.exhibits if exhibit.key), None)

    @property
    def finished_runs(self) -> list[RunRow]:
        return [run for run in self.runs if not run.missing]

    @property
    def verdicts(self) -> dict[str, int]:
        """Verdict -> number of claims, best first, without those that nobody got."""
        found = Counter(claim["verdict"] for claim in self.claims or [])
        return {verdict: found[verdict] for verdict in BEST_FIRST if found[verdict]}

    @property
    def has_unverified(self) -> bool:
        return any(not test["verified"] for claim in self.claims or [] for test in claim["tests"])


def gather(paper: Paper, tier: str, root: Path) -> PaperPage:
    """Reads figures, claims and manifests. Raises UserError for a file that is damaged."""
    results = Results(paper, tier, root)
    runs = [_run(results, name, root) for name, run in paper.runs.items() if tier in run.tiers]
    return PaperPage(
        paper=paper,
        tier=tier,
        exhibits=[_exhibit(paper, name, tier, results.folder / "figures") for name in paper.figures],
        claims=_claims(results.folder / "claims.json"),
        runs=runs,
        data=[dataset(name) for name in dict.fromkeys(name for run in runs for name in run.manifest.get("data", {}))],
    )


def _exhibit(paper: Paper, name: str, tier: str, folder: Path) -> Exhibit:
    spec = paper.figure(name)
    facts_path, image_path, page_path = (folder / f"{name}{suffix}" for suffix in (".json", ".svg", ".html"))
    is_table, is_page = name.startswith("table_"), name.startswith("page_")

    reads = spec.reads_at(tier) or []

    def lacking(reason: str) -> Exhibit:
        return Exhibit(name, spec.title, spec.key, reads, {}, missing=reason)

    if not all((folder / file).exists() for file in outputs(name) if not file.endswith(".png")):
        if name in paper.figures_at(tier):
            return lacking(f"not drawn yet: snakemake {paper.slug}_{name} --config tier={tier}")
        absent = [run for run in reads if tier not in paper.runs[run].tiers]
        return lacking(f"not part of tier {tier}" + (f", which does not run {', '.join(absent)}" if absent else ""))
    needed = ("title", "caption", "provenance", "code", *(("columns", "rows") if is_table else ()))
    facts = _checked(read_json(facts_path), needed, facts_path)
    uneven = [row for row in facts.get("rows", []) if len(row) != len(facts["columns"])]
    if uneven:
        raise UserError(f"{facts_path}: a row has {len(uneven[0])} cells, not {len(facts['columns'])}; draw {name} again")
    svg = "" if is_table or is_page else _compact(image_path.read_text(encoding="utf-8"))
    return Exhibit(
        name, facts["title"], spec.key, reads, facts, image=_data_uri(svg) if svg else "", size=_size(svg),
        page=embedded(page_path) if is_page else "",
        source=drawing_source(paper.folder / f"{drawing_module(name)}.py", name), stale=_is_stale(paper, name, facts["code"]),
    )  # fmt: skip


def _claims(path: Path) -> list[dict[str, Any]] | None:
    if not path.exists():
        return None
    claims = _checked(read_json(path), ("claims",), path)["claims"]
    for claim in claims:
        _checked(claim, ("id", "says", "where", "expect", "verdict", "reason", "tests"), path)
    return list(claims)


def _run(results: Results, name: str, root: Path) -> RunRow:
    spec, all_jobs = results.paper.runs[name], list(jobs(results.paper, results.tier, [name]))
    seeds = [seed for job in all_jobs for seed in job.seeds]
    row = RunRow(name, spec.says, seed_range(tuple(seeds)).replace("-", wording.DASH), len(seeds), {})
    absent: list[Job] = [job for job in all_jobs if not job_is_complete(root, job)]
    if absent:
        reason = "not run yet" if len(absent) == len(all_jobs) else "not complete"
        ranges = ", ".join(seed_range(job.seeds) for job in absent)
        return RunRow(name, row.says, row.seeds, row.n, {}, missing=f"{reason} (seeds {ranges} are missing)")
    for job in all_jobs:
        path = root / job.folder / "manifest.json"
        _checked(read_json(path), MANIFEST, path)
    manifests = results[name].manifests
    return RunRow(
        name, row.says, row.seeds, row.n, manifests[0],
        failed=tuple(pair for manifest in manifests for pair in manifest["failed"].items()),
        wall_seconds=sum(manifest["wall_seconds"] for manifest in manifests),
        peak_memory_mb=max(manifest["peak_memory_mb"] for manifest in manifests),
        jobs=len(manifests), finished=max(manifest["finished"] for manifest in manifests),
        commits=tuple(dict.fromkeys(commit_label(manifest) for manifest in manifests)),
        codes=tuple(dict.fromkeys(manifest["code"] for manifest in manifests)),
    )  # fmt: skip


def commit_label(manifest: dict[str, Any]) -> str:
    """`1234567`, with + where the tree held changes that no commit has."""
    if manifest["commit"] is None:
        return "no commit"
    return str(manifest["commit"])[:7] + ("" if manifest["clean"] else "+")


def _checked(value: Any, keys: tuple[str, ...], path: Path) -> dict[str, Any]:
    missing = [key for key in keys if not isinstance(value, dict) or key not in value]
    if missing:
        raise UserError(f"{path}: '{missing[0]}' is missing; remove the file and run the stage that writes it again")
    return dict(value)


def _is_stale(paper: Paper, name: str, code: str) -> bool:
    try:
        return digest_of(drawing_closure(paper, name)) != code
    except KeyError:  # the function is gone
        return False


def _compact(svg: str) -> str:
    """The same picture in fewer bytes: no prolog, comments and metadata, coordinates to a hundredth of a point."""
    svg = re.sub(r"<\?xml.*?\?>|<!DOCTYPE.*?>|<!--.*?-->|<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    svg = " ".join(svg.split()).replace("> <", "><")
    return re.sub(r' (?:d|x|y)="[^"]*"', lambda attribute: re.sub(r"-?\d+\.\d{3,}", _hundredths, attribute[0]), svg)


def _hundredths(match: re.Match[str]) -> str:
    return f"{float(match[0]):.2f}".rstrip("0").rstrip(".")


def _data_uri(svg: str) -> Markup:
    """Percent-encoded, which is shorter than base64; it holds nothing that ends an attribute in double quotes."""
    single = svg if "'" in svg else svg.replace('"', "'")
    return Markup("data:image/svg+xml," + quote(single, safe=" =:;,/()'!*+?@"))


def _size(svg: str) -> tuple[int, int]:
    """Width and height in CSS pixels; (0, 0) where the picture does not say."""
    head = svg[: svg.find(">", svg.find("<svg"))]
    sides = [re.search(rf'\b{side}="([\d.]+)(pt|px|)"', head) for side in ("width", "height")]
    width, height = (round(float(m[1]) * (4 / 3 if m[2] == "pt" else 1)) if m else 0 for m in sides)
    return width, height
