"""Sentence pairs in minibatches of like lengths, as the papers had them: read 20 batches, sort, cut.

Every sentence ends in END, and END also fills what is left of a row; what is real is said by lengths and mask.
"""

import functools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from common.data.store import ParallelTokens
from common.data.vocabulary import END
from common.errors import UserError
from common.seeding import generator
from common.translation.translator import pad


@dataclass(frozen=True)
class Batch:
    """source: (batch, T_x), lengths: (batch,), target: (batch, T_y), mask: (batch, T_y), True on real words; END included."""

    source: Tensor
    lengths: Tensor
    target: Tensor
    mask: Tensor

    def to(self, device: str) -> "Batch":
        return Batch(*(tensor.to(device, non_blocking=True) for tensor in self.tensors))

    @property
    def tensors(self) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """In the order in which a model's `nll` takes them."""
        return self.source, self.lengths, self.target, self.mask

    @property
    def words(self) -> int:
        """Target words to predict, END included, padding not."""
        return int(self.mask.sum())


def ended(sentences: Sequence[np.ndarray]) -> tuple[Tensor, Tensor]:
    """Sentences of ids without END -> (batch, longest + 1), (batch,) lengths with END. Raises UserError where one is empty."""
    for place, sentence in enumerate(sentences):
        if not len(sentence):
            raise UserError(f"sentence {place} of the batch has no words; leave empty sentences out")
    return pad([np.append(sentence, END) for sentence in sentences])


def batch_of(pairs: ParallelTokens, which: Sequence[int] | np.ndarray) -> Batch:
    """The pairs with these numbers."""
    source, lengths = ended([pairs.source[int(i)] for i in which])
    target, target_lengths = ended([pairs.target[int(i)] for i in which])
    return Batch(source, lengths, target, torch.arange(target.shape[1]) < target_lengths[:, None])


def within(pairs: ParallelTokens, limit: int) -> np.ndarray:
    """Numbers of the pairs with at most `limit` words on either side; the others are left out, none is cut.

    Raises UserError where no pair is left.
    """
    kept = np.flatnonzero(np.maximum(pairs.source.lengths, pairs.target.lengths) <= limit)
    if not len(kept):
        raise UserError(f"none of {len(pairs):,} pairs has at most {limit} words a side: raise the limit")
    return kept


class Schedule:
    """Which pairs each update sees. Shuffled once, read in order and over again; each block of batches sorted by length and cut.

    pairs: numbers of the pairs to read; lengths: (len(pairs),) what they are sorted by. in_order: the batches of a block come
    from short to long, else in random order; the papers do not say. Position n of an interrupted training is simply `[n]`.
    """

    def __init__(self, pairs: np.ndarray, lengths: np.ndarray, batch: int, blocks: int, in_order: bool, seed: int):
        if len(pairs) < batch:
            raise UserError(f"{len(pairs):,} pairs do not fill a batch of {batch}: give more text or smaller batches")
        self.pairs, self.lengths, self.batch, self.blocks, self.in_order, self.seed = (
            pairs,
            lengths,
            batch,
            blocks,
            in_order,
            seed,
        )
        self.order = generator(seed, "order of pairs").permutation(len(pairs))

    def __getitem__(self, update: int) -> np.ndarray:
        """Numbers of the pairs of one update, counted from 0: (batch,)."""
        block, place = divmod(update, self.blocks)
        return self._cut(block)[place]

    @functools.lru_cache(maxsize=1)  # noqa: B019 (lives as long as the training)
    def _cut(self, block: int) -> np.ndarray:
        """The batches of one block: (blocks, batch)."""
        size = self.batch * self.blocks
        read = self.order[np.arange(block * size, (block + 1) * size) % len(self.order)]
        batches = self.pairs[read[np.argsort(self.lengths[read], kind="stable")]].reshape(self.blocks, self.batch)
        return batches if self.in_order else generator(self.seed, f"block {block}").permutation(batches)

    def epochs(self, updates: int) -> float:
        """How often the pairs have been read after so many updates."""
        return updates * self.batch / len(self.pairs)


def schedule(pairs: ParallelTokens, limit: int, batch: int, blocks: int, in_order: bool, seed: int) -> Schedule:
    """Pairs of at most `limit` words a side, sorted by the longer side."""
    kept = within(pairs, limit)
    lengths = np.maximum(pairs.source.lengths, pairs.target.lengths)[kept]
    return Schedule(kept, lengths, batch, blocks, in_order, seed)
