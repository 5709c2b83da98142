"""Small translators in double precision, and search written to be read: one sentence, plain lists, no state kept."""

import itertools
import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from common.data.vocabulary import END, START
from common.translation.rules import SearchSettings
from common.translation.translator import Sentence, Translator, pad


@dataclass(frozen=True)
class Rows:
    """A state of tensors, a row of each for a row of the batch."""

    tensors: tuple[Tensor, ...]

    def select(self, rows: Tensor) -> "Rows":
        return Rows(tuple(tensor[rows] for tensor in self.tensors))


class Network:
    """Random weights; subclasses differ in what they remember.

    active: the tokens that have a probability; all if None. end: added to the logit of END.
    """

    def __init__(self, size: int, seed: int = 0, active: tuple[int, ...] | None = None, end: float = 0.0, width: int = 6):
        random = torch.Generator().manual_seed(seed)
        self.embedding, self.output, self.recurrent = (
            2 * torch.randn(shape, generator=random, dtype=torch.float64)
            for shape in ((size, width), (width, size), (width, width))
        )
        self.offset = torch.full((size,), -math.inf if active else 0.0, dtype=torch.float64)
        self.offset[list(active or ())] = 0.0
        self.offset[END] += end

    def to(self, device: str) -> "Network":
        for name, tensor in list(vars(self).items()):
            setattr(self, name, tensor.to(device))
        return self

    def _context(self, source: Tensor, lengths: Tensor) -> Tensor:
        inside = torch.arange(source.shape[1], device=source.device) < lengths[:, None]
        return (self.embedding[source % len(self.embedding)] * inside[:, :, None]).sum(1) / lengths[:, None]

    def _predict(self, hidden: Tensor) -> Tensor:
        return torch.log_softmax(hidden @ self.output + self.offset, 1)


class Recurrent(Network):
    """Its state has one size."""

    def start(self, source: Tensor, lengths: Tensor) -> Rows:
        return Rows((self._context(source, lengths),))

    def step(self, state: Rows, previous: Tensor) -> tuple[Tensor, Rows]:
        hidden = torch.tanh(state.tensors[0] @ self.recurrent + self.embedding[previous])
        return self._predict(hidden), Rows((hidden,))


class Attending(Network):
    """It keeps a key of every token that it has read, and looks at all of them, as self-attention does."""

    def start(self, source: Tensor, lengths: Tensor) -> Rows:
        context = self._context(source, lengths)
        return Rows((context, context.new_zeros(len(context), 0, context.shape[1])))

    def step(self, state: Rows, previous: Tensor) -> tuple[Tensor, Rows]:
        context, keys = state.tensors
        keys = torch.cat([keys, (self.embedding[previous] * (1 + keys.shape[1]) ** 0.5)[:, None]], 1)
        weights = torch.softmax((keys * (context @ self.recurrent)[:, None]).sum(2) / 4, 1)
        hidden = torch.tanh((weights[:, :, None] * keys).sum(1) + context)
        return self._predict(hidden), Rows((context, keys))


class Table:
    """The next token depends on the previous one only, and on no source. probabilities: (K, K), previous by next."""

    def __init__(self, probabilities: Any):
        self.log_probs = torch.as_tensor(np.array(probabilities), dtype=torch.float64).log()

    def start(self, source: Tensor, lengths: Tensor) -> Rows:
        return Rows(())

    def step(self, state: Rows, previous: Tensor) -> tuple[Tensor, Rows]:
        return self.log_probs[previous], state


class Spy:
    """Passes everything on, and notes how many rows each step has."""

    def __init__(self, model: Translator[Any]):
        self.model, self.rows = model, []  # type: ignore[var-annotated]

    def start(self, source: Tensor, lengths: Tensor) -> Any:
        return self.model.start(source, lengths)

    def step(self, state: Any, previous: Tensor) -> tuple[Tensor, Any]:
        self.rows.append(len(previous))
        return self.model.step(state, previous)


def next_log_probs(model: Translator[Any], source: Sentence, prefix: tuple[int, ...]) -> list[float]:
    """Log probability of each token after `prefix`, from a fresh start in a batch of one."""
    state = model.start(*pad([source]))
    for token in (START, *prefix):
        table, state = model.step(state, torch.tensor([token]))
    values: list[float] = table[0].tolist()
    return values


def allowed(source: Sentence, prefix: tuple[int, ...], settings: SearchSettings, size: int) -> list[int]:
    """The tokens that may follow `prefix`."""
    early = len(prefix) < math.floor(settings.shortest * len(source))
    return [token for token in range(size) if token not in settings.forbidden and not (token == END and early)]


def all_translations(model: Translator[Any], source: Sentence, settings: SearchSettings) -> dict[tuple[int, ...], float]:
    """Log probability of every sequence that the rule allows: those that end with END, and those of the greatest length."""
    found: dict[tuple[int, ...], float] = {}
    growing: dict[tuple[int, ...], float] = {(): 0.0}
    for _ in range(math.floor(settings.longest * len(source))):
        longer = {}
        for prefix, total in growing.items():
            table = next_log_probs(model, source, prefix)
            for token in allowed(source, prefix, settings, len(table)):
                if table[token] > -math.inf:
                    (found if token == END else longer)[(*prefix, token)] = total + table[token]
        growing = longer
    return found | growing


@dataclass(frozen=True)
class Path:
    """Tokens with END, and log probability."""

    tokens: tuple[int, ...] = ()
    total: float = 0.0

    @property
    def finished(self) -> bool:
        return self.tokens[-1:] == (END,)

    def score(self, settings: SearchSettings) -> float:
        return self.total / len(self.tokens) if settings.normalise == "length" else self.total


def plain_beam(model: Translator[Any], source: Sentence, settings: SearchSettings) -> tuple[list[Path], list[int]]:
    """What `beam` must find for one source, and how many live hypotheses it has at each step."""
    paths, counts = [Path()], []
    longest = math.floor(settings.longest * len(source))
    for _ in range(longest):
        done = [path for path in paths if path.finished]
        live = [path for path in paths if not path.finished]
        hope = [path.total / (longest if settings.normalise == "length" else 1) for path in live]
        best = max((path.score(settings) for path in done), default=-math.inf)
        if not live or (not settings.shrink and max(hope) <= best):
            break
        counts.append(len(live))
        grown = []
        for path in live:
            table = next_log_probs(model, source, path.tokens)
            words = [word for word in allowed(source, path.tokens, settings, len(table)) if table[word] > -math.inf]
            grown += [Path((*path.tokens, word), path.total + table[word]) for word in words]
        if settings.shrink:
            paths = done + _best(grown, settings)[: settings.beam - len(done)]
        else:
            paths = _best(done + grown, settings)[: settings.beam]
    finished = [path for path in paths if path.finished]
    return _best(finished or paths, settings), counts


def _best(paths: list[Path], settings: SearchSettings) -> list[Path]:
    return sorted(paths, key=lambda path: -path.score(settings))  # equal ones keep their order


def add_counts(counts: list[list[int]]) -> list[int]:
    """Of several sentences, the rows at each step together."""
    return [sum(step) for step in itertools.zip_longest(*counts, fillvalue=0)]
