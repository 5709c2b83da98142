"""Processes that train and are killed at any write, stopped, or started twice; a real paper among them."""

import random
import re
import signal
import tempfile
import time
from pathlib import Path

import numpy as np
import pytest
import toy
from toy import manifest_of

from common.results import read_json
from common.run import partial_folder

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
