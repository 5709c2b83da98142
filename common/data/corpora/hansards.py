"""Canadian Hansard, English-French: 447 sentences aligned by hand, and 48,959 short pairs of debates without accents.

Parliament of Canada, not an official reproduction; Och and Ney 2003 and Mihalcea and Pedersen 2003 (gold alignment); Germann
2001 and Saqur 2024 (pairs). Not for commercial gain. The pairs are in document order, with 13,270 repeats (speaker headings).
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Literal

from common.data.corpora import Corpus, Pair, lines, local, paired
from common.data.corpora.built import write
from common.errors import UserError, unknown

Link = tuple[int, int]  # (English position, French position), from 0


@dataclass(frozen=True)
class Aligned:
    """A sentence aligned by hand. possible holds every sure link too, as the alignment error rate wants it."""

    english: tuple[str, ...]
    french: tuple[str, ...]
    sure: frozenset[Link]
    possible: frozenset[Link]


def read(files: Mapping[str, Path]) -> Corpus[Pair]:
    """train: the 48,959 pairs as they are; test: the 447 gold sentences as they are. `common_form` brings both to one form."""
    sides = [local(files, f"hansards/hansard49k.{side}.xz") for side in ("en", "fr")]
    gold_path = local(files, "hansards/enfr.src-tgt")
    return Corpus(
        "hansards",
        {
            "train": lambda: paired(lines(sides[0]), lines(sides[1]), "hansard49k"),
            "test": partial(_gold_pairs, gold_path),
        },
    )


COLUMNS = {"en": "English", "fr": "French", "ids": "id"}  # ending of a built file -> column of the source


def build(archive: Path, folder: Path) -> list[Path]:
    """Makes the three files of pairs from the source's test.parquet: its rows in their order, white space squeezed, none dropped.

    Raises UserError where pyarrow, which no other part needs, is absent, or this is not that file.
    """
    found = _columns(archive, list(COLUMNS.values()))
    squeezed = {ending: [" ".join(text.split()) for text in found[column]] for ending, column in COLUMNS.items()}
    return write(folder, "hansard49k", squeezed)


def _columns(parquet: Path, names: list[str]) -> dict[str, list[str]]:
    try:
        from pyarrow import ArrowException
        from pyarrow.parquet import ParquetFile
    except ImportError:
        raise UserError(f"{parquet} is read by pyarrow, which is not installed: pip install pyarrow") from None
    try:
        table = ParquetFile(parquet).read()
    except ArrowException as error:
        raise UserError(f"{parquet}: broken, or not parquet ({error}); delete it and fetch it again") from None
    for name in names:
        if name not in table.column_names:
            raise unknown(f"column of {parquet}", name, table.column_names)
    return {name: table.column(name).to_pylist() for name in names}


def _gold_pairs(path: Path) -> Iterator[Pair]:
    for number, line in enumerate(lines(path), 1):
        sides = line.split("|||")
        if len(sides) != 2:
            raise UserError(f"{path}: line {number} has {len(sides)} sides; expected English ||| French")
        yield " ".join(sides[0].split()), " ".join(sides[1].split())


def gold(files: Mapping[str, Path]) -> Iterator[Aligned]:
    """The 447 sentences with their links, counted from 0 (the file counts from 1 and writes `i-j` sure, `ipj` possible).

    Raises UserError with the line where a link is malformed or leads outside its sentence.
    """
    path = local(files, "hansards/enfr.gold")
    sentences = _gold_pairs(local(files, "hansards/enfr.src-tgt"))
    joined = paired(lines(path), (f"{english}\t{french}" for english, french in sentences), "enfr.gold")
    for number, (links, sentence) in enumerate(joined, 1):
        english, french = (tuple(side.split(" ")) for side in sentence.split("\t"))
        sure, possible = set[Link](), set[Link]()
        for link in links.split():
            found = re.fullmatch(r"(\d+)([-p])(\d+)", link)
            place = (int(found[1]) - 1, int(found[3]) - 1) if found else (-1, -1)
            if found is None or place[0] not in range(len(english)) or place[1] not in range(len(french)):
                raise UserError(f"{path}: line {number}: '{link}' is no link of {len(english)} to {len(french)} words")
            possible.add(place)
            if found[2] == "-":
                sure.add(place)
        yield Aligned(english, french, frozenset(sure), frozenset(possible))


# What the gold French writes out: elided words, always in the masculine (`le économie`), and articles fused with à and de.
ELIDED = {
    "c'": "ce", "d'": "de", "j'": "je", "jusqu'": "jusque", "l'": "le", "lorsqu'": "lorsque", "m'": "me", "n'": "ne",
    "puisqu'": "puisque", "qu'": "que", "quoiqu'": "quoique", "s'": "se", "t'": "te",
}  # fmt: skip
FUSED = {"au": ("a", "le"), "aux": ("a", "les"), "du": ("de", "le"), "des": ("de", "les")}

_ENGLISH = re.compile(r"(?:mr|mrs|ms|dr|st|hon)\.|'s\b|\d+(?:[,.]\d+)*|\w+|\.\.\.|--|[^\w\s]", re.IGNORECASE)
_FRENCH = re.compile(rf"(?:{'|'.join(ELIDED)}|aujourd')|\bm\.|\d+(?:[,.]\d+)*|\w+|\.\.\.|--|[^\w\s]", re.IGNORECASE)


def common_form(text: str, language: Literal["en", "fr"]) -> tuple[str, ...]:
    """Tokens in a form that the training pairs and the gold sentences share.

    Both languages: accents stripped (the pairs have none), œ and æ as two letters, lower case, punctuation and hyphens as
    tokens of their own, `Mr.` and `M.` whole. French: elided words written out (`l'ordre` -> `le ordre`, `s'adresse` -> `se adresse`),
    fused articles taken apart (`du` -> `de le`), `aujourd' hui` in two. English: `'s` is a token. On a gold sentence, which is
    written so already, the number of tokens may still change where the gold kept something whole: for alignment use `gold_form`.
    """
    text = strip_accents(text).lower().replace("’", "'")
    if language == "en":
        return tuple(_ENGLISH.findall(text))
    words = [ELIDED.get(token, token) for token in _FRENCH.findall(text)]
    return tuple(part for word in words for part in FUSED.get(word, (word,)))


def gold_form(token: str) -> str:
    """The training form of one gold token. One to one, so that the positions of the links stay true."""
    return strip_accents(token).lower().replace("’", "'")


def strip_accents(text: str) -> str:
    """`été, cœur` -> `ete, coeur`."""
    text = text.replace("œ", "oe").replace("Œ", "OE").replace("æ", "ae").replace("Æ", "AE")
    return "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))
