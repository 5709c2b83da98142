"""When a trial stops, on sequences of errors made by hand; that it goes on after a break as if there were none; that it learns."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from lstm_nets import arrays, assert_same, random_weights

from common.errors import UserError
from papers.lstm1997 import chance, loop, tasks, trials
from papers.lstm1997.model import run, with_weights
from papers.lstm1997.tasks import Adding, Distractors, Order, RandomInner, TwoSequences
from papers.lstm1997.topology import ADDING, ORDER_6A, REBER_3X2, TWO_SEQUENCES, Topology, lag_2a, lag_2c
from papers.lstm1997.trials import Fixed, Fresh, Learning, Recent, State
from papers.lstm1997.weights import Weights, initial_weights, zero_weights

ST3 = Recent(2000, 1, 0.01)
SHORT_ORDER = Order((20, 22), ((2, 4), (8, 10)))


def adding(seed: int = 1, stop: Recent | Fresh = ST3, T: int = 20) -> tuple[State, tuple]:
    learning = Learning(0.5, 0.04, stop)
    weights = initial_weights(ADDING, 0.1, seed, input_gates=(-3.0, -6.0))
    return trials.start(weights, learning, seed), (ADDING, Adding(T), learning)


# --- Stop rules ---------------------------------------------------------------------------------------------------------


def remembered(window: int, errors: list[float], tolerance: float = 0.5) -> State:
    state, _ = adding(stop=Recent(window))
    for error in errors:
        state.counts[loop.SEEN] += 1
        loop._remember(state.counts, state.errors, state.wrong, error, error >= tolerance)
    return state


def is_over(state: State, stop: Recent) -> bool:
    return loop.recent_are_good(state.counts, state.errors, stop.wrong_below, stop.mean_below)


@pytest.mark.parametrize(
    ("errors", "stop", "over"),
    [
        ([0.1, 0.1, 0.1], Recent(4), False),  # too few yet
        ([0.1, 0.1, 0.1, 0.1], Recent(4), True),
        ([0.1, 0.9, 0.1, 0.1], Recent(4), False),  # one is wrong
        ([0.9, 0.1, 0.1, 0.1, 0.1], Recent(4), True),  # the wrong one is no longer recent
        ([0.1, 0.9, 0.1, 0.1], Recent(4, wrong_below=2), True),
        ([0.9, 0.9, 0.1, 0.1], Recent(4, wrong_below=2), False),
        ([0.2, 0.2, 0.2, 0.2], Recent(4, 1, 0.2), False),  # all right, and not close enough on average
        ([0.4, 0.2, 0.2, 0.2, 0.1], Recent(4, 1, 0.2), True),
        ([float("nan"), 0.1, 0.1, 0.1], Recent(4), True),  # a NaN is judged wrong by the caller
    ],
)
def test_the_rule_of_the_recent_sequences(errors, stop, over):
    assert is_over(remembered(stop.window, errors), stop) == over


def test_the_ring_holds_the_recent_errors_alone():
    state = remembered(3, [1.0, 2.0, 3.0, 4.0])
    assert sorted(state.errors) == [2.0, 3.0, 4.0]
    assert state.counts[loop.WRONG] == 3
    assert state.error() == 3.0


@pytest.mark.parametrize(
    ("outputs", "ranked"),
    [
        ([[0.1, 0.9, 0.2], [0.5, 0.4, 0.9]], True),
        ([[0.1, 0.9, 0.2], [0.3, 0.4, 0.9]], False),  # at the second step a legal one is below an illegal one
        ([[0.9, 0.9, 0.2], [0.5, 0.4, 0.9]], False),  # as high is not above
        ([[0.1, np.nan, 0.2], [0.5, 0.4, 0.9]], False),
    ],
)
def test_legal_symbols_must_rank_above_all_others(outputs, ranked):
    legal = np.array([0b010, 0b101])
    assert loop._ranked(legal, 2, np.array(outputs), 3) == ranked


def test_errors_are_judged_over_all_outputs_of_all_targets_or_at_the_last():
    targets, outputs = np.array([[1.0, 0.0], [0.0, 0.0]]), np.array([[0.5, 0.0], [0.1, -0.2]])
    assert loop._judge(True, 2, targets, outputs, 2) == pytest.approx((0.5, 0.8 / 4, 0.3 / 4))
    assert loop._judge(False, 2, targets, outputs, 2) == pytest.approx((0.2, 0.3 / 2, 0.05 / 2))


def test_late_cells_join_once_a_hundred_errors_are_no_smaller_than_the_hundred_before():
    counts, hundreds = np.zeros(6, np.int64), np.array([0.0, np.inf])
    for seen in range(1, 401):
        counts[loop.SEEN] = seen
        loop._decide_on_cells(counts, hundreds, {1: 0.9, 2: 0.5, 3: 0.49995, 4: 0.1}[(seen - 1) // 100 + 1], 0.999)
        if counts[loop.ADDED]:
            break
    assert counts[loop.ADDED] == 300


def test_the_rule_of_fresh_sequences_asks_a_frozen_net_every_so_often():
    """With bounds that any net keeps, both conditions hold when they are first asked, and the net has not changed since."""
    state, (net, _, _) = adding()
    task, learning = Adding(20), Learning(0.5, 10.0, Fresh(10.0, every=30))
    assert trials.advance(state, net, task, learning, 1000)
    assert (state.seen, state.first, state.reason) == (30, 30, "stopped")


def test_the_first_condition_is_noted_and_the_second_ends_the_trial():
    state, (net, task, _) = adding()
    learning = Learning(0.5, 10.0, Fresh(1e-9, every=50))
    assert not trials.advance(state, net, task, learning, 120)
    assert (state.seen, state.first) == (120, 50)


def test_one_test_set_that_is_drawn_once_stays_as_it_is():
    """Every tenth sequence the net is asked: by the same sequences, or by others, by where the stream of the tests stands."""
    streams = []
    for fixed in (True, False):
        state, (net, task, _) = adding()
        before = state.test_rng.copy()
        trials.advance(state, net, task, Learning(0.5, 1e-9, Fresh(1e-9, every=10, fixed=fixed)), 30)
        streams.append((state.test_rng == before).all())
    assert streams == [True, False]


def test_fixed_strings_are_all_asked():
    """Weights that echo the first symbol's successor by hand are right in ranking; with one of them cut, they are not."""
    symbols = tasks.Strings(((0, 1, 0), (1, 0, 1)), 2, 1, (((1,), (0,)), ((0,), (1,))))
    net = Topology(2, 2, 1, 1, "B")
    weights = zero_weights(net)
    weights.D[0, 1] = weights.D[1, 0] = 5.0
    assert trials.wrongly_ranked(weights, net, symbols) == 0
    weights.D[0, 1] = 0.0
    assert trials.wrongly_ranked(weights, net, symbols) == 2


