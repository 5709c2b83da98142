import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common.data.store import ParallelTokens, TokenFile, paths, writing
from common.errors import UserError

SENTENCES = [[3, 4, 5], [6], [], [7, 3]]


def write(stem: Path, sentences: list[list[int]], size: int = 100, pieces: int = 2) -> TokenFile:
    with writing(stem, size) as writer:
        for start in range(0, len(sentences), pieces):
            piece = sentences[start : start + pieces]
            writer.append(
                np.array([i for sentence in piece for i in sentence], dtype=np.int64), np.array([len(s) for s in piece])
            )
    return TokenFile.open(stem)


def listed(tokens: TokenFile) -> list[list[int]]:
    return [ids.tolist() for ids in tokens]


def test_sentences_come_back_one_by_one(tmp_path: Path) -> None:
    tokens = write(tmp_path / "train.en", SENTENCES)
    assert len(tokens) == 4
    assert listed(tokens) == SENTENCES
    assert tokens[-1].tolist() == [7, 3]
    assert tokens.lengths.tolist() == [3, 1, 0, 2]
    with pytest.raises(IndexError):
        tokens[4]
    with pytest.raises(IndexError):
        tokens[-5]


@given(st.lists(st.lists(st.integers(0, 99), max_size=5), max_size=12), st.integers(1, 5))
@settings(max_examples=50, deadline=None)
def test_how_the_text_was_cut_into_pieces_does_not_show(tmp_path_factory: pytest.TempPathFactory, sentences, pieces) -> None:
    folder = tmp_path_factory.mktemp("store")
    assert listed(write(folder / "a", sentences, pieces=pieces)) == sentences
    write(folder / "b", sentences, pieces=100)
    for one, other in zip(paths(folder / "a"), paths(folder / "b"), strict=True):
        assert one.read_bytes() == other.read_bytes()


def test_a_slice_is_sentences_without_a_copy(tmp_path: Path) -> None:
    tokens = write(tmp_path / "a", SENTENCES)
    assert listed(tokens[1:3]) == [[6], []]
    assert listed(tokens[-2:]) == [[], [7, 3]]
    assert listed(tokens[3:1]) == []
    assert np.shares_memory(tokens[1:][0], tokens[1])
    assert tokens[1:].lengths.tolist() == [1, 0, 2]
    with pytest.raises(ValueError, match="step of 2"):
        tokens[::2]


def test_the_files_are_mapped_and_not_read(tmp_path: Path) -> None:
    tokens = write(tmp_path / "a", SENTENCES)
    assert isinstance(tokens.ids, np.memmap)
    assert isinstance(tokens.offsets, np.memmap)
    assert not tokens[0].flags.writeable


def test_the_files_are_plain_numpy_files(tmp_path: Path) -> None:
    write(tmp_path / "train.en", SENTENCES)
    assert np.load(tmp_path / "train.en.ids.npy").tolist() == [3, 4, 5, 6, 7, 3]
    assert np.load(tmp_path / "train.en.offsets.npy").tolist() == [0, 3, 4, 4, 6]
    assert np.load(tmp_path / "train.en.offsets.npy").dtype == np.int64


@pytest.mark.parametrize(("size", "dtype"), [(65_536, np.uint16), (65_537, np.uint32)])
def test_an_id_takes_as_many_bytes_as_the_vocabulary_needs(tmp_path: Path, size: int, dtype: type) -> None:
    tokens = write(tmp_path / "a", [[size - 1, 0]], size)
    assert tokens.ids.dtype == dtype
    assert tokens[0].tolist() == [size - 1, 0]


def test_an_id_outside_the_vocabulary_is_refused(tmp_path: Path) -> None:
    for wrong in (5, -1):
        with pytest.raises(ValueError, match="vocabulary has 5"):
            write(tmp_path / "a", [[wrong]], size=5)


def test_lengths_must_add_up_to_the_ids(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="3 ids, but the lengths add up to 2"), writing(tmp_path / "a", 9) as writer:
        writer.append(np.array([1, 2, 3]), np.array([1, 1]))


def test_a_failure_in_mid_write_leaves_nothing(tmp_path: Path) -> None:
    def write_half() -> None:
        with writing(tmp_path / "a", 9) as writer:
            writer.append(np.array([1, 2]), np.array([2]))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write_half()
    assert os.listdir(tmp_path) == []


def test_a_damaged_or_missing_file_is_named(tmp_path: Path) -> None:
    stem = tmp_path / "a"
    with pytest.raises(UserError, match=r"a\.ids\.npy does not exist"):
        TokenFile.open(stem)
    write(stem, SENTENCES)
    ids, offsets = paths(stem)
    whole = ids.read_bytes()
    for damaged in (whole[:-2], whole[:40], b"", b"nothing like it" * 20):
        ids.write_bytes(damaged)
        with pytest.raises(UserError, match=r"a\.ids\.npy.*damaged"):
            TokenFile.open(stem)
    ids.write_bytes(whole)
    np.save(offsets, np.array([0, 3, 4, 4, 5]))
    with pytest.raises(UserError, match="do not belong together"):
        TokenFile.open(stem)


def test_pairs_are_two_files_of_one_length(tmp_path: Path) -> None:
    source, target = write(tmp_path / "en", SENTENCES), write(tmp_path / "fr", [[1], [2], [3], [4]])
    pairs = ParallelTokens(source, target)
    assert len(pairs) == 4
    assert [(s.tolist(), t.tolist()) for s, t in pairs[1:3]] == [([6], [2]), ([], [3])]
    with pytest.raises(UserError, match="4 source sentences and 3 target sentences"):
        ParallelTokens(source, target[:3])
