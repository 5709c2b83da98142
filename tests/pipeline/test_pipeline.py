"""The pipeline from an empty folder, and what runs again after which change. Through Snakemake's own dry run."""

import json
import re

import pytest

from common import catalogue

pytestmark = pytest.mark.xdist_group("pipeline")
ELMAN = "papers/elman1990"
TRAINED = {"train xor/srn", "train letters/srn", "train words/w2", "train lexicon/g2", "train lexicon/untrained"}


def trained(planned: set[str]) -> set[str]:
    return {job for job in planned if job.startswith("train")}


def test_the_smoke_tier_gives_figures_verdicts_and_the_report(finished):
    results = finished.root / "results" / "smoke"
    paper = catalogue.paper("elman1990")
    for name in paper.figures_at("smoke"):
        assert (results / "elman1990" / "figures" / f"{name}.json").exists()
    verdicts = {c["id"]: c["verdict"] for c in json.loads((results / "elman1990" / "claims.json").read_text())["claims"]}
    assert verdicts["elman1990.letters-cv"] == "reproduced"
    assert verdicts["elman1990.lex-tree"] == "not tested"
    assert "elman1990" in (results / "report.html").read_text()


def test_a_finished_tier_has_nothing_to_do(finished):
    assert finished.planned("all") == set()


@pytest.mark.parametrize(
    ("path", "old", "new"),
    [
        (f"{ELMAN}/kernel.py", "import numpy as np", "import numpy as np  # a comment"),
        (f"{ELMAN}/kernel.py", '"""Writes h = f(', '"""Computes h = f('),
        (f"{ELMAN}/model.py", "class SimpleRecurrentNetwork", "\n\nclass SimpleRecurrentNetwork"),
        ("common/seeding.py", "return np.random", "# a comment\n    return np.random"),
        (f"{ELMAN}/README.md", "Elman", "Elman, J. L."),
        ("common/tracking.py", 'PROJECT = "road-to-attention"', 'PROJECT = "another"'),
        ("common/progress.py", "LINE_SECONDS = 60.0", "LINE_SECONDS = 61.0"),
    ],
)
def test_comments_docstrings_and_bookkeeping_rerun_nothing(finished, path, old, new):
    with finished.edit(path, old, new):
        assert finished.planned("all") == set()


def test_an_edited_figure_is_drawn_again_and_nothing_else(finished):
    with finished.edit(f"{ELMAN}/figures.py", 'ylabel="squared error of the next bit"', 'ylabel="error"'):
        assert finished.planned("all") == {"draw_figure figure_3", "write_report"}


def test_an_edited_table_is_made_again_and_nothing_else(finished):
    with finished.edit(f"{ELMAN}/tables.py", "as the paper prints them", "as printed"):
        assert finished.planned("all") == {"draw_table table_1", "write_report"}


def test_an_edited_learning_rule_trains_everything_that_learns_by_it(finished):
    with finished.edit(f"{ELMAN}/kernel.py", "W_o[j, k] * d_o[k]", "W_o[j, k] * d_o[k] * 1.0"):
        assert trained(finished.planned("all")) == TRAINED


def test_an_edited_module_of_common_trains_what_imports_it(finished):
    with finished.edit("common/seeding.py", "zlib.crc32(purpose.encode())", "zlib.adler32(purpose.encode())"):
        every = {f"train {run}" for paper in catalogue.papers() for run, spec in paper.runs.items() if "smoke" in spec.tiers}
        assert trained(finished.planned("all")) == every


def test_an_edited_stream_trains_only_its_own_simulation(finished):
    with finished.edit(f"{ELMAN}/tasks.py", '"d": "dii"', '"d": "diii"'):
        assert trained(finished.planned("all")) == {"train letters/srn"}


def test_a_changed_setting_trains_only_the_runs_that_have_it(finished):
    with finished.edit(f"{ELMAN}/config.yaml", "smoke: {passes: 20}", "smoke: {passes: 21}"):
        assert trained(finished.planned("all")) == {"train letters/srn"}


def test_a_changed_criterion_judges_again_without_training(finished):
    with finished.edit(f"{ELMAN}/claims.yaml", "{above: 5}", "{above: 6}"):
        assert finished.planned("all") == {"judge", "write_report"}


def test_a_changed_page_writes_only_the_report(finished):
    with finished.edit("common/report/page.css", "{", "{ /* changed */"):
        assert finished.planned("all") == {"write_report"}