def test_weights_that_are_not_finite_end_a_trial_with_the_reason():
    state, (net, task, learning) = adding()
    assert trials.advance(state, net, task, replace(learning, rate=1e200), 1000)
    assert state.reason == "weights are not finite"
    assert state.seen <= 200


def test_a_trial_that_is_over_stays_over():
    state, (net, task, _) = adding(stop=Recent(10))
    learning = Learning(0.5, 10.0, Recent(10))
    assert trials.advance(state, net, task, learning, 1000)
    before = [array.copy() for array in state]
    assert trials.advance(state, net, task, learning, 1000)
    for now, then in zip(state, before, strict=True):
        np.testing.assert_array_equal(now, then)


def test_a_net_of_another_task_is_refused():
    state, (_, task, learning) = adding()
    with pytest.raises(UserError, match="a net of 8 inputs and 4 outputs on a task of 2 and 1"):
        trials.advance(state, ORDER_6A, task, learning, 1)


@pytest.mark.parametrize(
    ("net", "learning", "says"),
    [
        (ADDING, Learning(0.5, 0.04, Fixed()), "fixed strings on Adding"),
        (replace(ADDING, truncated=False), Learning(0.5, 0.04, ST3), "set per_sequence"),
        (replace(ADDING, truncated=False), Learning(0.5, 0.04, ST3, True, 0.9), "leave late_cells at 0"),
        (ADDING, Learning(0.5, 0.04, ST3, adam=True), "Adam with a change at each step: set per_sequence"),
    ],
)
def test_what_does_not_go_together_is_refused(net, learning, says):
    state, _ = adding()
    with pytest.raises(UserError, match=says):
        trials.advance(state, net, Adding(20), learning, 1)


