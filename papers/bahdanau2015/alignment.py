"""What the weights alpha align: links, their error rate, the statistics of figure 3, and agreement with known links.

A link is (source position, target position), from 0. alpha is (T_y, T_x), a row for every output word; its last row and its
last column belong to the end symbols.

    found = [links(alpha) for alpha in weights]
    agreement(found, [pair.sure for pair in gold], [pair.possible for pair in gold]).error_rate
"""

import math
import warnings
from collections.abc import Collection, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass

import numpy as np
from scipy.stats import spearmanr

Link = tuple[int, int]
Range = tuple[int, int]  # shortest and longest, both included
NEIGHBOURS = ((-1, 0), (0, -1), (1, 0), (0, 1), (-1, -1), (-1, 1), (1, -1), (1, 1))


def word_rows(alpha: np.ndarray, later: bool = False) -> np.ndarray:
    """The rows that tell what words align to, without the target's end symbol: (T_y - 1, T_x).

    later: word i is read one step later, off row i + 1. In the `groundhog` order the query of that row has read word i itself,
    that of row i only the word before; in the other orders both lag by one. Chen et al. (2020, arXiv 2004.14837) found reading
    later the better one, in Transformers; here row i + 1 is still the row that learned to find word i + 1.
    """
    return alpha[1:] if later else alpha[:-1]


def links(alpha: np.ndarray, later: bool = False) -> frozenset[Link]:
    """A link from each target word to its largest weight, the first of equals; none where that lies on the end symbol."""
    end = alpha.shape[1] - 1
    return frozenset((j, i) for i, j in enumerate(word_rows(alpha, later).argmax(axis=1).tolist()) if j != end)


def diagonal(T_x: int, T_y: int) -> frozenset[Link]:
    """The baseline that reads no word: first to first, last to last, and evenly between. Lengths in words, no end symbols."""
    step = (T_x - 1) / max(T_y - 1, 1)
    return frozenset((round(i * step), i) for i in range(T_y))


def grow_diagonal(forwards: Set[Link], backwards: Set[Link]) -> frozenset[Link]:
    """Both directions made one (Koehn, Och and Marcu 2003, "grow-diag").

    Begins with the links of both; a link of either joins while it lies beside one that is in, diagonally too, and gives a
    word its first.
    """
    either = forwards | backwards
    grown = set(forwards & backwards)
    sources, targets = {j for j, _ in grown}, {i for _, i in grown}
    waiting = sorted(grown)
    while waiting:
        j, i = waiting.pop(0)
        for link in ((j + across, i + down) for across, down in NEIGHBOURS):
            if link in either and link not in grown and (link[0] not in sources or link[1] not in targets):
                grown.add(link)
                sources.add(link[0])
                targets.add(link[1])
                waiting.append(link)
    return frozenset(grown)


# --- Against links set by hand


@dataclass(frozen=True)
class Agreement:
    """Links counted over a whole set. sure, possible: how many of those found are so; gold: sure links there are."""

    found: int
    sure: int
    possible: int
    gold: int

    @property
    def precision(self) -> float:
        """Share of the links found that are possible; nan where none was found."""
        return self.possible / self.found if self.found else math.nan

    @property
    def recall(self) -> float:
        """Share of the sure links that were found; nan where there is none."""
        return self.sure / self.gold if self.gold else math.nan

    @property
    def error_rate(self) -> float:
        """AER = 1 - (|A and S| + |A and P|) / (|A| + |S|) (Och and Ney 2003). Best 0; nan where no link is found nor sure."""
        links = self.found + self.gold
        return 1 - (self.sure + self.possible) / links if links else math.nan


def agreement(found: Iterable[Set[Link]], sure: Iterable[Set[Link]], possible: Iterable[Set[Link]]) -> Agreement:
    """Sums over the sentences, in equal order. possible holds every sure link too; known links are both."""
    counts = [(len(a), len(a & s), len(a & p), len(s)) for a, s, p in zip(found, sure, possible, strict=True)]
    return Agreement(*(sum(column) for column in zip(*counts, strict=True))) if counts else Agreement(0, 0, 0, 0)


def covered(lengths: np.ndarray, share: float = 0.98) -> list[Range]:
    """The lengths that text covers: the middle `share` of its sentences, for each side. lengths: (n, sides)."""
    ends = np.quantile(lengths, [(1 - share) / 2, (1 + share) / 2], axis=0, method="nearest")
    return [(int(low), int(high)) for low, high in ends.T]


def within(lengths: np.ndarray, ranges: Sequence[Range]) -> np.ndarray:
    """(n,) bool: both sides of a pair in their range. lengths: (n, sides)."""
    low, high = np.array(ranges).T
    return ((low <= lengths) & (lengths <= high)).all(axis=1)


# --- The statistics of figure 3


@dataclass(frozen=True)
class Concentration:
    """Of one matrix, end symbols included as in the figure.

    row_maximum, row_entropy: means over rows, entropy in nats; relative_entropy: the latter over log T_x, 1 of a uniform row.
    spearman: rank correlation of target position and the source position of the largest weight. non_decreasing: share of the
    steps from one row to the next at which the latter does not go back. Both nan of one row; spearman also of one column.
    """

    row_maximum: float
    row_entropy: float
    relative_entropy: float
    spearman: float
    non_decreasing: float


def concentration(alpha: np.ndarray) -> Concentration:
    """alpha: (T_y, T_x), T_x at least 2, rows that sum to 1."""
    best = alpha.argmax(axis=1)
    logs = np.log(alpha, where=alpha > 0, out=np.zeros_like(alpha, dtype=float))
    entropy = float(-(alpha * logs).sum(axis=1).mean())
    steps = np.diff(best) >= 0
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of a constant, scipy warns; nan says it
        rank = float(spearmanr(np.arange(len(best)), best).statistic) if len(best) > 1 else math.nan
    return Concentration(
        row_maximum=float(alpha.max(axis=1).mean()),
        row_entropy=entropy,
        relative_entropy=entropy / math.log(alpha.shape[1]),
        spearman=rank,
        non_decreasing=float(steps.mean()) if len(steps) else math.nan,
    )


# --- Against known links


def share_right(
    weights: Iterable[np.ndarray],
    gold: Iterable[Collection[Link]],
    positions: Iterable[Collection[int]] | None = None,
    later: bool = False,
) -> float:
    """Share of target words whose largest weight lies on a word that they translate, over a whole set; nan of no words.

    positions: the target words of each sentence that count, all if None. Words without a link never do: what they should
    look at is not known. A largest weight on the end symbol is wrong.
    """
    weights, gold = list(weights), list(gold)
    counted: Iterable[Collection[int] | None] = [None] * len(weights) if positions is None else positions
    right = []
    for alpha, known, chosen in zip(weights, gold, counted, strict=True):
        linked = {i for _, i in known if chosen is None or i in chosen}
        hit = {i for _, i in links(alpha, later) & frozenset(known)}
        right += [i in hit for i in linked]
    return float(np.mean(right)) if right else math.nan


def mean_weight(weights: Iterable[np.ndarray], places: Iterable[Mapping[int, Collection[int]]], later: bool = False) -> float:
    """Mean weight that some target words put on some source words, over a whole set; nan of no words.

    places: for each sentence, target position -> source positions, whose weights are added: an article -> its noun.
    """
    found = [
        float(word_rows(alpha, later)[i, list(columns)].sum())
        for alpha, chosen in zip(weights, places, strict=True)
        for i, columns in chosen.items()
    ]
    return float(np.mean(found)) if found else math.nan
