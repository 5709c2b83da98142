from collections import Counter
from hashlib import md5
from pathlib import Path

import pytest
from tiny_files import Maker

from common.data.corpora import europarl
from common.data.corpora.built import key
from common.data.corpora.europarl import Drawn, Sizes
from common.data.text import count_tokens
from common.errors import UserError

SAMPLE = "europarl/concodisco.sample.tar.xz"


def test_a_token_is_a_run_of_letters_or_one_visible_character() -> None:
    assert count_tokens("L'Union, aujourd’hui: 1.5 % d'ex-membres...") == 1 + 1 + 1 + 1 + 3 + 1 + 1 + 3


def test_the_key_sees_neither_case_nor_digits() -> None:
    assert key("Rule 12", "Article 12") == key("rule 99", "ARTICLE 99") == md5(b"rule 00\tarticle 00").digest()


def session(*chunks: tuple[str, str]) -> str:
    pairs = "".join(f"<ParallelChunk><en>{en}</en><fr>{fr}</fr></ParallelChunk>" for en, fr in chunks)
    return f"<DOCUMENT><Speaker>{pairs}</Speaker></DOCUMENT>"


def test_marks_go_and_the_layout_inside_them_too() -> None:
    marked = "in 1999,<Alignment a='1'>\n     <Mark>and</Mark>\n   </Alignment> I<Mark>\n</Mark>wish"
    assert europarl.chunks(session((marked, " Je  \u00e9 ")).encode()) == [("in 1999,and I wish", "Je é")]


def test_a_chunk_without_a_side_is_no_pair_and_a_broken_file_has_none() -> None:
    one_sided = "<D><ParallelChunk><en>Yes</en></ParallelChunk><ParallelChunk><en>No</en><fr> </fr></ParallelChunk></D>"
    assert europarl.chunks(one_sided.encode()) == []
    assert europarl.chunks(b"<D><ParallelChunk>") == []


@pytest.mark.parametrize(
    ("english", "french", "passes"),
    [
        ("a " * 80, "b " * 80, True),
        ("a " * 81, "b " * 80, False),
        ("the same", "the same", False),
        ("a < b", "c moins que b", False),
        ("one two three four five six", "un deux", False),  # 2 / 6 is below 0.4
        ("one two three four five", "un", True),  # short ones may differ
        ("a b", "a b c d e f", False),  # 6 / 2 is above 2.5
    ],
)
def test_which_pairs_pass(english: str, french: str, passes: bool) -> None:
    assert europarl.keeps(english, french) is passes


def drawn(*keys: str, english: str = "one two three {}") -> list[Drawn]:
    return [Drawn(k.encode(), place, "ep", english.format(k), f"un {k}") for place, k in enumerate(keys)]


def test_the_smallest_keys_are_drawn_and_the_next_fill_the_buckets() -> None:
    tests = europarl.draw_tests(drawn("d", "b", "e", "a", "c"), Sizes(test=2, bucket=2))
    assert [d.key for d in tests["test"]] == [b"a", b"b"]
    assert [d.key for d in tests["testlen"]] == [b"c", b"d"]
    assert europarl.draw_tests(drawn("a", "b", english="{}"), Sizes(test=1, bucket=1))["testlen"] == []  # below 3 tokens


def test_train_shares_no_side_with_what_is_held_out() -> None:
    held = [Drawn(b"x", 9, "ep", "ONE TWO THREE A", "autre"), Drawn(b"y", 10, "ep", "other", "Un c")]
    assert [d.key for d in europarl.draw_train(drawn("a", "b", "c", "d", "e"), held, Sizes(train=2))] == [b"b", b"d"]


