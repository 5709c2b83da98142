"""Beam search over a batch of sentences. Only live hypotheses of unfinished sentences are rows of the model's batch."""

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from common.data.vocabulary import END, START
from common.errors import UserError
from common.translation.rules import SearchSettings, check_probabilities, forbid, lengths_allowed, score
from common.translation.translator import Device, Hypothesis, S, Sentence, Translator, start

BLOCK = 64  # tokens; about the root of the vocabularies here, where the two selections below cost the same


@dataclass(frozen=True)
class Beams:
    """The hypotheses of some sentences. tokens: (sentences, beam, t), END included, and repeated after it; the other
    fields: (sentences, beam), length in tokens, END included. A place without a hypothesis has log_probability -inf."""

    tokens: Tensor
    log_probability: Tensor
    length: Tensor
    finished: Tensor

    @property
    def live(self) -> Tensor:
        return ~self.finished & (self.log_probability > -math.inf)

    def select(self, sentences: Tensor) -> "Beams":
        return Beams(self.tokens[sentences], self.log_probability[sentences], self.length[sentences], self.finished[sentences])


@torch.no_grad()
def beam(
    model: Translator[S], sources: Sequence[Sentence], settings: SearchSettings, device: Device = "cpu"
) -> list[list[Hypothesis]]:
    """For each source the finished hypotheses in its beam, best score first: with `shrink` as many as the beam is wide, unless
    the limit of length comes before; without, those that were in the beam when the best was certain, one or more.

    Where the limit leaves none that is finished, the live ones come back, marked so. Among equal candidates the older
    hypothesis of the beam goes first, then the smaller token. The model's tensors are on `device`.
    Raises UserError for a source without a word, a beam wider than the vocabulary, and a model that allows no token.
    """
    if not sources:
        return []
    state = start(model, sources, device)
    shortest, longest = (limit.to(device) for limit in lengths_allowed(sources, settings))
    forbidden = torch.tensor(settings.forbidden, dtype=torch.int64, device=device)
    end_late = int(shortest.max())
    beams, order = _first_beams(len(sources), settings.beam, device), torch.arange(len(sources))
    places = torch.arange(len(sources), device=device) * settings.beam  # of the model's rows, in the flattened beams
    previous = torch.full_like(places, START)
    gone: list[tuple[Tensor, Beams]] = []

    for step in itertools.count(1):
        log_probs, state = model.step(state, previous)
        if settings.beam > log_probs.shape[1]:
            raise UserError(
                f"a beam of {settings.beam} is wider than the vocabulary of {log_probs.shape[1]}; take a narrower one"
            )
        no_end = shortest[places // settings.beam] >= step if step <= end_late else None
        forbid(log_probs, forbidden, no_end)
        tops = tops_of_blocks(log_probs)
        beams, rows = _extend(beams, log_probs, tops, step, settings)
        going = beams.live & _undecided(beams, longest, step, settings)[:, None]
        # The one moment of a step at which the device is waited for.
        seen = torch.cat([going.flatten(), tops.isnan().any(1)]).cpu()
        if seen[going.numel() :].any():
            row = int(seen[going.numel() :].nonzero()[0])
            check_probabilities(int(order[int(places[row]) // settings.beam]), [math.nan])
        going_here = seen[: going.numel()].view(going.shape)
        staying = going_here.any(1)
        now = going_here.flatten().nonzero().squeeze(1).to(device)
        if not staying.all():
            gone.append((order[~staying], beams.select((~staying).nonzero().squeeze(1).to(device))))
            if not len(now):
                break
        state, previous = state.select(rows.flatten()[now]), beams.tokens[:, :, -1].flatten()[now]
        if not staying.all():
            kept = staying.nonzero().squeeze(1).to(device)
            beams, order, shortest, longest = beams.select(kept), order[staying], shortest[kept], longest[kept]
        places = going_here[staying].flatten().nonzero().squeeze(1).to(device)
    return _sorted(gone, settings)


def _first_beams(sentences: int, width: int, device: Device) -> Beams:
    """One hypothesis a sentence, of no tokens."""
    log_probability = torch.full((sentences, width), -math.inf, device=device)
    log_probability[:, 0] = 0.0
    nothing = torch.zeros((sentences, width), dtype=torch.int64, device=device)
    return Beams(nothing.new_zeros(sentences, width, 0), log_probability, nothing, nothing.bool())


def _extend(beams: Beams, log_probs: Tensor, tops: Tensor, step: int, settings: SearchSettings) -> tuple[Beams, Tensor]:
    """The best of the finished hypotheses and of all that the live ones become by one more token.

    log_probs: (live hypotheses, K), in the order in which they stand in the flattened beams. Also returns (sentences, beam):
    the row that each new hypothesis comes from, arbitrary where it is not live.
    """
    sentences, width = beams.finished.shape
    row_of = (beams.live.flatten().cumsum(0) - 1).clamp(min=0).view(sentences, width)
    live = beams.log_probability.masked_fill(beams.finished, -math.inf)
    extended, parents, words = best_extensions(live, log_probs, tops, row_of)
    finished = beams.log_probability.masked_fill(~beams.finished, -math.inf)
    rank = score(finished, beams.length.clamp(min=1), settings.normalise)
    if settings.shrink:
        rank = rank.masked_fill(beams.finished, math.inf)
    chosen = first_greatest(torch.cat([rank, score(extended, step, settings.normalise)], 1), width)

    def choose(old: Tensor, new: Tensor) -> Tensor:
        return torch.cat([old, new], 1).gather(1, chosen)

    origin = choose(torch.arange(width, device=parents.device).expand(sentences, width), parents)
    history = beams.tokens.gather(1, origin[:, :, None].expand(-1, -1, step - 1))
    word = choose(torch.full_like(words, END), words)
    extended_beams = Beams(
        torch.cat([history, word[:, :, None]], 2),
        choose(finished, extended),
        choose(beams.length, torch.full_like(words, step)),
        choose(beams.finished, (words == END) & (extended > -math.inf)),
    )
    return extended_beams, row_of.gather(1, origin)


def tops_of_blocks(log_probs: Tensor) -> Tensor:
    """The greatest log probability of each BLOCK tokens, of which the last may be fewer: (rows, K) -> (rows, blocks)."""
    whole = log_probs.shape[1] // BLOCK
    tops = log_probs[:, : whole * BLOCK].unflatten(1, (whole, BLOCK)).amax(2)
    if whole * BLOCK == log_probs.shape[1]:
        return tops
    return torch.cat([tops, log_probs[:, whole * BLOCK :].amax(1, keepdim=True)], 1)


def best_extensions(live: Tensor, log_probs: Tensor, tops: Tensor, row_of: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """The best extensions of each sentence's hypotheses, as many as the beam is wide, best first.

    live: (sentences, beam) log probabilities, -inf where nothing lives. log_probs: (rows, K), tops: (rows, blocks),
    row_of: (sentences, beam).
    Returns log probabilities, hypotheses and tokens, each (sentences, beam). Of equals the first hypothesis, then the
    smallest token wins.
    """
    width, size = live.shape[1], log_probs.shape[1]
    # The best `width` tokens lie in the `width` blocks with the best tops, equal tops taken from the left: whatever lies
    # in another block is behind each of these tops. So the large table is read once, and nothing of its size is made.
    blocks, dead = tops.shape[1], live == -math.inf
    reach = (tops.index_select(0, row_of.flatten()).view(*live.shape, blocks) + live[:, :, None]).masked_fill(
        dead[:, :, None], -math.inf
    )
    picked = first_greatest(reach.flatten(1), width).sort(1).values

    hypothesis, block = picked // blocks, picked % blocks
    tokens = block[:, :, None] * BLOCK + torch.arange(BLOCK, device=live.device)  # (sentences, beam, BLOCK)
    values = log_probs[row_of.gather(1, hypothesis)[:, :, None], tokens.clamp(max=size - 1)]
    values = values + live.gather(1, hypothesis)[:, :, None]
    values = values.masked_fill(dead.gather(1, hypothesis)[:, :, None] | (tokens >= size), -math.inf).flatten(1)
    best = first_greatest(values, width)
    return values.gather(1, best), hypothesis.gather(1, best // BLOCK), tokens.flatten(1).gather(1, best)


def first_greatest(values: Tensor, count: int) -> Tensor:
    """Places (n, count) of the greatest values (n, m) of each row, greatest first and equal ones from left to right."""
    least = values.topk(count, dim=1).values[:, -1:]
    # topk promises no order among equals, and a stable sort of everything is slow: so topk twice, the second time of
    # whole numbers that all differ. They put what is above the least first, then what equals it, each from the left.
    size = values.shape[1]
    first = torch.arange(size, 0, -1, device=values.device, dtype=torch.int32)
    keys = torch.where(values > least, first + size, torch.where(values == least, first, -first))
    places = keys.topk(count, dim=1).indices.sort(1).values
    return places.gather(1, values.gather(1, places).sort(dim=1, descending=True, stable=True).indices)


def _undecided(beams: Beams, longest: Tensor, step: int, settings: SearchSettings) -> Tensor:
    """(sentences,): another step is allowed, and it may change the list or, without `shrink`, the winner."""
    allowed = step < longest
    if settings.shrink:
        return allowed
    scores = score(beams.log_probability, beams.length.clamp(min=1), settings.normalise)
    best = scores.masked_fill(~beams.finished, -math.inf).amax(1)
    # A log probability only falls; divided by the length, it is closest to 0 at the greatest length there is.
    hope = score(beams.log_probability, longest[:, None], settings.normalise).masked_fill(~beams.live, -math.inf).amax(1)
    return allowed & (hope > best)


def _sorted(gone: list[tuple[Tensor, Beams]], settings: SearchSettings) -> list[list[Hypothesis]]:
    """The hypotheses of every sentence in the order of the sources. gone: places of sentences (n,), their hypotheses."""
    found: dict[int, list[Hypothesis]] = {}
    for order, beams in gone:
        scores = score(beams.log_probability, beams.length.clamp(min=1), settings.normalise)
        fields = (beams.tokens, beams.log_probability, scores, beams.length, beams.finished)
        for sentence, *lists in zip(order.tolist(), *(field.tolist() for field in fields), strict=True):
            hypotheses = [
                Hypothesis(tuple(tokens[: length - end]), log_probability, value, end)
                for tokens, log_probability, value, length, end in zip(*lists, strict=True)
                if log_probability != -math.inf
            ]
            check_probabilities(sentence, [hypothesis.log_probability for hypothesis in hypotheses])
            kept = [hypothesis for hypothesis in hypotheses if hypothesis.finished] or hypotheses
            found[sentence] = sorted(kept, key=lambda hypothesis: -hypothesis.score)
    return [found[sentence] for sentence in range(len(found))]
