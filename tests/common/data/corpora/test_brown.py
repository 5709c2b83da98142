from collections import Counter
from dataclasses import replace
from itertools import islice
from pathlib import Path

import pytest
from tiny_files import Maker

from common.data.corpora import brown

WHOLE = replace(brown.A, cut=0)


def tiny(make: Maker) -> dict[str, Path]:
    first = (
        "\n\n\tThe/at jury/nn said/vbd 1\\/2/cd ./.\n\tIt's/pps+bez John's/np$ don't/do* ./.\n\n\n\tWait/vb ''/'' and/or/cc\n"
    )
    members = {
        "brown/ca01": first,
        "brown/cats.txt": "ca01 news\n",
        "brown/README": "no/at text/nn",
        "brown/ca02": "\n\tEnd/nn\n",
    }
    return {"brown/brown.zip": make.zipped("brown.zip", members)}


def stream(files: dict[str, Path], reading: brown.Reading, split: str = "train") -> list[str]:
    return [token for line in brown.read(files, reading).split(split) for token in line.split()]


def test_marks_stand_before_texts_and_paragraphs(make: Maker) -> None:
    assert list(brown.read(tiny(make), WHOLE).split("train")) == [
        "<text> <par> The jury said 1\\/2 .",
        "It's John's don't .",
        "<par> Wait '' and/or",
        "<text> <par> End",
    ]


def test_a_tag_follows_the_last_slash(make: Maker) -> None:
    assert "and/or" in stream(tiny(make), WHOLE)


def test_b_lowers_and_splits_clitics_but_not_quotation_marks(make: Maker) -> None:
    tokens = stream(tiny(make), replace(brown.B, cut=0))
    assert tokens[7:15] == ["it", "'s", "john", "'s", "do", "n't", ".", "<par>"]
    assert "''" in tokens


def test_punctuation_can_be_left_out(make: Maker) -> None:
    tokens = stream(tiny(make), replace(WHOLE, punctuation=False, marks=False))
    assert tokens == ["The", "jury", "said", "1\\/2", "It's", "John's", "don't", "Wait", "and/or", "End"]


def test_the_stream_is_cut_to_the_token_and_loses_none(make: Maker) -> None:
    cut = replace(WHOLE, train=5, valid=4)
    parts = [stream(tiny(make), cut, split) for split in ("train", "valid", "test")]
    assert [len(part) for part in parts] == [5, 4, 9]
    assert [token for part in parts for token in part] == stream(tiny(make), WHOLE)


def test_rare_forms_are_merged_by_counts_over_the_whole_corpus_or_train_alone(make: Maker) -> None:
    reading = replace(brown.A, cut=1, marks=False, train=5, valid=1)
    assert brown.vocabulary(tiny(make), reading) == {"."}
    assert stream(tiny(make), reading) == ["<rare>"] * 4 + ["."]
    assert brown.vocabulary(tiny(make), replace(reading, count_train_only=True)) == frozenset()


# Tokens, forms, |V| with the merged form, and per cent of rare tokens in train, valid, test, counted independently beforehand.
COUNTS = {
    "A": (1_177_359, 56_059, 17_907, (4.88, 4.24, 4.31)),
    "B": (1_187_679, 47_812, 16_489, (4.03, 3.47, 3.49)),
    "C": (1_161_192, 56_057, 17_905, (4.92, 4.36, 4.39)),
    "D": (1_177_359, 49_817, 16_692, (4.24, 3.73, 3.84)),
}


@pytest.mark.mirror
@pytest.mark.parametrize("variant", COUNTS)
def test_the_four_readings_have_the_counts_found_before(variant: str, mirror: dict[str, Path]) -> None:
    tokens, forms, words, rare = COUNTS[variant]
    reading = getattr(brown, variant)
    kept = brown.vocabulary(mirror, reading)
    counts: Counter[str] = Counter()
    sizes, shares = [], []
    for split in ("train", "valid", "test"):
        part = stream(mirror, replace(reading, cut=0), split)
        counts.update(part)
        sizes.append(len(part))
        shares.append(round(100 * sum(token not in kept for token in part) / len(part), 2))
    assert (sum(sizes), len(counts), len(kept) + 1, tuple(shares)) == (tokens, forms, words, rare)
    assert sizes[:2] == [800_000, 200_000]


@pytest.mark.mirror
def test_the_default_starts_as_the_newspaper_does_and_merges_its_rare_forms(mirror: dict[str, Path]) -> None:
    corpus = brown.read(mirror)
    running_text = (token for line in corpus.split("train") for token in line.split())
    assert list(islice(running_text, 7)) == ["<text>", "<par>", "The", "Fulton", "County", "Grand", "Jury"]
    test = stream(mirror, brown.A, "test")
    assert len(test) == 177_359
    assert round(100 * test.count(brown.RARE) / len(test), 2) == 4.31
