"""Which sentences are trained on and which are tested on, in what order, and whether the two meet."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from common.data.text import fold
from common.seeding import generator

CHUNK = 100_000  # sentences at a time; bounds memory, no result depends on it


def key(line: str) -> int:
    """64 bits of the folded text: sentences that differ in case, digits or spaces have the same."""
    return int.from_bytes(hashlib.blake2b(fold(line).encode(), digest_size=8).digest(), "little")


def assign(keys: np.ndarray, shares: Mapping[str, float], seed: int = 0) -> np.ndarray:
    """For each key (n,), uint64, the number of its split: 0, 1, ... in the order of `shares`; what is left over is -1.

    A sentence's split follows from its text and the seed alone: more sentences, fewer, or another order do not move it,
    and equal sentences stay together. shares: of the whole, each above 0, in all at most 1.
    """
    total = sum(shares.values())
    if total > 1 + 1e-9 or any(share <= 0 for share in shares.values()):
        raise ValueError(f"shares must be above 0 and add up to at most 1, found {dict(shares)}")
    unit = (_mix(np.asarray(keys, dtype=np.uint64), seed) >> np.uint64(11)) / 2.0**53
    bounds = np.cumsum(list(shares.values()))
    numbers = np.searchsorted(bounds, unit, side="right")
    return np.where(numbers < len(bounds), numbers, -1).astype(np.int64)


def split_of(line: str, shares: Mapping[str, float], rest: str = "train", seed: int = 0) -> str:
    """The split of one sentence, as `assign` has it. Pairs are split by their source side."""
    number = assign(np.array([key(line)], dtype=np.uint64), shares, seed)[0]
    return rest if number < 0 else list(shares)[number]


def _mix(keys: np.ndarray, seed: int) -> np.ndarray:
    """Keys stirred with the seed (the finisher of splitmix64), so that another seed is another draw."""
    salt = int.from_bytes(hashlib.blake2b(f"split {seed}".encode(), digest_size=8).digest(), "little")
    x = keys ^ np.uint64(salt)
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        x = (x ^ (x >> np.uint64(shift))) * np.uint64(factor)
    return x ^ (x >> np.uint64(31))


def order(n: int, seed: int) -> np.ndarray:
    """A seeded shuffle of 0 .. n-1 (n,), int64. Corpora are kept in document order; training reads them in this one."""
    return generator(seed, "sentence order").permutation(n).astype("<i8", copy=False)


def order_digest(places: np.ndarray) -> str:
    """16 hex digits that say whether two runs saw the same order."""
    return hashlib.sha256(np.ascontiguousarray(places, dtype="<i8").data).hexdigest()[:16]


@dataclass(frozen=True)
class Leaks:
    """Shares of test sentences whose folded form is in train too, 0 to 1; nan of no test sentences.

    whole: the sentence, or both sides of one pair; source and target: that side alone (None for text in one language).
    """

    sentences: int
    whole: float
    source: float | None = None
    target: float | None = None


Sentence = str | tuple[str, ...]  # text, or a pair: source and target
Text = TypeVar("Text", bound=Sentence)


def leaks(train: Iterable[Sentence], test: Iterable[Sentence]) -> Leaks:
    """How much of `test` is in `train`. Only the test's keys are held in memory."""
    return leaks_by_key(_chunks(train), keys(test))


def keys(sentences: Iterable[Sentence]) -> np.ndarray:
    """(n, sides) uint64; one side for a string, two for a pair."""
    rows = [tuple(key(side) for side in ((s,) if isinstance(s, str) else s)) for s in sentences]
    return np.array(rows, dtype=np.uint64).reshape(len(rows), -1 if rows else 1)


def without(train: Iterable[Text], test: Iterable[Sentence]) -> Iterator[Text]:
    """The sentences of `train` that `test` does not hold, folded: a pair goes where both its sides stand in one test pair.

    Read as it comes; only the test's keys are held in memory.
    """
    held = set(map(tuple, keys(test).tolist()))
    for sentence in train:
        if tuple(keys([sentence])[0].tolist()) not in held:
            yield sentence


def leaks_by_key(train: Iterable[np.ndarray], test: np.ndarray) -> Leaks:
    """As `leaks`, of keys (n, sides); train in pieces. Two keys agree by chance once in 2^64 comparisons."""
    wanted = _columns(test)
    found = [np.zeros(len(test), dtype=bool) for _ in wanted]
    for piece in train:
        for hit, column, seen in zip(found, wanted, _columns(piece), strict=True):
            hit |= np.isin(column, seen)
    shares = [float(hit.mean()) if len(hit) else float("nan") for hit in found]
    return Leaks(len(test), shares[-1], *(shares[:2] if len(shares) == 3 else ()))


def _columns(rows: np.ndarray) -> list[np.ndarray]:
    """Each side's keys, then, for pairs, one key of the two together."""
    sides = [rows[:, i] for i in range(rows.shape[1])]
    return sides if len(sides) == 1 else [*sides, sides[0] * np.uint64(0x9E3779B97F4A7C15) + sides[1]]


def _chunks(sentences: Iterable[Sentence]) -> Iterable[np.ndarray]:
    waiting: list[Sentence] = []
    for sentence in sentences:
        waiting.append(sentence)
        if len(waiting) == CHUNK:
            yield keys(waiting)
            waiting = []
    if waiting:
        yield keys(waiting)
