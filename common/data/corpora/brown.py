"""The Brown corpus in NLTK's edition: 500 samples of printed American English of 1961, in the order ca01 to cr09.

The corpus of bengio2003 was another edition (1,181,041 tokens, 47,578 forms, 16,383 after the cut); no reading of this one hits
all three numbers. `A` takes the paper's sentence literally and is the default; B comes closest in forms; C and D change one
thing each. W. N. Francis and H. Kucera, Brown University, 1964, revised 1971 and 1979, via NLTK Data; not for commercial use.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import chain
from pathlib import Path

from common.data import archives
from common.data.corpora import LIMIT, Corpus, decoded, local

TEXT, PARAGRAPH, RARE = "<text>", "<par>", "<rare>"
_SAMPLE = re.compile(r"brown/(c[a-r]\d\d)")
# Endings that variant B makes tokens of their own; quotation marks and a lone 'em stay whole.
_CLITIC = re.compile(r"(?!'')(.+?)('s|n't|'ll|'re|'ve|'d|'m|'em|')")


@dataclass(frozen=True)
class Reading:
    """How the corpus becomes a stream of tokens and is cut. The values here are variant A.

    lower: lower case; clitics: endings split off (possessives, contractions); marks: <text> before each sample and <par>
    before each paragraph; punctuation: tokens without a letter or digit are kept; train, valid: tokens of the first two
    splits, test is the rest; cut: a form that occurs at most so often is merged into <rare> (0: none is).
    count_train_only: count forms on train. The default counts the whole corpus, test included, as only that brings the
    paper's level of perplexity: on train alone 9 % of the test tokens are rare and a trigram's perplexity falls to 190-204.
    """

    lower: bool = False
    clitics: bool = False
    marks: bool = True
    punctuation: bool = True
    train: int = 800_000
    valid: int = 200_000
    cut: int = 3
    count_train_only: bool = False


A = Reading()
B = Reading(lower=True, clitics=True)
C = Reading(marks=False)
D = Reading(lower=True)


def read(files: Mapping[str, Path], reading: Reading = A) -> Corpus[str]:
    """Lines of tokens with single spaces between them, one sentence a line; marks stand before the sentence they announce.

    The stream is one: train is its first `reading.train` tokens exactly, valid the next, test the rest, so that a line may be
    cut where a split ends, and contexts run across lines. Samples are in document order, and that matters: train is
    non-fiction, test is fiction. Nothing is shuffled here. Rare forms are merged; counting them costs a pass at the first use.
    """
    path = local(files, "brown/brown.zip")
    return Corpus("brown", {name: partial(_merged, path, reading, name) for name in ("train", "valid", "test")})


def vocabulary(files: Mapping[str, Path], reading: Reading = A) -> frozenset[str]:
    """The forms that stay, marks included; |V| of the paper is one more, for the merged rare ones."""
    return _vocabulary(local(files, "brown/brown.zip"), reading)


def _vocabulary(path: Path, reading: Reading) -> frozenset[str]:
    lines = _split(path, reading, "train") if reading.count_train_only else _lines(path, reading)
    counts = Counter(chain.from_iterable(lines))
    return frozenset(form for form, count in counts.items() if count > reading.cut)


def _merged(path: Path, reading: Reading, name: str) -> Iterator[str]:
    if not reading.cut:
        yield from map(" ".join, _split(path, reading, name))
        return
    kept = _vocabulary(path, reading)
    for line in _split(path, reading, name):
        yield " ".join(token if token in kept else RARE for token in line)


def _split(path: Path, reading: Reading, name: str) -> Iterator[list[str]]:
    ends = {"train": (0, reading.train), "valid": (reading.train, reading.train + reading.valid)}
    first, last = ends.get(name, (reading.train + reading.valid, None))
    position = 0
    for line in _lines(path, reading):
        start = max(first - position, 0)
        stop = len(line) if last is None else min(last - position, len(line))
        if start < stop:
            yield line[start:stop]
        position += len(line)
        if last is not None and position >= last:
            return


def _lines(path: Path, reading: Reading) -> Iterator[list[str]]:
    for sample in _samples(path):
        before = [TEXT] if reading.marks else []
        for sentence, opens in _sentences(sample):
            if opens and reading.marks:
                before.append(PARAGRAPH)
            tokens = list(chain.from_iterable(_tokens(token, reading) for token in sentence))
            if tokens:
                yield before + tokens
                before = []


def _samples(path: Path) -> Iterator[Iterator[str]]:
    # The archive keeps its members in the order of their names.
    for name, reader in archives.walk(path, None, LIMIT):
        if _SAMPLE.fullmatch(name):
            yield decoded(reader.chunks(), f"{path}, {name}", "latin-1")


def _sentences(sample: Iterable[str]) -> Iterator[tuple[list[str], bool]]:
    """(tokens, whether it opens a paragraph): a line holds one sentence, blank lines part paragraphs, a tag follows the last /."""
    opens = True
    for line in sample:
        tagged = line.split()
        if not tagged:
            opens = True
            continue
        yield [token.rsplit("/", 1)[0] for token in tagged], opens
        opens = False


def _tokens(token: str, reading: Reading) -> list[str]:
    if not reading.punctuation and not any(character.isalnum() for character in token):
        return []
    if reading.lower:
        token = token.lower()
    if reading.clitics and (found := _CLITIC.fullmatch(token)):
        return [found[1], found[2]]
    return [token]
