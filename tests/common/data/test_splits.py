import gzip
import os
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from common.data import splits
from common.data.splits import assign, keys, leaks, order, order_digest, split_of, without

SHARES = {"valid": 0.1, "test": 0.2}
LINES = [f"sentence {'abcdefghij'[i % 10]}{'x' * (i // 10)}" for i in range(2000)]


def test_a_sentence_stays_in_its_split_whatever_stands_around_it() -> None:
    alone = [split_of(line, SHARES) for line in LINES]
    column = keys(LINES)[:, 0]
    assert [["valid", "test", "train"][i] for i in assign(column, SHARES)] == alone
    shuffled = np.random.default_rng(0).permutation(len(LINES))
    assert (assign(column[shuffled], SHARES) == assign(column, SHARES)[shuffled]).all()
    assert (assign(column[::3], SHARES) == assign(column, SHARES)[::3]).all()


def test_each_split_gets_its_share() -> None:
    found = Counter(split_of(line, SHARES) for line in LINES)
    for split, share in {**SHARES, "train": 0.7}.items():
        spread = (share * (1 - share) * len(LINES)) ** 0.5
        assert abs(found[split] - share * len(LINES)) < 4 * spread


def test_sentences_that_differ_in_case_or_digits_stay_together() -> None:
    for seed in range(20):
        assert split_of("Article 12 of 1982", SHARES, seed=seed) == split_of("ARTICLE 99  of 2001", SHARES, seed=seed)


def test_another_seed_is_another_draw() -> None:
    column = keys(LINES)[:, 0]
    one, other = (assign(column, {"test": 0.5}, seed) for seed in (0, 1))
    assert 0.4 < (one == other).mean() < 0.6  # two independent coins agree half the time


def test_a_larger_share_keeps_what_a_smaller_one_held() -> None:
    column = keys(LINES)[:, 0]
    small, large = (assign(column, {"test": share}) == 0 for share in (0.1, 0.3))
    assert small.sum() > 0
    assert (large | ~small).all()


def test_a_share_of_one_leaves_nothing_over() -> None:
    assert set(assign(keys(LINES)[:, 0], {"a": 0.7, "b": 0.2, "c": 0.1}).tolist()) == {0, 1, 2}


@pytest.mark.parametrize("shares", [{"test": 0.0}, {"test": -0.1}, {"valid": 0.6, "test": 0.6}])
def test_shares_that_cannot_be_are_refused(shares: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="shares must be"):
        split_of("a", shares)


def test_the_order_is_a_shuffle_that_the_seed_alone_decides() -> None:
    places = order(1000, seed=3)
    assert sorted(places.tolist()) == list(range(1000))
    assert (order(1000, seed=3) == places).all()
    assert (order(1000, seed=4) != places).any()


def test_the_digest_of_an_order_changes_with_the_order() -> None:
    places = order(1000, seed=3)
    swapped = places.copy()
    swapped[[0, 1]] = swapped[[1, 0]]
    assert order_digest(places) == order_digest(places.astype(np.int32))
    assert len({order_digest(places), order_digest(swapped), order_digest(order(1000, 4))}) == 3


def test_leaks_are_counted_by_pair_and_by_side() -> None:
    train = [("a dog", "un chien"), ("a cat", "un chat"), ("Page 12", "page 12")]
    test = [
        ("A DOG", "un chien"),  # the pair
        ("page 99", "Page 77"),  # the pair, digits aside
        ("a cat", "une chatte"),  # the source alone
        ("a kitten", "un chat"),  # the target alone
        ("a dog", "un chat"),  # both sides, from different pairs
        ("an emu", "un émeu"),
        ("an owl", "un hibou"),
        ("an ape", "un singe"),
    ]
    found = leaks(train, test)
    assert (found.sentences, found.whole, found.source, found.target) == (8, 2 / 8, 4 / 8, 4 / 8)


def test_leaks_of_plain_text_have_no_sides() -> None:
    found = leaks(["a dog", "a cat"], ["A cat", "an emu"])
    assert (found.whole, found.source, found.target) == (0.5, None, None)


def test_leaks_do_not_depend_on_how_train_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = leaks(LINES[:900], LINES[800:1000])
    monkeypatch.setattr(splits, "CHUNK", 7)
    assert leaks(LINES[:900], LINES[800:1000]) == whole
    assert whole.whole == 0.5


def test_what_is_tested_on_is_taken_out_of_train_every_time_it_comes() -> None:
    train = [
        ("A dog", "un chien"),
        ("a cat", "un chat"),
        ("a  dog", "Un chien"),
        ("a dog", "une chienne"),
        ("un chien", "a dog"),
    ]
    kept = list(without(train, [("a dog", "un chien"), ("an emu", "un chat")]))
    assert kept == [train[1], train[3], train[4]]  # one side in common, or the sides exchanged, is another pair
    assert leaks(kept, [("a dog", "un chien")]).whole == 0


def test_text_of_one_language_is_taken_out_too() -> None:
    assert list(without(["page 12", "a dog"], ["Page 77"])) == ["a dog"]
    assert list(without(["a dog"], [])) == ["a dog"]


@pytest.mark.mirror
@pytest.mark.parametrize(
    ("split", "pairs", "sources", "targets"), [("val", 1, 1, 3), ("test_2016_flickr", 0, 0, 0), ("test_2017_flickr", 0, 0, 1)]
)
def test_multi30k_leaks_as_little_as_was_counted_when_the_mirror_was_made(split: str, pairs: int, sources: int, targets: int):
    root = os.environ.get("ROAD_DATA_MIRROR")
    if not root:
        pytest.skip("ROAD_DATA_MIRROR names no data mirror")

    def read(name: str) -> list[tuple[str, str]]:
        files = (Path(root, f"multi30k/{name}.{language}.gz") for language in ("en", "fr"))
        texts = (gzip.decompress(file.read_bytes()).decode() for file in files)
        return list(zip(*(text.rstrip("\n").split("\n") for text in texts), strict=True))

    test = read(split)
    found = leaks(read("train"), test)
    assert [round(share * len(test), 6) for share in (found.whole, found.source, found.target)] == [pairs, sources, targets]
