"""What a person types as the tokens that a model was trained on, and a model's tokens as a person writes them. English, French."""

import re
from collections.abc import Container, Iterable
from typing import Literal, get_args

from common.data import text
from common.data.bilingual_grammar import french
from common.data.corpora.hansards import common_form
from common.errors import unknown

# grammar: generated text, lower case but for names; moses: as the corpus is printed; hansards: lower case without accents.
Form = Literal["grammar", "moses", "hansards"]
_ENGLISH = re.compile(r"\w+(?:-\w+)*|'s\b|[^\w\s]")


def check_form(form: str) -> Form:
    """Raises UserError, with the nearest name, for a form that is not one."""
    if form not in get_args(Form):
        raise unknown("form of text", form, get_args(Form))
    return form  # type: ignore[return-value]


def tokenise(line: str, form: Form, known: Container[str]) -> list[str]:
    """The tokens of an English line, perhaps none; a line in tokens already comes out the same.

    known: the vocabulary, by which generated text tells names from words that only open a sentence.
    """
    if form == "hansards":
        return list(common_form(line, "en"))
    if form == "moses":
        return text.tokenise(line, "en")
    return [_in_case(token, known, opens=place == 0) for place, token in enumerate(_ENGLISH.findall(line.replace("’", "'")))]


def _in_case(token: str, known: Container[str], opens: bool) -> str:
    """`The` -> the, `paul` -> Paul, `i` -> I; a word that is not known either way stays as it is."""
    cases = (token.lower(), token, token.capitalize()) if opens else (token, token.lower(), token.capitalize())
    return next((case for case in cases if case in known), token)


def detokenise(tokens: Iterable[str], form: Form) -> str:
    """A French sentence as people write it. Accents that the form lacks are not put back."""
    words = tuple(tokens)
    if form == "grammar":
        return french.detokenise(words) if words else ""
    return text.detokenise(words, "fr")
