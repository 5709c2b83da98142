"""What an experiment sees of its job: seeds, device, log, history, checkpoints; and the folder that it comes to."""

import json
import math
import os
import shutil
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from common import atomic, checkpoint, manifest, tracking
from common.catalogue import Job, RunSpec
from common.data.registry import PREPARED
from common.device import Device, choose_device
from common.errors import UserError
from common.progress import Progress

if TYPE_CHECKING:
    from common.data.prepare import Prepared

CHECKPOINT_SECONDS = 20.0


@dataclass(frozen=True)
class Outcome:
    """What one seed came to: numbers by name, arrays and documents that the figures need, and what was trained.

    documents: JSON values too large for a metric, such as translations. model: weights and whatever else is needed to use
    them, as `checkpoint` stores it; it stays where it was trained and is not published.
    """

    metrics: Mapping[str, Any]
    arrays: Mapping[str, np.ndarray] = field(default_factory=dict)
    documents: Mapping[str, Any] = field(default_factory=dict)
    model: Mapping[str, Any] = field(default_factory=dict)


class TrialFailed(Exception):  # noqa: N818 (a result, not a fault of the program)
    """Training diverged. The seed stays in every denominator, with this reason."""


class Run:
    """What an experiment sees of its job. Everything is written to `<seeds>.partial/` until the job is complete."""

    def __init__(self, job: Job, root: Path, progress: Progress, tracker: tracking.Tracker, spec: RunSpec):
        self.job, self.seeds, self.gpus, self.data = job, job.seeds, spec.gpus, spec.data
        self.final = root / job.folder
        self.folder = partial_folder(self.final)
        self.progress, self.tracker = progress, tracker
        self.checkpoint_seconds = _checkpoint_seconds()
        self.outcomes = {seed: state for seed in self.seeds if (state := self._read_finished(seed)) is not None}
        self._restored = self._newest_checkpoint()
        self.resumed = bool(self.outcomes or self._restored)
        self._spent_before = self._last("spent", {"wall": 0.0, "cpu": 0.0, "starts": 0})
        self._started, self._last_saved = time.monotonic(), time.monotonic()
        self._cut_history(self._last("history", 0))

    def prepared(self, name: str) -> "Prepared":
        """A set that paper.yaml lists under the run's `data`, as token ids, its files checked."""
        from common.data.prepare import read_prepared

        if name not in self.data:
            raise UserError(f"{self.job.paper.slug} {self.job.run} reads {name}: list it under the run's `data` in paper.yaml")
        return read_prepared(PREPARED / name)

    @cached_property
    def device(self) -> Device:
        """Where tensors of this run live; chosen, and its reason logged, when first asked for. The CPU where paper.yaml
        asks for no GPU.
        """
        device = choose_device(None if self.gpus else "cpu")
        self.progress.line(f"device {device.name}, {device.precision}: {device.reason}")
        return device

    def for_each_seed(self, trial: Callable[[int], Outcome]) -> None:
        """Runs `trial(seed)` for every seed that is not finished yet and keeps what it returns."""
        for seed in self.seeds:
            if seed in self.outcomes:
                continue
            self._seed = seed
            state: dict[str, Any] = {"seed": seed, "failed": ""}
            try:
                outcome = trial(seed)
                state |= {"metrics": _finite(outcome.metrics), "arrays": dict(outcome.arrays)}
                state |= {"documents": dict(outcome.documents), "model": dict(outcome.model)}
            except TrialFailed as reason:
                self.progress.line(f"seed {seed} failed: {reason}")
                state |= {"metrics": {}, "arrays": {}, "documents": {}, "model": {}, "failed": str(reason)}
            state |= self._position()
            checkpoint.write(self._finished_path(seed), state)
            checkpoint.clear(self.folder)
            self.outcomes[seed] = state

    def restore(self) -> dict[str, Any] | None:
        """The state that the present seed last gave to `checkpoint`, None at its beginning."""
        restored, self._restored = self._restored, None
        return restored["state"] if restored and restored["seed"] == self._seed else None

    def checkpoint(self, step: int, state: Mapping[str, Any]) -> None:
        """Stores `state` if enough time has passed since the last time; call it wherever one could go on from."""
        if time.monotonic() - self._last_saved >= self.checkpoint_seconds:
            checkpoint.save(self.folder, step, {"seed": self._seed, "state": state, **self._position()})
            self._last_saved = time.monotonic()

    def log(self, step: int, **values: float) -> None:
        """One line of history.jsonl for the present seed, mirrored by the tracker. What is not finite is written as null."""
        known = {name: float(value) if math.isfinite(value) else None for name, value in values.items()}
        self._history.write(json.dumps({"seed": self._seed, "step": step, **known}) + "\n")
        self._history.flush()
        suffix = f"/{self._seed}" if len(self.seeds) > 1 else ""
        self.tracker.log({f"{name}{suffix}": value for name, value in known.items() if value is not None}, step)

    def report(self, done: float, total: float, unit: str, **values: float) -> None:
        """Shows progress of the present seed: done of total units, and what to watch."""
        before = self.seeds.index(self._seed)
        note = f"seed {self._seed} ({before + 1} of {len(self.seeds)})" if len(self.seeds) > 1 else ""
        self.progress.update(before * total + done, len(self.seeds) * total, unit, note, **values)

    def finish(self, facts: Mapping[str, Any]) -> None:
        """Puts the finished folder together inside the partial one and moves it into place in one step."""
        missing = [seed for seed in self.seeds if seed not in self.outcomes]
        if missing:
            raise RuntimeError(f"the experiment did not run seeds {missing}")
        outcomes = [self.outcomes[seed] for seed in self.seeds]
        metrics, documents = (_by_name(outcomes, kind) for kind in ("metrics", "documents"))
        spent = self._position()["spent"]
        self._history.close()
        self.tracker.summary(metrics)
        self.progress.line(f"done in {spent['wall']:.1f} s")

        ready = self.folder / "complete"
        shutil.rmtree(ready, ignore_errors=True)
        atomic.write_json(ready / "metrics.json", metrics)
        _write_arrays(ready / "arrays.npz", [outcome["arrays"] for outcome in outcomes])
        if documents:
            atomic.write_json(ready / "documents.json", documents)
        for name in ("history.jsonl", "log.txt"):
            shutil.copyfile(self.folder / name, ready / name)
        files = {path.name: manifest.sha256(path) for path in sorted(ready.iterdir())}
        for outcome in outcomes:
            if outcome["model"]:
                checkpoint.write(ready / f"model-{outcome['seed']}.safetensors", outcome["model"])
        atomic.write_json(ready / "manifest.json", {
            **facts,
            "failed": {str(o["seed"]): o["failed"] for o in outcomes if o["failed"]},
            "wall_seconds": round(spent["wall"], 2), "cpu_seconds": round(spent["cpu"], 2), "starts": spent["starts"],
            "peak_memory_mb": manifest.peak_memory_mb(),
            "finished": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
            "exit_reason": "complete",
            "files": files,
        })  # fmt: skip
        atomic.replace_folder(ready, self.final)
        remove_partial(self.folder)

    def _finished_path(self, seed: int) -> Path:
        return self.folder / f"finished-{seed}.safetensors"

    def _read_finished(self, seed: int) -> dict[str, Any] | None:
        path = self._finished_path(seed)
        if not path.exists():
            return None
        try:
            return checkpoint.read(path)
        except checkpoint.DamagedError as error:
            raise UserError(f"{path} is damaged ({error}): remove {self.folder} to start this run afresh") from None

    def _newest_checkpoint(self) -> dict[str, Any] | None:
        """None also where the checkpoint's seed has finished since: it would pass for newer than the next seed's."""
        found = checkpoint.load(self.folder)
        if found and found["seed"] in self.outcomes:
            checkpoint.clear(self.folder)
            return None
        return found

    def _last(self, name: str, default: Any) -> Any:
        """What the newest record says of `name`: the checkpoint's word, else the last finished seed's."""
        records = [*self.outcomes.values(), *([self._restored] if self._restored else [])]
        return records[-1][name] if records else default

    def _position(self) -> dict[str, Any]:
        # The record must not tell of lines that a power cut could still take away.
        os.fsync(self._history.fileno())
        before = self._spent_before
        wall, cpu = time.monotonic() - self._started, time.process_time()
        spent = {"wall": before["wall"] + wall, "cpu": before["cpu"] + cpu, "starts": before["starts"] + 1}
        return {"history": self._history.tell(), "spent": spent}

    def _cut_history(self, length: int) -> None:
        """Drops the lines that were logged after the state from which this run goes on."""
        self._history = (self.folder / "history.jsonl").open("a", encoding="utf-8")
        self._history.truncate(length)
        self._history.seek(length)


