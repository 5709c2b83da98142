"""The `train` stage: one job from its settings to its finished folder, whoever else may be at it."""

import inspect
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from common import atomic, manifest, tracking
from common.catalogue import Job, load, seed_range
from common.config import Settings, digest, parse
from common.data.registry import PREPARED
from common.device import reserve_gpus
from common.errors import UserError, unknown
from common.fingerprint import closure, fingerprint
from common.progress import Progress
from common.results import read_json
from common.run import Run, partial_folder, remove_partial

REQUEST = ("code", "settings", "data")  # of the manifest: what must agree for a begun run to be gone on with


def train(job: Job, root: Path, sets: Mapping[str, Any], track: str) -> Path:
    """Trains one job unless another process is at it; returns the finished folder.

    A job that a killed pipeline left running is waited for, and its result is taken if it is what was asked for.
    """
    experiments = load(job.paper.slug, "experiments")
    name, variant = job.run.split("/")
    function = getattr(experiments, name, None)
    if function is None:
        raise unknown(f"experiment of {job.paper.slug}", name, [n for n, f in vars(experiments).items() if callable(f)])
    values = {**job.paper.settings(job.run, job.tier), **sets}
    settings = parse(settings_model(function), values, f"settings of {job.paper.slug} {job.run} at tier {job.tier}")
    spec = job.paper.run(job.run)
    if sets:
        label = "+".join([variant, *(f"{key}={value}" for key, value in sets.items())]).replace("/", "-")
        job = replace(job, run=f"{name}/{label}")
    facts = describe(job, settings, experiments.__name__, name, spec.data)
    final = root / job.folder
    partial = partial_folder(final)
    with lock(final) as waited:
        if waited and _matches(final, facts):
            return final
        _discard_if_other(partial, facts)
        partial.mkdir(parents=True, exist_ok=True)
        atomic.write_json(partial / "request.json", {key: facts[key] for key in REQUEST})
        label = f"{job.paper.slug} {job.run} {'seed' if len(job.seeds) == 1 else 'seeds'} {seed_range(job.seeds)}"
        with (
            (partial / "log.txt").open("a", encoding="utf-8") as log,
            Progress(label, log) as progress,
            reserve_gpus(spec.gpus),
            tracking.start(
                track,
                job_type="train",
                group=f"{job.paper.slug}/{name}",
                name=f"{job.run.split('/')[1]} {seed_range(job.seeds)}",
                tags=[job.tier, str(facts["commit"])[:7]],
                config=facts["settings"] | {"seeds": facts["seeds"], "code": facts["code"]},
                folder=root / job.tier / job.paper.slug,
            ) as tracker,
        ):
            run = Run(job, root, progress, tracker, spec)
            if run.resumed:
                progress.line(f"going on from {len(run.outcomes)} finished seeds and the last checkpoint")
            function(run, settings)
            run.finish({**facts, "device": vars(run.device) if "device" in vars(run) else {"name": "cpu"}})
    return final


def settings_model(experiment: Callable[..., None]) -> type[Settings]:
    """The settings class in an experiment's signature, `def lexicon(run, settings: LexiconSettings)`."""
    annotation = inspect.signature(experiment, eval_str=False).parameters["settings"].annotation
    if not (isinstance(annotation, type) and issubclass(annotation, Settings)):
        raise TypeError(f"{experiment.__name__}: annotate `settings` with its Settings class")
    return annotation


def describe(job: Job, settings: Settings, module: str, experiment: str, sets: list[str]) -> dict[str, Any]:
    """The manifest's facts that are known before the run starts. sets: the prepared sets that it reads."""
    resolved = settings.model_dump(mode="json")
    return {
        "paper": job.paper.slug, "run": job.run, "tier": job.tier, "seeds": list(job.seeds),
        **manifest.commit(),
        "code": fingerprint(module, experiment), "closure": closure(module, experiment),
        "settings": resolved, "settings_digest": digest(resolved), "data": {name: prepared_digest(name) for name in sets},
        "versions": manifest.versions(), "machine": manifest.machine(),
        "threads": int(os.environ.get("OMP_NUM_THREADS", "0")) or None,
        "command": " ".join(["python -m common", *sys.argv[1:]]),
    }  # fmt: skip


def prepared_digest(name: str) -> str:
    """16 hex digits of the hashes of a prepared set's files. Raises UserError where it has not been prepared."""
    path = PREPARED / name / "manifest.json"
    if not path.exists():
        raise UserError(f"{path.parent} does not exist; prepare the data first: snakemake prepare_{name}")
    return digest({file: stated["sha256"] for file, stated in read_json(path)["files"].items()})


@contextmanager
def lock(final: Path) -> Iterator[bool]:
    """Holds the right to write `final`; yields whether another process had it first. Ends with the process, however."""
    from filelock import FileLock, Timeout

    final.parent.mkdir(parents=True, exist_ok=True)
    guard = FileLock(final.with_name(f".{final.name}.lock"))
    waited = False
    try:
        guard.acquire(timeout=0)
    except Timeout:
        waited = True
        print(f"another process is training into {final}; waiting for it (stop it to start afresh)", file=sys.stderr)
        guard.acquire()
    try:
        yield waited
    finally:
        guard.release()


def _matches(final: Path, facts: Mapping[str, Any]) -> bool:
    if not (final / "manifest.json").exists():
        return False
    found = read_json(final / "manifest.json")
    return all(found.get(key) == facts[key] for key in ("seeds", *REQUEST))


def _discard_if_other(partial: Path, facts: Mapping[str, Any]) -> None:
    """A half-finished run of other code, settings or data cannot be gone on with."""
    request = partial / "request.json"
    if not partial.exists():
        return
    if not request.exists() or any(read_json(request).get(key) != facts[key] for key in REQUEST):
        print(f"{partial}: begun with other code, settings or data, starting afresh", file=sys.stderr)
        remove_partial(partial)
