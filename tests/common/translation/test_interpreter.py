"""A model that reads and writes text."""

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from translators import Table

from common.data.vocabulary import END, SPECIALS, UNK, Vocabulary
from common.errors import UserError
from common.translation.interpreter import Align, Interpreter, interpret, load_weights
from common.translation.rules import SearchSettings

SOURCE = Vocabulary((*SPECIALS, "the", "dog", "."))
TARGET = Vocabulary((*SPECIALS, "le", "chien", "."))
LE, CHIEN, STOP = 3, 4, 5


def saying(*tokens: int) -> Table:
    """Says these tokens, all different, after one another, whatever it reads; the others hardly ever."""
    table = np.full((len(TARGET), len(TARGET)), 0.01)
    for previous, following in zip((2, *tokens), (*tokens, END), strict=True):
        table[previous, following] = 0.95
    return Table(table)


def looking(*places: int) -> Align:
    """Weights whose rows lie on these source positions."""

    def align(source: Tensor, target: Tensor) -> Tensor:
        assert len(target) == len(places)
        return torch.eye(len(source))[list(places)]

    return align


def by(model: Table, align: Align | None = None, **search: object) -> Interpreter:
    return Interpreter(model, SOURCE, TARGET, SearchSettings(**{"beam": 2, **search}), "grammar", align)


def test_a_sentence_in_tokens_becomes_a_sentence_as_people_write_it() -> None:
    said = interpret(by(saying(LE, CHIEN, STOP)), ["the", "dog", "."])
    assert said.words == ("le", "chien", ".")
    assert said.text == "Le chien."
    assert (said.unknown, said.alpha, said.finished) == ((), None, True)


def test_unknown_source_words_are_listed_once_in_their_order() -> None:
    said = interpret(by(saying(LE)), ["zebra", "the", "emu", "zebra"])
    assert said.unknown == ("zebra", "emu")


def test_an_unknown_word_is_shown_by_the_source_word_that_the_model_looked_at() -> None:
    said = interpret(by(saying(LE, UNK, STOP), looking(0, 1, 2, 3)), ["the", "zebra", "."])
    assert said.words == ("le", "<unk:zebra>", ".")
    assert said.text == "Le <unk:zebra>."


def test_an_unknown_word_stays_without_a_name_where_no_source_word_has_it() -> None:
    at_the_end = interpret(by(saying(LE, UNK), looking(0, 3, 3)), ["the", "zebra", "."])
    assert at_the_end.words == ("le", "<unk>")
    assert interpret(by(saying(LE, UNK)), ["the", "zebra", "."]).words == ("le", "<unk>")


def test_known_words_are_never_renamed() -> None:
    assert interpret(by(saying(LE, CHIEN), looking(1, 1, 1)), ["the", "zebra"]).words == ("le", "chien")


def test_weights_have_a_row_for_every_word_and_the_end() -> None:
    said = interpret(by(saying(LE, CHIEN), looking(0, 1, 2)), ["the", "dog"])
    assert said.alpha is not None
    assert said.alpha.tolist() == np.eye(3).tolist()


def test_a_translation_that_the_limit_cuts_says_so() -> None:
    said = interpret(by(saying(LE, CHIEN, STOP), longest=1.0), ["the"])  # with END two tokens long
    assert (said.words, said.finished) == (("le", "chien"), False)


def test_a_beam_that_holds_nothing_or_more_than_there_is_is_refused() -> None:
    with pytest.raises(UserError, match="--beam: a beam of 0 holds no hypothesis; take 1 or more"):
        by(saying(LE)).with_beam(0)
    with pytest.raises(UserError, match="--beam: 7 is wider than the target vocabulary of 6; take a narrower one"):
        by(saying(LE)).with_beam(7)
    assert by(saying(LE), normalise="length").with_beam(6).search == SearchSettings(beam=6, normalise="length")


def test_weights_that_are_missing_or_left_over_are_named() -> None:
    model = nn.Linear(3, 2)
    with pytest.raises(UserError, match="weights bias: the settings ask for 2, the file has none"):
        load_weights(model, {"weight": model.weight}, {})
    with pytest.raises(UserError, match="weights gate: the settings ask for none, the file has one number"):
        load_weights(model, {**model.state_dict(), "gate": torch.tensor(1.0)}, {})


def test_weights_that_fit_are_taken() -> None:
    model, other = nn.Linear(3, 6), nn.Linear(3, 6)
    load_weights(model, other.state_dict(), {"weight": TARGET})
    assert torch.equal(model.weight, other.weight)
