"""Questions about words: analogies by section, and pairs with the similarity that people gave them.

Mikolov, Chen, Corrado and Dean 2013 (words), Mikolov, Sutskever et al. 2013 (phrases); Finkelstein et al. 2002 (WordSim-353);
Hill, Reichart and Korhonen 2015 (SimLex-999).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from common.data.corpora import Corpus, lines, local
from common.errors import UserError

SEMANTIC = ("capital-common-countries", "capital-world", "currency", "city-in-state", "family")  # the others are syntactic


@dataclass(frozen=True)
class Analogy:
    """a is to b as c is to d; d is to be found. Spelled as in the source: `Athens Greece Baghdad Iraq`."""

    section: str
    a: str
    b: str
    c: str
    d: str


@dataclass(frozen=True)
class Judgement:
    """score: mean of people's judgements, 0 to 10."""

    first: str
    second: str
    score: float


def read(files: Mapping[str, Path]) -> Corpus[Analogy]:
    """Splits `words` (19,544 questions in 14 sections) and `phrases` (3,218 in 5), section by section."""
    splits = {"words": "words/questions-words.txt", "phrases": "words/questions-phrases.txt"}
    return Corpus("analogies", {name: partial(_analogies, local(files, path)) for name, path in splits.items()})


def read_similarities(files: Mapping[str, Path]) -> Corpus[Judgement]:
    """Splits `wordsim353` (353 pairs, relatedness) and `simlex999` (999 pairs, similarity proper)."""
    splits = {"wordsim353": "words/wordsim353.tsv", "simlex999": "words/simlex999.txt"}
    return Corpus("similarities", {name: partial(_judgements, local(files, path)) for name, path in splits.items()})


def _analogies(path: Path) -> Iterator[Analogy]:
    section = ""
    for number, line in enumerate(lines(path), 1):
        if line.startswith(":"):
            section = line[1:].strip()
            continue
        words = line.split()
        if len(words) != 4:
            raise UserError(f"{path}: line {number} has {len(words)} words; an analogy has 4")
        yield Analogy(section, *words)


def _judgements(path: Path) -> Iterator[Judgement]:
    for number, line in enumerate(lines(path), 1):
        if line.startswith("#"):
            continue
        try:
            first, second, score = line.split("\t")
            yield Judgement(first, second, float(score))
        except ValueError:
            raise UserError(f"{path}: line {number} is not word, TAB, word, TAB, number") from None
