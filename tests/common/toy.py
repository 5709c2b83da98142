"""A paper small enough to put the shared stages to the test: a random walk in three dimensions."""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from common import atomic, catalogue, fingerprint, manifest
from common.catalogue import Job
from common.results import read_json
from common.run import Run
from common.stage import train

REPOSITORY = Path(__file__).resolve().parents[2]
SLUG = "pearson1905"

PAPER = """\
slug: pearson1905
title: The Problem of the Random Walk
limit: None that matters here.
citation: {authors: [Karl Pearson], year: 1905, where: Nature 72, url: "https://doi.org/10.1038/072294b0", bibtex: ""}
runs:
  walk/plain: {says: A walk, tiers: {smoke: {seeds: 2, minutes: 0.1}, laptop: {seeds: 5, seeds_per_job: 2, minutes: 1}}}
  walk/far: {says: A longer walk, tiers: {laptop: {seeds: 3, minutes: 1}}}
figures:
  figure_1: {title: Where they end, reads: [walk/plain], key: true}
  table_1: {title: How far they get, reads: [walk/plain, walk/far]}
"""

CONFIG = """\
walk:
  base: {steps: 10}
  tiers:
    smoke: {steps: 4}
  variants:
    plain:
    far: {steps: 20}
"""

CLAIMS = """\
- id: pearson1905.moves
  says: A drunkard does not stay where he is.
  where: p. 294
  tests:
    - {measure: distance, reproduced_if: {above: 0.001}}
  tiers: [smoke, laptop]
  seeds: 2
"""

EXPERIMENTS = """\
import time

import numpy as np
from pydantic import Field

from common.config import Settings
from common.run import Outcome, TrialFailed


class WalkSettings(Settings):
    steps: int = Field(gt=0)
    nap: float = 0.0  # seconds between steps
    lost: list[int] = []  # seeds that fail
    nowhere: list[int] = []  # seeds that end at nan


def walk(run, settings: WalkSettings) -> None:
    def trial(seed):
        random = np.random.default_rng(seed)
        place, done = np.zeros(3), 0
        if (state := run.restore()) is not None:
            place, done = state["place"], state["done"]
            random.bit_generator.state = state["random"]
        while done < settings.steps:
            place = place + random.normal(size=3)
            done += 1
            time.sleep(settings.nap)
            run.report(done, settings.steps, "step", x=place[0])
            run.log(done, x=float(place[0]))
            run.checkpoint(done, {"place": place, "done": done, "random": random.bit_generator.state})
        if seed in settings.lost:
            raise TrialFailed("lost its way")
        distance = float("nan") if seed in settings.nowhere else float(np.linalg.norm(place))
        return Outcome({"distance": distance, "end/xyz": place}, {"place": place})

    run.for_each_seed(trial)
"""

MEASURES = """\
def measures(results):
    return results.measure(distance)


def distance(results):
    return results["walk/plain"].metric("distance")
"""

FIGURES = """\
from matplotlib.figure import Figure

from common.draw import Drawing, Table


def figure_1(results):
    figure = Figure()
    figure.subplots().plot(results["walk/plain"].values("distance"))
    return Drawing(figure, "Distances.")


def table_1(results):
    return Table(["distance"], [[d] for d in results["walk/far"].metric("distance")], "Distances.")
"""

FILES = {
    "paper.yaml": PAPER, "config.yaml": CONFIG, "claims.yaml": CLAIMS, "experiments.py": EXPERIMENTS,
    "measures.py": MEASURES, "figures.py": FIGURES, "__init__.py": "",
}  # fmt: skip


def write_paper(root: Path) -> Path:
    """The toy paper's folder under root/papers/."""
    folder = root / "papers" / SLUG
    folder.mkdir(parents=True)
    for name, text in FILES.items():
        (folder / name).write_text(text)
    return folder


