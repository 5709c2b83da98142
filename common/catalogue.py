"""The papers: found by slug, their `paper.yaml` read and checked. The one place where `common` loads a paper's code."""

import functools
import importlib
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from pydantic import Field, field_validator, model_validator

from common.config import Settings, check_tier, parse, read_yaml, resolve
from common.errors import UserError, unknown

ROOT = Path(__file__).resolve().parent.parent
KINDS = {"figure": "figures", "table": "tables", "page": "pages"}  # what a paper shows, by the module that draws it
FIRST_SEED = 100  # lower seeds served the trials that chose settings and criteria


class Scale(Settings):
    """How much of a run one tier does. minutes: expected wall time of one of its jobs on one core."""

    seeds: int = Field(gt=0)
    seeds_per_job: int = Field(default=10, gt=0)
    minutes: float = Field(gt=0)


class RunSpec(Settings):
    """One `experiment/variant`. A tier that is not listed does not do this run."""

    says: str
    tiers: dict[str, Scale]
    needs: list[str] = Field(default_factory=list)  # earlier runs of the same paper
    data: list[str] = Field(default_factory=list)
    threads: int = 1
    gpus: int = 0

    @field_validator("tiers")
    @classmethod
    def _tiers_exist(cls, tiers: dict[str, Scale]) -> dict[str, Scale]:
        return {check_tier(tier): scale for tier, scale in tiers.items()}


class FigureSpec(Settings):
    """A figure, a table or a page: its title, the runs it reads, and the tier-independent fact whether it is the key figure.

    reads: a list, or one for each tier where a tier has a corpus, and so runs, of its own; then other tiers lack the figure.
    """

    title: str
    reads: list[str] | dict[str, list[str]] = Field(default_factory=list)
    key: bool = False

    def reads_at(self, tier: str) -> list[str] | None:
        """The runs that it reads at a tier; None where it has no part in it."""
        return self.reads.get(tier) if isinstance(self.reads, dict) else self.reads

    @property
    def all_reads(self) -> set[str]:
        lists = self.reads.values() if isinstance(self.reads, dict) else [self.reads]
        return {run for runs in lists for run in runs}


class Citation(Settings):
    authors: list[str]
    year: int
    where: str
    url: str
    bibtex: str


class Paper(Settings):
    slug: str
    title: str
    limit: str  # the limit that the paper met, one line
    citation: Citation
    runs: dict[str, RunSpec]
    figures: dict[str, FigureSpec]

    @model_validator(mode="after")
    def _names_agree(self) -> "Paper":
        for name, figure in self.figures.items():
            if not re.fullmatch(rf"({'|'.join(KINDS)})_[a-z0-9_]+", name):
                raise ValueError(f"'{name}' must be named figure_..., table_... or page_...")
            for tier in figure.reads if isinstance(figure.reads, dict) else []:
                check_tier(tier)
            for run in sorted(figure.all_reads):
                if run not in self.runs:
                    raise ValueError(f"{name} reads {run}, which is not among the runs")
        for run in self.runs:
            if not re.fullmatch(r"[a-z0-9_]+/[a-z0-9_]+", run):
                raise ValueError(f"run '{run}' is not of the form experiment/variant")
        if self.figures and sum(figure.key for figure in self.figures.values()) != 1:
            raise ValueError("exactly one figure must say key: true")
        return self

    @property
    def folder(self) -> Path:
        return ROOT / "papers" / self.slug

    @property
    def key_figure(self) -> str | None:
        return next((name for name, figure in self.figures.items() if figure.key), None)

    def run(self, name: str) -> RunSpec:
        if name not in self.runs:
            raise unknown(f"run of {self.slug}", name, self.runs)
        return self.runs[name]

    def figure(self, name: str) -> FigureSpec:
        if name not in self.figures:
            raise unknown(f"figure of {self.slug}", name, self.figures)
        return self.figures[name]

    def tiers(self) -> set[str]:
        return {tier for run in self.runs.values() for tier in run.tiers}

    def figures_at(self, tier: str) -> list[str]:
        """The figures whose runs this tier does, in the order of paper.yaml; none where it does no run at all."""
        if tier not in self.tiers():
            return []
        read = {name: figure.reads_at(tier) for name, figure in self.figures.items()}
        return [name for name, runs in read.items() if runs is not None and all(tier in self.runs[r].tiers for r in runs)]

    def settings(self, run: str, tier: str) -> dict[str, Any]:
        """Merged settings of one run at one tier, as config.yaml gives them."""
        experiment, variant = run.split("/")
        path = self.folder / "config.yaml"
        return resolve(_read_yaml_once(path), experiment, variant, tier, str(path.relative_to(ROOT)))


