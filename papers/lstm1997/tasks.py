"""The paper's tasks (section 5). Sequences are drawn by compiled code while a trial runs; `draws.py` has its loops.

A task says what a net must have, how long a lag it must bridge, and gives the numbers that compiled code draws by.
"""

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from common.errors import UserError
from papers.lstm1997 import draws
from papers.lstm1997.quads import padded

SPARE = 512  # steps for the tails of geometric lengths: 0.9^500 never comes


class Source(NamedTuple):
    """What compiled code draws sequences by. symbols, legal: (strings, longest), lengths: (strings,), of a fixed set.

    legal: a bit for each symbol that the grammar allows next. longest, rows, active: room for one sequence, its steps with
    a target, its non-zero inputs a step. judge_all: whether errors count at every target or at the last one.
    """

    kind: int
    numbers: np.ndarray
    symbols: np.ndarray
    legal: np.ndarray
    lengths: np.ndarray
    n_in: int
    n_out: int
    longest: int
    rows: int
    active: int
    judge_all: bool


def _source(kind: int, numbers: tuple[int, ...], n_in: int, n_out: int, longest: int, rows: int = 1, active: int = 1) -> Source:
    none = np.zeros((0, 0), np.int64)
    return Source(kind, np.array(numbers), none, none, np.zeros(0, np.int64), n_in, n_out, longest, rows, active, False)


def _at_least(task: str, name: str, found: int, least: int, why: str) -> None:
    if found < least:
        raise UserError(f"{task} with {name} = {found}: give at least {least}, {why}")


@dataclass(frozen=True)
class Strings:
    """Next symbols of strings drawn from a fixed set (tasks 1 and 2a). legal: for each string, the symbols allowed next."""

    strings: tuple[tuple[int, ...], ...]
    n_symbols: int
    minimal_lag: int  # from a symbol to the one that depends on it
    legal: tuple[tuple[tuple[int, ...], ...], ...] = ()

    @cached_property
    def source(self) -> Source:
        lengths = np.array([len(string) - 1 for string in self.strings])
        n, longest = self.n_symbols, int(lengths.max())
        symbols, legal = np.zeros((len(lengths), longest + 1), np.int64), np.zeros((len(lengths), longest), np.int64)
        for i, string in enumerate(self.strings):
            symbols[i, : len(string)] = string
        for i, steps in enumerate(self.legal):
            legal[i, : len(steps)] = [sum(1 << symbol for symbol in step) for step in steps]
        return Source(draws.STRINGS, np.zeros(0, np.int64), symbols, legal, lengths, n, n, longest, longest, 1, True)


REBER = "BTSXPVE"
EDGES = ({"T": 1, "P": 2}, {"S": 1, "X": 3}, {"T": 2, "V": 4}, {"X": 2, "S": 5}, {"P": 3, "V": 5})


def reber_strings(n: int, rng: np.random.Generator) -> list[str]:
    """n strings of the embedded Reber grammar: B, T or P, a Reber string, the same T or P, E (section 5.1)."""
    return [_reber_string(rng) for _ in range(n)]


def _reber_string(rng: np.random.Generator) -> str:
    wing, state, walk = "TP"[rng.integers(2)], 0, ""
    while state < len(EDGES):
        symbol = sorted(EDGES[state])[rng.integers(2)]
        walk, state = walk + symbol, EDGES[state][symbol]
    return f"B{wing}B{walk}E{wing}E"


def reber_successors(string: str) -> list[str]:
    """The symbols that the grammar allows after each but the last symbol of an embedded Reber string."""
    allowed, state = ["TP", "B", "".join(EDGES[0])], 0
    for symbol in string[3:-3]:
        state = EDGES[state][symbol]
        allowed.append("".join(EDGES[state]) if state < len(EDGES) else "E")
    return [*allowed, string[1], "E"]


def reber(n_training: int, n_test: int, rng: np.random.Generator) -> tuple[Strings, Strings]:
    """Task 1: a fixed training set and a test set none of whose strings is in it (shortest string: 9 symbols)."""
    training = reber_strings(n_training, rng)
    test: list[str] = []
    while len(test) < n_test:
        test += [string for string in reber_strings(n_test, rng) if string not in training]
    return _embedded(training), _embedded(test[:n_test])


def _embedded(strings: list[str]) -> Strings:
    numbers = {symbol: i for i, symbol in enumerate(REBER)}
    return Strings(
        tuple(tuple(numbers[s] for s in string) for string in strings),
        len(REBER),
        min(map(len, strings)) - 3,
        tuple(tuple(tuple(numbers[s] for s in step) for step in reber_successors(string)) for string in strings),
    )


def noise_free(p: int) -> Strings:
    """Task 2a: y a_1 .. a_{p-1} y or x a_1 .. a_{p-1} x; p is the lag. Symbols: the a, then x, y."""
    _at_least("noise_free", "p", p, 2, "so that a symbol stands between the two that are the same")
    return Strings(tuple((end, *range(p - 1), end) for end in (p, p - 1)), p + 1, p)