def test_a_built_set_is_read_back_in_the_order_of_its_source(make: Maker) -> None:
    members: dict[str, str | bytes] = {
        f"x/xml-files/{name}.xml": session(*((f"{who} talks {word}", f"{who} parle {word}") for word in ("b", "a", "c")))
        for name, who in (("ep-00-01-17", "she"), ("ep-00-09-04", "he"), ("ep-00-12-14", "it"))
    }
    archive = make.tarred("source.tar.xz", {"x/README.md": "no session", **members})
    sizes = Sizes(train=3, valid=1, test=2, bucket=0)
    paths = europarl.build(archive, make.folder, sizes)
    corpus = europarl.read({f"europarl/{path.name}": path for path in paths})
    train = list(corpus.split("train"))
    assert [english[-1] for english, _ in train] == ["b", "a", "c"]
    assert list(europarl.sessions({f"europarl/{path.name}": path for path in paths})) == ["ep-00-01-17"] * 3
    assert [sum(1 for _ in corpus.split(name)) for name in ("valid", "test", "testlen")] == [1, 2, 0]
    with pytest.raises(UserError, match="train finds 3 pairs of 4"):
        europarl.build(archive, make.folder, Sizes(train=4, valid=1, test=2, bucket=0))


def test_an_archive_that_would_write_elsewhere_is_refused(make: Maker) -> None:
    with pytest.raises(UserError, match="outside its folder"):
        list(europarl.pairs(make.tarred("bad.tar.gz", {"../xml-files/ep-00-01-17.xml": session(("a", "b"))})))


@pytest.mark.mirror
def test_the_built_files_have_the_counts_of_their_readme(mirror: dict[str, Path]) -> None:
    corpus = europarl.read(mirror)
    lengths = {name: [count_tokens(english) for english, _ in corpus.split(name)] for name in corpus.splits}
    assert {name: (len(found), sum(found)) for name, found in lengths.items()} == {
        "train": (250_000, 6_810_010),
        "valid": (2_000, 54_847),
        "test": (3_000, 82_035),
        "testlen": (2_000, 81_102),
    }
    assert Counter((n - 1) // 10 for n in lengths["testlen"]) == dict.fromkeys(range(8), 250)


@pytest.mark.mirror
def test_the_sample_has_the_pairs_of_the_readme(mirror: dict[str, Path]) -> None:
    assert Counter(name for name, _, _ in europarl.pairs(mirror[SAMPLE])) == {
        "ep-00-01-17": 751,
        "ep-96-04-15": 754,
        "ep-09-10-07-018": 287,
        "ep-11-01-18-018": 246,
        "ep-00-12-14": 1_831,
    }


@pytest.mark.mirror
def test_the_builder_draws_from_the_sample_what_the_built_files_hold(mirror: dict[str, Path]) -> None:
    """A pair is in a split exactly if its key is no larger than the largest one drawn into it."""
    pool = list(europarl.pool(mirror[SAMPLE]))
    corpus = europarl.read(mirror)

    test = list(corpus.split("test"))
    largest = max(key(*pair) for pair in test)
    december = [d for d in pool if d.session == "ep-00-12-14"]
    ours = [(d.english, d.french) for d in december if d.key <= largest]
    assert (len(ours), set(ours) <= set(test)) == (112, True)

    testlen = list(corpus.split("testlen"))
    ends = {tenth: max(key(*p) for p in testlen if europarl.bucket(p[0]) == tenth) for tenth in range(8)}
    next_ones = [
        d for d in december if d.key > largest and count_tokens(d.english) >= 3 and d.key <= ends[europarl.bucket(d.english)]
    ]
    assert (len(next_ones), {(d.english, d.french) for d in next_ones} <= set(testlen)) == (77, True)

    train: dict[str, list[tuple[str, str]]] = {d.session: [] for d in pool if d.session != "ep-00-12-14"}
    largest = b""
    for name, pair in zip(europarl.sessions(mirror), corpus.split("train"), strict=True):
        largest = max(largest, key(*pair))
        if name in train:
            train[name].append(pair)
    assert {name: len(found) for name, found in train.items()} == {
        "ep-00-01-17": 81,
        "ep-09-10-07-018": 35,
        "ep-11-01-18-018": 35,
        "ep-96-04-15": 105,
    }
    held_out = [Drawn(b"", 0, "", *pair) for name in ("test", "testlen", "valid") for pair in corpus.split(name)]
    for name, found in train.items():
        candidates = (d for d in pool if d.session == name and d.key <= largest)
        chosen = sorted(europarl.draw_train(candidates, held_out, Sizes()), key=lambda d: d.place)
        assert [(d.english, d.french) for d in chosen] == found
