import math
from collections.abc import Sequence
from random import Random

import numpy as np
import pytest
import sacrebleu
from hypothesis import given
from hypothesis import strategies as st

from common.errors import UserError
from common.translation.bleu import bleu, detokenised, interval, paired_bootstrap, score, statistics

Sentences = list[list[str]]
FEW_WORDS = st.lists(st.sampled_from("ab"), max_size=9)  # of so few words that n-grams repeat and match
PAIRS = st.lists(st.tuples(FEW_WORDS, FEW_WORDS), min_size=1, max_size=12).map(
    lambda pairs: [list(side) for side in zip(*pairs, strict=True)]
)


def words(*sentences: str) -> Sentences:
    return [sentence.split() for sentence in sentences]


def of(said: str, reference: str) -> float:
    return score(statistics(words(said), words(reference))).value


def marked(right: Sequence[int]) -> np.ndarray:
    """Four words each, said right or with none right. Every order has the same share of matches, and BLEU is that share."""
    return statistics([tuple("abcd" if r else "wxyz") for r in right], [tuple("abcd")] * len(right))


def with_wrong_end(wrong: int) -> np.ndarray:
    """Thirty sentences of twelve words of which the last `wrong` are wrong."""
    reference = list("abcdefghijkl")
    return statistics([reference[: 12 - wrong] + ["?"] * wrong] * 30, [reference] * 30)


def test_a_word_matches_no_more_often_than_the_reference_has_it() -> None:
    # Papineni's own example: 2 of 7 words, and of the six pairs "the the" none.
    stats = statistics(words("the the the the the the the"), words("the cat is on the mat"))
    assert stats.tolist() == [[2, 0, 0, 0, 7, 6, 5, 4, 7, 6]]


def test_one_wrong_word_at_the_end_of_five() -> None:
    # 4/5 words, 3/4 pairs, 2/3 triples, 1/2 quadruples: their product is 1/5.
    found = score(statistics(words("a b c d x"), words("a b c d e")))
    assert found.value == pytest.approx(100 * 0.2**0.25)
    assert found.precisions == pytest.approx((80, 75, 200 / 3, 50))
    assert (found.n, found.length_ratio) == (1, 1)
    assert "multi-bleu" in found.label


def test_short_output_is_punished_and_long_output_only_by_its_precision() -> None:
    assert of("a b c d", "a b c d e") == pytest.approx(100 * math.exp(1 - 5 / 4))
    assert of("a b c d e", "a b c d") == pytest.approx(100 * 0.2**0.25)


def test_the_right_words_are_exactly_100() -> None:
    assert of("a b c d e", "a b c d e") == 100


def test_case_counts() -> None:
    assert of("A b c d e", "a b c d e") == pytest.approx(100 * 0.2**0.25)


@pytest.mark.parametrize("said", ["", "a", "a b c", "a b c x", "x y z w"])
def test_without_four_right_words_in_a_row_it_is_0(said: str) -> None:
    assert of(said, "a b c d") == 0


def test_sentences_are_pooled_not_averaged() -> None:
    # Words 4/5, all else right; the mean of the two sentences would be 50.
    stats = statistics(words("a b c d", "x"), words("a b c d", "y"))
    assert score(stats).value == pytest.approx(100 * 0.8**0.25)
    # One word short in the first and one too many in the second: the lengths of the whole count.
    stats = statistics(words("a b c d", "a b c d e"), words("a b c d e", "a b c d"))
    assert score(stats).length_ratio == 1
    assert score(stats).value == pytest.approx(100 * (8 / 9 * 6 / 7 * 4 / 5 * 2 / 3) ** 0.25)


@given(PAIRS)
def test_it_is_sacrebleu_without_its_tokeniser_and_smoothing(sides: list[Sentences]) -> None:
    said, references = ([" ".join(tokens) for tokens in side] for side in sides)
    theirs = sacrebleu.BLEU(tokenize="none", smooth_method="none", force=True).corpus_score(said, [references])
    stats = statistics(*sides)
    ours = score(stats)
    assert ours.value == pytest.approx(theirs.score)
    assert stats.sum(0).tolist() == [*theirs.counts, *theirs.totals, theirs.sys_len, theirs.ref_len]
    if theirs.score:
        assert ours.precisions == pytest.approx(theirs.precisions)
        assert ours.length_ratio == pytest.approx(theirs.ratio)


def by_crossing_out(said: Sentences, references: Sentences) -> float:
    """Corpus BLEU told plainly: cross out a reference's n-gram for each one that is said."""
    shares = []
    for n in (1, 2, 3, 4):
        right, all_said = 0, 0
        for tokens, reference in zip(said, references, strict=True):
            left = [reference[i : i + n] for i in range(len(reference) - n + 1)]
            for i in range(len(tokens) - n + 1):
                all_said += 1
                if tokens[i : i + n] in left:
                    left.remove(tokens[i : i + n])
                    right += 1
        shares.append(right / all_said if all_said else 0)
    long, wanted = sum(map(len, said)), sum(map(len, references))
    return 100 * math.prod(shares) ** 0.25 * (math.exp(1 - wanted / long) if 0 < long < wanted else 1)


@given(PAIRS)
def test_it_is_what_crossing_out_gives(sides: list[Sentences]) -> None:
    assert score(statistics(*sides)).value == pytest.approx(by_crossing_out(*sides))


