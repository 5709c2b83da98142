import itertools
import math
import os
from pathlib import Path

import numpy as np
import pytest

from common.data.bilingual_grammar import generate
from common.data.corpora import hansards
from papers.bahdanau2015.alignment import (
    agreement,
    concentration,
    covered,
    diagonal,
    grow_diagonal,
    links,
    mean_weight,
    share_right,
    within,
)
from papers.bahdanau2015.paper_values import FIGURE_2, FIGURE_2_MAXIMUM, FIGURE_2_MEANS, FIGURE_3, Panel

# Two source words and three target words, end symbols last.
ALPHA = np.array([[0.7, 0.2, 0.1], [0.3, 0.3, 0.4], [0.1, 0.8, 0.1], [0.2, 0.5, 0.3]])


def pointing(best: list[int], T_x: int) -> np.ndarray:
    """Weights that lie on one source position in each row."""
    return np.eye(T_x)[best]


# --- Links


def test_a_word_links_to_its_largest_weight_and_not_to_the_end_symbol() -> None:
    assert links(ALPHA) == {(0, 0), (1, 2)}  # (source, target): the second row's largest weight lies on the end symbol


def test_read_one_step_later_a_word_takes_the_row_after_its_own() -> None:
    assert links(ALPHA, later=True) == {(1, 1), (1, 2)}  # the row of the target's end symbol tells of the last word


def test_of_equal_weights_the_first_is_taken() -> None:
    assert links(np.full((3, 4), 0.25)) == {(0, 0), (0, 1)}


def test_the_diagonal_goes_from_corner_to_corner() -> None:
    assert diagonal(4, 4) == {(k, k) for k in range(4)}
    assert diagonal(3, 5) == {(0, 0), (0, 1), (1, 2), (2, 3), (2, 4)}  # at 0, .5, 1, 1.5, 2; halves go to even numbers
    assert diagonal(5, 1) == {(0, 0)}
    assert diagonal(1, 3) == {(0, 0), (0, 1), (0, 2)}


def test_growing_adds_a_neighbour_that_gives_a_word_its_first_link() -> None:
    forwards, backwards = {(0, 0), (1, 1), (5, 5)}, {(0, 0), (1, 0), (0, 1)}
    # (1, 0) and (0, 1) stand beside (0, 0) and are the first links of a word; after them (1, 1) would be no word's first,
    # and (5, 5) touches nothing.
    assert grow_diagonal(forwards, backwards) == {(0, 0), (1, 0), (0, 1)}


def test_growing_goes_on_from_what_it_added() -> None:
    assert grow_diagonal({(0, 0), (1, 1), (2, 2)}, {(0, 0)}) == {(0, 0), (1, 1), (2, 2)}


def test_growing_stays_between_the_links_of_both_and_of_either() -> None:
    rng = np.random.default_rng(0)
    for _ in range(50):
        one, other = ({(int(j), int(i)) for j, i in rng.integers(6, size=(8, 2))} for _ in range(2))
        assert one & other <= grow_diagonal(one, other) <= one | other


# --- Alignment error rate

SURE = [{(0, 0), (1, 1)}, {(2, 0)}]
POSSIBLE = [{(0, 0), (1, 1), (1, 2)}, {(2, 0), (0, 1)}]


@pytest.mark.parametrize("found", [SURE, POSSIBLE])
def test_what_lies_between_the_sure_and_the_possible_links_is_no_error(found: list[set[tuple[int, int]]]) -> None:
    scores = agreement(found, SURE, POSSIBLE)
    assert (scores.error_rate, scores.precision, scores.recall) == (0, 1, 1)


def test_no_links_at_all_are_all_error() -> None:
    scores = agreement([set(), set()], SURE, POSSIBLE)
    assert (scores.error_rate, scores.recall) == (1, 0)
    assert math.isnan(scores.precision)


def test_sums_run_over_the_whole_set() -> None:
    # Of four links found two are sure and a third is possible; three are sure: 1 - (2 + 3) / (4 + 3).
    scores = agreement([{(0, 0), (1, 1), (1, 2)}, {(3, 3)}], SURE, POSSIBLE)
    assert scores.error_rate == pytest.approx(2 / 7)
    assert (scores.precision, scores.recall) == (3 / 4, 2 / 3)


def test_where_all_known_links_are_sure_the_error_rate_is_one_minus_f1() -> None:
    found = [{(0, 0), (3, 3)}, {(2, 0), (1, 1)}]
    scores = agreement(found, SURE, SURE)
    f1 = 2 * scores.precision * scores.recall / (scores.precision + scores.recall)
    assert scores.error_rate == pytest.approx(1 - f1)


def test_unequally_many_sentences_are_refused() -> None:
    with pytest.raises(ValueError, match="longer"):
        agreement([set()], SURE, POSSIBLE)


def test_text_covers_the_lengths_of_nearly_all_its_sentences() -> None:
    lengths = np.column_stack([np.arange(1, 102), np.arange(101, 202)])
    assert covered(lengths) == [(2, 100), (102, 200)]
    assert covered(lengths, share=1) == [(1, 101), (101, 201)]


def test_both_sides_of_a_pair_must_have_a_covered_length() -> None:
    pairs = np.array([[4, 5], [3, 5], [4, 21], [19, 20], [20, 20]])
    assert within(pairs, [(4, 19), (5, 20)]).tolist() == [True, False, False, True, False]


