"""Rules of a search: how many hypotheses, which tokens, how long, and how the length enters the score."""

import math
from collections.abc import Sequence
from typing import Literal, Self

import torch
from pydantic import model_validator
from torch import Tensor

from common.config import Settings
from common.data.vocabulary import END, UNK
from common.errors import UserError
from common.translation.translator import Sentence

Normalise = Literal["none", "length"]


class SearchSettings(Settings):
    """beam: hypotheses of a sentence that are kept, live and finished ones together.

    forbidden: tokens that no translation may hold.
    normalise: what ranks hypotheses: their log probability ("none"), or that divided by the number of tokens, END
    included ("length").
    shrink: a finished hypothesis keeps its place for good, so that one fewer lives on, until none does. Otherwise it
    competes by score with those that grow, may lose its place to one, and the search ends when no live one can win.
    shortest, longest: multiples of the source length as given, END included if the caller put it there, rounded down.
    END is not allowed among the first `shortest` tokens; the search ends after `longest` tokens, END included.
    """

    beam: int = 1
    forbidden: tuple[int, ...] = ()
    normalise: Normalise = "none"
    shrink: bool = True
    shortest: float = 0.0
    longest: float = 3.0

    @model_validator(mode="after")
    def _can_find_something(self) -> Self:
        if self.beam < 1:
            raise UserError(f"a beam of {self.beam} holds no hypothesis; take 1 or more")
        if END in self.forbidden:
            raise UserError(f"forbidden tokens {list(self.forbidden)} include the end symbol {END}: no translation would end")
        if not (0 <= self.shortest < self.longest < math.inf and self.longest >= 1):
            raise UserError(
                f"shortest {self.shortest} and longest {self.longest}: take 0 <= shortest < longest, and longest at least 1"
            )
        return self


# As the paper has it, section 4.1 of the companion on the properties of encoder-decoders. The limit is their program's, whose
# command line also asks for half the source's length at least. Where nothing finishes, theirs searches again with the
# unknown word allowed; here the cut hypotheses come back, marked so.
CHO_2014 = SearchSettings(beam=10, forbidden=(UNK,), normalise="length", shrink=True, longest=3.0)

# As their program has it: the paper states neither beam nor lengths. The beam is that of the program's own tests.
# Scores without unknown words forbid UNK besides.
BAHDANAU_2015 = SearchSettings(beam=10, normalise="none", shrink=True, shortest=0.5, longest=3.0)

# Section 3.2, where a finished hypothesis leaves the beam: the largest beam of table 1. The limit of length is ours.
SUTSKEVER_2014 = SearchSettings(beam=12, normalise="none", shrink=True)


def lengths_allowed(sources: Sequence[Sentence], settings: SearchSettings) -> tuple[Tensor, Tensor]:
    """Tokens before END at least, tokens with END at most: two of (batch,) int64, of which the second is 1 or more."""
    limits = [(math.floor(settings.shortest * len(s)), math.floor(settings.longest * len(s))) for s in sources]
    shortest, longest = torch.tensor(limits, dtype=torch.int64).reshape(-1, 2).unbind(1)
    return shortest, longest


def score(log_probability: Tensor, length: Tensor | int, normalise: Normalise) -> Tensor:
    """What hypotheses are ranked by. length: tokens, END included."""
    return log_probability / length if normalise == "length" else log_probability


def forbid(log_probs: Tensor, forbidden: Tensor, no_end: Tensor | None) -> None:
    """Sets what is not allowed to minus infinity, in place. log_probs: (rows, K), forbidden: ids, no_end: (rows,) bool."""
    log_probs.index_fill_(1, forbidden, -math.inf)
    if no_end is not None:
        log_probs[:, END].masked_fill_(no_end, -math.inf)


def check_probabilities(sentence: int, log_probabilities: Sequence[float]) -> None:
    """Raises UserError for a source sentence that has no translation of some probability, or one that is not a number."""
    if not log_probabilities or not all(math.isfinite(value) for value in log_probabilities):
        raise UserError(
            f"source sentence {sentence}: the model's probabilities of all allowed tokens are 0 or not numbers; look at its training"
        )
