"""The corpora as the four models get them: through small prepared sets, made here."""

import itertools
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from common.data import bilingual_grammar
from common.data.prepare import Prepared, prepare
from common.data.shards import PrepareSettings
from common.data.text import Tokeniser, tokenise
from common.data.vocabulary import SPECIALS, UNK
from papers.bahdanau2015 import tasks
from papers.bahdanau2015.tasks import BINS, Task, Test

SETTINGS = PrepareSettings(languages=("en", "fr"), tokeniser=Tokeniser(rules="spaces"))
SHORTLIST = 60
SIZES = {"train": 101, "valid": 20, "test": 40, "test_2017_flickr": 30, "testlen": 50}


class PreparedRun:
    """A run that reads one set, whatever it is called."""

    def __init__(self, prepared: Prepared):
        self.set = prepared

    def prepared(self, name: str) -> Prepared:
        return self.set


@pytest.fixture(scope="module")
def text() -> dict[str, list[tuple[str, str]]]:
    """Captions of 5 to 12 words, all different, cut into splits."""
    pairs = [(" ".join(p.source), " ".join(p.target)) for p in bilingual_grammar.generate(sum(SIZES.values()), 3, (5, 12))]
    rest = iter(pairs)
    return {split: list(itertools.islice(rest, size)) for split, size in SIZES.items()}


@pytest.fixture(scope="module")
def run(text: dict[str, list[tuple[str, str]]], tmp_path_factory: pytest.TempPathFactory) -> PreparedRun:
    corpus = {split: (lambda sentences=sentences: sentences) for split, sentences in text.items()}
    out: Path = tmp_path_factory.mktemp("prepared") / "made"
    return PreparedRun(prepare("made", corpus, out, SETTINGS, workers=1))


@pytest.fixture(scope="module")
def captions(run: PreparedRun) -> Task:
    return tasks.multi30k(run, SHORTLIST, per_bin=4)


@pytest.fixture(scope="module")
def whole(run: PreparedRun) -> Task:
    """The captions with every word known, so that each is told from the others."""
    return tasks.multi30k(run, 5000, per_bin=4)


@pytest.fixture(scope="module")
def generated() -> Task:
    return tasks.grammar(train=150, longest=15, shortlist=SHORTLIST, per_bin=3)


def ids(sentences: Sequence[np.ndarray]) -> list[tuple[int, ...]]:
    return [tuple(sentence.tolist()) for sentence in sentences]


def assert_said_in_full(test: Test, task: Task) -> None:
    """References are the words that the ids stand for, those too that have no id."""
    unknown = 0
    for words, target in zip(test.references, test.pairs.target, strict=True):
        assert len(words) == len(target)
        for word, number in zip(words, target.tolist(), strict=True):
            assert word == task.target.tokens[number] if number != UNK else word not in task.target.index
            unknown += number == UNK
        assert SPECIALS[UNK] not in words
    assert unknown > 0


# --- Captions


def test_every_caption_trains_alone_and_at_most_once_in_two_three_and_four_together(whole: Task, run: PreparedRun) -> None:
    """Of 101 captions: 101, 50, 33 and 25."""
    sources = ids(whole.train.source)
    assert len(sources) == 101 + 50 + 33 + 25
    single = sources[:101]
    assert sorted(single) == sorted(ids(run.set.splits["train"].source))
    for count, joined in ((2, sources[101:151]), (3, sources[151:184]), (4, sources[184:])):
        parts = [part for sentence in joined for part in taken_apart(sentence, single)]
        assert len(parts) == len(set(parts)) == count * len(joined)


def taken_apart(sentence: tuple[int, ...], captions: Sequence[tuple[int, ...]]) -> list[tuple[int, ...]]:
    """The captions that it is made of; each ends where its full stop or question mark does."""
    ends = {caption[-1] for caption in captions}
    parts, start = [], 0
    for place, word in enumerate(sentence, 1):
        if word in ends:
            parts.append(sentence[start:place])
            start = place
    assert set(parts) <= set(captions)
    return parts


def test_both_sides_are_joined_alike(whole: Task) -> None:
    sources, targets = ids(whole.train.source), ids(whole.train.target)
    translation = dict(zip(sources[:101], targets[:101], strict=True))
    for source, target in zip(sources[101:], targets[101:], strict=True):
        assert target == tuple(itertools.chain.from_iterable(translation[part] for part in taken_apart(source, sources[:101])))


def test_validation_text_is_joined_too(captions: Task) -> None:
    assert len(captions.valid) == 20 + 10 + 6 + 5


