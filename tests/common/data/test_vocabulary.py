from pathlib import Path

import numpy as np
import pytest

from common.data.vocabulary import END, SPECIALS, START, UNK, Vocabulary
from common.errors import UserError

COUNTS = {"the": 5, "dog": 2, "cat": 2, "runs": 1}


def test_the_most_frequent_words_come_first_and_equal_ones_in_order() -> None:
    assert Vocabulary.from_counts(COUNTS).tokens == ("<unk>", "</s>", "<s>", "the", "cat", "dog", "runs")
    assert Vocabulary.from_counts(dict(reversed(COUNTS.items()))) == Vocabulary.from_counts(COUNTS)


def test_the_shortlist_counts_words_and_not_special_symbols() -> None:
    assert Vocabulary.from_counts(COUNTS, shortlist=2).tokens == (*SPECIALS, "the", "cat")
    assert Vocabulary.from_counts(COUNTS, min_count=2).tokens == (*SPECIALS, "the", "cat", "dog")


def test_special_symbols_have_the_same_ids_in_every_vocabulary() -> None:
    for vocabulary in (Vocabulary.from_counts({}), Vocabulary.from_counts(COUNTS)):
        assert [vocabulary.tokens[i] for i in (UNK, END, START)] == ["<unk>", "</s>", "<s>"]


def test_words_outside_the_shortlist_are_unknown() -> None:
    vocabulary = Vocabulary.from_counts(COUNTS, shortlist=2)
    ids = vocabulary.encode(["the", "dog", "cat"])
    assert ids.tolist() == [3, UNK, 4]
    assert vocabulary.decode(ids) == ["the", "<unk>", "cat"]


def test_text_cannot_speak_a_special_symbol() -> None:
    vocabulary = Vocabulary.from_counts({"</s>": 9, "the": 1})
    assert vocabulary.tokens == (*SPECIALS, "the")
    assert vocabulary.encode(["the", "</s>", "<s>"]).tolist() == [3, UNK, UNK]


def test_coverage_is_the_share_of_running_words() -> None:
    vocabulary = Vocabulary.from_counts(COUNTS, shortlist=2)
    assert vocabulary.coverage(COUNTS) == 7 / 10
    assert vocabulary.coverage({"the": 1, "emu": 3}) == 0.25
    assert np.isnan(vocabulary.coverage({}))


def test_ids_take_two_bytes_until_there_are_more_than_65536() -> None:
    words = {f"w{i}": 1 for i in range(65_536 - len(SPECIALS))}
    assert Vocabulary.from_counts(words).dtype == np.uint16
    assert Vocabulary.from_counts(words | {"one more": 0, "another": 1}, min_count=1).dtype == np.uint32


def test_a_vocabulary_is_read_as_it_was_written(tmp_path: Path) -> None:
    vocabulary = Vocabulary.from_counts({"été": 3, "#": 2, "l'": 1, "@-@": 1})
    vocabulary.save(tmp_path / "vocabulary.txt")
    assert (tmp_path / "vocabulary.txt").read_text(encoding="utf-8").split("\n")[3:5] == ["été", "#"]
    assert Vocabulary.load(tmp_path / "vocabulary.txt") == vocabulary


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"<unk>\n</s>\n<s>\nthe\nca", "the last line is cut"),
        (b"<unk>\n</s>\nthe\n", "starts with <unk> </s> <s>"),
        (b"", "the last line is cut"),
        (b"<unk>\n</s>\n<s>\nthe\nthe\n", "'the' occurs twice"),
        (b"<unk>\n</s>\n<s>\nthe\n\ncat\n", "token 4 is ''"),
        (b"<unk>\n</s>\n<s>\nthe cat\n", "token 3 is 'the cat'"),
        (b"<unk>\n</s>\n<s>\n\xe9t\xe9\n", "not UTF-8"),
    ],
)
def test_a_damaged_file_is_refused_by_name(tmp_path: Path, content: bytes, says: str) -> None:
    path = tmp_path / "vocabulary.txt"
    path.write_bytes(content)
    with pytest.raises(UserError) as error:
        Vocabulary.load(path)
    assert str(path) in str(error.value)
    assert says in str(error.value)
    assert "\n" not in str(error.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"vocabulary\.txt does not exist"):
        Vocabulary.load(tmp_path / "vocabulary.txt")
