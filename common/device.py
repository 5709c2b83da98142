"""Where tensors live and in which precision, with the reason; and GPUs that no other process holds meanwhile."""

import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path

from filelock import FileLock, Timeout

from common.errors import UserError, unknown

DEVICES = ("cuda", "mps", "cpu")  # in the order in which `auto` prefers them
PRECISIONS = ("float32", "bfloat16")
POLL_SECONDS = 1.0


@dataclass(frozen=True)
class Device:
    """name: one of DEVICES, as torch calls it. precision: of matrix products, one of PRECISIONS. reason: one clause."""

    name: str
    precision: str
    reason: str


def choose_device(requested: str | None = None) -> Device:
    """The device that is `requested`, else that of ROAD_DEVICE, else (`auto`) the best there is.

    Its precision is what helps there, unless ROAD_PRECISION says otherwise.
    Raises UserError for an unknown name and for a device that this machine or this build of PyTorch lacks.
    """
    asked = requested or os.environ.get("ROAD_DEVICE") or "auto"
    if asked not in ("auto", *DEVICES):
        raise unknown("device", asked, ("auto", *DEVICES))
    wanted_precision = os.environ.get("ROAD_PRECISION")
    if wanted_precision and wanted_precision not in PRECISIONS:
        raise unknown("precision", wanted_precision, PRECISIONS)

    import torch

    available = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available(), "cpu": True}
    if asked == "auto":
        name = next(device for device in DEVICES if available[device])
        why = "no GPU was found" if name == "cpu" else "it is the fastest device found"
    else:
        name, why = asked, "it was asked for"
    if not available[name]:
        raise UserError(f"device {name}: PyTorch {torch.__version__} finds none on this machine; ask for auto or cpu")

    if wanted_precision:
        precision, why_precision = wanted_precision, f"ROAD_PRECISION asks for {wanted_precision}"
    elif name == "cuda":
        # Older cards emulate bfloat16, slower than float32.
        major, minor = torch.cuda.get_device_capability()
        precision = "bfloat16" if major >= 8 else "float32"
        speed = "fast" if major >= 8 else "slow"
        why_precision = f"bfloat16 is {speed} at compute capability {major}.{minor}"
    else:
        # bfloat16 is faster on some processors too, but the claims are tested in float32.
        precision, why_precision = "float32", f"float32 is the default on {name}"
    return Device(name, precision, f"{why}, and {why_precision}")


@contextmanager
def reserve_gpus(count: int) -> Iterator[list[str]]:
    """Holds `count` GPUs that no other process holds, and shows only them to CUDA; yields their names for CUDA.

    The pool is CUDA_VISIBLE_DEVICES if that is set (indices or UUIDs, used as given), else what nvidia-smi lists.
    Waits, and says for whom, while too few are free. Call it before torch touches CUDA, which reads the variable once.
    A machine without any GPU gives none, and the job runs on its processor. Raises UserError where the pool has some
    but fewer than `count`.
    """
    before = os.environ.get("CUDA_VISIBLE_DEVICES")
    uuids = _uuids() if count else {}
    # As for CUDA, the first -1 ends the list.
    given = takewhile(lambda gpu: gpu not in ("", "-1"), (before or "").replace(" ", "").split(","))
    pool = list(uuids) if before is None else list(dict.fromkeys(given))
    if count == 0 or not pool:
        yield []
        return
    if len(pool) < count:
        source = "nvidia-smi" if before is None else f"CUDA_VISIBLE_DEVICES={before}"
        raise UserError(f"this job needs {count} GPU(s), found {len(pool)} ({source}); run it where there are more")
    # Locks go by UUID where that is known: a scheduler may call a different card 0 in each job.
    held = _wait_for(count, {gpu: uuids.get(gpu, gpu) for gpu in pool})
    try:
        os.environ["CUDA_VISIBLE_DEVICES"] = ",".join(held)
        yield list(held)
    finally:
        if before is None:
            os.environ.pop("CUDA_VISIBLE_DEVICES", None)
        else:
            os.environ["CUDA_VISIBLE_DEVICES"] = before
        for lock in held.values():
            lock.release()


def _uuids() -> dict[str, str]:
    """Index -> UUID of every GPU that nvidia-smi lists; empty where there is none."""
    try:
        listed = subprocess.run(["nvidia-smi", "-L"], capture_output=True, text=True, timeout=60).stdout
    except (OSError, subprocess.TimeoutExpired):
        return {}
    return dict(re.findall(r"^GPU (\d+): .*\(UUID: (\S+)\)", listed, flags=re.MULTILINE))


def _wait_for(count: int, pool: dict[str, str]) -> dict[str, FileLock]:
    """`count` locked GPUs of the pool (name for CUDA -> name for the lock)."""
    default = Path(tempfile.gettempdir(), f"road-to-attention-gpus-{os.getuid()}")
    folder = Path(os.environ.get("ROAD_GPU_LOCKS") or default)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    told = False
    while True:
        held, holders = _try_to_take(count, pool, folder)
        if len(held) == count:
            return held
        if not told:
            busy = ", ".join(f"GPU {gpu} by process {pid}" for gpu, pid in holders.items())
            print(f"waiting for {count} of {len(pool)} GPU(s); held: {busy}", file=sys.stderr, flush=True)
            told = True
        time.sleep(POLL_SECONDS)


def _try_to_take(count: int, pool: dict[str, str], folder: Path) -> tuple[dict[str, FileLock], dict[str, str]]:
    """Either `count` locks by GPU, or none; and the process that holds each GPU that was not free.

    The kernel drops a lock when its holder dies, however it dies, so nothing is ever left to clean up. The process
    number beside it serves the message only.
    """
    held: dict[str, FileLock] = {}
    holders: dict[str, str] = {}
    with FileLock(folder / "choosing.lock"):  # one at a time, so that two jobs never hold half of what each needs
        for gpu, name in pool.items():
            lock, note = FileLock(folder / f"{name}.lock"), folder / f"{name}.pid"
            try:
                lock.acquire(timeout=0)
            except Timeout:
                holders[gpu] = note.read_text() if note.exists() else "unknown"
                continue
            held[gpu] = lock
            if len(held) == count:
                for taken in held:
                    (folder / f"{pool[taken]}.pid").write_text(str(os.getpid()))
                return held, holders
        for lock in held.values():
            lock.release()
    return {}, holders
