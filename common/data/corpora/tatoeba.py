"""Short English-French pairs of tatoeba.org in the Anki export of manythings.org. CC BY 2.0 FR: the attribution travels along.

One line a pair: English, TAB, French and, in exports since 2019, TAB and the attribution of that pair.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from common.data.corpora import Corpus, Pair, lines, local
from common.errors import UserError

ATTRIBUTION = "www.manythings.org/anki and tatoeba.org"  # what the export of 2017 states once for all its lines
PERCENT = {"valid": range(0, 1), "test": range(1, 3), "train": range(3, 100)}


@dataclass(frozen=True)
class Entry:
    english: str
    french: str
    attribution: str


def entries(files: Mapping[str, Path]) -> Iterator[Entry]:
    """Every line, sorted by English length as in the source. Raises UserError with the line where it has no TAB."""
    path = local(files, "tatoeba/fra-eng.zip")
    for number, line in enumerate(lines(path, "fra.txt"), 1):
        english, *others = line.rstrip("\r").split("\t")
        if len(others) not in (1, 2):
            raise UserError(f"{path}, fra.txt: line {number} has {len(others) + 1} columns; expected 2 or 3, TAB between them")
        yield Entry(english, others[0], others[1] if len(others) == 2 else ATTRIBUTION)


def split_of(english: str) -> str:
    """By a hash of the English sentence, so that all its translations fall on one side (44,128 lines repeat one)."""
    hundredth = int.from_bytes(hashlib.sha256(english.encode()).digest()[:8], "big") % 100
    return next(name for name, share in PERCENT.items() if hundredth in share)


def read(files: Mapping[str, Path]) -> Corpus[Pair]:
    """(English, French), shortest first as in the source: about 97 % train, 1 % valid, 2 % test; the cut is ours."""
    return Corpus("tatoeba", {name: partial(_split, files, name) for name in ("train", "valid", "test")})


def _split(files: Mapping[str, Path], name: str) -> Iterator[Pair]:
    return ((entry.english, entry.french) for entry in entries(files) if split_of(entry.english) == name)
