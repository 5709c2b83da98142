"""What the sets that are built from a source share: their measure of length, their keys, and how they are written."""

import hashlib
import lzma
import unicodedata
from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from pathlib import Path

from common.atomic import replacing
from common.data.text import PLAIN_TOKEN, fold


def tokens(text: str) -> list[str]:
    """The tokens that `count_tokens` counts."""
    return PLAIN_TOKEN.findall(text)


def squeezed(text: str) -> str:
    """NFC, with all white space made single spaces and trimmed."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def key(source: str, target: str) -> bytes:
    """16 bytes by which repeats are found and pairs are drawn: md5 of both sides, lower case, digits as 0, TAB between."""
    return hashlib.md5(f"{fold(source)}\t{fold(target)}".encode(), usedforsecurity=False).digest()


def write(folder: Path, name: str, columns: Mapping[str, Iterable[str]]) -> list[Path]:
    """Writes `<name>.<column>.xz`, one line an item, each whole or not at all. Returns the paths."""
    paths = []
    for column, items in columns.items():
        path = folder / f"{name}.{column}.xz"
        with ExitStack() as stack:
            temporary = stack.enter_context(replacing(path))
            out = stack.enter_context(lzma.open(temporary, "wb", preset=9 | lzma.PRESET_EXTREME))
            out.writelines(f"{item}\n".encode() for item in items)
        paths.append(path)
    return paths
