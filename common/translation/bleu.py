"""BLEU (Papineni et al. 2002) in the two ways that are in use, and how far sampling of the test set moves it.

`score` counts tokens as they are given, as the papers of 2013 to 2015 did with multi-bleu.perl. `detokenised` is today's
sacreBLEU on text. The two differ by points, so that a `Score` always carries its label.

Everything but sacreBLEU follows from counts that are taken once for each sentence and then only added up:

    a, b = statistics(said_by_a, references), statistics(said_by_b, references)
    score(a), score(a[lengths > 30]), interval(a, seed), paired_bootstrap(a, b, seed)
"""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from sacrebleu.metrics import BLEU

from common.errors import UserError
from common.intervals import LEVEL
from common.seeding import generator

Tokens = Sequence[list[str] | tuple[str, ...]]  # sentences; a plain string would be taken for a row of letters

ORDERS = range(1, 5)
MATCHES, TOTALS, SAID, REFERENCE = slice(0, 4), slice(4, 8), 8, 9  # columns of the statistics
TOKENISED = "multi-bleu|nrefs:1|case:mixed|tok:none|smooth:none"
RESAMPLES = 1_000  # as Koehn (2004)


@dataclass(frozen=True)
class Score:
    """value and precisions (of 1- to 4-grams): 0 to 100; label: which BLEU; n: sentences; length_ratio: said / reference."""

    value: float
    label: str
    n: int
    length_ratio: float
    precisions: tuple[float, ...]


@dataclass(frozen=True)
class Comparison:
    """A against B: BLEU of A less that of B, its interval at LEVEL, and the share of resamples in which A scores higher."""

    difference: float
    interval: tuple[float, float]
    wins: float


def statistics(hypotheses: Tokens, references: Tokens) -> np.ndarray:
    """Counts for each sentence, (n, 10) int64: matches of 1- to 4-grams, n-grams said, tokens said, tokens of the reference.

    An n-gram matches at most as often as the reference has it. References keep their unknown words: were both sides
    written <unk>, what the model cannot say would count as right. Raises UserError of unequal or no sentences.
    """
    _check(len(hypotheses), len(references))
    return np.array([_counts(said, reference) for said, reference in zip(hypotheses, references, strict=True)], np.int64)


def _counts(said: Sequence[str], reference: Sequence[str]) -> list[int]:
    matches = [(_ngrams(said, n) & _ngrams(reference, n)).total() for n in ORDERS]
    return [*matches, *(max(len(said) - n + 1, 0) for n in ORDERS), len(said), len(reference)]


def _ngrams(tokens: Sequence[str], n: int) -> Counter[tuple[str, ...]]:
    return Counter(zip(*(tokens[start:] for start in range(n)), strict=False))


def bleu(sums: np.ndarray) -> np.ndarray:
    """BLEU, 0 to 100, of statistics summed over sentences, (..., 10) -> (...). No smoothing: 0 where an order has no match."""
    with np.errstate(divide="ignore"):
        log_precision = np.log(sums[..., MATCHES] / np.maximum(sums[..., TOTALS], 1)).mean(-1)
    log_brevity = np.minimum(0, 1 - sums[..., REFERENCE] / np.maximum(sums[..., SAID], 1))
    return 100 * np.exp(log_precision + log_brevity)


def score(stats: np.ndarray) -> Score:
    """Corpus BLEU on tokens, as multi-bleu.perl defines it, from statistics (n, 10); nan of no sentences."""
    sums = stats.sum(0)
    return Score(
        value=float(bleu(sums)) if len(stats) else math.nan,
        label=TOKENISED,
        n=len(stats),
        length_ratio=float(sums[SAID] / sums[REFERENCE]) if sums[REFERENCE] else math.nan,
        precisions=tuple((100 * sums[MATCHES] / np.maximum(sums[TOTALS], 1)).tolist()),
    )


def detokenised(hypotheses: Sequence[str], references: Sequence[str]) -> Score:
    """sacreBLEU with its default options, on sentences as people write them; its signature is the label.

    Smoothed, unlike `score`. Raises UserError of unequal or no sentences.
    """
    _check(len(hypotheses), len(references))
    metric = BLEU()
    found = metric.corpus_score(hypotheses, [references])
    return Score(found.score, f"BLEU|{metric.get_signature()}", len(references), found.ratio, tuple(found.precisions))


def interval(stats: np.ndarray, seed: int) -> tuple[float, float]:
    """Percentile bootstrap interval of corpus BLEU at LEVEL, sentences resampled; (nan, nan) of none. stats: (n, 10)."""
    return _ends(bleu(_resampled(stats, seed))) if len(stats) else (math.nan, math.nan)


def paired_bootstrap(a: np.ndarray, b: np.ndarray, seed: int) -> Comparison:
    """Whether A is better than B on the same sentences, after Koehn (2004). a, b: (n, 10).

    The interval says how sure the difference is for other test sentences, not for other trainings of the two.
    Raises UserError where the lengths of the references show that the sentences are not the same.
    """
    if not np.array_equal(a[:, REFERENCE], b[:, REFERENCE]):
        raise UserError(
            f"two systems with different references ({len(a):,} and {len(b):,} sentences): score both on the same test set"
        )
    _check(len(a), len(b))
    sums = _resampled(np.hstack([a, b]), seed)
    of_a, of_b = bleu(sums[:, :10]), bleu(sums[:, 10:])
    difference = float(bleu(a.sum(0)) - bleu(b.sum(0)))
    return Comparison(difference, _ends(of_a - of_b), float((of_a > of_b).mean()))


def _resampled(stats: np.ndarray, seed: int) -> np.ndarray:
    """Sums over RESAMPLES draws of n sentences with replacement, (n, k) -> (RESAMPLES, k)."""
    n = len(stats)
    return generator(seed, "BLEU bootstrap").multinomial(n, np.full(n, 1 / n), size=RESAMPLES) @ stats


def _ends(values: np.ndarray) -> tuple[float, float]:
    low, high = np.quantile(values, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return float(low), float(high)


def _check(hypotheses: int, references: int) -> None:
    if hypotheses != references:
        raise UserError(f"{hypotheses:,} hypotheses for {references:,} references: give one for each, in the same order")
    if not references:
        raise UserError("no sentences to score: found an empty test set, choose one that holds some")
