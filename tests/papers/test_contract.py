"""What every paper's folder promises: files, settings, figures, measures, README, and the direction of its imports."""

import ast
import re
from pathlib import Path

import pytest

from common import catalogue, claims
from common.catalogue import ROOT, Paper, drawing_module, load, page_parts
from common.config import parse, read_yaml
from common.data.registry import NUMBERED
from common.publish import with_sections
from common.results import NotRunError, Results
from common.stage import settings_model

PAPERS = catalogue.papers()
README_SECTIONS = ["Key figure", "Run it", "The model", "Results", "Claims and verdicts", "Departures",
                   "What the paper leaves open", "What came next", "Exercises", "Cite"]  # fmt: skip
each_paper = pytest.mark.parametrize("paper", PAPERS, ids=lambda paper: paper.slug)


@each_paper
def test_the_folder_is_complete(paper: Paper):
    for name in ("README.md", "paper.yaml", "claims.yaml", "config.yaml", "model.py", "tasks.py", "experiments.py",
                 "measures.py", "figures.py"):  # fmt: skip
        assert (paper.folder / name).is_file(), name


@each_paper
def test_every_run_has_an_experiment_and_good_settings_at_each_of_its_tiers(paper: Paper):
    experiments = load(paper.slug, "experiments")
    for run, spec in paper.runs.items():
        model = settings_model(getattr(experiments, run.split("/")[0]))
        for tier in spec.tiers:
            parse(model, paper.settings(run, tier), run)
        for needed in spec.needs:
            assert needed in paper.runs
        assert set(spec.data) <= set(NUMBERED)


@each_paper
def test_every_variant_of_config_yaml_is_run(paper: Paper):
    configured = read_yaml(paper.folder / "config.yaml")
    variants = {f"{name}/{variant}" for name, section in configured.items() for variant in section["variants"]}
    assert variants == set(paper.runs)


@each_paper
def test_every_figure_table_and_page_is_a_function_with_that_name(paper: Paper):
    for name in paper.figures:
        assert callable(getattr(load(paper.slug, drawing_module(name)), name, None)), name
        assert all(part.is_file() for part in page_parts(paper, name)), name


@each_paper
def test_every_run_is_read_by_a_figure_or_a_claim(paper: Paper):
    text = (paper.folder / "measures.py").read_text()
    read = {run for figure in paper.figures.values() for run in figure.all_reads}
    unread = [run for run in paper.runs if run not in read and f'"{run}"' not in text]
    assert unread == []


@each_paper
def test_every_measure_of_the_ledger_exists(paper: Paper, tmp_path: Path):
    measured = load(paper.slug, "measures").measures(Results(paper, "laptop", tmp_path))
    assert all(isinstance(value, NotRunError) for value in measured.values())
    for claim in claims.ledger(paper):
        for test in claim.tests:
            assert test.measure in measured, f"{claim.id}: {test.measure}"


@each_paper
def test_the_readme_has_its_sections_in_order_and_is_not_stale(paper: Paper):
    text = (paper.folder / "README.md").read_text(encoding="utf-8")
    assert re.findall(r"^## (.+)$", text, re.MULTILINE) == README_SECTIONS
    assert with_sections(text, paper) == text, f"stale: run python -m common publish {paper.slug} for its tiers"


def imported_packages(path: Path) -> set[str]:
    """Papers named in import statements anywhere in a file, and `common`."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom):
            names = [node.module or ""] if node.module != "papers" else [f"papers.{alias.name}" for alias in node.names]
        found |= {".".join(name.split(".")[:2]) for name in names if name.startswith("papers")}
    return found


def test_common_imports_no_paper():
    for path in (ROOT / "common").rglob("*.py"):
        assert imported_packages(path) == set(), path


@each_paper
def test_a_paper_imports_only_itself_and_earlier_papers(paper: Paper):
    for path in paper.folder.rglob("*.py"):
        for package in imported_packages(path):
            assert package == f"papers.{paper.slug}" or year(package) < year(paper.slug), path


def year(name: str) -> int:
    """The year in a slug; a folder may hold a part of a paper, such as its model, before it is a paper of the catalogue."""
    return int(re.sub(r"\D", "", name))
