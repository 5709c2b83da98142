"""What a model must offer to be decoded, what decoding gives back, and how sentences become a batch.

A model with dropout is put into evaluation mode by the caller; no function of this package touches it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol, Self, TypeVar

import numpy as np
import torch
from torch import Tensor

from common.data.vocabulary import END
from common.errors import UserError

Sentence = Sequence[int] | np.ndarray
Device = torch.device | str


class State(Protocol):
    """What a model knows of each row: its source sentence and the target tokens that it has read so far."""

    def select(self, rows: Tensor) -> Self:
        """The state whose row i is row rows[i] of this one, which stays as it is. rows: (n,) int64, in any order,
        some left out, some repeated."""
        ...


S = TypeVar("S", bound=State)


class Translator(Protocol[S]):
    """A model of p(target | source) that predicts one target token after the other."""

    def start(self, source: Tensor, lengths: Tensor) -> S:
        """The state before the first target token.

        source: (batch, T_x) int64, padded on the right by `pad`. lengths: (batch,) int64, tokens of each source, all above 0.
        What stands beyond a length must not matter.
        """
        ...

    def step(self, state: S, previous: Tensor) -> tuple[Tensor, S]:
        """Reads one token in each row and predicts the next.

        previous: (rows,) int64, START at first. Returns natural log probabilities (rows, K), in a tensor of their own that
        the search may write on, and the state after reading; `state` itself may be used up.
        """
        ...


@dataclass(frozen=True)
class Hypothesis:
    """A translation.

    tokens: without END. log_probability: natural log, summed over all tokens, END included. score: what hypotheses are
    ranked by. finished: it ends with END; False where the limit of length cut it, and then no END counts.
    """

    tokens: tuple[int, ...]
    log_probability: float
    score: float
    finished: bool


def pad(sentences: Sequence[Sentence]) -> tuple[Tensor, Tensor]:
    """Sentences of token ids -> tokens (batch, T) int64, filled up with END on the right; lengths (batch,) int64.

    T is the greatest length. END is not added to any sentence: the caller has put it there, or does not want it.
    """
    lengths = [len(sentence) for sentence in sentences]
    tokens = np.full((len(sentences), max(lengths, default=0)), END, dtype=np.int64)
    for row, sentence in zip(tokens, sentences, strict=True):
        row[: len(sentence)] = sentence
    return torch.from_numpy(tokens), torch.tensor(lengths, dtype=torch.int64)


def start(model: Translator[Any], sources: Sequence[Sentence], device: Device) -> Any:
    """The model's state of a batch. Raises UserError for a source without a word: empty, or nothing but END."""
    for place, source in enumerate(sources):
        if all(token == END for token in source):
            found = "is empty" if len(source) == 0 else "holds nothing but end symbols"
            raise UserError(f"source sentence {place} {found}; leave it out")
    tokens, lengths = pad(sources)
    return model.start(tokens.to(device), lengths.to(device))
