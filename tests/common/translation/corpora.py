"""Pairs of token ids small enough to follow one by one, and a run that keeps nothing but what a test asks for."""

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from common import checkpoint
from common.data.store import ParallelTokens, TokenFile
from common.device import Device

CPU = Device("cpu", "float32", "a test")


def token_file(sentences: Sequence[Sequence[int]]) -> TokenFile:
    ids = np.array([token for sentence in sentences for token in sentence], dtype=np.uint16)
    return TokenFile(ids, np.cumsum([0, *map(len, sentences)], dtype=np.int64))


def pairs(sources: Sequence[Sequence[int]], targets: Sequence[Sequence[int]] | None = None) -> ParallelTokens:
    """Where no targets are given, each sentence is its own translation."""
    return ParallelTokens(token_file(sources), token_file(sources if targets is None else targets))


def of_lengths(lengths: Sequence[int], words: int = 9, seed: int = 0) -> ParallelTokens:
    """Each its own translation, of words from 3 on."""
    random = np.random.default_rng(seed)
    return pairs([random.integers(3, words, size=length).tolist() for length in lengths])


class PowerCut(BaseException):
    """The process ends here."""


class Memory:
    """What of a run lives longer than its process: the last checkpoint, as it would be read, and the history."""

    def __init__(self) -> None:
        self.state: dict[str, Any] | None = None
        self.history: list[dict[str, Any]] = []


class StubRun:
    """Stands in for common.run.Run. cut: the update after which the power goes, once."""

    device = CPU

    def __init__(self, memory: Memory | None = None, cut: int | None = None):
        self.memory, self.cut = memory or Memory(), cut
        self.lines = [] if self.memory.state is None else self.memory.history[: self.memory.state["lines"]]

    def restore(self) -> dict[str, Any] | None:
        return self.memory.state and self.memory.state["state"]

    def checkpoint(self, step: int, state: dict[str, Any]) -> None:
        with tempfile.TemporaryDirectory() as folder:  # through a file, as the run does it
            checkpoint.write(Path(folder, "state"), {"state": state, "lines": len(self.lines)})
            self.memory.state = checkpoint.read(Path(folder, "state"))
        self.memory.history = list(self.lines)
        if step == self.cut:
            raise PowerCut

    def log(self, step: int, **values: float) -> None:
        self.lines.append({"step": step, **values})

    def report(self, *args: Any, **values: float) -> None:
        pass

    def logged(self, name: str) -> dict[int, float]:
        return {line["step"]: line[name] for line in self.lines if name in line}
