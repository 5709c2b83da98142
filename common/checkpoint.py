"""Checkpoints that survive kill -9: written whole, verified when read, the last two kept.

A state is a nested dict of numpy arrays, torch tensors and plain JSON values. It is stored as one safetensors file. The
metadata hold the JSON part and a digest of everything, so that a damaged or edited file is told from a good one.
"""

import hashlib
import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from common.atomic import replacing
from common.errors import UserError

KEPT = 2


class DamagedError(Exception):
    """The file is not what was written."""


def write(path: Path, state: Mapping[str, Any]) -> None:
    """Writes `state` to `path` atomically."""
    from safetensors.numpy import save

    arrays: dict[str, np.ndarray] = {}
    plain: dict[str, Any] = {"torch": []}
    for key, value in _flatten(state):
        if _is_torch(value):
            plain["torch"].append(key)
            value = value.detach().cpu().numpy()
        if isinstance(value, np.ndarray):
            arrays[key] = np.asarray(value, order="C")  # not ascontiguousarray, which gives a scalar an axis
        else:
            plain.setdefault("values", {})[key] = value
    text = json.dumps(plain)
    with replacing(path) as temporary:
        # Written by Python and not by safetensors, whose error for a full disk is no OSError.
        temporary.write_bytes(save(arrays, metadata={"plain": text, "digest": _digest(arrays, text)}))


def read(path: Path) -> dict[str, Any]:
    """The state that `write` stored. Raises DamagedError if the file was cut or edited."""
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, framework="numpy") as file:
            metadata = file.metadata() or {}
            arrays = {key: file.get_tensor(key) for key in file.keys()}  # noqa: SIM118 (not a dict)
    except (SafetensorError, OSError) as error:
        raise DamagedError(str(error)) from None
    text = metadata.get("plain", "")
    if metadata.get("digest") != _digest(arrays, text):
        raise DamagedError("its digest does not match its content")
    plain = json.loads(text)
    values: dict[str, Any] = {**plain.get("values", {}), **arrays}
    if plain["torch"]:
        import torch

        values.update({key: torch.from_numpy(arrays[key].copy()) for key in plain["torch"]})
    return _unflatten(values)


def save(folder: Path, step: int, state: Mapping[str, Any]) -> None:
    """Stores `state` as the newest checkpoint of `folder`; the one before stays as well, older ones go."""
    write(folder / f"checkpoint-{step:010d}.safetensors", state)
    for old in _all(folder)[:-KEPT]:
        old.unlink()


def load(folder: Path) -> dict[str, Any] | None:
    """The newest good state in `folder`, None if there is no checkpoint. Raises UserError if all are damaged."""
    found = _all(folder)
    for path in reversed(found):
        try:
            return read(path)
        except DamagedError as error:
            print(f"{path}: damaged ({error}); trying the checkpoint before it", file=sys.stderr)
    if found:
        raise UserError(f"no good checkpoint is left in {folder}: remove that folder to start this run afresh")
    return None


def clear(folder: Path) -> None:
    for path in _all(folder):
        path.unlink()


def _all(folder: Path) -> list[Path]:
    return sorted(folder.glob("checkpoint-*.safetensors"))


def _is_torch(value: Any) -> bool:
    return type(value).__module__.split(".")[0] == "torch"


def _flatten(state: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in state.items():
        # Numbers as keys (torch optimisers) are marked to come back as such.
        name = path + (f"#{key}" if isinstance(key, int) else _escape(key))
        if isinstance(value, Mapping) and value:
            yield from _flatten(value, name + "/")
        else:
            yield name, value


def _unflatten(values: Mapping[str, Any]) -> dict[str, Any]:
    state: dict[Any, Any] = {}
    for name, value in values.items():
        *parents, last = [int(part[1:]) if part.startswith("#") else _unescape(part) for part in name.split("/")]
        inner = state
        for parent in parents:
            inner = inner.setdefault(parent, {})
        inner[last] = value
    return state


def _escape(key: str) -> str:
    """`key` without the characters that have a meaning in a path of keys."""
    return key.replace("~", "~0").replace("/", "~1").replace("#", "~2")


def _unescape(part: str) -> str:
    return part.replace("~2", "#").replace("~1", "/").replace("~0", "~")


def _digest(arrays: Mapping[str, np.ndarray], text: str) -> str:
    digest = hashlib.sha256(text.encode())
    for key in sorted(arrays):
        digest.update(f"{key} {arrays[key].dtype} {arrays[key].shape}".encode())
        digest.update(arrays[key].tobytes())
    return digest.hexdigest()
