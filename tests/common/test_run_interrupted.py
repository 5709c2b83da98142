"""Runs that lose their process and go on from what is on disk: they end as if nothing had been."""

import os
import shutil
from pathlib import Path

import pytest
import toy
from toy import begin, manifest_of, train_toy

from common import catalogue, checkpoint, fingerprint
from common.errors import UserError


def test_a_failed_trial_is_not_tried_again_after_an_interruption(toy_paper: Path, tmp_path: Path, monkeypatch) -> None:
    begin(tmp_path / "r", monkeypatch, at_step=2, seed=101, lost=[100])
    folder = train_toy(tmp_path / "r", lost=[100])
    assert manifest_of(folder)["failed"] == {"100": "lost its way"}
    assert (folder / "log.txt").read_text().count("seed 100 failed") == 1
    assert toy.contents(folder) == toy.contents(train_toy(tmp_path / "whole", lost=[100]))


def test_an_interrupted_run_goes_on_and_ends_as_if_it_had_not_been(toy_paper: Path, tmp_path: Path, monkeypatch) -> None:
    whole = toy.contents(train_toy(tmp_path / "whole"))
    for seed in (100, 101):
        for step in (1, 2, 3, 4):
            root = tmp_path / f"{seed}-{step}"
            begin(root, monkeypatch, step, seed)
            folder = train_toy(root)
            assert toy.contents(folder) == whole
            # The first step of all was lost before anything was stored: that start left no record.
            assert manifest_of(folder)["starts"] == (1 if (seed, step) == (100, 1) else 2)


def test_time_spent_before_an_interruption_counts(toy_paper: Path, tmp_path: Path, monkeypatch) -> None:
    begin(tmp_path / "r", monkeypatch, at_step=4, nap=0.1)
    facts = manifest_of(train_toy(tmp_path / "r", nap=0.1))
    assert facts["wall_seconds"] >= 8 * 0.1


def test_checkpoints_are_as_far_apart_as_asked(toy_paper: Path, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("ROAD_CHECKPOINT_SECONDS", "3600")
    partial = begin(tmp_path / "r", monkeypatch, at_step=3)
    assert list(partial.glob("checkpoint-*")) == []
    monkeypatch.setenv("ROAD_CHECKPOINT_SECONDS", "0")
    partial = begin(tmp_path / "r", monkeypatch, at_step=3)
    assert len(list(partial.glob("checkpoint-*"))) == 2


def test_other_settings_discard_what_was_begun_with_one_line(toy_paper: Path, tmp_path: Path, monkeypatch, capsys) -> None:
    partial = begin(tmp_path / "r", monkeypatch, at_step=3)
    toy.edit(toy_paper / "config.yaml", "steps: 4", "steps: 3")
    catalogue._read_yaml_once.cache_clear()
    catalogue.paper.cache_clear()
    capsys.readouterr()
    folder = train_toy(tmp_path / "r")
    said = capsys.readouterr().err.splitlines()
    assert said[0] == f"{partial}: begun with other code, settings or data, starting afresh"
    assert "going on from" not in "".join(said)
    assert manifest_of(folder)["starts"] == 1
    assert len((folder / "history.jsonl").read_text().splitlines()) == 2 * 3


def test_other_code_discards_what_was_begun_and_a_comment_does_not(
    toy_paper: Path, tmp_path: Path, monkeypatch, capsys
) -> None:
    for name, old, new, discarded in (
        ("a", "    def trial(seed):", "    def trial(seed):  # one walk", False),
        ("b", "random.normal(size=3)", "2 * random.normal(size=3)", True),
    ):
        begin(tmp_path / name, monkeypatch, at_step=3)
        toy.edit(toy_paper / "experiments.py", old, new)
        fingerprint._module.cache_clear()
        capsys.readouterr()
        train_toy(tmp_path / name)
        assert ("begun with other code, settings or data, starting afresh" in capsys.readouterr().err) == discarded


def test_a_partial_folder_that_says_nothing_of_its_code_is_not_trusted(toy_paper: Path, tmp_path: Path, monkeypatch) -> None:
    partial = begin(tmp_path / "r", monkeypatch, at_step=3)
    (partial / "request.json").unlink()
    assert manifest_of(train_toy(tmp_path / "r"))["starts"] == 1


def test_a_damaged_checkpoint_costs_time_and_not_the_result(toy_paper: Path, tmp_path: Path, monkeypatch) -> None:
    whole = toy.contents(train_toy(tmp_path / "whole"))
    partial = begin(tmp_path / "r", monkeypatch, at_step=4)
    newest = max(partial.glob("checkpoint-*"))
    newest.write_bytes(newest.read_bytes()[:-20])
    assert toy.contents(train_toy(tmp_path / "r")) == whole


def test_a_damaged_finished_seed_is_named_with_what_to_do(toy_paper: Path, tmp_path: Path, monkeypatch) -> None:
    partial = begin(tmp_path / "r", monkeypatch, at_step=2, seed=101)
    path = partial / "finished-100.safetensors"
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(UserError, match=rf"^{path} is damaged \(.*\): remove {partial} to start this run afresh$"):
        train_toy(tmp_path / "r")


def test_a_checkpoint_of_a_finished_seed_does_not_displace_those_of_the_next(
    toy_paper: Path, tmp_path: Path, monkeypatch
) -> None:
    """Killed between a seed's result and the removal of its checkpoints, whose step numbers are the higher ones."""
    with monkeypatch.context() as patch:
        patch.setattr(checkpoint, "clear", lambda folder: None)
        partial = begin(tmp_path / "r", monkeypatch, at_step=1, seed=101)
    assert [path.name for path in partial.glob("checkpoint-*4.safetensors")] == ["checkpoint-0000000004.safetensors"]
    begin(tmp_path / "r", monkeypatch, at_step=3, seed=101)
    assert checkpoint.load(partial)["seed"] == 101
    assert toy.contents(train_toy(tmp_path / "r")) == toy.contents(train_toy(tmp_path / "whole"))


def test_killed_while_it_cleans_up_a_run_does_not_go_on_from_the_remains(toy_paper: Path, tmp_path: Path, monkeypatch) -> None:
    remove = shutil.rmtree

    class Killed(BaseException):
        pass

    def removing(path: Path, **options: bool) -> None:
        if path.suffix == ".partial":
            (path / "history.jsonl").unlink()
            raise Killed
        remove(path, **options)

    with monkeypatch.context() as patch:
        patch.setattr(shutil, "rmtree", removing)
        with pytest.raises(Killed):
            train_toy(tmp_path / "r")
    assert toy.contents(train_toy(tmp_path / "r")) == toy.contents(train_toy(tmp_path / "whole"))


def test_history_is_on_disk_before_a_checkpoint_counts_its_lines(toy_paper: Path, tmp_path: Path, monkeypatch) -> None:
    events = []
    fsync, replace = os.fsync, os.replace

    def syncing(handle):
        events.append(os.readlink(f"/proc/self/fd/{handle}").rpartition("/")[2])
        fsync(handle)

    def renaming(old, new):
        events.append(str(new).rpartition("/")[2])
        replace(old, new)

    if not Path("/proc/self/fd").exists():
        pytest.skip("no /proc to read names of open files from")
    monkeypatch.setattr(os, "fsync", syncing)
    monkeypatch.setattr(os, "replace", renaming)
    train_toy(tmp_path / "r", (100,))
    for place in [n for n, event in enumerate(events) if event.startswith(("checkpoint-", "finished-"))]:
        previous = max((n for n in range(place) if events[n].startswith(("checkpoint-", "finished-"))), default=0)
        assert "history.jsonl" in events[previous:place]
