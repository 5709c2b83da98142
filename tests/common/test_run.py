import json
import os
import random
import re
import shutil
import signal
import tempfile
import time
from pathlib import Path

import numpy as np
import pytest
import toy

from common import catalogue, checkpoint, fingerprint
from common.config import Settings
from common.data.prepare import prepare
from common.data.registry import PREPARED
from common.data.shards import PrepareSettings
from common.errors import UserError
from common.results import read_json
from common.run import partial_folder
from common.stage import settings_model, train

# --- In this process, with a toy paper --------------------------------------------------------------------------------


def train_toy(root: Path, seeds: tuple[int, ...] = (100, 101), **sets: object) -> Path:
    return train(catalogue.Job(catalogue.paper(toy.SLUG), "walk/plain", "smoke", seeds), root, sets, "off")


def manifest_of(folder: Path) -> dict:
    return read_json(folder / "manifest.json")


def begin(root: Path, monkeypatch: pytest.MonkeyPatch, at_step: int, seed: int = 100, **sets: object) -> Path:
    """Starts the toy run and loses it at one step of one seed; returns its partial folder."""

    class PowerCut(BaseException):
        pass

    from common.run import Run

    log = Run.log

    def cutting(run, step, **values):
        log(run, step, **values)
        if (run._seed, step) == (seed, at_step):
            raise PowerCut

    with monkeypatch.context() as patch:
        patch.setattr(Run, "log", cutting)
        with pytest.raises(PowerCut):
            train_toy(root, **sets)
    return next(root.rglob("*.partial"))


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


# --- Killed at every write ----------------------------------------------------------------------------------------------

# Trains the toy run in children of one process. Child n is killed at the n-th call that changes the disk for good; then
# another child goes on. Prints how many calls there are and where the outcome differed.
EVERY_WRITE = """
import os, pathlib, signal, sys
sys.path.insert(0, sys.argv[2])
import toy
from common import catalogue
from common.stage import train

job = catalogue.Job(catalogue.paper(toy.SLUG), "walk/plain", "smoke", (100, 101))

def attempt(root, kill_at):
    child = os.fork()
    if child == 0:
        calls = 0
        def counted(call):
            def calling(*arguments, **options):
                nonlocal calls
                calls += 1
                if calls == kill_at:
                    os.kill(os.getpid(), signal.SIGKILL)
                return call(*arguments, **options)
            return calling
        for name in ("fsync", "replace", "unlink", "rmdir", "mkdir"):
            setattr(os, name, counted(getattr(os, name)))
        train(job, root, {"steps": 2}, "off")
        os._exit(0)
    return os.waitpid(child, 0)[1]

def outcome(root):
    return toy.contents(next(root.rglob("100-101")))

base = pathlib.Path(sys.argv[1])
train(job, base / "whole", {"steps": 2}, "off")  # here, so that the children find modules and syntax trees read
n, wrong = 1, []
while attempt(base / str(n), n) == signal.SIGKILL:
    if attempt(base / str(n), 0) != 0 or outcome(base / str(n)) != outcome(base / "whole"):
        wrong.append(n)
    n += 1
print(n - 1, *wrong)
"""


def test_killed_at_any_write_a_run_ends_as_if_it_had_not_been(repository: Path, tmp_path: Path) -> None:
    # In memory where there is such a folder: what is lost here is lost to a kill, not to a power cut.
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else tmp_path) as root:
        done = toy.run(root, str(Path(toy.__file__).parent), cwd=repository, code=EVERY_WRITE)
    assert done.returncode == 0, done.stderr
    calls, *wrong = map(int, done.stdout.split())
    assert calls > 40  # two checkpoints and a result for each seed, each three calls and more; then five files
    assert wrong == []


# --- Processes that are stopped, killed, or started twice ---------------------------------------------------------------

TRAIN_TOY = ("train", toy.SLUG, "walk/plain", "--tier", "smoke", "--seeds", "100-101")
SLOW = ("--set", "steps=40", "--set", "nap=0.01")


def slow_folder(root: Path) -> Path:
    return root / "smoke/pearson1905/runs/walk/plain+steps=40+nap=0.01/100-101"


@pytest.fixture
def whole(repository: Path, tmp_path: Path) -> dict:
    """What the slow run comes to when it is left alone (naps do not show in numbers)."""
    root = tmp_path / "whole"
    assert toy.run(*TRAIN_TOY, "--set", "steps=40", "--results", str(root), cwd=repository).returncode == 0
    return toy.contents(root / "smoke/pearson1905/runs/walk/plain+steps=40/100-101")


@pytest.mark.parametrize(
    ("sent", "code", "says"),
    [
        (signal.SIGINT, 130, "stopped; the same command goes on from the last checkpoint\n"),
        (signal.SIGTERM, 143, ""),
    ],
)
def test_a_stopped_run_says_so_in_one_line_and_goes_on_later(
    repository: Path, whole: dict, tmp_path: Path, sent: signal.Signals, code: int, says: str
) -> None:
    words = (*TRAIN_TOY, *SLOW, "--results", str(tmp_path / "r"))
    final = slow_folder(tmp_path / "r")
    process = toy.start(*words, cwd=repository)
    toy.wait_for_lines(partial_folder(final) / "history.jsonl", 5, process)
    process.send_signal(sent)
    assert process.communicate(timeout=60) == ("", says)
    assert process.returncode == code
    assert not final.exists()
    again = toy.run(*words, cwd=repository)
    assert again.returncode == 0
    assert "going on from 0 finished seeds and the last checkpoint" in again.stderr
    assert toy.contents(final) == whole
    assert manifest_of(final)["starts"] == 2