def copy_repository(root: Path) -> Path:
    """A repository whose only paper is the toy: commands started in it import its own `common`."""
    shutil.copytree(REPOSITORY / "common", root / "common")
    write_paper(root)
    (root / "papers" / "__init__.py").write_text("")
    return root


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def environment(**extra: str) -> dict[str, str]:
    """Of a command: one math thread, a checkpoint at every opportunity.

    No bytecode is kept: Python tells a stale one by second and size, and an edit here may change neither.
    """
    fixed = {"OMP_NUM_THREADS": "1", "ROAD_CHECKPOINT_SECONDS": "0", "ROAD_TRACK": "off", "PYTHONDONTWRITEBYTECODE": "1"}
    return {**os.environ, **fixed, **extra}


def command(*words: str, code: str | None = None) -> list[str]:
    """`python -m common WORDS`, or Python `code` with WORDS as its arguments."""
    return [sys.executable, *(["-m", "common"] if code is None else ["-c", code]), *words]


def run(*words: str, cwd: Path = REPOSITORY, code: str | None = None, **extra: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(*words, code=code), cwd=cwd, env=environment(**extra), capture_output=True, text=True, timeout=120
    )


def start(*words: str, cwd: Path = REPOSITORY, code: str | None = None, **extra: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        command(*words, code=code), cwd=cwd, env=environment(**extra), stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        text=True,
    )  # fmt: skip


def wait_for_lines(path: Path, count: int, process: subprocess.Popen[str]) -> None:
    """Returns once `path` has `count` lines, written by a process that is still at work."""
    end = time.monotonic() + 60
    while not path.exists() or path.read_bytes().count(b"\n") < count:
        assert process.poll() is None, f"ended before line {count} of {path}: {process.communicate()}"
        assert time.monotonic() < end, f"{path} never had {count} lines"
        time.sleep(0.002)


def contents(folder: Path) -> dict[str, object]:
    """What must not depend on interruptions: metrics and history byte for byte, arrays bit for bit."""
    with np.load(folder / "arrays.npz") as file:
        arrays = {key: (file[key].dtype.str, file[key].shape, file[key].tobytes()) for key in file.files}
    return {
        "metrics": (folder / "metrics.json").read_text(),
        "history": (folder / "history.jsonl").read_text(),
        "arrays": arrays,
    }


def finished(root: Path, job: Job, metrics: dict, history: str = "", failed: dict | None = None, **arrays: list) -> Path:
    """The folder that a finished job leaves, with these numbers in it."""
    folder = root / job.folder
    atomic.write_json(folder / "metrics.json", metrics)
    (folder / "history.jsonl").write_text(history)
    if arrays:
        np.savez(folder / "arrays.npz", **{name: np.array(value) for name, value in arrays.items()})
    files = {path.name: manifest.sha256(path) for path in folder.iterdir()}
    facts = {"commit": "0123456789", "clean": True, "failed": failed or {}, "files": files}
    atomic.write_json(folder / "manifest.json", facts)
    return folder


def train_toy(root: Path, seeds: tuple[int, ...] = (100, 101), **sets: object) -> Path:
    """Trains the toy run in this process, which finds the toy paper; returns the finished folder."""
    return train(Job(catalogue.paper(SLUG), "walk/plain", "smoke", seeds), root, sets, "off")


def manifest_of(folder: Path) -> dict:
    return read_json(folder / "manifest.json")


def begin(root: Path, monkeypatch: pytest.MonkeyPatch, at_step: int, seed: int = 100, **sets: object) -> Path:
    """Starts the toy run and loses it at one step of one seed; returns its partial folder."""

    class PowerCut(BaseException):
        pass

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


def forget() -> None:
    """What was read of one repository must not be taken for the other's."""
    catalogue.paper.cache_clear()
    catalogue._read_yaml_once.cache_clear()
    fingerprint._module.cache_clear()
    for name in [name for name in sys.modules if name.startswith(f"papers.{SLUG}")]:
        del sys.modules[name]
