"""Finished runs: what their folders hold, which data they read, which trials failed, what is refused before they begin."""

import json
import os
import shutil
from pathlib import Path

import numpy as np
import pytest
import toy
from toy import begin, manifest_of, train_toy

from common import checkpoint
from common.config import Settings
from common.data.prepare import prepare
from common.data.registry import PREPARED
from common.data.shards import PrepareSettings
from common.errors import UserError
from common.results import read_json
from common.stage import settings_model


def test_a_finished_run_is_one_folder_without_traces_of_the_work(toy_paper: Path, tmp_path: Path) -> None:
    folder = train_toy(tmp_path / "r")
    assert folder == tmp_path / "r/smoke/pearson1905/runs/walk/plain/100-101"
    assert sorted(os.listdir(folder)) == ["arrays.npz", "history.jsonl", "log.txt", "manifest.json", "metrics.json"]
    assert sorted(os.listdir(folder.parent)) == [".100-101.lock", "100-101"]


def test_metrics_have_one_value_a_seed_and_history_one_line_a_step(toy_paper: Path, tmp_path: Path) -> None:
    folder = train_toy(tmp_path / "r")
    # The walk by hand: four normal steps in space from the seed's own generator.
    ends = [np.cumsum(np.random.default_rng(seed).normal(size=(4, 3)), axis=0)[-1] for seed in (100, 101)]
    metrics = read_json(folder / "metrics.json")
    assert metrics["end/xyz"] == [end.tolist() for end in ends]
    assert metrics["distance"] == [float(np.linalg.norm(end)) for end in ends]
    with np.load(folder / "arrays.npz") as arrays:
        np.testing.assert_array_equal(arrays["place"], ends)
    lines = [json.loads(line) for line in (folder / "history.jsonl").read_text().splitlines()]
    assert [(line["seed"], line["step"]) for line in lines] == [(s, n) for s in (100, 101) for n in (1, 2, 3, 4)]


def test_documents_go_with_the_numbers_and_a_model_beside_them(toy_paper: Path, tmp_path: Path) -> None:
    more = ', {"place": place}, {"diary": [f"{seed}: home?"]}, {"weights": {"w": place}, "name": "walker"})'
    toy.edit(toy_paper / "experiments.py", ', {"place": place})\n\n    run', f"{more}\n\n    run")
    folder = train_toy(tmp_path / "r")
    assert read_json(folder / "documents.json") == {"diary": [["100: home?"], ["101: home?"]]}
    with np.load(folder / "arrays.npz") as arrays:
        model = checkpoint.read(folder / "model-101.safetensors")
        assert model["name"] == "walker"
        np.testing.assert_array_equal(model["weights"]["w"], arrays["place"][1])
    # A model is too large to be published; what is published is whole without it.
    assert set(manifest_of(folder)["files"]) == {"arrays.npz", "documents.json", "history.jsonl", "log.txt", "metrics.json"}


