"""Several models that translate as one."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from common.errors import UserError
from common.translation.translator import State, Translator


@dataclass(frozen=True)
class EnsembleState:
    """The state of each member."""

    states: tuple[State, ...]

    def select(self, rows: Tensor) -> "EnsembleState":
        return EnsembleState(tuple(state.select(rows) for state in self.states))


class Ensemble:
    """A translator whose probability of a token is the arithmetic mean of its members' probabilities.

    Not the geometric mean (the mean of log probabilities, normalised), in which one member can veto a token.
    The members share both vocabularies and the device. Raises UserError for no member or vocabularies of different sizes.
    """

    def __init__(self, models: Sequence[Translator[Any]]):
        if not models:
            raise UserError("an ensemble of no models; give one or more")
        self.models = tuple(models)

    def start(self, source: Tensor, lengths: Tensor) -> EnsembleState:
        return EnsembleState(tuple(model.start(source, lengths) for model in self.models))

    def step(self, state: EnsembleState, previous: Tensor) -> tuple[Tensor, EnsembleState]:
        pairs = [model.step(its, previous) for model, its in zip(self.models, state.states, strict=True)]
        tables = [log_probs for log_probs, _ in pairs]
        if len({table.shape[1] for table in tables}) > 1:
            sizes = ", ".join(str(table.shape[1]) for table in tables)
            raise UserError(f"the models of an ensemble have {sizes} target tokens; take models of one vocabulary")
        mean = torch.logsumexp(torch.stack(tables), 0) - math.log(len(tables))
        return mean, EnsembleState(tuple(its for _, its in pairs))
