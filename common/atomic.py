"""Files that appear whole or not at all: write beside the target, flush to disk, rename."""

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any


def sync_directory(directory: Path) -> None:
    """Makes a rename inside `directory` survive a power cut."""
    handle = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Yields a temporary path to write; on success it takes the place of `path`, on failure it goes away."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        yield temporary
        with temporary.open("rb+") as written:
            os.fsync(written.fileno())
        os.replace(temporary, path)
        sync_directory(path.parent)
    except OSError as error:
        error.filename = error.filename or str(path)  # a full disk names no file
        raise
    finally:
        temporary.unlink(missing_ok=True)


def write_text(path: Path, text: str) -> None:
    with replacing(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


def to_json(value: Any) -> str:
    """Strict JSON, numpy values included. A number that is not finite is an error: null is written on purpose."""
    return json.dumps(value, indent=1, allow_nan=False, ensure_ascii=False, default=lambda v: v.tolist()) + "\n"


def write_json(path: Path, value: Any) -> None:
    write_text(path, to_json(value))


def replace_folder(partial: Path, final: Path) -> None:
    """Moves a finished folder into place; an older one of that name is gone afterwards."""
    old = final.with_name(f".{final.name}.old")
    shutil.rmtree(old, ignore_errors=True)
    if final.exists():
        os.replace(final, old)
    os.replace(partial, final)
    sync_directory(final.parent)
    shutil.rmtree(old, ignore_errors=True)
