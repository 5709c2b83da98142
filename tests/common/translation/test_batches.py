"""Minibatches: what is in a row, and which pairs each update sees."""

import itertools
from collections import Counter

import numpy as np
import pytest
import torch
from corpora import of_lengths, pairs

from common.data.vocabulary import END
from common.errors import UserError
from common.translation.batches import Schedule, batch_of, schedule, within

LENGTHS = np.random.default_rng(1).integers(1, 31, size=240)


def made(batch: int = 8, blocks: int = 5, in_order: bool = False, seed: int = 0) -> Schedule:
    return Schedule(np.arange(len(LENGTHS)), LENGTHS, batch, blocks, in_order, seed)


def test_every_sentence_ends_in_end_which_also_fills_its_row() -> None:
    batch = batch_of(pairs([[5, 6, 7], [8], [3, 4]], [[3], [4, 5, 6], [7, 8]]), [2, 0, 1])
    assert batch.source.tolist() == [[3, 4, END, END], [5, 6, 7, END], [8, END, END, END]]
    assert batch.lengths.tolist() == [3, 4, 2]
    assert batch.target.tolist() == [[7, 8, END, END], [3, END, END, END], [4, 5, 6, END]]
    assert batch.mask.tolist() == [[True, True, True, False], [True, True, False, False], [True, True, True, True]]


def test_words_are_those_to_predict_and_padding_is_not_among_them() -> None:
    batch = batch_of(pairs([[5], [5]], [[3], [4, 5, 6]]), [0, 1])
    assert batch.words == 2 + 4
    assert batch.target.numel() == 2 * 4


def test_tensors_come_in_the_order_in_which_a_model_takes_them() -> None:
    batch = batch_of(of_lengths([3, 2]), [0, 1])
    assert [id(tensor) for tensor in batch.tensors] == [id(t) for t in (batch.source, batch.lengths, batch.target, batch.mask)]
    assert batch.source.dtype == batch.target.dtype == torch.int64
    assert batch.mask.dtype == torch.bool


@pytest.mark.parametrize("side", ["source", "target"])
def test_an_empty_sentence_is_named(side: str) -> None:
    sentences = [[5], [], [6]]
    given = (sentences, [[5], [5], [6]]) if side == "source" else ([[5], [5], [6]], sentences)
    with pytest.raises(UserError, match="sentence 1 of the batch has no words; leave empty sentences out"):
        batch_of(pairs(*given), [0, 1, 2])


def test_a_pair_above_the_limit_on_either_side_is_left_out_and_none_is_cut() -> None:
    corpus = pairs([[3] * n for n in (4, 5, 2, 1)], [[3] * n for n in (4, 1, 5, 1)])
    assert within(corpus, 4).tolist() == [0, 3]
    plan = schedule(corpus, limit=4, batch=1, blocks=2, in_order=True, seed=0)
    seen = {int(number) for update in range(8) for number in plan[update]}
    assert seen == {0, 3}
    assert [batch_of(corpus, [number]).source.shape[1] - 1 for number in sorted(seen)] == [4, 1]


def test_a_limit_that_leaves_nothing_is_answered() -> None:
    with pytest.raises(UserError, match="none of 2 pairs has at most 3 words a side: raise the limit"):
        within(of_lengths([4, 5]), 3)


def test_too_few_pairs_for_a_batch_are_counted() -> None:
    with pytest.raises(UserError, match="2 pairs do not fill a batch of 3: give more text or smaller batches"):
        schedule(of_lengths([4, 5]), 9, batch=3, blocks=2, in_order=False, seed=0)


@pytest.mark.parametrize("in_order", [True, False])
def test_every_pair_is_read_once_an_epoch(in_order: bool) -> None:
    plan = made(in_order=in_order)
    for epoch in range(3):
        updates = range(epoch * 30, (epoch + 1) * 30)  # 240 pairs in batches of 8
        assert sorted(np.concatenate([plan[update] for update in updates])) == list(range(240))
    assert plan.epochs(30) == 1
    assert plan.epochs(45) == 1.5


def test_what_is_left_of_an_epoch_begins_the_next() -> None:
    """7 pairs in blocks of 2 batches of 2: after 7 updates each has been read twice."""
    plan = Schedule(np.arange(7), np.ones(7), batch=2, blocks=2, in_order=False, seed=0)
    assert set(Counter(np.concatenate([plan[update] for update in range(14)]).tolist()).values()) == {4}


def test_the_seed_decides_the_order_and_another_seed_another_one() -> None:
    first, again, other = (np.array([plan[update] for update in range(30)]) for plan in (made(), made(), made(seed=1)))
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)


@pytest.mark.parametrize("in_order", [True, False])
def test_a_block_is_read_together_sorted_by_length_and_cut(in_order: bool) -> None:
    plan = made(in_order=in_order)
    for block in range(6):
        batches = [plan[5 * block + place] for place in range(5)]
        assert set(np.concatenate(batches)) == set(plan.order[40 * block : 40 * (block + 1)])
        ranges = [(LENGTHS[batch].min(), LENGTHS[batch].max()) for batch in batches]
        by_length = sorted(ranges)
        assert all(longest <= shortest for (_, longest), (shortest, _) in itertools.pairwise(by_length))
        assert not in_order or ranges == by_length


def test_batches_of_a_block_come_in_random_order_unless_asked_otherwise() -> None:
    ordered, shuffled = made(in_order=True), made()
    same = 0
    for block in range(6):
        one, other = ([tuple(plan[5 * block + place]) for place in range(5)] for plan in (ordered, shuffled))
        assert sorted(one) == sorted(other)
        same += one == other
    assert same < 3


def test_sorting_within_blocks_saves_most_of_the_padding() -> None:
    def padding(plan: Schedule) -> float:
        rows = [LENGTHS[plan[update]] for update in range(30)]
        return 1 - sum(row.sum() for row in rows) / sum(row.max() * len(row) for row in rows)

    assert padding(made(blocks=5)) < 0.5 * padding(made(blocks=1))


def test_an_update_does_not_depend_on_what_was_asked_before() -> None:
    plan = made()
    forwards = [plan[update].tolist() for update in range(60)]
    for update in (59, 0, 31, 30, 7):
        assert made()[update].tolist() == forwards[update]
        assert plan[update].tolist() == forwards[update]


def test_pairs_are_sorted_by_their_longer_side() -> None:
    corpus = pairs([[3] * n for n in (1, 9, 2, 3)], [[3] * n for n in (8, 1, 7, 4)])  # longer sides 8, 9, 7, 4
    plan = schedule(corpus, limit=9, batch=1, blocks=4, in_order=True, seed=0)
    assert [int(plan[update][0]) for update in range(4)] == [3, 2, 0, 1]
