"""numba's `njit` with a cache on disk that goes stale with any of the modules that are compiled together.

numba itself asks only whether the file of the function has changed. But the machine code of a function holds that of the
functions it calls, wherever they stand: a changed equation in `kernel.py` would not reach a cached loop of `loop.py`.
"""

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from numba import njit

MODULES = ("chance", "compiled", "draws", "full", "kernel", "loop", "quads", "recurrent")
STAMP = hashlib.sha256(b"".join((Path(__file__).parent / f"{name}.py").read_bytes() for name in MODULES)).hexdigest()


def compiled(inline: bool = False, fastmath: frozenset[str] = frozenset()) -> Callable[[Callable[..., Any]], Any]:
    """Division by zero gives infinity or NaN, as in numpy. inline: copied into its callers before they are compiled."""

    def decorate(function: Callable[..., Any]) -> Any:
        options: dict[str, Any] = {"inline": "always" if inline else "never", "fastmath": set(fastmath)}
        dispatcher = njit(cache=True, error_model="numpy", **options)(function)
        dispatcher._cache._cache_file._source_stamp = STAMP
        return dispatcher

    return decorate
