"""What a run was: code, settings, versions, machine, time. Written beside its numbers."""

import hashlib
import platform
import resource
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from common.catalogue import ROOT

LIBRARIES = ("numpy", "scipy", "numba", "torch", "scikit-learn")


def commit() -> dict[str, Any]:
    """The checked-out commit and whether the tree was clean; None for both outside a git checkout."""

    def git(*words: str) -> str | None:
        try:
            result = subprocess.run(["git", "-C", str(ROOT), *words], capture_output=True, text=True, timeout=10)
        except (OSError, subprocess.TimeoutExpired):
            return None
        return result.stdout.strip() if result.returncode == 0 else None

    head = git("rev-parse", "HEAD")
    changed = git("status", "--porcelain", "--untracked-files=no") if head else None
    return {"commit": head, "clean": None if changed is None else changed == ""}


def machine() -> dict[str, Any]:
    return {"system": platform.system(), "processor": _processor(), "python": platform.python_version()}


def versions() -> dict[str, str]:
    """Versions of the libraries that touch the numbers, without importing them."""
    found = {}
    for name in LIBRARIES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def peak_memory_mb() -> float:
    """Largest resident set of this process so far, in MB."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(peak / (1e6 if sys.platform == "darwin" else 1e3), 1)


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        return next(line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()