@dataclass(frozen=True)
class Job:
    """The unit that the pipeline starts: some seeds of one run at one tier."""

    paper: Paper
    run: str
    tier: str
    seeds: tuple[int, ...]

    @property
    def folder(self) -> Path:
        """Relative to the results root."""
        return Path(self.tier, self.paper.slug, "runs", self.run, seed_range(self.seeds))


def jobs(paper: Paper, tier: str, runs: list[str] | None = None) -> Iterator[Job]:
    """Every job of the named runs (all if None) that this tier does, each with at most `seeds_per_job` seeds."""
    for run in paper.runs if runs is None else runs:
        scale = paper.run(run).tiers.get(tier)
        if scale is None:
            continue
        seeds = range(FIRST_SEED, FIRST_SEED + scale.seeds)
        for start in range(0, scale.seeds, scale.seeds_per_job):
            yield Job(paper, run, tier, tuple(seeds[start : start + scale.seeds_per_job]))


def seed_range(seeds: tuple[int, ...]) -> str:
    return str(seeds[0]) if len(seeds) == 1 else f"{seeds[0]}-{seeds[-1]}"


def parse_seeds(text: str) -> tuple[int, ...]:
    """`"100-104"` -> (100, ..., 104); `"7"` -> (7,)."""
    match = re.fullmatch(r"(\d+)(?:-(\d+))?", text)
    if not match or (match[2] and int(match[2]) < int(match[1])):
        raise UserError(f"--seeds {text}: give one seed or a range such as {FIRST_SEED}-{FIRST_SEED + 9}")
    return tuple(range(int(match[1]), int(match[2] or match[1]) + 1))


@functools.cache
def _read_yaml_once(path: Path) -> Any:
    return read_yaml(path)


def slugs() -> list[str]:
    """Every folder under papers/ with a paper.yaml, oldest paper first."""
    found = [path.parent.name for path in (ROOT / "papers").glob("*/paper.yaml")]
    return sorted(found, key=lambda slug: (re.sub(r"\D", "", slug), slug))


@functools.cache
def paper(slug: str) -> Paper:
    if slug not in slugs():
        raise unknown("paper", slug, slugs())
    path = ROOT / "papers" / slug / "paper.yaml"
    checked = parse(Paper, _read_yaml_once(path), str(path.relative_to(ROOT)))
    if checked.slug != slug:
        raise UserError(f"papers/{slug}/paper.yaml: slug is '{checked.slug}'; it must equal the folder's name")
    return checked


def papers() -> list[Paper]:
    return [paper(slug) for slug in slugs()]


def chosen(text: str) -> list[Paper]:
    """`all`, or the papers whose slugs are joined by commas."""
    return papers() if text == "all" else [paper(slug) for slug in text.split(",")]


def drawing_module(name: str) -> str:
    """The module of a paper that defines a figure, a table or a page: `figures`, `tables` or `pages`."""
    return KINDS[name.partition("_")[0]]


def page_parts(paper: Paper, name: str) -> list[Path]:
    """What a page consists of beside its data: papers/<slug>/<name>.html, .css and .js. None of a figure or a table."""
    return [paper.folder / f"{name}{suffix}" for suffix in (".html", ".css", ".js")] if name.startswith("page_") else []


def load(slug: str, module: str) -> ModuleType:
    """`papers.<slug>.<module>`, imported. One math thread is set before any library reads it."""
    paper(slug)
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    return importlib.import_module(f"papers.{slug}.{module}")
