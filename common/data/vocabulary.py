"""Words and their numbers: a shortlist of frequent tokens, the rest one unknown symbol."""

import functools
import heapq
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from common.atomic import write_text
from common.errors import UserError

UNK, END, START = 0, 1, 2
SPECIALS = ("<unk>", "</s>", "<s>")  # their ids are the same in every vocabulary


@dataclass(frozen=True)
class Vocabulary:
    """tokens: the special symbols, then the shortlist, most frequent first; a token's id is its place.

    A special symbol that stands in running text is not a word: it is read as unknown, so that no corpus can end
    a sentence by what it says.
    """

    tokens: tuple[str, ...]

    def __post_init__(self) -> None:
        if self.tokens[: len(SPECIALS)] != SPECIALS:
            raise ValueError(f"a vocabulary starts with {' '.join(SPECIALS)}, found {' '.join(self.tokens[: len(SPECIALS)])}")
        for place, token in enumerate(self.tokens):
            if not token or token.split() != [token]:
                raise ValueError(f"token {place} is {token!r}: tokens are not empty and hold no white space")
        if len(set(self.tokens)) != len(self.tokens):
            seen: set[str] = set()
            twice = next(token for token in self.tokens if token in seen or seen.add(token))  # type: ignore[func-returns-value]
            raise ValueError(f"'{twice}' occurs twice")

    @classmethod
    def from_counts(cls, counts: Mapping[str, int], shortlist: int | None = None, min_count: int = 1) -> "Vocabulary":
        """The `shortlist` most frequent tokens (all if None) that occur `min_count` times or more.

        The special symbols come on top of the shortlist. Equal counts are ordered by code point.
        """
        return cls(SPECIALS + tuple(token for token, _ in most_frequent(counts.items(), shortlist, min_count)))

    def __len__(self) -> int:
        return len(self.tokens)

    @functools.cached_property
    def index(self) -> dict[str, int]:
        """Token -> id, without the special symbols."""
        return {token: place for place, token in enumerate(self.tokens) if place >= len(SPECIALS)}

    @property
    def dtype(self) -> np.dtype:
        """The smallest type that holds every id, as the token files store it."""
        return id_dtype(len(self))

    def encode(self, tokens: Iterable[str]) -> np.ndarray:
        """Ids (n,), without an end symbol; `UNK` where the shortlist lacks the token."""
        return np.array([self.index.get(token, UNK) for token in tokens], dtype=self.dtype)

    def decode(self, ids: Iterable[int]) -> list[str]:
        return [self.tokens[i] for i in ids]

    def coverage(self, counts: Mapping[str, int]) -> float:
        """Share of the running tokens that have an id of their own; nan of no tokens."""
        total = sum(counts.values())
        return sum(count for token, count in counts.items() if token in self.index) / total if total else float("nan")

    def save(self, path: Path) -> None:
        """Plain text, a token a line; the line number, from 0, is the id."""
        write_text(path, "".join(f"{token}\n" for token in self.tokens))

    @classmethod
    def load(cls, path: Path) -> "Vocabulary":
        """Raises UserError that names the file where it is missing, cut or otherwise not a vocabulary."""
        try:
            text = path.read_bytes().decode()
        except FileNotFoundError:
            raise UserError(f"{path} does not exist") from None
        except UnicodeDecodeError:
            raise UserError(f"{path}: not UTF-8 text; the vocabulary is damaged, prepare the data again") from None
        if not text.endswith("\n"):
            raise UserError(f"{path}: the last line is cut; the vocabulary is damaged, prepare the data again")
        try:
            return cls(tuple(text[:-1].split("\n")))
        except ValueError as error:
            raise UserError(f"{path}: {error}; the vocabulary is damaged, prepare the data again") from None


def id_dtype(size: int) -> np.dtype:
    """uint16 up to 65,536 ids, else uint32."""
    return np.dtype("<u2" if size <= 1 << 16 else "<u4")


def most_frequent(counts: Iterable[tuple[str, int]], shortlist: int | None = None, min_count: int = 1) -> list[tuple[str, int]]:
    """(token, count), most frequent first, equal counts by code point; special symbols are left out."""
    kept = ((token, count) for token, count in counts if count >= min_count and token not in SPECIALS)
    if shortlist is None:
        return sorted(kept, key=_rank)
    return heapq.nsmallest(shortlist, kept, key=_rank)


def _rank(item: tuple[str, int]) -> tuple[int, str]:
    return -item[1], item[0]
