from pathlib import Path

import pytest
import toy
import yaml

from common import catalogue
from common.catalogue import Job, Paper, jobs, parse_seeds, seed_range
from common.config import parse
from common.errors import UserError


def toy_as(**changes: object) -> Paper:
    return parse(Paper, {**yaml.safe_load(toy.PAPER), **changes}, "paper.yaml")


def error_of_paper_yaml(folder: Path, old: str, new: str) -> str:
    toy.edit(folder / "paper.yaml", old, new)
    with pytest.raises(UserError) as caught:
        catalogue.paper(toy.SLUG)
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize(("text", "seeds"), [("7", (7,)), ("100-102", (100, 101, 102)), ("5-5", (5,))])
def test_seeds_are_one_number_or_a_range_with_both_ends(text: str, seeds: tuple[int, ...]) -> None:
    assert parse_seeds(text) == seeds


@pytest.mark.parametrize("text", ["", "a", "-1", "3-", "5-4", "1,2", "1-2-3", "1.5", "1 - 2"])
def test_other_seeds_are_refused_with_an_example(text: str) -> None:
    with pytest.raises(UserError, match=r": give one seed or a range such as 100-109$"):
        parse_seeds(text)


def test_a_range_is_written_as_it_is_read() -> None:
    assert [seed_range((7,)), seed_range((100, 101, 102))] == ["7", "100-102"]


def test_a_run_is_split_into_jobs_that_begin_at_seed_100() -> None:
    found = list(jobs(toy_as(), "laptop", ["walk/plain"]))  # 5 seeds, 2 a job
    assert [job.seeds for job in found] == [(100, 101), (102, 103), (104,)]
    assert found[0].folder == Path("laptop/pearson1905/runs/walk/plain/100-101")
    assert found[2].folder.name == "104"


def test_a_tier_does_only_the_runs_that_list_it() -> None:
    assert {job.run for job in jobs(toy_as(), "laptop")} == {"walk/plain", "walk/far"}
    assert {job.run for job in jobs(toy_as(), "smoke")} == {"walk/plain"}
    assert list(jobs(toy_as(), "paper")) == []


def test_a_figure_is_drawn_at_the_tiers_that_do_all_its_runs() -> None:
    assert toy_as().figures_at("laptop") == ["figure_1", "table_1"]
    assert toy_as().figures_at("smoke") == ["figure_1"]
    assert toy_as().figures_at("paper") == []


def test_a_figure_that_reads_no_run_is_drawn_wherever_the_paper_is_done() -> None:
    drawing = toy_as(figures={"figure_2": {"title": "The network", "key": True}})
    assert [drawing.figures_at(tier) for tier in ("smoke", "paper")] == [["figure_2"], []]


def test_the_key_figure_is_the_one_that_says_so() -> None:
    assert toy_as().key_figure == "figure_1"
    assert toy_as(figures={}).key_figure is None


def test_papers_come_oldest_first(toy_paper: Path) -> None:
    for slug in ("later1999", "earlier1904", "alike1905"):
        (toy_paper.parent / slug).mkdir()
        (toy_paper.parent / slug / "paper.yaml").touch()
    assert catalogue.slugs() == ["earlier1904", "alike1905", "pearson1905", "later1999"]


def test_settings_of_a_run_come_from_its_config(toy_paper: Path) -> None:
    paper = catalogue.paper(toy.SLUG)
    assert paper.settings("walk/plain", "smoke") == {"steps": 4}
    assert paper.settings("walk/far", "smoke") == {"steps": 20}


def test_unknown_names_are_answered_with_the_nearest(toy_paper: Path) -> None:
    for look_up, says in (
        (lambda: catalogue.paper("pearson1950"), "unknown paper 'pearson1950': did you mean 'pearson1905'?"),
        (lambda: toy_as().run("walk/plane"), "unknown run of pearson1905 'walk/plane': did you mean 'walk/plain'?"),
        (lambda: toy_as().figure("figure_2"), "unknown figure of pearson1905 'figure_2': did you mean 'figure_1'?"),
    ):
        with pytest.raises(UserError) as caught:
            look_up()
        assert str(caught.value) == says


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("title: The", "titel: The", "unknown key 'titel': did you mean 'title'?"),
        ("seeds: 2", "seed: 2", "unknown key 'seed': did you mean 'seeds'?"),
        ("seeds: 2", "seeds: 0", "runs.walk/plain.tiers.smoke.seeds: input should be greater than 0, found 0"),
        ("{smoke:", "{smok:", "unknown tier 'smok': did you mean 'smoke'?"),
        ("reads: [walk/plain],", "reads: [walk/plane],", "figure_1 reads walk/plane, which is not among the runs"),
        ("figure_1", "picture_1", "'picture_1' must be named figure_..., table_... or page_..."),
        ("walk/far:", "walk-far:", "table_1 reads walk/far, which is not among the runs"),
        (", walk/far]}", "], key: true}", "exactly one figure must say key: true"),
        ("key: true", "key: false", "exactly one figure must say key: true"),
    ],
)
def test_a_wrong_paper_yaml_is_one_line_that_names_it(toy_paper: Path, old: str, new: str, says: str) -> None:
    assert error_of_paper_yaml(toy_paper, old, new) == f"papers/pearson1905/paper.yaml: {says}"


def test_a_run_must_be_named_experiment_and_variant(toy_paper: Path) -> None:
    said = error_of_paper_yaml(toy_paper, "walk/far", "walk-far")
    assert said == "papers/pearson1905/paper.yaml: run 'walk-far' is not of the form experiment/variant"


def test_the_slug_must_be_the_name_of_the_folder(toy_paper: Path) -> None:
    said = error_of_paper_yaml(toy_paper, "slug: pearson1905", "slug: pearson1950")
    assert said == "papers/pearson1905/paper.yaml: slug is 'pearson1950'; it must equal the folder's name"


@pytest.mark.parametrize("name", ["paper.yaml", "config.yaml"])
def test_wherever_a_file_is_cut_the_answer_is_one_line_that_names_it(toy_paper: Path, name: str) -> None:
    path = toy_paper / name
    whole = path.read_bytes()
    refused: list[str] = []
    for length in range(len(whole) - 1):
        path.write_bytes(whole[:length])
        catalogue.paper.cache_clear()
        catalogue._read_yaml_once.cache_clear()
        try:
            catalogue.paper(toy.SLUG).settings("walk/far", "smoke")
        except UserError as error:
            refused.append(str(error))
    assert all(f"papers/pearson1905/{name}" in said and "\n" not in said for said in refused)
    # A cut inside a title, or after the last variant's name, leaves a file that nobody can tell from a whole one.
    assert len(refused) > 0.8 * len(whole)


def test_a_job_lies_where_its_tier_paper_run_and_seeds_say() -> None:
    job = Job(toy_as(), "walk/far", "paper", (100, 101))
    assert job.folder == Path("paper/pearson1905/runs/walk/far/100-101")