@dataclass(frozen=True)
class RandomInner:
    """Task 2b: as 2a, but what stands between the two is drawn from a_1 .. a_{p-1}. Only the last symbol is judged.

    last_only: it alone is a target too; else every symbol is, though no other can be known.
    """

    p: int
    last_only: bool = False

    def __post_init__(self) -> None:
        _at_least("RandomInner", "p", self.p, 2, "so that a symbol stands between the two that are the same")

    @property
    def minimal_lag(self) -> int:
        return self.p

    @cached_property
    def source(self) -> Source:
        return _source(
            draws.RANDOM_INNER, (self.p, int(self.last_only)), self.p + 1, self.p + 1, self.p, 1 if self.last_only else self.p
        )


@dataclass(frozen=True)
class Distractors:
    """Task 2c: b, x or y, q distractors of p kinds, geometrically many more (each with probability 0.9), e; then x or y."""

    q: int
    p: int

    def __post_init__(self) -> None:
        _at_least("Distractors", "q", self.q, 1, "the distractors that every sequence has")
        _at_least("Distractors", "p", self.p, 1, "the kinds of distractors")

    @property
    def minimal_lag(self) -> int:
        return self.q + 1

    @cached_property
    def source(self) -> Source:
        return _source(draws.DISTRACTORS, (self.q, self.p), self.p + 4, 2, self.q + 3 + SPARE)


@dataclass(frozen=True)
class TwoSequences:
    """Task 3: the first N inputs, +1 or -1, say the class; noise of variance 0.2 follows. Target 1 or 0.

    noisy_information: 3b, the noise is added to the first N as well. noisy_targets: 3c, targets 0.2 or 0.8 with noise of
    variance 0.1 in training; a test compares with the targets without it.
    """

    T: int
    N: int
    noisy_information: bool = False
    noisy_targets: bool = False

    def __post_init__(self) -> None:
        _at_least("TwoSequences", "N", self.N, 1, "or nothing says the class")
        _at_least("TwoSequences", "T", self.T, self.N + 1, "for noise must follow the first N inputs")

    @property
    def minimal_lag(self) -> int:
        return self.T - self.N

    @cached_property
    def source(self) -> Source:
        numbers = (self.T, self.N, self.noisy_information, self.noisy_targets)
        return _source(draws.TWO_SEQUENCES, numbers, 1, 1, self.T + self.T // 10)


@dataclass(frozen=True)
class Adding:
    """Tasks 4 and 5: one value among the first ten and one more of the first T/2 are marked; the target is their sum or product.

    The first pair's marker is -1. Where it is the one marked, its value counts as 0 (as 1 in a product): the default
    reading then sets its marker to 1 and its value to that; `keep_marker` leaves both as they are.
    """

    T: int
    product: bool = False
    keep_marker: bool = False

    def __post_init__(self) -> None:
        _at_least("Adding", "T", self.T, 20, "for one of the first ten pairs is marked and all marks lie in the first half")

    @property
    def minimal_lag(self) -> int:
        return self.T // 2

    @cached_property
    def source(self) -> Source:
        return _source(draws.ADDING, (self.T, self.product, self.keep_marker), 2, 1, self.T + self.T // 10, active=2)


@dataclass(frozen=True)
class Order:
    """Task 6: X or Y at one place in each window, places counted from 1; the target is which were seen, in their order.

    Symbols E, B, a, b, c, d, X, Y; a sequence starts with E and ends with B. length, windows: first and last of a range.
    """

    length: tuple[int, int]
    windows: tuple[tuple[int, int], ...]

    def __post_init__(self) -> None:
        ranges = ((1, 1), *self.windows, self.length)
        in_order = all(before[1] < after[0] for before, after in pairwise(ranges))
        if not in_order or any(first > last for first, last in ranges):
            raise UserError(f"Order with windows {self.windows} in {self.length[0]} steps: give them in order, between E and B")

    @property
    def minimal_lag(self) -> int:
        return self.length[0] - self.windows[-1][1]

    @cached_property
    def source(self) -> Source:
        numbers = (*self.length, *(place for window in self.windows for place in window))
        return _source(draws.ORDER, numbers, 8, 2 ** len(self.windows), self.length[1])


ORDER_6A = Order((100, 110), ((10, 20), (50, 60)))
ORDER_6B = Order((100, 110), ((10, 20), (33, 43), (66, 76)))

Task = Strings | RandomInner | Distractors | TwoSequences | Adding | Order


class Sequence(NamedTuple):
    """One sequence, for a look at it: x (length, n_in), targets (rows, n_out) of its last steps."""

    x: np.ndarray
    targets: np.ndarray


def draw(task: Task, rng: np.ndarray, clean: bool = False) -> Sequence:
    """The next sequence of the stream `rng`, which it moves on. clean: without noise on the targets."""
    source = task.source
    index, value, targets = buffers(source)
    length, rows = draws.draw(source, rng, clean, index, value, targets)
    x = np.zeros((length, source.n_in))
    for k in range(source.active):
        x[np.arange(length), index[:length, k]] += value[:length, k]
    return Sequence(x, targets[:rows, : source.n_out].copy())


def buffers(source: Source) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Room for one sequence: index and value (longest, active), targets (rows, padded(n_out))."""
    shape = (source.longest, source.active)
    return np.zeros(shape, np.int64), np.zeros(shape), np.zeros((source.rows, padded(source.n_out)))
