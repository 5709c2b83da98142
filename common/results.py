"""Reading what runs wrote: metrics one value a seed, arrays one row a seed, verified against the manifest."""

import contextlib
import functools
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from common.catalogue import Job, Paper, jobs, seed_range
from common.errors import UserError, unknown
from common.manifest import sha256


class NotRunError(Exception):
    """The run is not done at this tier, or has not been done yet."""


Measure = Callable[["Results"], Any]


@dataclass(frozen=True)
class RunResults:
    """One run, its finished jobs put together in the order of their seeds. missing: seeds that have not been run yet."""

    seeds: list[int]
    missing: list[int]
    metrics: Mapping[str, list[Any]]
    manifests: list[dict[str, Any]]
    folders: list[Path]

    @property
    def trained(self) -> list[int]:
        """The seeds that did not fail, in order: those of the arrays' rows."""
        failed = {int(seed) for manifest in self.manifests for seed in manifest["failed"]}
        return [seed for seed in self.seeds if seed not in failed]

    def metric(self, name: str) -> list[Any]:
        """One value a seed; None for a trial that failed."""
        failed = {seed for manifest in self.manifests for seed in manifest.get("failed", {})}
        if all(str(seed) in failed for seed in self.seeds):
            return [None] * len(self.seeds)  # then nobody says which metrics there are
        if name not in self.metrics:
            raise unknown("metric", name, self.metrics)
        return self.metrics[name]

    def values(self, name: str) -> np.ndarray:
        """The same as an array (seeds, ...), without the trials that failed."""
        return np.array([value for value in self.metric(name) if value is not None])

    @functools.cached_property
    def arrays(self) -> Mapping[str, np.ndarray]:
        """Arrays by name. The first axis runs over seeds, those of the jobs that hold the array."""
        parts: dict[str, list[np.ndarray]] = {}
        for folder in self.folders:
            if (folder / "arrays.npz").exists():
                with np.load(folder / "arrays.npz") as file:
                    for key in file.files:
                        parts.setdefault(key, []).append(file[key])
        return {key: np.concatenate(part) for key, part in parts.items()}

    def document(self, name: str) -> list[Any]:
        """One value for each seed that kept it, None for a trial that failed beside one. Raises NotRunError where nobody kept it."""
        parts = [read_json(folder / "documents.json") for folder in self.folders if (folder / "documents.json").exists()]
        values = [value for part in parts for value in part.get(name, [])]
        if not any(value is not None for value in values):
            raise NotRunError(f"no finished trial has kept {name}")
        return values

    @functools.cached_property
    def history(self) -> list[dict[str, Any]]:
        """Every logged line: {"seed": ..., "step": ..., **values}."""
        lines = []
        for folder in self.folders:
            lines += [json.loads(line) for line in (folder / "history.jsonl").read_text().splitlines()]
        return lines

    def curve(self, name: str) -> tuple[np.ndarray, np.ndarray]:
        """What was logged under `name` -> steps (n,), values (seeds, n) of the seeds that came to the end."""
        rows = {seed: [line for line in self.history if line["seed"] == seed and name in line] for seed in self.seeds}
        steps = [line["step"] for line in max(rows.values(), key=len)]
        return np.array(steps), np.array([[line[name] for line in row] for row in rows.values() if len(row) == len(steps)])


class Results:
    """All runs of one paper at one tier under a results root: `results["lexicon/g2"].values("sse")`."""

    def __init__(self, paper: Paper, tier: str, root: Path):
        self.paper, self.tier, self.root = paper, tier, root
        self._read: dict[str, RunResults] = {}

    @property
    def folder(self) -> Path:
        return self.root / self.tier / self.paper.slug

    def __getitem__(self, run: str) -> RunResults:
        if run not in self._read:
            if self.tier not in self.paper.run(run).tiers:
                raise NotRunError(f"{run} is not part of tier {self.tier}")
            self._read[run] = self._join(run)
        return self._read[run]

    def finished(self, runs: Iterable[str]) -> dict[str, RunResults]:
        """Those of the runs that are part of this tier and of which a trial is finished, in the order given."""
        found = {}
        for run in runs:
            with contextlib.suppress(NotRunError):
                found[run] = self[run]
        return found

    def measure(self, *functions: Measure) -> dict[str, Any]:
        """Name of each function -> its values per seed, or the reason (NotRunError) why there are none."""
        values: dict[str, Any] = {}
        for function in functions:
            try:
                values[function.__name__] = function(self)
            except NotRunError as reason:
                values[function.__name__] = reason
        return values

    def provenance(self, runs: list[str]) -> str:
        """`tier laptop, n = 10 seeds, commit 1234567` for the corner of a figure that reads `runs`; `n = 1 of 3` while some are missing."""
        found = {(len(self[run].seeds), len(self[run].missing)) for run in runs}
        counts = [f"{n} of {n + missing}" if missing else str(n) for n, missing in sorted(found)]
        commits = sorted({str(m["commit"])[:7] + ("" if m["clean"] else "+") for run in runs for m in self[run].manifests})
        noun = "seed" if counts == ["1"] else "seeds"
        seeds = f"n = {' or '.join(counts)} {noun}" if counts else "no runs"
        return ", ".join([f"tier {self.tier}", seeds, *(["commit " + " ".join(commits)] if commits else [])])

    def _join(self, run: str) -> RunResults:
        all_jobs = list(jobs(self.paper, self.tier, [run]))
        missing = [job for job in all_jobs if not job_is_complete(self.root, job)]
        if len(missing) == len(all_jobs):
            seeds = seed_range(tuple(seed for job in all_jobs for seed in job.seeds))
            raise NotRunError(f"{run}: seeds {seeds} have not been run ({self.root / missing[0].folder} is missing)")
        all_jobs = [job for job in all_jobs if job not in missing]
        folders = [self.root / job.folder for job in all_jobs]
        manifests = [verified_manifest(folder) for folder in folders]
        parts = [read_json(folder / "metrics.json") for folder in folders]
        names = list(dict.fromkeys(name for part in parts for name in part))
        merged = {
            name: [v for part, job in zip(parts, all_jobs, strict=True) for v in part.get(name, [None] * len(job.seeds))]
            for name in names
        }
        done, absent = ([seed for job in some for seed in job.seeds] for some in (all_jobs, missing))
        return RunResults(done, absent, merged, manifests, folders)


def read_json(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise UserError(f"{path} is missing; run the stage that writes it again") from None
    except ValueError as error:
        raise UserError(f"{path}: not valid JSON ({error}); remove its folder and run that stage again") from None


def verified_manifest(folder: Path) -> dict[str, Any]:
    """The manifest of a finished run, after checking every file it lists. Raises UserError if one was cut or edited."""
    manifest = read_json(folder / "manifest.json")
    if not isinstance(manifest, dict):
        raise UserError(f"{folder / 'manifest.json'} is not a manifest; remove {folder} and train again")
    for name, digest in manifest.get("files", {}).items():
        if not (folder / name).exists():
            raise UserError(f"{folder / name} is missing; remove {folder} and train again")
        if sha256(folder / name) != digest:
            raise UserError(f"{folder / name} is not what the run wrote (its sha256 differs); remove {folder} and train again")
    return manifest


def job_is_complete(root: Path, job: Job) -> bool:
    return (root / job.folder / "manifest.json").exists()
