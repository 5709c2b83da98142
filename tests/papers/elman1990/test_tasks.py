"""The streams against the paper's samples, counts and floors."""

import numpy as np
import pytest

from papers.elman1990 import tasks


def test_every_third_bit_is_the_exclusive_or_of_the_two_before():
    stream = tasks.xor_stream(1000, 5, "train")
    assert stream.shape == (3000, 1)
    a, b, c = stream[:, 0].reshape(-1, 3).T
    np.testing.assert_array_equal((a + b) % 2, c)
    assert 0.45 < a.mean() < 0.55


def test_the_next_step_wraps_around():
    assert tasks.next_step(np.array([[1], [2], [3]])).tolist() == [[2], [3], [1]]


def test_letters_follow_their_consonants():
    text = tasks.letter_sequence(1000, 5, "train")
    assert text.replace("ba", "").replace("dii", "").replace("guuu", "") == ""
    assert sum(text.count(c) for c in "bdg") == 1000
    assert 2900 < len(text) < 3100  # three letters a consonant on average


def test_letter_vectors_are_table_1():
    assert tasks.letter_vectors("bu").tolist() == [[1, 0, 1, 0, 0, 1], [0, 1, 0, 1, 1, 1]]
    every = tasks.letter_vectors("bdgaiu")
    assert every[:, 5].tolist() == [1] * 6  # Voiced never varies
    np.testing.assert_array_equal(every[:, 1], 1 - every[:, 0])
    np.testing.assert_array_equal(every[:, 2], every[:, 0])


def test_floors_of_the_letter_task():
    """What is left when the syllable is known but the consonant is not: 4/9 in all, 2/9 for b, 5/9 for d and g."""
    consonants = tasks.letter_vectors("bdg")
    spread = (consonants - consonants.mean(axis=0)) ** 2
    assert spread.sum(axis=1) == pytest.approx([2 / 9, 5 / 9, 5 / 9])
    assert spread.sum(axis=1).mean() == pytest.approx(4 / 9)
    assert spread.mean(axis=0)[[3, 4]] == pytest.approx([2 / 9, 2 / 9])


def test_the_present_letter_alone_leaves_the_consonant_bit_uncertain():
    text = tasks.letter_sequence(20_000, 1, "train")
    bit = tasks.letter_vectors(text)[:, :1]
    assert tasks.conditional_floor(text, bit, 1) == pytest.approx(0.1296, abs=0.003)


def test_alphabet_codes_are_those_of_table_2():
    codes = {"a": "00001", "b": "00010", "d": "00100", "e": "00101", "g": "00111", "i": "01001", "l": "01100", "m": "01101",
             "n": "01110", "o": "01111", "r": "10010", "s": "10011", "y": "11001"}  # fmt: skip
    vectors = tasks.alphabet_vectors("".join(codes))
    assert ["".join(str(int(bit)) for bit in row) for row in vectors] == list(codes.values())


@pytest.mark.parametrize("reading", ["w2", "w1"])
def test_the_word_stream_has_the_papers_size(reading):
    for seed in range(100, 110):
        stream = tasks.word_stream(200, seed, reading)
        assert 1200 <= stream.n_words <= 1380
        assert 3.75 <= len(stream.letters) / stream.n_words <= 4.10
        assert stream.onset.sum() == stream.n_words


def test_the_word_stream_begins_with_the_story_of_figure_6():
    stream = tasks.word_stream(200, 100, "w2")
    assert stream.letters.startswith("manyyearsagoaboyandgirllivedbytheseatheyplayedhappily")
    starts = np.flatnonzero(stream.onset[:53])
    assert starts.tolist() == [0, 4, 9, 12, 13, 16, 19, 23, 28, 30, 33, 36, 40, 46]
    assert stream.place[:4].tolist() == [1, 2, 3, 4]


def test_there_are_fifteen_words():
    for reading in ("w2", "w1"):
        words = {word for sentence in tasks.STORY for word in sentence} | {tasks.FIFTEENTH_WORD[reading]}
        assert len(words) == 15


def test_an_unknown_reading_is_refused():
    with pytest.raises(ValueError, match="w1 or w2"):
        tasks.word_stream(10, 1, "w3")


def test_the_conditional_floor_of_a_stream_worked_by_hand():
    # After "a" come b, b, c: the mean of one-hot vectors is (2/3, 1/3), the residuals 2/9, 2/9, 8/9.
    vectors = {"a": [0, 0], "b": [1, 0], "c": [0, 1]}
    text = "ababac"
    floor = tasks.conditional_floor(text, np.array([vectors[letter] for letter in text], dtype=float), 1)
    assert floor == pytest.approx((2 / 9 + 2 / 9 + 8 / 9 + 0 + 0) / 5)