@given(PAIRS, st.randoms(use_true_random=False))
def test_neither_order_nor_cutting_into_parts_matters(sides: list[Sentences], random: Random) -> None:
    stats = statistics(*sides)
    order = list(range(len(stats)))
    random.shuffle(order)
    assert score(stats[order]) == score(stats)
    half = len(stats) // 2
    assert bleu(stats[:half].sum(0) + stats[half:].sum(0)) == score(stats).value


def test_many_sums_are_scored_at_once() -> None:
    stats = np.stack([marked([1, 0]), marked([1, 1])]).sum(1)
    assert bleu(stats).tolist() == pytest.approx([50, 100])


def test_nothing_selected_has_no_score() -> None:
    nothing = marked([1])[:0]
    assert math.isnan(score(nothing).value)
    assert score(nothing).n == 0
    assert all(map(math.isnan, interval(nothing, seed=0)))


def test_text_is_cut_into_words_by_sacrebleu_which_signs() -> None:
    # a b c d . against a b c d !: one of five tokens wrong, as above. Cut at spaces no quadruple is right.
    found = detokenised(["a b c d."], ["a b c d!"])
    assert found.value == pytest.approx(100 * 0.2**0.25)
    assert found.precisions == pytest.approx((80, 75, 200 / 3, 50))
    assert (found.n, found.length_ratio) == (1, 1)
    assert found.label == f"BLEU|nrefs:1|case:mixed|eff:no|tok:13a|smooth:exp|version:{sacrebleu.__version__}"
    assert of("a b c d.", "a b c d!") == 0


def test_the_interval_is_binomial_where_bleu_is_a_share() -> None:
    # 50 of 100 right: the central 95 % of Binomial(100, 1/2) run from 40 to 60.
    assert interval(marked([1, 0] * 50), seed=0) == pytest.approx((40, 60), abs=1.5)
    assert interval(marked([1] * 20), seed=0) == (100, 100)


def test_the_interval_covers_the_true_value_about_as_often_as_it_says() -> None:
    random = np.random.default_rng(1)
    inside = 0
    for seed in range(200):
        low, high = interval(marked(random.random(100) < 0.6), seed)
        inside += low <= 60 <= high
    assert 180 <= inside <= 199  # 95 % of 200 are 190, give or take 3


def test_a_system_does_not_differ_from_itself() -> None:
    stats = marked([1, 0, 1, 1])
    found = paired_bootstrap(stats, stats, seed=0)
    assert (found.difference, found.interval, found.wins) == (0, (0, 0), 0)


def test_who_is_better_in_every_sentence_wins_in_all_resamples() -> None:
    found = paired_bootstrap(with_wrong_end(1), with_wrong_end(2), seed=0)
    assert found.wins == 1
    assert found.interval == pytest.approx((found.difference, found.difference))  # the sentences are all alike
    assert found.difference > 0


def test_both_systems_are_scored_on_the_same_resample() -> None:
    # A alone is right 15 times, B alone 5 times, both 45: the difference is 10 with variance 15 + 5 - 10^2 / 100 = 19.
    # Were the two resampled apart, the variance would be 24 + 25, and the interval would hold 0.
    a, b = marked([1] * 15 + [0] * 5 + [1] * 45 + [0] * 35), marked([0] * 15 + [1] * 5 + [1] * 45 + [0] * 35)
    found = paired_bootstrap(a, b, seed=0)
    assert found.difference == pytest.approx(10)
    assert found.interval == pytest.approx((10 - 1.96 * 19**0.5, 10 + 1.96 * 19**0.5), abs=1.1)
    assert found.wins == pytest.approx(0.99, abs=0.012)


def test_the_other_way_round_the_comparison_turns_its_sign() -> None:
    a, b = marked([1, 1, 0, 1, 0, 1]), marked([0, 1, 1, 1, 0, 0])
    one, other = paired_bootstrap(a, b, seed=3), paired_bootstrap(b, a, seed=3)
    assert other.difference == -one.difference
    assert other.interval == pytest.approx((-one.interval[1], -one.interval[0]))
    assert one.wins + other.wins < 1  # some resamples are ties, and a tie is no win


def test_a_seed_fixes_the_resamples() -> None:
    stats = marked([1, 0] * 500)
    assert interval(stats, seed=0) == interval(stats, seed=0) != interval(stats, seed=1)


def test_unequal_and_empty_sets_are_refused() -> None:
    with pytest.raises(UserError, match="2 hypotheses for 1 references: give one for each"):
        statistics([["a"], ["b"]], [["a"]])
    with pytest.raises(UserError, match="1 hypotheses for 2 references"):
        detokenised(["a"], ["a", "b"])
    for refused in (
        lambda: statistics([], []),
        lambda: detokenised([], []),
        lambda: paired_bootstrap(*[marked([1])[:0]] * 2, 0),
    ):
        with pytest.raises(UserError, match="no sentences"):
            refused()


def test_only_systems_on_the_same_sentences_are_compared() -> None:
    with pytest.raises(UserError, match=r"different references \(3 and 2 sentences\): score both on the same test set"):
        paired_bootstrap(marked([1, 0, 1]), marked([1, 0]), seed=0)
    with pytest.raises(UserError, match="different references"):
        paired_bootstrap(statistics([["a"]], [["a"]]), statistics([["a"]], [["a", "b"]]), seed=0)