@pytest.mark.mirror
def test_the_diagonal_on_the_hansard_sentences() -> None:
    root = os.environ.get("ROAD_DATA_MIRROR")
    if not root:
        pytest.skip("ROAD_DATA_MIRROR names no data mirror")
    files = {name: Path(root, name) for name in ("hansards/enfr.src-tgt", "hansards/enfr.gold")}
    gold = list(hansards.gold(files))
    found = [diagonal(len(pair.english), len(pair.french)) for pair in gold]
    scores = agreement(found, [pair.sure for pair in gold], [pair.possible for pair in gold])
    assert (scores.found, scores.gold) == (7_761, 4_038)  # one link for each French word
    assert scores.error_rate == pytest.approx(0.531, abs=0.0005)
    assert scores.precision == pytest.approx(0.497, abs=0.0005)
    assert scores.recall == pytest.approx(0.416, abs=0.0005)


# --- The statistics of figure 3


def test_uniform_weights_have_the_entropy_of_a_fair_draw() -> None:
    found = concentration(np.full((3, 8), 1 / 8))
    assert found.row_maximum == pytest.approx(1 / 8)
    assert found.row_entropy == pytest.approx(math.log(8))
    assert found.relative_entropy == pytest.approx(1)
    assert math.isnan(found.spearman)  # always the same position: no order to compare with


def test_weights_on_one_word_have_no_entropy() -> None:
    found = concentration(pointing([0, 1, 2, 3], 4))
    assert (found.row_maximum, found.row_entropy, found.spearman, found.non_decreasing) == (1, 0, 1, 1)


def test_a_reversed_phrase_steps_back() -> None:
    found = concentration(pointing([0, 3, 2, 1, 4], 5))
    assert found.non_decreasing == 2 / 4
    assert found.spearman == pytest.approx(1 - 6 * (2**2 + 2**2) / (5 * 24))  # 1 - 6 sum d^2 / n (n^2 - 1)


def test_staying_on_a_word_is_no_step_back() -> None:
    assert concentration(pointing([0, 0, 1], 3)).non_decreasing == 1


@pytest.mark.parametrize("panel", FIGURE_3.values(), ids=FIGURE_3)
def test_the_statistics_of_the_papers_panels(panel: Panel) -> None:
    """Maxima were kept when small weights were dropped; the entropy lies between none of the rest and the rest spread evenly."""
    alpha = panel.alpha()
    found = concentration(alpha)
    assert found.row_maximum == pytest.approx(panel.row_maximum, abs=0.006)
    assert found.spearman == pytest.approx(panel.spearman, abs=0.0006)
    assert found.non_decreasing == pytest.approx(panel.non_decreasing, abs=0.006)
    rest = (1 - alpha.sum(axis=1, keepdims=True)).clip(0)
    spread = np.where(alpha == 0, rest / (alpha == 0).sum(axis=1, keepdims=True), alpha)
    assert found.row_entropy < panel.row_entropy < concentration(spread).row_entropy


def test_the_means_of_figure_2_are_those_of_its_points() -> None:
    for model, points in FIGURE_2.items():
        assert np.reshape(points, (6, 10)).mean(axis=1) == pytest.approx(FIGURE_2_MEANS[model], abs=0.1)  # both rounded
        highest, length = FIGURE_2_MAXIMUM[model]
        assert points[length] == max(points) == pytest.approx(highest, abs=0.051)


# --- Against known links


def test_a_word_is_right_that_looks_at_a_word_it_translates() -> None:
    alpha = pointing([0, 0, 3, 3], 4)
    gold = [(0, 0), (1, 1), (0, 1), (2, 2)]
    assert share_right([alpha], [gold]) == 2 / 3  # the third looks at the end symbol


def test_a_word_without_known_link_does_not_count() -> None:
    assert share_right([pointing([0, 0, 0, 0], 3)], [[(0, 0)]]) == 1
    assert math.isnan(share_right([pointing([0, 0], 3)], [[]]))


def test_words_are_counted_over_the_set_and_only_at_the_positions_given() -> None:
    weights = [pointing([0, 2, 1, 3], 4), pointing([1, 1], 2)]
    gold = [[(0, 0), (1, 1), (2, 2)], [(0, 0)]]
    assert share_right(weights, gold) == 1 / 4
    assert share_right(weights, gold, positions=[[1, 2], []]) == 0
    assert share_right(weights, gold, positions=[[0], [0]]) == 1 / 2


def test_a_model_that_looks_one_step_behind_is_right_one_step_later() -> None:
    alpha = pointing([3, 0, 1, 2], 4)
    gold = [(0, 0), (1, 1), (2, 2)]
    assert share_right([alpha], [gold]) == 0
    assert share_right([alpha], [gold], later=True) == 1


def test_weight_on_the_noun_is_a_mean_over_articles() -> None:
    """Rows of articles in two sentences; a noun of two words has the weight of both."""
    places = [{0: [1], 2: [0, 1]}, {1: [2]}]
    assert mean_weight([ALPHA, ALPHA], places) == pytest.approx((0.2 + 0.9 + 0.4) / 3)
    assert mean_weight([ALPHA], [{0: [1]}], later=True) == pytest.approx(0.3)
    assert math.isnan(mean_weight([ALPHA], [{}]))


def test_weights_that_follow_the_grammars_links_are_all_right() -> None:
    pairs = generate(20, seed=5, lengths=(5, 12))
    weights = []
    for pair in pairs:
        alpha = np.full((len(pair.target) + 1, len(pair.source) + 1), 1e-3)
        for i, group in itertools.groupby(sorted(pair.alignment, key=lambda link: link[1]), key=lambda link: link[1]):
            alpha[i, next(group)[0]] = 1
        weights.append(alpha / alpha.sum(axis=1, keepdims=True))
    gold = [pair.alignment for pair in pairs]
    assert share_right(weights, gold) == 1
    known = [set(one) for one in gold]
    scores = agreement([links(alpha) & one for alpha, one in zip(weights, known, strict=True)], known, known)
    assert scores.precision == 1
    assert 0.8 < scores.recall < 1  # one link for each French word: fewer than there are
