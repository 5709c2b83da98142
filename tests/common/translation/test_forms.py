"""What people type becomes what a model was trained on, and back."""

import pytest

from common.data import bilingual_grammar
from common.errors import UserError
from common.translation.forms import check_form, detokenise, tokenise

KNOWN = frozenset(
    [
        "the",
        "boy",
        "'s",
        "dog",
        "sleeps",
        ".",
        ",",
        "she",
        "knows",
        "Paul",
        "I",
        "red-haired",
        "polish",
        "Polish",
        "and",
        "?",
        ";",
        "'",
    ]
)


def test_generated_text_as_printed_is_read_as_it_was_made() -> None:
    pairs = bilingual_grammar.generate(1000, 11)
    known = frozenset(word for pair in pairs for word in pair.source)
    for pair in pairs:
        assert tuple(tokenise(bilingual_grammar.detokenise(pair)[0], "grammar", known)) == pair.source


def test_generated_text_is_written_as_it_is_printed() -> None:
    for pair in bilingual_grammar.generate(100, 12):
        assert detokenise(pair.target, "grammar") == bilingual_grammar.detokenise(pair)[1]


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("The boy's dog sleeps.", "the boy 's dog sleeps ."),
        ("the boy 's dog sleeps .", "the boy 's dog sleeps ."),  # in tokens already
        ("The boy’s dog sleeps", "the boy 's dog sleeps"),  # as word processors write it
        ("paul knows, and i sleeps ?", "Paul knows , and I sleeps ?"),
        ("PAUL KNOWS THE DOG", "Paul knows the dog"),
        ("Polish sleeps, and Polish", "polish sleeps , and Polish"),  # the first may be a verb
        ("The zebra and Zoe", "the zebra and Zoe"),  # unknown words stay as they are
        ("a red-haired boy--she", "a red-haired boy - - she"),
        (" \t ", ""),
    ],
)
def test_what_is_typed_for_generated_text(typed: str, read: str) -> None:
    assert tokenise(typed, "grammar", KNOWN) == read.split()


def test_captions_are_read_by_moses_with_their_case() -> None:
    assert tokenise("Two dogs' owners, aren't they?", "moses", KNOWN) == [
        "Two",
        "dogs",
        "'",
        "owners",
        ",",
        "aren",
        "'t",
        "they",
        "?",
    ]
    assert detokenise(["L'", "homme", "est", "là", "."], "moses") == "L'homme est là."


def test_debates_are_read_in_the_form_of_the_hansards() -> None:
    assert tokenise("Mr. Speaker's café", "hansards", KNOWN) == ["mr.", "speaker", "'s", "cafe"]
    assert detokenise(["le", "ordre", "."], "hansards") == "le ordre."


@pytest.mark.parametrize("form", ["grammar", "moses", "hansards"])
def test_nothing_said_is_nothing_written(form: str) -> None:
    assert detokenise([], check_form(form)) == ""


def test_a_form_that_is_not_one_is_answered_with_the_nearest() -> None:
    with pytest.raises(UserError, match=r"unknown form of text 'gramar': did you mean 'grammar'?"):
        check_form("gramar")