# --- Going on -----------------------------------------------------------------------------------------------------------

REBER = tasks.reber(16, 16, np.random.default_rng(0))
TRIALS = {
    "1": (REBER_3X2, REBER[0], Learning(0.5, 0.5, Fixed(REBER[1], every=10))),
    "1, per sequence": (REBER_3X2, REBER[0], Learning(0.5, 0.5, Fixed(REBER[1], every=10), per_sequence=True)),
    "2a": (lag_2a(20), tasks.noise_free(20), Learning(1.0, 0.25, Fixed(), late_cells=0.9999)),
    "2b": (lag_2a(5), RandomInner(5), Learning(1.0, 0.25, Recent(10_000), late_cells=0.9999)),
    "2c": (lag_2c(3), Distractors(3, 3), Learning(0.1, 0.2, Recent(10_000))),
    "3": (TWO_SEQUENCES, TwoSequences(20, 3, True, True), Learning(1.0, 0.2, Fresh(0.01, every=37))),
    "4": (ADDING, Adding(20), Learning(0.5, 0.04, Recent(2000, 1, 0.01))),
    "4, full gradient": (replace(ADDING, truncated=False), Adding(20), Learning(0.5, 0.04, ST3, per_sequence=True)),
    "4, Adam": (ADDING, Adding(20), Learning(0.001, 0.04, ST3, per_sequence=True, adam=True)),
    "5": (ADDING, Adding(20, product=True), Learning(0.1, 0.04, Recent(2000, 140))),
    "6": (ORDER_6A, SHORT_ORDER, Learning(0.5, 0.3, Recent(2000, 1, 0.1))),
}


@pytest.mark.parametrize("name", TRIALS)
def test_a_trial_that_was_stored_goes_on_to_the_bit(name):
    net, task, learning = TRIALS[name]
    whole = trials.start(random_weights(net, 0.1), learning, 4)
    trials.advance(whole, net, task, learning, 600)
    part = trials.start(random_weights(net, 0.1), learning, 4)
    for chunk in (1, 250, 349):
        trials.advance(part, net, task, learning, chunk)
        part = State(**{name: array.copy() for name, array in part._asdict().items()})
    assert whole.seen == 600
    for ours, theirs in zip(part, whole, strict=True):
        assert ours.tobytes() == theirs.tobytes()


def test_seeds_decide_a_trial():
    first, again, other = (adding(seed) for seed in (1, 1, 2))
    for state, how in (first, again, other):
        trials.advance(state, *how, 300)
    assert first[0].W.tobytes() == again[0].W.tobytes() != other[0].W.tobytes()


# --- Learning -----------------------------------------------------------------------------------------------------------


def test_the_adding_problem_is_learned_at_a_small_size():
    state, how = adding(T=20)
    assert trials.advance(state, *how, 100_000)
    assert 5_000 < state.seen < 80_000
    errors = trials.test(state.weights, *how[:2], 2560, chance.stream(1, "test"))
    assert (errors[:, 0] >= 0.04).sum() <= 25
    assert errors[:, 1].mean() < 0.015


