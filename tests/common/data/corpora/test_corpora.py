from collections.abc import Iterator
from pathlib import Path

import pytest
from tiny_files import Maker

from common.data import corpora
from common.data.corpora import decoded, lines, local, paired, parallel
from common.errors import UserError


def test_lines_end_at_newlines_only(make: Maker) -> None:
    assert list(lines(make.packed("a.xz", "one\u2028still one\x85 too\n two\n\nlast"))) == [
        "one\u2028still one\x85 too",
        " two",
        "",
        "last",
    ]


def test_a_letter_may_be_cut_between_two_pieces() -> None:
    e_acute = "é".encode()
    assert list(decoded([b"caf" + e_acute[:1], e_acute[1:] + b"\n"], "menu")) == ["café"]


def test_bytes_that_are_no_text_are_named_by_file_and_line(make: Maker) -> None:
    path = make.folder / "bad.en"
    path.write_bytes(b"good\ncaf\xe9\n")
    with pytest.raises(UserError, match=r"bad.en: line 2 is not utf-8"):
        list(lines(path))


def test_a_line_without_end_is_refused_before_it_fills_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(corpora, "LONGEST_LINE", 8)
    taken = []

    def endless() -> Iterator[bytes]:
        while True:
            taken.append(1)
            yield b"zzzz"

    with pytest.raises(UserError, match="line 1 is longer than 8 bytes"):
        list(decoded(endless(), "bomb"))
    assert len(taken) == 3


def test_a_cut_file_is_an_error_not_a_shorter_corpus(make: Maker) -> None:
    path = make.packed("cut.gz", "a line\n" * 1000)
    path.write_bytes(path.read_bytes()[:-12])
    with pytest.raises(UserError, match=r"cut\.gz.*fetch it again"):
        list(lines(path))


@pytest.mark.parametrize(("left", "right"), [("ab", "abc"), ("abc", "ab")])
def test_sides_of_unequal_length_are_an_error(left: str, right: str) -> None:
    with pytest.raises(UserError, match="ends after 2 lines"):
        list(paired(left, right, "toy"))


def test_a_split_starts_afresh_each_time_and_an_unknown_one_is_named(make: Maker) -> None:
    corpus = parallel("toy", {"train": (make.packed("a.en.gz", "one\n"), make.packed("a.fr.gz", "un\n"))})
    assert list(corpus.split("train")) == list(corpus.split("train")) == [("one", "un")]
    with pytest.raises(UserError, match="unknown split of toy 'tran': did you mean 'train'"):
        corpus.split("tran")


def test_a_split_is_read_as_it_is_asked_for(make: Maker) -> None:
    source, target = make.packed("a.en.gz", "one\ntwo\n"), make.packed("a.fr.gz", "un\n")
    assert next(parallel("toy", {"train": (source, target)}).split("train")) == ("one", "un")


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"unknown file 'a/b\.gz'"):
        local({}, "a/b.gz")
    with pytest.raises(UserError, match=r"gone\.gz is not there; fetch it again"):
        local({"a/b.gz": tmp_path / "gone.gz"}, "a/b.gz")