def _checkpoint_seconds() -> float:
    given = os.environ.get("ROAD_CHECKPOINT_SECONDS", str(CHECKPOINT_SECONDS))
    try:
        return float(given)
    except ValueError:
        raise UserError(f"ROAD_CHECKPOINT_SECONDS={given}: give a number of seconds") from None


def partial_folder(final: Path) -> Path:
    return final.with_name(final.name + ".partial")


def remove_partial(partial: Path) -> None:
    """Removes a partial folder, its request first: killed half-way, it leaves nothing that could be gone on with."""
    (partial / "request.json").unlink(missing_ok=True)
    shutil.rmtree(partial)


def _by_name(outcomes: list[dict[str, Any]], kind: str) -> dict[str, list[Any]]:
    """Name -> one value a seed, None where a seed gave none."""
    names = dict.fromkeys(name for outcome in outcomes for name in outcome[kind])
    return {name: [outcome[kind].get(name) for outcome in outcomes] for name in names}


def _write_arrays(path: Path, outcomes: list[Mapping[str, np.ndarray]]) -> None:
    """One array a name, rows in the order of the seeds that gave it; no file where nobody gave any."""
    names = list(dict.fromkeys(name for arrays in outcomes for name in arrays))
    if names:
        stacked = {name: np.stack([arrays[name] for arrays in outcomes if name in arrays]) for name in names}
        with atomic.replacing(path) as temporary, temporary.open("wb") as handle:
            np.savez_compressed(handle, **stacked)  # type: ignore[arg-type]


def _finite(metrics: Mapping[str, Any]) -> dict[str, Any]:
    """Metrics as JSON values. Raises TrialFailed if one is not finite."""

    def convert(value: Any, name: str) -> Any:
        value = value.tolist() if isinstance(value, np.ndarray | np.generic) else value
        if isinstance(value, list | tuple):
            return [convert(item, name) for item in value]
        if isinstance(value, float) and not math.isfinite(value):
            raise TrialFailed(f"{name} is {value}")
        return value

    return {name: convert(value, name) for name, value in metrics.items()}