def test_adam_changes_weights_as_torch_does():
    learning = Learning(0.01, 0.04, ST3, per_sequence=True, adam=True)
    state = trials.start(random_weights(ADDING, 0.3), learning, 4)
    network, stream = with_weights(ADDING, *state.weights), state.rng.copy()
    theirs = torch.optim.Adam(network.parameters(), lr=0.01)
    for _ in range(20):
        x, targets = tasks.draw(Adding(20), stream)
        theirs.zero_grad()
        network.error(run(network, torch.tensor(x))[0][-1], torch.tensor(targets[0])).backward()
        theirs.step()
    trials.advance(state, ADDING, Adding(20), learning, 20)
    assert_same(state.weights, arrays(network), 1e-9)


def test_the_states_at_the_end_of_a_test_sequence_are_measured():
    state, (net, task, _) = adding()
    x, _ = tasks.draw(task, chance.stream(1, "drift"))
    _, states = run(with_weights(net, *state.weights), torch.tensor(x))
    errors = trials.test(state.weights, net, task, 3, chance.stream(1, "drift"))
    assert errors[0, 3] == pytest.approx(states[-1].s.abs().mean().item(), abs=1e-12)


def test_states_drift_less_once_what_enters_at_every_step_alike_is_cut():
    cut = replace(ADDING, biased_cells=False, gates_feed=False, printed=None)
    drifts = [
        trials.test(initial_weights(net, 0.1, seed), net, Adding(500), 50, chance.stream(seed, "drift"))[:, 3].mean()
        for net in (ADDING, cut) for seed in range(5)
    ]  # fmt: skip
    assert np.mean(drifts[:5]) > 3 * np.mean(drifts[5:])


def test_an_untrained_net_is_off_by_chance_on_the_adding_problem():
    state, how = adding()
    errors = trials.test(state.weights, *how[:2], 2560, chance.stream(1, "test"))
    assert errors[:, 1].mean() > 0.1
    np.testing.assert_allclose(errors[:, 0] ** 2, errors[:, 2])  # one output: largest = mean


def test_temporal_order_is_learned_at_a_small_size():
    learning = Learning(0.5, 0.3, Recent(2000, 1, 0.1))
    state = trials.start(initial_weights(ORDER_6A, 0.1, 1, input_gates=(-2.0, -4.0)), learning, 1)
    assert trials.advance(state, ORDER_6A, SHORT_ORDER, learning, 100_000)
    errors = trials.test(state.weights, ORDER_6A, SHORT_ORDER, 2560, chance.stream(1, "test"))
    assert (errors[:, 0] >= 0.3).mean() < 0.01


def test_a_lag_of_20_is_bridged_by_a_late_cell():
    net, task, learning = TRIALS["2a"]
    state = trials.start(initial_weights(net, 0.2, 1), learning, 1)
    assert trials.advance(state, net, task, learning, 40_000)
    assert state.reason == "stopped"
    assert 0 < state.added < state.seen
    assert trials.test(state.weights, net, task, 50, chance.stream(1, "test"))[:, 0].max() < 0.25


def test_no_cell_no_memory():
    """While the cells have not joined, the last symbol is a guess: half off, whatever was learned."""
    net, task, learning = TRIALS["2a"]
    state = trials.start(initial_weights(net, 0.2, 1), replace(learning, late_cells=1e9), 1)
    assert not trials.advance(state, net, task, replace(learning, late_cells=1e9), 5000)
    assert state.added is None
    none = net_without_memory(state.weights)
    assert trials.test(none, net, task, 50, chance.stream(1, "test"))[:, 0].max() > 0.4


def net_without_memory(weights: Weights) -> Weights:
    return Weights(weights.W, np.zeros_like(weights.V), weights.D)


def test_two_sequences_are_told_apart_at_a_small_size():
    learning = Learning(1.0, 0.2, Fresh(0.01))
    weights = initial_weights(TWO_SEQUENCES, 0.1, 1, (-1.0, -3.0, -5.0), (-2.0, -4.0, -6.0))
    state = trials.start(weights, learning, 1)
    assert trials.advance(state, TWO_SEQUENCES, TwoSequences(20, 3), learning, 60_000)
    assert state.reason == "stopped"
    assert state.first <= state.seen
    assert state.seen % 100 == 0