@pytest.fixture
def reading(toy_paper: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The toy run reads a prepared set of two sentences, which lies under the working folder."""
    toy.edit(toy_paper / "paper.yaml", "{says: A walk,", "{says: A walk, data: [brown],")
    monkeypatch.chdir(tmp_path)
    prepare("brown", {"train": lambda: ["a b", "b"]}, PREPARED / "brown", PrepareSettings(languages=("en",)), workers=1)
    return toy_paper


def test_a_run_reads_the_sets_that_it_lists_and_its_manifest_tells_their_hash(reading: Path, tmp_path: Path) -> None:
    first = manifest_of(train_toy(tmp_path / "r"))["data"]
    assert list(first) == ["brown"]
    shutil.rmtree(PREPARED / "brown")
    prepare("brown", {"train": lambda: ["a b", "a"]}, PREPARED / "brown", PrepareSettings(languages=("en",)), workers=1)
    assert manifest_of(train_toy(tmp_path / "other"))["data"]["brown"] != first["brown"]


def test_the_sentences_are_at_hand_in_the_run_and_no_set_that_is_not_listed(reading: Path, tmp_path: Path, capsys) -> None:
    asked = "    print(run.prepared({!r}).vocabularies['en'].tokens[3:])\n\n    def trial(seed):"
    toy.edit(reading / "experiments.py", "    def trial(seed):", asked.format("brown"))
    train_toy(tmp_path / "r")
    assert "('b', 'a')" in capsys.readouterr().out
    toy.edit(reading / "experiments.py", "'brown'", "'tatoeba'")
    toy.forget()
    with pytest.raises(UserError, match=r"reads tatoeba: list it under the run.s `data`"):
        train_toy(tmp_path / "other")


def test_a_set_that_is_not_prepared_is_named_with_the_command(reading: Path, tmp_path: Path) -> None:
    shutil.rmtree(PREPARED / "brown")
    with pytest.raises(UserError, match="prepare the data first: snakemake prepare_brown"):
        train_toy(tmp_path / "r")


def test_other_data_start_a_begun_run_afresh(reading: Path, tmp_path: Path, monkeypatch, capsys) -> None:
    begin(tmp_path / "r", monkeypatch, at_step=3)
    shutil.rmtree(PREPARED / "brown")
    prepare("brown", {"train": lambda: ["b"]}, PREPARED / "brown", PrepareSettings(languages=("en",)), workers=1)
    assert manifest_of(train_toy(tmp_path / "r"))["starts"] == 1
    assert "begun with other code, settings or data" in capsys.readouterr().err


def test_the_manifest_says_what_the_run_was(toy_paper: Path, tmp_path: Path) -> None:
    facts = manifest_of(train_toy(tmp_path / "r", steps=3))
    assert (facts["paper"], facts["run"], facts["tier"]) == ("pearson1905", "walk/plain+steps=3", "smoke")
    assert facts["seeds"] == [100, 101]
    assert facts["settings"] == {"steps": 3, "nap": 0.0, "lost": [], "nowhere": []}
    assert facts["closure"].keys() >= {
        "papers.pearson1905.experiments:walk",
        "papers.pearson1905.experiments:WalkSettings",
    }
    assert facts["versions"]["numpy"] == np.__version__
    assert facts["machine"]["python"].startswith("3.")
    assert (facts["starts"], facts["exit_reason"], facts["failed"]) == (1, "complete", {})
    assert facts["wall_seconds"] >= 0
    assert facts["peak_memory_mb"] > 1
    assert set(facts["files"]) == {"arrays.npz", "history.jsonl", "log.txt", "metrics.json"}


def test_a_second_run_gives_the_same_bits(toy_paper: Path, tmp_path: Path) -> None:
    assert toy.contents(train_toy(tmp_path / "a")) == toy.contents(train_toy(tmp_path / "b"))


def test_a_seed_does_not_depend_on_the_seeds_it_shares_a_job_with(toy_paper: Path, tmp_path: Path) -> None:
    together, alone = train_toy(tmp_path / "a"), train_toy(tmp_path / "a", (101,))
    assert read_json(together / "metrics.json")["distance"][1:] == read_json(alone / "metrics.json")["distance"]


def test_set_changes_the_settings_and_the_folders_name(toy_paper: Path, tmp_path: Path) -> None:
    folder = train_toy(tmp_path / "r", steps=2, nap=0.001)
    assert folder.parent.name == "plain+steps=2+nap=0.001"
    assert len((folder / "history.jsonl").read_text().splitlines()) == 2 * 2


def test_a_trial_that_fails_stays_in_the_denominator_with_its_reason(toy_paper: Path, tmp_path: Path) -> None:
    folder = train_toy(tmp_path / "r", (100, 101, 102), lost=[101])
    distances = read_json(folder / "metrics.json")["distance"]
    assert len(distances) == 3
    assert [d is None for d in distances] == [False, True, False]
    assert manifest_of(folder)["failed"] == {"101": "lost its way"}
    assert "seed 101 failed: lost its way" in (folder / "log.txt").read_text()
    with np.load(folder / "arrays.npz") as arrays:
        assert len(arrays["place"]) == 2


def test_a_metric_that_is_not_finite_is_a_failed_trial(toy_paper: Path, tmp_path: Path) -> None:
    folder = train_toy(tmp_path / "r", nowhere=[100])
    distances = read_json(folder / "metrics.json")["distance"]
    assert distances[0] is None
    assert distances[1] > 0
    assert manifest_of(folder)["failed"] == {"100": "distance is nan"}


def test_a_run_of_which_every_trial_fails_is_still_finished(toy_paper: Path, tmp_path: Path) -> None:
    folder = train_toy(tmp_path / "r", lost=[100, 101])
    assert read_json(folder / "metrics.json") == {}
    assert set(manifest_of(folder)["failed"]) == {"100", "101"}


def test_an_experiment_that_is_not_defined_is_answered_with_the_nearest(toy_paper: Path, tmp_path: Path) -> None:
    toy.edit(toy_paper / "experiments.py", "def walk(", "def wlak(")
    with pytest.raises(UserError, match="unknown experiment of pearson1905 'walk': did you mean 'wlak'"):
        train_toy(tmp_path / "r")


def test_settings_that_do_not_fit_are_refused_before_anything_is_written(toy_paper: Path, tmp_path: Path) -> None:
    for sets, says in (
        ({"stpes": 3}, "unknown key 'stpes': did you mean 'steps'?"),
        ({"steps": 0}, "steps: input should be greater than 0, found 0"),
    ):
        with pytest.raises(UserError) as caught:
            train_toy(tmp_path / "r", **sets)
        assert str(caught.value) == f"settings of pearson1905 walk/plain at tier smoke: {says}"
    assert not (tmp_path / "r").exists()


def test_an_experiment_must_say_which_settings_it_takes() -> None:
    class Some(Settings):
        pass

    def good(run, settings: Some):
        pass

    def bad(run, settings):
        pass

    assert settings_model(good) is Some
    with pytest.raises(TypeError, match="bad: annotate `settings`"):
        settings_model(bad)