def test_one_figure_is_a_target_of_its_own(finished):
    with finished.edit(f"{ELMAN}/figures.py", 'ylabel="squared error of the next bit"', 'ylabel="error"'):
        assert finished.planned("elman1990_figure_3") == {"draw_figure figure_3"}
        assert finished.planned("elman1990_figure_6") == set()


def test_another_papers_code_reruns_nothing_here_and_a_new_paper_needs_no_new_rule(finished):
    made = finished.run("common", "new-paper", "example1999")
    assert made.returncode == 0, made.stderr
    try:
        assert finished.planned("elman1990") == set()
        assert trained(finished.planned("example1999")) == {"train example/first"}
        result = finished.snakemake("example1999", "--cores", "2")
        assert result.returncode == 0, result.stdout + result.stderr
        contract = finished.run("pytest", "-q", "-p", "no:cacheprovider", "tests/papers/test_contract.py", "-k", "example1999")
        assert contract.returncode == 0, contract.stdout
        with finished.edit("papers/example1999/figures.py", "mean of the noise", "mean"):
            assert finished.planned("elman1990") == set()
    finally:
        for path in sorted((finished.root / "papers" / "example1999").rglob("*"), reverse=True):
            path.rmdir() if path.is_dir() else path.unlink()
        (finished.root / "papers" / "example1999").rmdir()


def test_why_names_the_code_and_the_setting_that_changed(finished):
    why = finished.run("common", "why", "elman1990", "--tier", "smoke")
    assert why.stdout == "elman1990 is up to date at tier smoke\n"
    with finished.edit(f"{ELMAN}/config.yaml", "smoke: {passes: 20}", "smoke: {passes: 21}"):
        assert "setting passes: 20 -> 21" in finished.run("common", "why", "elman1990", "--tier", "smoke").stdout
    with finished.edit(f"{ELMAN}/tasks.py", '"d": "dii"', '"d": "diii"'):
        said = finished.run("common", "why", "elman1990_figure_4", "--tier", "smoke").stdout
        assert "papers.elman1990.tasks:SYLLABLES changed" in said
        assert "xor" not in said


def test_the_list_of_rules_reads_as_a_menu(finished):
    listed = finished.run("snakemake", "--list-rules").stdout
    for line in ("all (", "report (", "clean_results (", "elman1990 (Jeffrey L. Elman (1990): Finding Structure in Time)",
                 "elman1990_figure_7 (Figure 7:"):  # fmt: skip
        assert line in listed


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--config", "tier=laptopp"], "did you mean 'laptop'"),
        (["--config", "teir=laptop"], "did you mean 'tier'"),
        (["elman1991"], "did you mean 'elman1990'"),
        (["elman1990_figure_17"], "did you mean 'elman1990_figure_7'"),
        (["--config", "papers=elmann1990"], "did you mean 'elman1990'"),
    ],
)
def test_a_misspelt_word_stops_with_the_nearest_one(finished, words, said):
    result = finished.run("snakemake", *words, "--dry-run")
    assert result.returncode == 2
    (line,) = [line for line in result.stderr.splitlines() if "specific profile" not in line]
    assert said in line


def test_two_pipelines_on_one_folder_do_not_mix(finished):
    """The second either waits its turn or stops; afterwards everything is whole and up to date."""
    import subprocess
    import sys

    (finished.root / "results/smoke/elman1990/claims.json").unlink()
    command = [sys.executable, "-m", "snakemake", "all", "--cores", "1", "--config", "tier=smoke"]
    both = [subprocess.Popen(command, cwd=finished.root, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                             env={**__import__("os").environ, "PYTHONPATH": str(finished.root)}) for _ in range(2)]  # fmt: skip
    said = [process.communicate()[0] for process in both]
    codes = sorted(process.returncode for process in both)
    assert codes[0] == 0
    if codes[1] != 0:
        assert any(re.search(r"Lock|lock|Incomplete", text) for text in said)
    assert finished.planned("all") == set()


def test_cleaning_removes_one_tier(finished, tmp_path):
    kept = finished.root / "results" / "published" / "note.txt"
    kept.parent.mkdir(parents=True, exist_ok=True)
    kept.write_text("stays")
    other = finished.root / "results" / "corpus" / "x"
    other.mkdir(parents=True)
    result = finished.snakemake("clean_results", "--cores", "1", tier="corpus")
    assert result.returncode == 0, result.stderr
    assert not other.exists()
    assert (finished.root / "results" / "smoke" / "report.html").exists()
    assert kept.exists()
