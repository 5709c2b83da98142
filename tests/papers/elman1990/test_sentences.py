"""Lexicon, templates and likelihoods against what the paper shows and what follows from it exactly."""

import numpy as np
import pytest

from papers.elman1990.sentences import (
    CODE,
    N_BITS,
    NOUNS,
    TEMPLATES,
    VARIATIONS,
    VERBS,
    WORDS,
    ZOG_BIT,
    Grammar,
    likelihoods,
    prefixes,
    word_vectors,
)  # fmt: skip

G2 = Grammar("g2")


def test_twenty_nine_words_eighteen_nouns_eleven_verbs():
    assert (len(WORDS), len(NOUNS), len(VERBS)) == (29, 18, 11)
    assert len(TEMPLATES) == 16


def test_codes_legible_in_table_5():
    legible = {"book": 1, "boy": 2, "bread": 3, "break": 4, "car": 5, "cat": 6, "dog": 9, "eat": 11, "girl": 13, "lion": 16,
               "man": 17, "mouse": 19, "move": 20, "plate": 22, "smash": 27, "woman": 30}  # fmt: skip
    assert {word: CODE[word] for word in legible} == legible
    assert set(range(1, N_BITS + 1)) - set(CODE.values()) == {21, 31}


@pytest.mark.parametrize(("reading", "sentences", "two_word"), [("g2", 535, 51), ("g1", 502, 48)])
def test_number_of_distinct_sentences(reading, sentences, two_word):
    possible = Grammar(reading).probabilities()
    assert (len(possible), sum(len(s) == 2 for s in possible)) == (sentences, two_word)
    assert sum(possible.values()) == pytest.approx(1)


@pytest.mark.parametrize("word", ["boy", "girl"])
def test_figure_9_has_all_sentences_of_g2_with_one_of_boy_and_girl(word):
    possible = G2.probabilities()
    subjects = [s for s in possible if s[0] == word]
    objects = [s for s in possible if s[-1] == word]
    assert (len(subjects), len(objects)) == (49, 27)
    alone_first = [s for s in subjects if s[-1] not in ("boy", "girl")]
    alone_last = [s for s in objects if s[0] not in ("boy", "girl")]
    assert (len(alone_first), len(alone_last)) == (37, 15)


@pytest.mark.parametrize(("reading", "floors"), [("g2", (0.8228, 0.8615, 0.9494)), ("g1", (0.8233, 0.8674, 0.9489))])
def test_least_possible_errors(reading, floors):
    grammar = Grammar(reading)
    found = [grammar.floor(context) for context in ("prefix", "bigram", "unigram")]
    assert found == pytest.approx(floors, abs=5e-5)


def test_probabilities_of_the_first_word():
    first: dict[str, float] = {}
    for sentence, p in G2.probabilities().items():
        first[sentence[0]] = first.get(sentence[0], 0) + p
    assert [first[w] for w in ("man", "dragon", "cat", "rock")] == pytest.approx([0.1094, 0.125, 0.0417, 0.0208], abs=5e-5)


def test_length_of_the_stream_fits_sixteen_templates_and_fifteen_fit_another_printed_number():
    lengths = {n: sum(map(len, Grammar("g2", n).sentences(10_000, 5, "corpus"))) for n in (15, 16)}
    assert abs(lengths[16] - 27_500) < 4 * 43
    assert abs(lengths[15] - 27_333) < 4 * 44


def test_sentences_are_drawn_with_their_probabilities():
    drawn = G2.sentences(40_000, 3, "corpus")
    possible = G2.probabilities()
    assert set(drawn) <= set(possible)
    for sentence in [("woman", "exist"), ("dragon", "eat", "man"), ("rock", "move")]:
        share = drawn.count(sentence) / len(drawn)
        assert share == pytest.approx(possible[sentence], abs=4 * np.sqrt(possible[sentence] / len(drawn)))


def test_one_bit_a_word_and_one_that_no_word_uses_for_zog():
    vectors = word_vectors(["book", "woman", "zog"])
    assert vectors.shape == (3, 31)
    assert vectors.argmax(axis=1).tolist() == [0, 29, ZOG_BIT - 1]
    assert vectors.sum(axis=1).tolist() == [1, 1, 1]


def test_prefixes_end_with_the_word_itself():
    assert prefixes([("cat", "move"), ("man", "see", "car")]) == [
        ("cat",), ("cat", "move"), ("man",), ("man", "see"), ("man", "see", "car")
    ]  # fmt: skip


def test_likelihoods_of_a_stream_worked_by_hand():
    sentences = [("cat", "move"), ("cat", "eat", "bread"), ("cat", "move")]
    l1 = likelihoods(sentences, pool_endings=False)
    after_cat = l1[0]
    assert after_cat[CODE["move"] - 1] == pytest.approx(2 / 3)
    assert after_cat[CODE["eat"] - 1] == pytest.approx(1 / 3)
    assert l1[1][CODE["cat"] - 1] == 1  # a sentence is over: the next begins with cat, and the stream wraps around
    assert l1.sum(axis=1) == pytest.approx(np.ones(7))


def test_pooling_puts_sentence_ends_together():
    sentences = [("cat", "move"), ("dog", "eat", "bread"), ("man", "sleep")]
    l1, l2 = (likelihoods(sentences, pool) for pool in (False, True))
    assert l1[1].max() == 1
    assert l2[1][[CODE[w] - 1 for w in ("dog", "man", "cat")]] == pytest.approx([1 / 3] * 3)
    np.testing.assert_array_equal(l1[2], l2[2])


def test_errors_add_up_for_a_predictor_that_knows_only_the_prefix():
    """E(actual) = E(likelihood) + residual of the likelihood, exactly on the sample."""
    corpus = G2.sentences(500, 1, "corpus")
    stream = [word for sentence in corpus for word in sentence]
    likelihood = likelihoods(corpus, pool_endings=False)
    actual = np.roll(word_vectors(stream), -1, axis=0)
    exact = G2.successors()
    prediction = np.array([exact[prefix] for prefix in prefixes(corpus)])

    def sse(a, b):
        return ((a - b) ** 2).sum(axis=1).mean()

    assert sse(prediction, actual) == pytest.approx(sse(prediction, likelihood) + sse(likelihood, actual), abs=1e-12)
    assert sse(np.zeros_like(actual), actual) == 1.0  # all units off


def test_every_reading_uses_words_of_the_lexicon_only():
    for reading, members in VARIATIONS.items():
        assert {word for words in members.values() for word in words.split()} == set(WORDS), reading


def test_an_unknown_reading_is_refused():
    with pytest.raises(ValueError, match="g2w"):
        Grammar("g3")