def test_a_second_start_waits_for_an_orphan_and_takes_its_result(repository: Path, whole: dict, tmp_path: Path) -> None:
    words = (*TRAIN_TOY, *SLOW, "--results", str(tmp_path / "r"))
    final = slow_folder(tmp_path / "r")
    shell = "import subprocess, sys; subprocess.run(sys.argv[1:])"
    parent = toy.start(*toy.command(*words), cwd=repository, code=shell)
    history = partial_folder(final) / "history.jsonl"
    toy.wait_for_lines(history, 5, parent)
    parent.kill()
    second = toy.run(*words, cwd=repository)
    assert second.returncode == 0
    assert second.stderr == f"another process is training into {final}; waiting for it (stop it to start afresh)\n"
    assert toy.contents(final) == whole
    assert manifest_of(final)["starts"] == 1
    assert "going on" not in (final / "log.txt").read_text()


def test_a_second_start_goes_on_where_the_first_is_killed(repository: Path, whole: dict, tmp_path: Path) -> None:
    words = (*TRAIN_TOY, *SLOW, "--results", str(tmp_path / "r"))
    final = slow_folder(tmp_path / "r")
    first = toy.start(*words, cwd=repository)
    toy.wait_for_lines(partial_folder(final) / "history.jsonl", 5, first)
    second = toy.start(*words, cwd=repository)
    assert "waiting for it" in second.stderr.readline()
    first.kill()
    assert "going on from" in second.communicate(timeout=60)[1]
    assert toy.contents(final) == whole
    assert manifest_of(final)["starts"] == 2


def test_a_second_start_with_other_code_trains_for_itself(repository: Path, tmp_path: Path) -> None:
    words = (*TRAIN_TOY, *SLOW, "--results", str(tmp_path / "r"))
    final = slow_folder(tmp_path / "r")
    first = toy.start(*words, cwd=repository)
    toy.wait_for_lines(partial_folder(final) / "history.jsonl", 5, first)
    toy.edit(repository / "papers" / toy.SLUG / "experiments.py", "place + random", "place - random")
    second = toy.run(*words, cwd=repository)
    first.communicate(timeout=60)
    assert [first.returncode, second.returncode] == [0, 0]
    random_steps = np.random.default_rng(100).normal(size=(40, 3))
    np.testing.assert_allclose(read_json(final / "metrics.json")["end/xyz"][0], -random_steps.sum(axis=0), rtol=1e-12)


# --- A real paper ---------------------------------------------------------------------------------------------------------

ELMAN = ("train", "elman1990", "lexicon/g2", "--tier", "smoke", "--seeds", "100-101", "--set", "passes=50",
         "--set", "sentences=200", "--set", "hidden=20")  # fmt: skip

# The command line, except that it keeps the weights that training ends with and, if asked, is killed while it renames
# the n-th checkpoint.
WITH_WEIGHTS = """
import os, pathlib, signal, sys
import numpy as np
import common.cli
from papers.elman1990 import experiments

folder, kill_at = pathlib.Path(sys.argv[1]), int(sys.argv[2])
sys.argv[1:3] = []
learn, replace, renamed = experiments.learn, os.replace, 0

def keeping(run, settings, seed, *arguments):
    trained = learn(run, settings, seed, *arguments)
    np.savez(folder / f"{seed}.npz", context=trained.context, **trained.weights._asdict())
    return trained

def killing(old, new):
    global renamed
    renamed += "checkpoint-" in str(new)
    if renamed == kill_at:
        os.kill(os.getpid(), signal.SIGKILL)
    replace(old, new)

experiments.learn = keeping
if kill_at:
    os.replace = killing
common.cli.main()
"""


def test_elmans_network_killed_three_times_ends_with_the_same_bits(tmp_path: Path) -> None:
    chance = random.Random(1990)
    folders = {}
    for name in ("undisturbed", "killed"):
        (tmp_path / f"{name} weights").mkdir()
        folders[name] = tmp_path / name / "smoke/elman1990/runs/lexicon/g2+passes=50+sentences=200+hidden=20/100-101"

    def words(name: str, kill_at: int = 0) -> tuple[str, ...]:
        return str(tmp_path / f"{name} weights"), str(kill_at), *ELMAN, "--results", str(tmp_path / name)

    assert toy.run(*words("undisturbed"), code=WITH_WEIGHTS).returncode == 0

    history = partial_folder(folders["killed"]) / "history.jsonl"
    # 50 lines a seed. First in the first seed's training; then in a checkpoint; then in the second seed's.
    for line in (chance.randint(3, 15), None, chance.randint(55, 85)):
        if line is None:
            assert toy.run(*words("killed", kill_at=chance.randint(5, 20)), code=WITH_WEIGHTS).returncode == -9
        else:
            process = toy.start(*words("killed"), code=WITH_WEIGHTS)
            toy.wait_for_lines(history, line, process)
            time.sleep(chance.uniform(0, 0.01))
            process.kill()
            process.communicate()
            assert process.returncode == -9
        assert not folders["killed"].exists()
    last = toy.run(*words("killed"), code=WITH_WEIGHTS)
    assert "starting afresh" not in last.stderr
    assert last.returncode == 0
    assert re.search(r"going on from 1 finished seeds and the last checkpoint", last.stderr)

    assert toy.contents(folders["killed"]) == toy.contents(folders["undisturbed"])
    assert manifest_of(folders["killed"])["starts"] == 4
    for seed in (100, 101):
        with (
            np.load(tmp_path / "undisturbed weights" / f"{seed}.npz") as expected,
            np.load(tmp_path / "killed weights" / f"{seed}.npz") as found,
        ):
            assert set(found.files) == {"W_x", "W_c", "b_h", "W_o", "b_o", "context"}
            for key in found.files:
                assert found[key].tobytes() == expected[key].tobytes(), key
