"""A set of one file, and a fetch of it that is quick to give up."""

import hashlib
import io
import random
from pathlib import Path
from typing import Any

import pytest

from common.data.download import Patience
from common.data.fetch import fetch_dataset
from common.data.registry import Dataset
from common.errors import UserError

DATA = random.Random(1).randbytes(300_000)
OTHER = random.Random(2).randbytes(300_000)
HALF = 150_000
FREE = {"name": "CC0", "non_commercial": False, "redistributable": True, "share_alike": False, "verified": True}
HASTY = Patience(tries=3, connect=1.0, read=0.3, pause=0.01, redirects=5)
FILE = "toy/file.bin"


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def toy(*urls: str, **changes: Any) -> Dataset:
    """A set of one file that is DATA; `changes` to the file, or under `licence` to its licence."""
    urls = urls or (() if "built_by" in changes else ("http://127.0.0.1:9/",))
    licence = {**FREE, **changes.pop("licence", {})}
    whole = {key: changes.pop(key) for key in ("recipes", "obtain") if key in changes}
    file = {"path": FILE, "urls": list(urls), "bytes": len(DATA), "sha256": sha256(DATA), **changes}
    described = {"name": "toy", "title": "Toy", "version": "1", "home": "http://home.example", "licence": licence}
    files = [] if "obtain" in whole else [file]
    return Dataset.model_validate({**described, "attribution": "Nobody", "retrieved": None, "files": files, **whole})


def get(dataset: Dataset, cache: Path, mirror: Path | None = None) -> tuple[bytes, str]:
    """The file's bytes as fetched, and what was said."""
    said = io.StringIO()
    path = fetch_dataset(dataset, mirror, cache, HASTY, said)[FILE]
    return path.read_bytes(), said.getvalue()


def refused(dataset: Dataset, cache: Path) -> str:
    """The error's one line; the file must not be there."""
    with pytest.raises(UserError) as caught:
        get(dataset, cache)
    assert not (cache / FILE).exists()
    assert "\n" not in str(caught.value)
    return str(caught.value)
