import math
from collections.abc import Sequence

import numpy as np
import pytest

from common.translation.bleu import interval, score, statistics
from common.translation.curves import curve, unknown_words, windows


def marked(right: Sequence[int]) -> np.ndarray:
    """Four words each, said right or with none right: BLEU is the share that is right."""
    return statistics([tuple("abcd" if r else "wxyz") for r in right], [tuple("abcd")] * len(right))


STATS = marked([1, 0, 1, 1, 0, 0, 0, 1])
LENGTHS = np.array([3, 10, 11, 12, 13, 20, 20, 40])


def test_a_bin_holds_both_of_its_ends() -> None:
    found = curve(STATS, LENGTHS, [(10, 13), (11, 12), (20, 40)], seed=0)
    assert [(point.low, point.high, point.score.n) for point in found] == [(10, 13, 4), (11, 12, 2), (20, 40, 3)]
    assert [point.score.value for point in found] == pytest.approx([50, 100, 100 / 3])


def test_a_bin_without_sentences_has_no_score() -> None:
    (empty,) = curve(STATS, LENGTHS, [(21, 39)], seed=0)
    assert empty.score.n == 0
    assert all(map(math.isnan, (empty.score.value, *empty.band)))


def test_bins_that_part_the_lengths_part_the_sentences() -> None:
    bins = [(0, 10), (11, 20), (21, 30), (31, 40)]
    scores = [point.score for point in curve(STATS, LENGTHS, bins, seed=0)]
    assert [one.n for one in scores] == [2, 5, 0, 1]
    # Where BLEU is a share, the whole is the weighted mean of its parts.
    assert sum(one.n * one.value for one in scores if one.n) / 8 == pytest.approx(score(STATS).value) == pytest.approx(50)


def test_a_window_slides_over_the_lengths() -> None:
    assert windows([15, 16], below=5, above=5) == [(10, 20), (11, 21)]
    assert windows([15], below=5, above=4) == [(10, 19)]  # ten lengths
    found = curve(STATS, LENGTHS, windows([10, 11, 12], below=1, above=1), seed=0)
    assert [point.score.n for point in found] == [2, 3, 3]
    assert [point.score.value for point in found] == pytest.approx([50, 200 / 3, 200 / 3])


def test_the_order_of_the_sentences_does_not_matter() -> None:
    order = np.random.default_rng(0).permutation(8)
    bins = [(0, 11), (5, 20), (20, 20)]
    moved = curve(STATS[order], LENGTHS[order], bins, seed=0)
    assert [point.score for point in moved] == [point.score for point in curve(STATS, LENGTHS, bins, seed=0)]


def test_a_band_is_the_interval_of_the_points_own_sentences() -> None:
    (point,) = curve(STATS, LENGTHS, [(10, 13)], seed=4)
    assert point.band == interval(STATS[1:5], seed=4)
    assert point.band[0] < point.score.value < point.band[1]


def test_source_and_reference_can_both_be_asked_to_lie_in_the_range() -> None:
    references = np.array([3, 30, 11, 30, 12, 20, 20, 40])
    (both,) = curve(STATS, np.stack([LENGTHS, references], axis=1), [(10, 13)], seed=0)
    assert (both.score.n, both.score.value) == (2, pytest.approx(50))  # the sentences of 11 and 11, 13 and 12


def test_unknown_words_are_counted_as_they_run() -> None:
    sentences = [["the", "cat"], ["the", "ocelot", "saw", "the", "ocelot"], [], ["The", "<unk>"]]
    assert unknown_words(sentences, {"the": 3, "cat": 4, "saw": 5}).tolist() == [0, 2, 0, 2]


def test_more_unknown_words_allowed_take_in_more_sentences() -> None:
    unknown = np.array([0, 0, 0, 1, 1, 2, 2, 9])
    found = curve(STATS, unknown, [(0, k) for k in (0, 1, 2)], seed=0)
    assert [point.score.n for point in found] == [3, 5, 7]
    assert [point.score.value for point in found] == pytest.approx([200 / 3, 60, 300 / 7])
    assert found[0].score == score(STATS[unknown == 0])
