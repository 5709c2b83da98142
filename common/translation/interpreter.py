"""A trained model that reads and writes text, rebuilt from what its run has kept."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from common.config import parse
from common.data.vocabulary import END, SPECIALS, UNK, Vocabulary
from common.errors import UserError
from common.translation.beam import beam
from common.translation.forms import Form, detokenise
from common.translation.rules import SearchSettings
from common.translation.translator import Translator

Align = Callable[[Tensor, Tensor], Tensor]


@dataclass(frozen=True)
class Interpreter:
    """A model on the CPU, its vocabularies, the rule of its search and the form of its text.

    align: ids of a source (T_x,) and of its translation (T_y,), END included in both -> weights (T_y, T_x); None where the
    model has none to show.
    """

    model: Translator[Any]
    source: Vocabulary
    target: Vocabulary
    search: SearchSettings
    form: Form
    align: Align | None = None

    def with_beam(self, width: int) -> "Interpreter":
        """Raises UserError for a beam that holds nothing or is wider than the vocabulary."""
        search = parse(SearchSettings, {**self.search.model_dump(), "beam": width}, "--beam")
        if width > len(self.target):
            raise UserError(f"--beam: {width} is wider than the target vocabulary of {len(self.target):,}; take a narrower one")
        return replace(self, search=search)


@dataclass(frozen=True)
class Translation:
    """words: unknown ones as `<unk:zebra>` where the weights tell which source word they stand for, else `<unk>`.

    unknown: source tokens that the model does not know. alpha: (words + 1, source tokens + 1), the last of each END; None
    where the model has no weights. finished: as in `Hypothesis`.
    """

    words: tuple[str, ...]
    text: str
    unknown: tuple[str, ...]
    alpha: np.ndarray | None
    finished: bool


@torch.no_grad()
def interpret(by: Interpreter, tokens: Sequence[str]) -> Translation:
    """The best translation of one sentence in tokens, at least one."""
    source = torch.from_numpy(np.append(by.source.encode(tokens), END))
    best = beam(by.model, [source.numpy()], by.search)[0][0]
    alpha = by.align(source, torch.tensor([*best.tokens, END])).numpy() if by.align else None
    words = tuple(_word(by, tokens, token, None if alpha is None else alpha[i]) for i, token in enumerate(best.tokens))
    unknown = tuple(dict.fromkeys(token for token in tokens if token not in by.source.index))
    return Translation(words, detokenise(words, by.form), unknown, alpha, best.finished)


def _word(by: Interpreter, tokens: Sequence[str], token: int, weights: np.ndarray | None) -> str:
    place = len(tokens) if token != UNK or weights is None else int(weights.argmax())
    return f"<unk:{tokens[place]}>" if place < len(tokens) else by.target.tokens[token]


def load_weights(model: nn.Module, weights: Mapping[str, Tensor], words: Mapping[str, Vocabulary]) -> None:
    """Puts kept weights into a model in place. words: parameters that have a row for each word of a vocabulary.

    Raises UserError that names the first parameter that does not fit, and its sizes on either side.
    """
    for name, vocabulary in words.items():
        if name in weights and len(weights[name]) != len(vocabulary):
            raise UserError(
                f"weights {name} are for {len(weights[name]):,} words, the vocabulary has {len(vocabulary):,}: "
                "they come from different text; train again"
            )
    wanted, found = ({name: tuple(t.shape) for name, t in side.items()} for side in (model.state_dict(), weights))
    for name in {**wanted, **found}:
        if wanted.get(name) != found.get(name):
            raise UserError(
                f"weights {name}: the settings ask for {_size(wanted.get(name))}, the file has {_size(found.get(name))}: "
                "a model of another architecture or of other sizes; train again"
            )
    model.load_state_dict(weights)


def _size(shape: tuple[int, ...] | None) -> str:
    return "none" if shape is None else " x ".join(map(str, shape)) or "one number"


def marked(words: Sequence[str]) -> list[str]:
    """With the end symbol, as rows and columns of the weights have it."""
    return [*words, SPECIALS[END]]
