"""A user's own translations as token ids: two files of which line i of one translates line i of the other."""

import gzip
import lzma
from collections.abc import Callable, Iterator
from itertools import zip_longest
from pathlib import Path
from typing import Any

from common.data.prepare import Prepared, prepare, sha256
from common.data.shards import PrepareSettings
from common.data.text import check_language
from common.errors import UserError


def prepare_parallel(
    source: Path,
    target: Path,
    name: str,
    out: Path,
    settings: PrepareSettings | None = None,
    workers: int | None = None,
    progress: Callable[[int], None] = lambda sentences: None,
) -> Prepared:
    """A user's own translations: line i of one file translates line i of the other; plain, .gz or .xz.

    settings: if None, languages by the files' endings (`a.en a.fr`), a shortlist of 30,000, 1 % each for valid and test.
    Raises UserError, before any work, that names file and line: one file is shorter, a line is empty or not UTF-8.
    """
    settings = settings or PrepareSettings(
        languages=(_language(source), _language(target)), shortlist=30_000, held_out={"valid": 0.01, "test": 0.01}
    )
    if not sum(1 for _ in _pairs(source, target)):
        raise UserError(f"{source} has no lines")
    digest = f"{sha256(source)} {sha256(target)}"
    return prepare(name, {"all": lambda: _pairs(source, target)}, out, settings, digest, workers, progress)


def _language(path: Path) -> str:
    ending = next((suffix[1:] for suffix in reversed(path.suffixes) if suffix not in (".gz", ".xz", ".txt")), "")
    if not ending:
        raise UserError(f"{path}: its name does not say its language; call it {path.name}.en or the like")
    try:
        check_language(ending)
    except UserError as error:
        raise UserError(f"{path}: its ending does not say its language: {error}") from None
    return ending


def _pairs(source: Path, target: Path) -> Iterator[tuple[str, str]]:
    lines = zip_longest(_lines(source), _lines(target))
    for number, (left, right) in enumerate(lines, 1):
        if left is None or right is None:
            short, long = (source, target) if left is None else (target, source)
            total = number + sum(1 for _ in lines)
            raise UserError(f"{short}, line {number}: missing; it has {number - 1:,} lines, but {long} has {total:,}")
        yield left, right


def _lines(path: Path) -> Iterator[str]:
    """Lines as UTF-8 text without their ends, cut at line feeds only."""
    opening: Any = {".gz": gzip.open, ".xz": lzma.open}.get(path.suffix, open)
    number = 0
    try:
        with opening(path, "rb") as file:
            for number, raw in enumerate(file, 1):
                line = raw.decode("utf-8-sig" if number == 1 else "utf-8").strip()
                if not line:
                    raise UserError(f"{path}, line {number}: empty; remove it from both files")
                yield line
    except FileNotFoundError:
        raise UserError(f"{path} does not exist") from None
    except UnicodeDecodeError as error:
        found = error.object[error.start]
        raise UserError(
            f"{path}, line {number}: byte 0x{found:02x} is not UTF-8; convert the file, such as with iconv"
        ) from None
    except (EOFError, gzip.BadGzipFile, lzma.LZMAError) as error:
        raise UserError(f"{path}, after line {number}: {error}; the compressed file is damaged") from None
