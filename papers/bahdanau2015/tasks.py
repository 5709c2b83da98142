"""The corpora on which the four models are compared: which sentences train, and which test at every length."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

import numpy as np

from common.data import bilingual_grammar
from common.data.bilingual_grammar import Pair
from common.data.prepare import Prepared
from common.data.store import ParallelTokens, TokenFile
from common.data.vocabulary import SPECIALS, UNK, Vocabulary
from common.seeding import generator
from common.translation.forms import Form

if TYPE_CHECKING:
    from common.run import Run

BINS = ((1, 5), (6, 10), (11, 15), (16, 20), (21, 25), (26, 30), (31, 35), (36, 40), (41, 45), (46, 50), (51, 55), (56, 60))
JOINED = (1, 2, 3, 4)  # captions that are put together, for training and for likelihoods
Words = Sequence[str]


@dataclass(frozen=True)
class Test:
    """Sentences to translate. references: the words as they are, unknown ones too. gold: the pairs they were generated as."""

    __test__ = False  # not a test case of pytest's

    pairs: ParallelTokens
    references: list[list[str]]
    gold: list[Pair] | None = None

    @property
    def unknown(self) -> np.ndarray:
        """Unknown words of source and reference: (sentences, 2)."""
        return np.array([[(source == UNK).sum(), (target == UNK).sum()] for source, target in self.pairs])


@dataclass(frozen=True)
class Task:
    """train, valid: to learn from, to stop by; by_length: evenly many sentences of every length; natural: as the corpus has them.

    form: how the text is written, for what people type to be written like it.
    """

    source: Vocabulary
    target: Vocabulary
    train: ParallelTokens
    valid: ParallelTokens
    by_length: Test
    natural: Test | None = None
    form: Form = "moses"


def grammar(train: int, longest: int, shortlist: int, per_bin: int) -> Task:
    """The English-French stand-in. Training sentences have at most `longest` English words, test sentences 5 to 60.

    The corpus does not depend on the seed of a run: what differs between seeds is training.
    """
    test = bilingual_grammar.balanced(per_bin)
    made = bilingual_grammar.splits(train, 500, test, seed=0, lengths=(bilingual_grammar.SHORTEST, longest))
    source = Vocabulary.from_counts(Counter(chain.from_iterable(pair.source for pair in made["train"])), shortlist)
    target = Vocabulary.from_counts(Counter(chain.from_iterable(pair.target for pair in made["train"])), shortlist)

    def numbered(pairs: list[Pair]) -> ParallelTokens:
        sides = (source, (pair.source for pair in pairs)), (target, (pair.target for pair in pairs))
        return ParallelTokens(*(token_file(vocabulary.encode(words) for words in side) for vocabulary, side in sides))

    held_out = Test(numbered(made["test"]), [list(pair.target) for pair in made["test"]], made["test"])
    return Task(source, target, numbered(made["train"]), numbered(made["valid"]), held_out, form="grammar")


def multi30k(run: "Run", shortlist: int, per_bin: int) -> Task:
    """Captions, and 2 to 4 of them joined, which makes long text of real sentences; tests join up to 5.

    natural: the 1,000 single captions of the test set of 2016, on which others publish.
    """
    prepared = run.prepared("multi30k")
    splits = {split: _shortlisted(prepared, split, shortlist) for split in ("train", "valid", "test", "test_2017_flickr")}
    words = {split: prepared.words(split, "fr") for split in ("test", "test_2017_flickr")}
    train = _joined(splits["train"], JOINED, generator(0, "joined captions, train"))
    valid = _joined(splits["valid"], JOINED, generator(0, "joined captions, valid"))
    pool = _concatenated(splits["test"], splits["test_2017_flickr"])
    groups = [
        group for count in (*JOINED, 5) for group in _groups(len(pool), count, generator(0, f"joined captions, test {count}"))
    ]
    references = words["test"] + words["test_2017_flickr"]
    said = [list(chain.from_iterable(references[i] for i in group)) for group in groups]
    by_length = _balanced(take(pool, groups), said, per_bin)
    return Task(
        *_shortlists(prepared, shortlist), take(splits["train"], train), take(splits["valid"], valid), by_length,
        Test(splits["test"], words["test"]),
    )  # fmt: skip


def europarl(run: "Run", shortlist: int, per_bin: int) -> Task:
    """Debates of the European Parliament: real long sentences, and a test set with evenly many of each length."""
    prepared = run.prepared("europarl")
    train, valid, long, test = (_shortlisted(prepared, split, shortlist) for split in ("train", "valid", "testlen", "test"))
    by_length = _balanced(long, prepared.words("testlen", "fr"), per_bin)
    return Task(*_shortlists(prepared, shortlist), train, valid, by_length, Test(test, prepared.words("test", "fr")))


def hansards(run: "Run", shortlist: int) -> Task:
    """Canadian debates in the form that they share with the 447 sentences aligned by hand, which are the test.

    The set has no part to validate with: every fiftieth pair is taken for that.
    """
    prepared = run.prepared("hansards")
    pairs, test = _shortlisted(prepared, "train", shortlist), _shortlisted(prepared, "test", shortlist)
    numbers = np.arange(len(pairs))
    train, valid = (take(pairs, numbers[chosen, None]) for chosen in (numbers % 50 != 0, numbers % 50 == 0))
    return Task(*_shortlists(prepared, shortlist), train, valid, Test(test, prepared.words("test", "fr")), form="hansards")


def token_file(sentences: Iterable[np.ndarray]) -> TokenFile:
    """Sentences of ids in memory."""
    kept = list(sentences)
    return TokenFile(np.concatenate(kept), np.cumsum([0, *map(len, kept)], dtype=np.int64))


def _shortlists(prepared: Prepared, shortlist: int) -> tuple[Vocabulary, Vocabulary]:
    """Both vocabularies, most frequent words first, cut after `shortlist` words."""
    size = len(SPECIALS) + shortlist
    source, target = (Vocabulary(prepared.vocabularies[language].tokens[:size]) for language in ("en", "fr"))
    return source, target


def _shortlisted(prepared: Prepared, split: str, shortlist: int) -> ParallelTokens:
    pairs = prepared.splits[split]
    assert isinstance(pairs, ParallelTokens)

    def cut(side: TokenFile) -> TokenFile:
        return TokenFile(np.where(side.ids < len(SPECIALS) + shortlist, side.ids, UNK), side.offsets)

    return ParallelTokens(cut(pairs.source), cut(pairs.target))


def _joined(pairs: ParallelTokens, counts: Iterable[int], random: np.random.Generator) -> list[np.ndarray]:
    return [group for count in counts for group in _groups(len(pairs), count, random)]


def _groups(n: int, count: int, random: np.random.Generator) -> list[np.ndarray]:
    """Numbers 0 to n - 1 in random order, `count` at a time; what is left over is left out."""
    return list(random.permutation(n)[: n - n % count].reshape(-1, count))


def take(pairs: ParallelTokens, groups: Iterable[np.ndarray]) -> ParallelTokens:
    """One pair for each group of numbers: its pairs end to end."""
    groups = list(groups)
    sides = (
        token_file(np.concatenate([side[int(i)] for i in group]) for group in groups) for side in (pairs.source, pairs.target)
    )
    return ParallelTokens(*sides)


def _concatenated(*parts: ParallelTokens) -> ParallelTokens:
    return ParallelTokens(
        *(token_file(chain.from_iterable(sides)) for sides in zip(*((p.source, p.target) for p in parts), strict=True))
    )


def _balanced(pairs: ParallelTokens, references: list[list[str]], per_bin: int) -> Test:
    """At most `per_bin` sentences of each bin of source length, the first ones; longer ones are left out."""
    lengths = pairs.source.lengths
    chosen = [i for low, high in BINS for i in np.flatnonzero((low <= lengths) & (lengths <= high))[:per_bin].tolist()]
    return Test(take(pairs, np.array(chosen)[:, None]), [references[i] for i in chosen])


def in_bins(lengths: np.ndarray) -> Mapping[tuple[int, int], np.ndarray]:
    """Bin -> (sentences,) bool, of the bins that have some."""
    masks = {(low, high): (low <= lengths) & (lengths <= high) for low, high in BINS}
    return {ends: mask for ends, mask in masks.items() if mask.any()}
