"""The baselines beside which every result on the stand-in corpus stands."""

import pytest

from common.data.bilingual_grammar import BINS, balanced, splits
from common.data.bilingual_grammar.baselines import bleu, both, by_length, dictionary, nearest
from common.data.bilingual_grammar.sentence import Pair


def test_the_dictionary_baseline_takes_the_word_most_often_aligned():
    train = [Pair(("a", "b"), ("x", "y"), ((0, 0), (1, 1)), ""), Pair(("a",), ("x", "z"), ((0, 0), (0, 1)), "")]
    assert dictionary(train)([("b", "a", "new")]) == [("y", "x", "new")]
    assert nearest(train)([("a", "c")]) == [("x", "z")]
    assert bleu([("un", "deux", "trois", "quatre")], [Pair((), ("un", "deux", "trois", "quatre"), (), "")]) == pytest.approx(
        100
    )


def test_neither_baseline_reaches_forty_bleu_at_any_length():
    made = splits(train=3000, valid=0, test=400, seed=0)
    for baseline in both(made["train"], made["test"]).values():
        assert set(baseline.bleu) == set(BINS)
        assert max(baseline.bleu.values()) < 40, baseline.bleu


def test_the_baselines_are_scored_on_the_translations_that_they_give():
    made = splits(train=300, valid=0, test=balanced(5, [(5, 10), (11, 15)]), seed=0)
    scored = both(made["train"], made["test"])
    assert set(scored) == {"dictionary", "nearest"}
    known = {pair.target for pair in made["train"]}
    for name, baseline in scored.items():
        assert list(baseline.bleu) == [(5, 10), (11, 15)]
        assert baseline.bleu[5, 10] == bleu(baseline.translations[:5], made["test"][:5])
        assert all(words in known for words in baseline.translations) == (name == "nearest")


def test_bleu_by_length_leaves_empty_bins_out():
    test = [Pair(("a",) * n, ("un", "deux", "trois", "quatre"), (), "") for n in (5, 12)]
    scores = by_length([test[0].target, ("cinq",)], test)
    assert scores == {(5, 10): pytest.approx(100), (11, 15): 0}
