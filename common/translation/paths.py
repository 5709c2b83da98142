"""One target sequence a row: the most probable next token, a drawn one, or the one that is given."""

import itertools
from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from common.data.vocabulary import END, START
from common.errors import UserError
from common.translation.rules import SearchSettings, check_probabilities, forbid, lengths_allowed, score
from common.translation.translator import Device, Hypothesis, S, Sentence, Translator, pad, start


@torch.no_grad()
def greedy(
    model: Translator[S], sources: Sequence[Sentence], settings: SearchSettings | None = None, device: Device = "cpu"
) -> list[Hypothesis]:
    """The most probable token at each step, the smaller one of equals: what a beam of 1 finds.

    Of the settings `beam` and `shrink` do not matter. The model's tensors are on `device`.
    Raises UserError for a source without a word.
    """
    if not sources:
        return []
    return _follow(model, start(model, sources, device), sources, settings or SearchSettings(), _greatest, device)


@torch.no_grad()
def sample(
    model: Translator[S],
    sources: Sequence[Sentence],
    n: int,
    generator: torch.Generator,
    longest: float = 3.0,
    device: Device = "cpu",
) -> list[list[Hypothesis]]:
    """`n` translations of each source, drawn token by token from the model's distribution; score: the log probability.

    The generator is on `device`, like the model's tensors; the same seed and the same batch give the same draws.
    longest: as in `SearchSettings`. Raises UserError for a source without a word and for n below 1.
    """
    if n < 1:
        raise UserError(f"{n} samples a source were asked for; take 1 or more")
    if not sources:
        return []
    rows = torch.arange(len(sources), device=device).repeat_interleave(n)
    repeated = [source for source in sources for _ in range(n)]

    def draw(log_probs: Tensor) -> Tensor:
        return torch.multinomial(log_probs.exp(), 1, generator=generator).squeeze(1)

    state = start(model, sources, device).select(rows)
    drawn = _follow(model, state, repeated, SearchSettings(longest=longest), draw, device)
    return [drawn[place : place + n] for place in range(0, len(drawn), n)]


@torch.no_grad()
def log_likelihood(
    model: Translator[S], sources: Sequence[Sentence], targets: Sequence[Sentence], device: Device = "cpu"
) -> Tensor:
    """log p(target | source), natural and summed over the target's tokens and END, of each pair: (pairs,) float64, on the host.

    targets: without END, possibly empty. The model's tensors are on `device`.
    Raises UserError for lists of different lengths, a source without a word and a token that the model does not have.
    """
    if len(sources) != len(targets):
        raise UserError(f"{len(sources)} sources and {len(targets)} targets: they must pair up")
    if not sources:
        return torch.zeros(0, dtype=torch.float64)
    state = start(model, sources, device)
    words = pad([[*target, END] for target in targets])[0]
    lengths = torch.tensor([len(target) + 1 for target in targets])
    rows = torch.arange(len(targets))
    previous = torch.full((len(targets),), START, dtype=torch.int64, device=device)
    gains: list[tuple[Tensor, Tensor]] = []
    for place in range(words.shape[1]):
        log_probs, state = model.step(state, previous)
        if place == 0 and int(words.max()) >= log_probs.shape[1]:
            raise UserError(f"a target holds token {int(words.max())}, but the model knows {log_probs.shape[1]} tokens only")
        current = words[rows, place].to(device)
        gains.append((rows, log_probs.gather(1, current[:, None]).squeeze(1)))
        going = lengths[rows] > place + 1
        if not going.all():
            kept = going.nonzero().squeeze(1)
            rows = rows[kept]
            if not len(rows):
                break
            state, current = state.select(kept.to(device)), current[kept.to(device)]
        previous = current
    return _sums(gains, len(targets))


def _greatest(log_probs: Tensor) -> Tensor:
    return log_probs.argmax(1)  # the first of equals


def _follow(
    model: Translator[S],
    state: S,
    sources: Sequence[Sentence],
    settings: SearchSettings,
    choose: Callable[[Tensor], Tensor],
    device: Device,
) -> list[Hypothesis]:
    """One hypothesis a row. choose: log probabilities (rows, K) -> tokens (rows,). sources: that of each row of the state."""
    shortest, longest = lengths_allowed(sources, settings)
    forbidden = torch.tensor(settings.forbidden, dtype=torch.int64, device=device)
    rows = torch.arange(len(sources))
    previous = torch.full((len(sources),), START, dtype=torch.int64, device=device)
    said: list[list[int]] = [[] for _ in sources]
    gains: list[tuple[Tensor, Tensor]] = []
    for step in itertools.count(1):
        log_probs, state = model.step(state, previous)
        early = shortest[rows] >= step
        forbid(log_probs, forbidden, early.to(device) if early.any() else None)
        words = choose(log_probs)
        gains.append((rows, log_probs.gather(1, words[:, None]).squeeze(1)))
        words_here = words.cpu()  # the one moment of a step at which the device is waited for
        for row, word in zip(rows.tolist(), words_here.tolist(), strict=True):
            said[row].append(word)
        kept = ((words_here != END) & (step < longest[rows])).nonzero().squeeze(1)
        rows = rows[kept]
        if not len(rows):
            break
        state, previous = state.select(kept.to(device)), words[kept.to(device)]
    totals = _sums(gains, len(sources))
    scores = score(totals, torch.tensor([len(words) for words in said]), settings.normalise)
    return [_hypothesis(*path) for path in zip(itertools.count(), said, totals.tolist(), scores.tolist(), strict=False)]


def _hypothesis(sentence: int, words: list[int], log_probability: float, value: float) -> Hypothesis:
    check_probabilities(sentence, [log_probability])
    finished = words[-1] == END
    return Hypothesis(tuple(words[: len(words) - finished]), log_probability, value, finished)


def _sums(gains: list[tuple[Tensor, Tensor]], count: int) -> Tensor:
    """(rows (n,), gains (n,)) of each step -> the gains of each row, added up: (count,) float64.

    On the host and in double precision: in the order of the steps, whatever else is in the batch.
    """
    rows = torch.cat([rows for rows, _ in gains])
    return torch.zeros(count, dtype=torch.float64).index_add(0, rows, torch.cat([gain for _, gain in gains]).cpu().double())
