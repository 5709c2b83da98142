"""Single strings: tokenised, joined again, cleaned, folded, counted.

What each paper did with its text, as far as it says:

* `cho2014`, `bahdanau2015`: the Moses tokeniser, nothing else: case kept, no stemming. Options not stated.
* `sutskever2014`: the same public, already tokenised selection of WMT'14; case kept, BLEU on tokens.
* `kalchbrenner2013`: not known to us.
* `bengio2003`: the Brown corpus comes in tokens (`rules="spaces"`).
* `mikolov2013`: news text that is not public; with Wikipedia, as its tools did, `clean_text8`.

So the default is the script `tokenizer.perl` with `-l LANGUAGE -no-escape`: hyphens stay inside words, as is the script's
own default. Escaping is for the files of a phrase-based decoder; it renames tokens one for one and changes no count.
"""

import functools
import re
from collections.abc import Iterable
from typing import Literal

from sacremoses import MosesDetokenizer, MosesPunctNormalizer, MosesTokenizer
from sacremoses.corpus import NonbreakingPrefixes

from common.config import Settings
from common.errors import unknown


class Tokeniser(Settings):
    """Options of the Moses scripts under plain names; beside each, what the original calls it."""

    rules: Literal["moses", "spaces"] = "moses"  # "spaces": the text is tokenised already, the other options do nothing
    escape: bool = False  # the original escapes & | < > ' " [ ] as entities; off: -no-escape
    split_hyphens: bool = False  # -a: well-known -> well @-@ known
    protect: bool = False  # -protected basic-protected-patterns: tags, addresses and links stay whole
    normalise_punctuation: bool = False  # normalize-punctuation.perl -l LANGUAGE, run first
    lower: bool = False  # -lc (lowercase.perl), run last


def tokenise(line: str, language: str, options: Tokeniser = Tokeniser()) -> list[str]:  # noqa: B008 (frozen)
    """The tokens of one sentence; none of them is empty or holds white space.

    language: two letters, such as "en". Raises UserError where Moses has no rules for it.
    """
    if options.rules == "spaces":
        return line.split()
    if options.normalise_punctuation:
        line = _normaliser(language).normalize(line)
    patterns = MosesTokenizer.BASIC_PROTECTED_PATTERNS if options.protect else None
    joined = _tokeniser(language).tokenize(
        line, aggressive_dash_splits=options.split_hyphens, escape=options.escape, protected_patterns=patterns, return_str=True
    )
    return (joined.lower() if options.lower else joined).split()


def detokenise(tokens: Iterable[str], language: str, options: Tokeniser = Tokeniser()) -> str:  # noqa: B008 (frozen)
    """A sentence as people write it, by Moses' rules; lower-casing and normalised punctuation cannot be undone."""
    tokens = list(tokens)
    if options.rules == "spaces":
        return " ".join(tokens)
    return _detokeniser(language).detokenize(tokens, unescape=options.escape)


def check_language(language: str) -> None:
    """Moses silently reads an unknown language by English abbreviations; here that is an error."""
    known = set(NonbreakingPrefixes().available_langs.values())
    if language not in known:
        raise unknown("language", language, known)


# The objects hold large compiled patterns: one of each a language and process.
@functools.cache
def _tokeniser(language: str) -> MosesTokenizer:
    check_language(language)
    return MosesTokenizer(language)


@functools.cache
def _detokeniser(language: str) -> MosesDetokenizer:
    check_language(language)
    return MosesDetokenizer(language)


@functools.cache
def _normaliser(language: str) -> MosesPunctNormalizer:
    check_language(language)
    return MosesPunctNormalizer(language)


_DIGIT_NAMES = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_LETTERS_AND_DIGITS = bytes(
    byte if chr(byte) in "abcdefghijklmnopqrstuvwxyz0123456789" else ord(chr(byte).lower()) if 65 <= byte <= 90 else 32
    for byte in range(256)
)


def clean_text8(text: str) -> str:
    """Text in the style of text8: a-z and single spaces; digits spelled out, letters with accents become spaces.

    Works on the UTF-8 bytes, as the original filter did, so that a split word stays comparable with it.
    """
    cleaned = text.encode().translate(_LETTERS_AND_DIGITS).decode("ascii")
    for digit, name in enumerate(_DIGIT_NAMES):
        cleaned = cleaned.replace(str(digit), f" {name} ")
    return " ".join(cleaned.split())


def cut_at_space(text: str, limit: int) -> str:
    """At most `limit` characters, ending where a word does. Text without a space that early is cut inside the word."""
    if len(text) <= limit:
        return text
    space = text.rfind(" ", 0, limit + 1)
    return text[: space if space > 0 else limit]


_DIGIT = re.compile(r"\d")


def fold(line: str) -> str:
    """What two sentences must share to count as the same in a leak check: lower case, every digit 0, single spaces."""
    return " ".join(_DIGIT.sub("0", line.lower()).split())


PLAIN_TOKEN = re.compile(r"\w+(?:[-'’]\w+)*|[^\w\s]")


def count_tokens(line: str) -> int:
    """Length in plain tokens: a run of letters, digits and _ with - ' ’ inside it, or any other visible character.

    The measure by which the sets are cut to 80 tokens and sorted by length, whatever tokeniser a paper uses.
    """
    return sum(1 for _ in PLAIN_TOKEN.finditer(line))
