import json
from pathlib import Path

import numpy as np
import pytest
import toy
import yaml

from common import catalogue
from common.catalogue import Paper
from common.config import parse
from common.errors import UserError
from common.results import NotRunError, Results, job_is_complete, read_json, verified_manifest

PAPER = parse(Paper, yaml.safe_load(toy.PAPER), "paper.yaml")


def line(seed: int, step: int, **values: float) -> str:
    return json.dumps({"seed": seed, "step": step, **values}) + "\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Five seeds of walk/plain in three jobs; the trial of seed 101 failed after its first step."""
    first, second, third = catalogue.jobs(PAPER, "laptop", ["walk/plain"])
    toy.finished(
        tmp_path, first, {"distance": [1.0, None], "end": [[1, 2], None]},
        line(100, 1, x=0.1) + line(100, 2, x=0.2, y=7) + line(101, 1, x=0.3), {"101": "lost"}, place=[[1.0]],
    )  # fmt: skip
    toy.finished(
        tmp_path, second, {"distance": [3.0, 4.0], "end": [[3, 4], [5, 6]], "late": [8, 9]},
        line(102, 1, x=0.4) + line(102, 2, x=0.5) + line(103, 1, x=0.6) + line(103, 2, x=0.7), place=[[3.0], [4.0]],
    )  # fmt: skip
    toy.finished(tmp_path, third, {"distance": [5.0]}, line(104, 1, x=0.8) + line(104, 2, x=0.9))
    return tmp_path


@pytest.fixture
def results(root: Path) -> Results:
    return Results(PAPER, "laptop", root)


def test_a_metric_runs_over_the_seeds_of_all_jobs_with_none_where_a_trial_failed(results: Results) -> None:
    assert results["walk/plain"].seeds == [100, 101, 102, 103, 104]
    assert results["walk/plain"].metric("distance") == [1.0, None, 3.0, 4.0, 5.0]


def test_a_metric_that_a_job_does_not_have_is_none_for_its_seeds(results: Results) -> None:
    assert results["walk/plain"].metric("late") == [None, None, 8, 9, None]


def test_values_leave_failed_trials_out(results: Results) -> None:
    assert results["walk/plain"].values("distance").tolist() == [1, 3, 4, 5]
    assert results["walk/plain"].values("end").shape == (3, 2)


def test_arrays_have_a_row_for_each_seed_that_gave_one(results: Results) -> None:
    assert results["walk/plain"].arrays["place"].tolist() == [[1], [3], [4]]


def test_a_document_may_be_kept_by_the_first_seed_alone(root: Path, results: Results) -> None:
    with pytest.raises(NotRunError, match="no finished trial has kept diary"):
        results["walk/plain"].document("diary")
    (root / "laptop/pearson1905/runs/walk/plain/102-103/documents.json").write_text('{"diary": [null, "home?"]}')
    assert results["walk/plain"].document("diary") == [None, "home?"]


def test_a_curve_is_of_the_seeds_that_came_to_the_end(results: Results) -> None:
    steps, values = results["walk/plain"].curve("x")
    assert steps.tolist() == [1, 2]
    assert values.tolist() == [[0.1, 0.2], [0.4, 0.5], [0.6, 0.7], [0.8, 0.9]]


def test_a_curve_does_not_end_where_the_first_seed_failed(tmp_path: Path) -> None:
    (job,) = catalogue.jobs(PAPER, "smoke", ["walk/plain"])
    history = line(100, 1, x=1) + line(101, 1, x=2) + line(101, 2, x=3)
    toy.finished(tmp_path, job, {"distance": [None, 1.0]}, history, {"100": "lost"})
    steps, values = Results(PAPER, "smoke", tmp_path)["walk/plain"].curve("x")
    assert (steps.tolist(), values.tolist()) == ([1, 2], [[2, 3]])


def test_where_every_trial_failed_each_metric_is_none_for_every_seed(tmp_path: Path) -> None:
    (job,) = catalogue.jobs(PAPER, "smoke", ["walk/plain"])
    toy.finished(tmp_path, job, {}, "", {"100": "lost", "101": "lost"})
    run = Results(PAPER, "smoke", tmp_path)["walk/plain"]
    assert run.metric("distance") == [None, None]
    assert run.values("distance").shape == (0,)


def test_an_unknown_metric_is_answered_with_the_nearest(results: Results) -> None:
    with pytest.raises(UserError, match=r"^unknown metric 'distanse': did you mean 'distance'\?$"):
        results["walk/plain"].metric("distanse")


