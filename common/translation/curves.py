"""BLEU of parts of a test set: by length of a sentence, by number of unknown words.

curve(stats, lengths, [(1, 10), (11, 20), (21, 30)], seed)                  # bins
curve(stats, lengths, windows(range(60), below=5, above=5), seed)           # a sliding window
curve(stats, unknown_words(sources, known), [(0, k) for k in range(11)], seed)    # at most k unknown words
score(stats[unknown_words(sources, known) == 0])                            # none
"""

from collections.abc import Container, Iterable
from dataclasses import dataclass

import numpy as np

from common.translation.bleu import Score, Tokens, interval, score


@dataclass(frozen=True)
class Point:
    """BLEU of the sentences between low and high, both included, with its bootstrap band. Of no sentences: n 0, the rest nan."""

    low: int
    high: int
    score: Score
    band: tuple[float, float]


def curve(stats: np.ndarray, values: np.ndarray, ranges: Iterable[tuple[int, int]], seed: int) -> list[Point]:
    """A point for each range (low, high), of the sentences whose value lies in it. stats: (n, 10).

    values: (n,), or (n, sides) where source and reference must both lie in the range. Ranges may overlap. A band comes from
    resampling a point's own sentences: of very few it is too narrow, so look at n.
    """
    sides = values.reshape(len(stats), -1)
    points = []
    for low, high in ranges:
        inside = stats[((low <= sides) & (sides <= high)).all(1)]
        points.append(Point(low, high, score(inside), interval(inside, seed)))
    return points


def windows(centres: Iterable[int], below: int, above: int) -> list[tuple[int, int]]:
    """The range around each centre, from `below` less to `above` more, both included."""
    return [(centre - below, centre + above) for centre in centres]


def unknown_words(sentences: Tokens, known: Container[str]) -> np.ndarray:
    """How many running tokens of each sentence are not `known` (the shortlist: `Vocabulary.index`); (n,) int64."""
    return np.array([sum(token not in known for token in tokens) for tokens in sentences], dtype=np.int64)
