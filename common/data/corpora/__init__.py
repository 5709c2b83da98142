"""The corpora, one module a family. Each has `read(files) -> Corpus`; files maps the registry's path of a file to where it lies.

Everything is streamed: a split is a function, and each call starts a fresh iterator from the first line. Splits come in the
order of their source, which for most sets is document order. Nothing here shuffles: that takes a seed and belongs to training.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from common.data import archives
from common.errors import UserError, unknown

LIMIT = 1 << 36  # bytes that one file may unpack to; the largest archive of WMT'14 stays well below
LONGEST_LINE = 1 << 24  # bytes; text8 has longer ones and is cut up by its own reader

Sentence = TypeVar("Sentence")
Pair = tuple[str, str]  # (source, target), English first


@dataclass(frozen=True)
class Corpus(Generic[Sentence]):
    """splits: name ("train", "valid", "test", ...) -> a function giving its sentences, `str` or `(source, target)`."""

    name: str
    splits: Mapping[str, Callable[[], Iterator[Sentence]]]

    def split(self, name: str) -> Iterator[Sentence]:
        """Raises UserError for a split that this corpus lacks."""
        if name not in self.splits:
            raise unknown(f"split of {self.name}", name, self.splits)
        return self.splits[name]()


def local(files: Mapping[str, Path], path: str) -> Path:
    """Where the file with this registry path lies. Raises UserError where it is not among the files or not on disk."""
    if path not in files:
        raise unknown("file", path, files)
    if not files[path].is_file():
        raise UserError(f"{files[path]} is not there; fetch it again")
    return files[path]


def lines(path: Path, member: str | None = None, encoding: str = "utf-8") -> Iterator[str]:
    """The lines of a .gz, .xz or plain file, or of one member of an archive, without their line ends.

    A line ends at \\n only: the other breaks of Unicode occur inside sentences. Raises UserError with file and line for what
    is not text in this encoding, and for a line beyond LONGEST_LINE.
    """
    return decoded(archives.decompressed(path, LIMIT, member), str(path) if member is None else f"{path}, {member}", encoding)


def decoded(pieces: Iterable[bytes], where: str, encoding: str = "utf-8") -> Iterator[str]:
    """Bytes in pieces of any size -> lines. where: what an error names. Errors: as `lines`."""
    rest = b""
    number = 0
    for piece in pieces:
        *whole, rest = (rest + piece).split(b"\n")
        for line in whole:
            number += 1
            yield _text(line, where, number, encoding)
        if len(rest) > LONGEST_LINE:
            raise UserError(f"{where}: line {number + 1} is longer than {LONGEST_LINE:,} bytes; is this text?")
    if rest:
        yield _text(rest, where, number + 1, encoding)


def _text(line: bytes, where: str, number: int, encoding: str) -> str:
    try:
        return line.decode(encoding)
    except UnicodeDecodeError as error:
        raise UserError(f"{where}: line {number} is not {encoding} ({error.reason} at byte {error.start + 1})") from None


def paired(sources: Iterable[str], targets: Iterable[str], where: str) -> Iterator[Pair]:
    """Line by line. Raises UserError at the end of the shorter side where the two are unequally long."""
    left, right = iter(sources), iter(targets)
    count = 0
    for source in left:
        target = next(right, None)
        if target is None:
            raise UserError(f"{where}: the target ends after {count:,} lines, the source goes on; fetch both again")
        count += 1
        yield source, target
    if next(right, None) is not None:
        raise UserError(f"{where}: the source ends after {count:,} lines, the target goes on; fetch both again")


def parallel(name: str, splits: Mapping[str, tuple[Path, Path]]) -> Corpus[Pair]:
    """A corpus of line-aligned files. splits: name -> (source file, target file)."""

    def opener(name_of_split: str, source: Path, target: Path) -> Callable[[], Iterator[Pair]]:
        return lambda: paired(lines(source), lines(target), f"{name}, {name_of_split}")

    return Corpus(name, {split: opener(split, *sides) for split, sides in splits.items()})
