"""Which sets of the registry become token ids, how each is read, and with which settings. The `prepare` command."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from common.config import digest
from common.data.corpora import Corpus, brown, canlaws, europarl, hansards, multi30k, tatoeba, wikipedia
from common.data.fetch import fetch
from common.data.prepare import Prepared, prepare
from common.data.registry import dataset
from common.data.shards import PrepareSettings
from common.data.splits import without
from common.data.text import Tokeniser
from common.errors import unknown

SPACES = Tokeniser(rules="spaces")  # tokenised already


@dataclass(frozen=True)
class Recipe:
    """read: the registry's files -> corpus. held_out: shares cut off where the set comes as one piece.

    revision: raised when the same files are read in another way, so that what was prepared before is made anew.
    """

    read: Callable[[Mapping[str, Path]], Corpus[Any]]
    settings: PrepareSettings
    revision: int = 0


def _hansards_alike(files: Mapping[str, Path]) -> Corpus[tuple[str, str]]:
    """Training text and gold sentences brought to one form: without it, a fifth of the gold French is unknown.

    A gold sentence keeps its tokens, which the links count. Two short ones are said in the House again and again: train is
    without its 149 copies of them.
    """
    corpus = hansards.read(files)

    def alike(split: str) -> Iterator[tuple[str, str]]:
        for english, french in corpus.split(split):
            yield " ".join(hansards.common_form(english, "en")), " ".join(hansards.common_form(french, "fr"))

    def tested() -> Iterator[tuple[str, str]]:
        for english, french in corpus.split("test"):
            yield " ".join(map(hansards.gold_form, english.split())), " ".join(map(hansards.gold_form, french.split()))

    return Corpus(corpus.name, {"train": lambda: without(alike("train"), alike("test")), "test": tested})


EN_FR = ("en", "fr")
RECIPES = {
    "multi30k": Recipe(multi30k.read, PrepareSettings(languages=EN_FR, shortlist=10_000)),
    "tatoeba": Recipe(tatoeba.read, PrepareSettings(languages=EN_FR, shortlist=15_000)),
    "europarl": Recipe(europarl.read, PrepareSettings(languages=EN_FR, shortlist=30_000)),
    "canlaws": Recipe(canlaws.read, PrepareSettings(languages=EN_FR, shortlist=30_000)),
    "hansards": Recipe(_hansards_alike, PrepareSettings(languages=EN_FR, tokeniser=SPACES, shortlist=15_000), revision=1),
    "brown": Recipe(brown.read, PrepareSettings(languages=("en",), tokeniser=SPACES)),
    "wikipedia": Recipe(
        wikipedia.read, PrepareSettings(languages=("en",), tokeniser=SPACES, min_count=5, held_out={"valid": 0.01})
    ),
}


def recipe(name: str) -> Recipe:
    """Raises UserError, with the nearest name, for a set that has none."""
    if name not in RECIPES:
        raise unknown("set to prepare", name, RECIPES)
    return RECIPES[name]


def prepare_set(name: str, out: Path, mirror: Path | None = None, progress: Callable[[int], None] = lambda n: None) -> Prepared:
    """Fetches a set and writes its token ids, vocabularies and statistics into `out`; goes on where it was interrupted."""
    made = recipe(name)
    corpus = made.read(fetch(name, mirror))
    source = digest([made.revision, *(file.hashes() for file in dataset(name).files)])
    return prepare(name, dict(corpus.splits), out, made.settings, source, progress=progress)
