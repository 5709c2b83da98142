"""Token ids on disk: a corpus larger than memory, any sentence of it at once.

`<stem>.ids.npy` holds the ids of all sentences end to end (uint16 or uint32), `<stem>.offsets.npy` where each begins (int64,
sentences + 1). Both are plain numpy files.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, overload

import numpy as np

from common.atomic import replacing
from common.data.vocabulary import id_dtype
from common.errors import UserError


def paths(stem: Path) -> tuple[Path, Path]:
    """The ids' file and the offsets' file."""
    return stem.with_name(f"{stem.name}.ids.npy"), stem.with_name(f"{stem.name}.offsets.npy")


@dataclass(frozen=True)
class TokenFile:
    """Sentences of token ids. ids: (tokens,), offsets: (sentences + 1,); both memory-mapped where they come from `open`.

    `[i]` is the ids of sentence i, a view; `[a:b]` is those sentences as a TokenFile, also without copying.
    """

    ids: np.ndarray
    offsets: np.ndarray

    @classmethod
    def open(cls, stem: Path) -> "TokenFile":
        """Raises UserError that names the file where one is missing, cut, or does not fit the other."""
        arrays = []
        for path in paths(stem):
            try:
                arrays.append(np.load(path, mmap_mode="r"))
            except FileNotFoundError:
                raise UserError(f"{path} does not exist; prepare the data first") from None
            except (ValueError, EOFError) as error:
                raise UserError(f"{path}: {error}; it is damaged, prepare the data again") from None
        ids, offsets = arrays
        if ids.ndim != 1 or offsets.ndim != 1 or not len(offsets) or offsets[0] != 0 or offsets[-1] != len(ids):
            raise UserError(f"{stem}.ids.npy and .offsets.npy do not belong together; prepare the data again")
        return cls(ids, offsets)

    def __len__(self) -> int:
        return len(self.offsets) - 1

    @overload
    def __getitem__(self, which: int) -> np.ndarray: ...
    @overload
    def __getitem__(self, which: slice) -> "TokenFile": ...
    def __getitem__(self, which: int | slice) -> "np.ndarray | TokenFile":
        if isinstance(which, slice):
            start, stop, step = which.indices(len(self))
            if step != 1:
                raise ValueError(f"sentences are sliced in order, found a step of {step}")
            return TokenFile(self.ids, self.offsets[start : max(start, stop) + 1])
        i = which + len(self) if which < 0 else which
        if not 0 <= i < len(self):
            raise IndexError(f"sentence {which} of {len(self)}")
        return self.ids[self.offsets[i] : self.offsets[i + 1]]

    def __iter__(self) -> Iterator[np.ndarray]:
        return (self[i] for i in range(len(self)))

    @property
    def lengths(self) -> np.ndarray:
        """Tokens in each sentence (sentences,), int64, in memory."""
        return np.diff(self.offsets)


@dataclass(frozen=True)
class ParallelTokens:
    """Sentence i of `source` and sentence i of `target` are translations. `[i]` is the pair; `[a:b]` a ParallelTokens."""

    source: TokenFile
    target: TokenFile

    def __post_init__(self) -> None:
        if len(self.source) != len(self.target):
            raise UserError(
                f"{len(self.source):,} source sentences and {len(self.target):,} target sentences are not pairs; "
                "prepare the data again"
            )

    def __len__(self) -> int:
        return len(self.source)

    @overload
    def __getitem__(self, which: int) -> tuple[np.ndarray, np.ndarray]: ...
    @overload
    def __getitem__(self, which: slice) -> "ParallelTokens": ...
    def __getitem__(self, which: int | slice) -> "tuple[np.ndarray, np.ndarray] | ParallelTokens":
        if isinstance(which, slice):
            return ParallelTokens(self.source[which], self.target[which])
        return self.source[which], self.target[which]

    def __iter__(self) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        return (self[i] for i in range(len(self)))


class _Growing:
    """A one-dimensional .npy file written piece by piece; numpy leaves room in the header for the length to grow."""

    def __init__(self, file: BinaryIO, dtype: np.dtype):
        self.file, self.dtype, self.length = file, dtype, 0
        self._write_header()
        self.start = file.tell()

    def append(self, values: np.ndarray) -> None:
        self.file.write(np.ascontiguousarray(values, dtype=self.dtype).data)
        self.length += len(values)

    def finish(self) -> None:
        self.file.seek(0, os.SEEK_SET)
        self._write_header()
        assert self.file.tell() == self.start, "numpy's header did not keep its length"

    def _write_header(self) -> None:
        descr = np.lib.format.dtype_to_descr(self.dtype)
        header = {"descr": descr, "fortran_order": False, "shape": (self.length,)}
        np.lib.format.write_array_header_1_0(self.file, header)


class TokenWriter:
    """Takes sentences in pieces of any size; nothing but the piece is held in memory."""

    def __init__(self, ids: BinaryIO, offsets: BinaryIO, vocabulary_size: int):
        self.limit = vocabulary_size
        self.ids = _Growing(ids, id_dtype(vocabulary_size))
        self.offsets = _Growing(offsets, np.dtype("<i8"))
        self.offsets.append(np.zeros(1, dtype=np.int64))

    def append(self, ids: np.ndarray, lengths: np.ndarray) -> None:
        """ids: (tokens,) of some sentences end to end, each below the vocabulary's size; lengths: (sentences,)."""
        if lengths.sum() != len(ids):
            raise ValueError(f"{len(ids)} ids, but the lengths add up to {lengths.sum()}")
        if len(ids) and not 0 <= ids.min() <= ids.max() < self.limit:
            raise ValueError(f"ids from {ids.min()} to {ids.max()}, but the vocabulary has {self.limit}")
        self.offsets.append(self.ids.length + np.cumsum(lengths, dtype=np.int64))
        self.ids.append(ids)


@contextmanager
def writing(stem: Path, vocabulary_size: int) -> Iterator[TokenWriter]:
    """A writer whose two files appear at the end, or not at all where something fails.

    Missing offsets mean that there is no file, so they take their name last.
    """
    ids_path, offsets_path = paths(stem)
    with (
        replacing(offsets_path) as offsets_temporary,
        replacing(ids_path) as ids_temporary,
        offsets_temporary.open("wb") as offsets,
        ids_temporary.open("wb") as ids,
    ):
        writer = TokenWriter(ids, offsets, vocabulary_size)
        yield writer
        writer.ids.finish()
        writer.offsets.finish()
