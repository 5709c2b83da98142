"""Weights drawn in letters, worked by hand."""

import numpy as np
import pytest

from common.translation.picture import picture

EYE = np.eye(3)


def test_rows_are_words_of_the_translation_and_columns_stand_under_upright_source_words() -> None:
    assert picture(EYE, ["a", "dog", "."], ["un", "chien", "."]).split("\n") == [
        "        d",
        "        o",
        "      a g .",
        "   un ██",
        "chien   ██",
        "    .     ██",
    ]


def test_shades_grow_with_the_weight() -> None:
    alpha = np.array([[0.04, 0.05, 0.24, 0.25, 0.49, 0.5, 0.74, 0.75, 1]])
    assert picture(alpha, list("abcdefghi"), ["x"]).split("\n")[1] == "x   ░░░░▒▒▒▒▓▓▓▓████"
    assert picture(alpha, list("abcdefghi"), ["x"], blocks=False).split("\n")[1] == "x   ....::::++++####"


def test_without_blocks_everything_is_ascii() -> None:
    alpha = np.full((2, 4), 0.25)
    drawn = picture(alpha, ["a", "incomprehensible", "c", "d"], ["anticonstitutionnellement", "x"], blocks=False)
    assert drawn.isascii()
    assert "anticonstitutio~" in drawn


def test_long_words_are_cut_with_a_mark() -> None:
    drawn = picture(np.eye(2), ["incomprehensible", "b"], ["anticonstitutionnellement", "x"]).split("\n")
    assert drawn[-2].startswith("anticonstitutio… ██")
    assert "".join(line[17] for line in drawn[:-2]) == "incomprehen…"


@pytest.mark.parametrize("width", [40, 80, 132])
@pytest.mark.parametrize("words", [1, 30, 31, 32, 100])
def test_no_line_is_wider_than_the_terminal_and_no_word_is_left_out(width: int, words: int) -> None:
    source = [chr(ord("a") + i % 26) for i in range(words)]
    drawn = picture(np.ones((2, words)), source, ["premier", "second"], width)
    assert max(map(len, drawn.split("\n"))) <= width
    heads = [line for panel in drawn.split("\n\n") for line in panel.split("\n")[:1]]
    assert "".join(head.replace(" ", "") for head in heads) == "".join(source)
    assert drawn.count("█") == 2 * 2 * words


def test_a_terminal_too_narrow_to_draw_in_is_drawn_in_as_if_it_had_forty_columns() -> None:
    assert picture(np.ones((1, 50)), ["a"] * 50, ["x"], 3) == picture(np.ones((1, 50)), ["a"] * 50, ["x"], 40)