def test_seeds_that_are_missing_are_counted_where_the_number_is_said(root: Path, results: Results) -> None:
    (root / "laptop/pearson1905/runs/walk/plain/102-103/manifest.json").unlink()
    assert results["walk/plain"].seeds == [100, 101, 104]
    assert results["walk/plain"].missing == [102, 103]
    assert results["walk/plain"].metric("distance") == [1.0, None, 5.0]
    assert results.provenance(["walk/plain"]) == "tier laptop, n = 3 of 5 seeds, commit 0123456"


def test_a_run_without_any_finished_job_has_not_been_run(root: Path, results: Results) -> None:
    for folder in (root / "laptop/pearson1905/runs/walk/plain").iterdir():
        (folder / "manifest.json").unlink()
    folder = root / "laptop/pearson1905/runs/walk/plain/100-101"
    with pytest.raises(NotRunError, match=rf"^walk/plain: seeds 100-104 have not been run \({folder} is missing\)$"):
        results["walk/plain"]


def test_the_runs_that_are_finished_are_given_in_order(results: Results) -> None:
    assert list(results.finished(["walk/far", "walk/plain"])) == ["walk/plain"]
    assert results.finished(["walk/plain"])["walk/plain"] is results["walk/plain"]
    assert results.finished([]) == {}


def test_a_run_of_another_tier_has_not_been_run(tmp_path: Path) -> None:
    with pytest.raises(NotRunError, match=r"^walk/far is not part of tier smoke$"):
        Results(PAPER, "smoke", tmp_path)["walk/far"]


def test_measures_give_values_or_the_reason_why_there_are_none(results: Results) -> None:
    def distance(results):
        return results["walk/plain"].metric("distance")

    def distance_far(results):
        return results["walk/far"].metric("distance")

    found = results.measure(distance, distance_far)
    assert found["distance"] == [1.0, None, 3.0, 4.0, 5.0]
    assert isinstance(found["distance_far"], NotRunError)
    assert "walk/far: seeds 100-102 have not been run" in str(found["distance_far"])


def test_provenance_is_tier_seeds_and_commit(results: Results) -> None:
    assert results.provenance(["walk/plain"]) == "tier laptop, n = 5 seeds, commit 0123456"


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("metrics.json", lambda data: data[:-9]),
        ("metrics.json", lambda data: data.replace(b"3.0", b"2.0")),
        ("history.jsonl", lambda data: data[:-9]),
        ("arrays.npz", lambda data: data[:-9]),
    ],
)
def test_a_truncated_or_edited_file_is_named_with_what_to_do(root: Path, results: Results, name: str, change) -> None:
    folder = root / "laptop/pearson1905/runs/walk/plain/102-103"
    data = (folder / name).read_bytes()
    assert change(data) != data
    (folder / name).write_bytes(change(data))
    with pytest.raises(UserError) as caught:
        results["walk/plain"]
    says = f"{folder / name} is not what the run wrote (its sha256 differs); remove {folder} and train again"
    assert str(caught.value) == says


def test_a_missing_file_is_named_with_what_to_do(root: Path, results: Results) -> None:
    folder = root / "laptop/pearson1905/runs/walk/plain/104"
    (folder / "metrics.json").unlink()
    with pytest.raises(UserError, match=rf"^{folder / 'metrics.json'} is missing; remove {folder} and train again$"):
        results["walk/plain"]


def test_a_truncated_manifest_is_named_with_what_to_do(root: Path, results: Results) -> None:
    path = root / "laptop/pearson1905/runs/walk/plain/104/manifest.json"
    path.write_bytes(path.read_bytes()[:-9])
    with pytest.raises(UserError, match=rf"^{path}: not valid JSON \(.*\); remove its folder and run that stage again$"):
        results["walk/plain"]


def test_reading_says_what_is_missing(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="is missing; run the stage that writes it again"):
        read_json(tmp_path / "claims.json")


def test_a_job_is_complete_when_its_manifest_is_there(root: Path) -> None:
    (smoke,) = catalogue.jobs(PAPER, "smoke")
    first = next(catalogue.jobs(PAPER, "laptop"))
    assert job_is_complete(root, first)
    assert not job_is_complete(root, smoke)
    assert verified_manifest(root / first.folder)["failed"] == {"101": "lost"}


def test_numbers_survive_the_way_to_disk_and_back(tmp_path: Path) -> None:
    (job,) = catalogue.jobs(PAPER, "smoke")
    distances = [0.1 + 0.2, float(np.nextafter(1, 2))]
    toy.finished(tmp_path, job, {"distance": distances})
    assert Results(PAPER, "smoke", tmp_path)["walk/plain"].metric("distance") == distances