def test_tests_come_evenly_from_every_length_that_there_is(captions: Task) -> None:
    lengths = captions.by_length.pairs.source.lengths
    counts = {ends: int(mask.sum()) for ends, mask in tasks.in_bins(lengths).items()}
    assert all(count <= 4 for count in counts.values())
    assert all(counts[ends] == 4 for ends in ((6, 10), (11, 15), (16, 20), (21, 25), (26, 30), (31, 35), (36, 40)))
    assert lengths.max() <= BINS[-1][1]
    assert sorted(lengths // 5.0001) == list(lengths // 5.0001)  # bins from short to long


def test_captions_as_others_test_on_them_are_the_whole_first_test_set(captions: Task, text: dict) -> None:
    assert captions.natural is not None
    assert captions.natural.references == [french.split() for _, french in text["test"]]
    assert len(captions.natural.pairs) == 40


def test_no_split_is_tested_on_that_trains(whole: Task) -> None:
    assert whole.natural is not None
    assert not set(ids(whole.train.source)) & set(ids(whole.natural.pairs.source))
    assert not set(ids(whole.train.source)) & set(ids(whole.by_length.pairs.source))


def test_the_shortlist_is_the_most_frequent_words_and_the_rest_is_unknown(captions: Task, run: PreparedRun) -> None:
    assert len(captions.source) == len(captions.target) == len(SPECIALS) + SHORTLIST
    assert captions.source.tokens == run.set.vocabularies["en"].tokens[: len(SPECIALS) + SHORTLIST]
    cut = [
        tuple(number if number < len(SPECIALS) + SHORTLIST else UNK for number in sentence)
        for sentence in ids(run.set.splits["train"].source)
    ]
    assert sorted(ids(captions.train.source)[:101]) == sorted(cut)
    assert UNK in captions.train.source.ids


def test_references_keep_the_words_that_the_model_cannot_say(captions: Task, generated: Task) -> None:
    assert_said_in_full(captions.by_length, captions)
    assert_said_in_full(captions.natural, captions)  # type: ignore[arg-type]
    assert_said_in_full(generated.by_length, generated)


def test_unknown_words_are_counted_on_both_sides(captions: Task) -> None:
    test = captions.by_length
    expected = [[list(source).count(UNK), list(target).count(UNK)] for source, target in test.pairs]
    assert test.unknown.tolist() == expected


def test_the_corpus_is_the_same_at_every_call(captions: Task, run: PreparedRun) -> None:
    again = tasks.multi30k(run, SHORTLIST, per_bin=4)
    assert ids(again.train.source) == ids(captions.train.source)
    assert again.by_length.references == captions.by_length.references


# --- Debates


def test_europarl_tests_on_its_text_of_even_lengths_and_on_its_natural_one(run: PreparedRun, text: dict) -> None:
    task = tasks.europarl(run, SHORTLIST, per_bin=7)
    wanted = [english.split() for english, _ in text["testlen"]]
    short, long = ([i for i, words in enumerate(wanted) if low <= len(words) <= high][:7] for low, high in ((5, 5), (6, 10)))
    chosen = [*short, *long, *[i for i, words in enumerate(wanted) if len(words) >= 11][:7]]
    assert task.by_length.references == [text["testlen"][i][1].split() for i in chosen]
    assert task.natural is not None
    assert len(task.natural.pairs) == 40
    assert (len(task.train), len(task.valid)) == (101, 20)


def test_of_the_hansards_every_fiftieth_pair_validates_and_the_others_train(run: PreparedRun, text: dict) -> None:
    task = tasks.hansards(run, SHORTLIST)
    whole = [len(english.split()) for english, _ in text["train"]]
    assert task.valid.source.lengths.tolist() == [whole[0], whole[50], whole[100]]
    assert task.train.source.lengths.tolist() == [n for i, n in enumerate(whole) if i % 50]
    assert task.form == "hansards"


def test_the_sentences_aligned_by_hand_are_tested_on_in_their_order_and_uncut(run: PreparedRun, text: dict) -> None:
    task = tasks.hansards(run, SHORTLIST)
    assert task.by_length.pairs.source.lengths.tolist() == [len(english.split()) for english, _ in text["test"]]
    assert task.by_length.references == [french.split() for _, french in text["test"]]


# --- Generated text


def test_generated_text_trains_short_and_tests_at_every_length(generated: Task) -> None:
    assert generated.train.source.lengths.max() <= 15
    assert generated.valid.source.lengths.max() <= 15
    lengths = generated.by_length.pairs.source.lengths
    assert [int(((low <= lengths) & (lengths <= high)).sum()) for low, high in bilingual_grammar.BINS] == [3] * 10


def test_generated_tests_carry_their_links(generated: Task) -> None:
    gold = generated.by_length.gold
    assert gold is not None
    assert [list(pair.target) for pair in gold] == generated.by_length.references
    assert [len(pair.source) for pair in gold] == generated.by_length.pairs.source.lengths.tolist()
    assert generated.form == "grammar"


def test_the_vocabulary_is_that_of_the_training_text(generated: Task) -> None:
    made = bilingual_grammar.splits(150, 500, bilingual_grammar.balanced(3), seed=0, lengths=(5, 15))
    counts = Counter(word for pair in made["train"] for word in pair.source)
    least = counts[generated.source.tokens[-1]]
    assert len(generated.source) == len(SPECIALS) + SHORTLIST
    assert {word for word, count in counts.items() if count > least} <= set(generated.source.tokens)


# --- Pieces


def test_pairs_are_taken_in_groups_end_to_end(captions: Task) -> None:
    taken = tasks.take(captions.train, [np.array([2, 0]), np.array([1])])
    a, b, c = ids(captions.train.source)[:3]
    assert ids(taken.source) == [c + a, b]


def test_a_line_of_text_in_the_form_of_the_captions_is_read_as_they_were(captions: Task) -> None:
    assert captions.form == "moses"
    assert tokenise("A dog's bone, well-known.", "en") == ["A", "dog", "'s", "bone", ",", "well-known", "."]
