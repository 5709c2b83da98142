"""The compiled engine against the PyTorch reference, in double precision, for every topology of the paper."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from lstm_nets import ALL, DEPARTURES, SMALL, arrays, assert_same, gradient, learn, random_sequences, random_weights, wide

from papers.lstm1997 import kernel
from papers.lstm1997.model import learn_sequence, learn_steps, run, with_weights
from papers.lstm1997.topology import ADDING, ORDER_6B, REBER_3X2, lag_2c
from papers.lstm1997.weights import Weights, initial_weights


@pytest.mark.parametrize("name", ALL)
def test_a_hundred_changes_at_the_last_step_give_the_weights_of_the_reference(name):
    net = ALL[name]
    weights, work = random_weights(net), kernel.workspace(net, 99)
    reference = with_weights(net, *weights)
    for x, targets in random_sequences(net, 100, 6, 1):
        ours = learn(net, weights, x, targets, 0.2, work=work)
        theirs = learn_sequence(reference, torch.tensor(x), torch.tensor(targets), 0.2)
        np.testing.assert_allclose(ours, theirs, atol=1e-11)
    assert_same(weights, arrays(reference), 1e-10)


@pytest.mark.parametrize("name", ALL)
def test_changes_at_each_step_give_the_weights_of_the_reference(name):
    net = ALL[name]
    weights, work = random_weights(net), kernel.workspace(net, 99)
    reference = with_weights(net, *weights)
    for x, targets in random_sequences(net, 25, 6, 5):
        learn(net, weights, x, targets, 0.2, work=work)
        learn_steps(reference, torch.tensor(x), torch.tensor(targets), 0.2)
    assert_same(weights, arrays(reference), 1e-10)


@pytest.mark.parametrize("name", ALL)
def test_summed_changes_give_the_weights_of_the_reference(name):
    net = ALL[name]
    weights = random_weights(net)
    reference = with_weights(net, *weights)
    for x, targets in random_sequences(net, 50, 6, 5):
        learn(net, weights, x, targets, 0.2, per_sequence=True)
        learn_sequence(reference, torch.tensor(x), torch.tensor(targets), 0.2)
    assert_same(weights, arrays(reference), 1e-10)


@pytest.mark.parametrize("name", SMALL)
def test_without_recurrent_weights_the_truncated_gradient_is_the_exact_one(name):
    """Central differences of (1/2) sum (t - y)^2, targets at all steps."""
    net = SMALL[name]
    weights = random_weights(net)
    weights.W[net.n_in : net.n_in + net.n_recurrent] = 0.0
    ((x, targets),) = random_sequences(net, 1, 7, 7)
    found, step = gradient(net, weights, x, targets), 1e-5

    def error() -> float:
        frozen = Weights(*(w.copy() for w in weights))
        return ((learn(net, frozen, x, targets, 0.0) - targets) ** 2).sum() / 2

    rng = np.random.default_rng(3)
    for weight, of_weight in zip(weights, found, strict=True):
        for place in rng.permutation(np.argwhere(of_weight != 0.0))[:40]:
            i, j = place
            if weight is weights.W and net.n_in <= i < net.n_in + net.n_recurrent:
                continue
            value = weight[i, j]
            weight[i, j] = value + step
            above = error()
            weight[i, j] = value - step
            below = error()
            weight[i, j] = value
            assert abs((above - below) / (2 * step) - of_weight[i, j]) < 1e-8


@pytest.mark.parametrize("name", ["4 and 5", "6a", "6b", "3"])
def test_with_small_recurrent_weights_the_truncated_gradient_points_the_same_way(name):
    net = SMALL[name]
    weights = random_weights(net, 0.5)
    ((x, targets),) = random_sequences(net, 1, 12, 1)
    full = with_weights(replace(net, truncated=False), *weights)
    learn_sequence(full, torch.tensor(x), torch.tensor(targets), 0.0)
    a, b = (np.concatenate([part.ravel() for part in w]) for w in (gradient(net, weights, x, targets), arrays(full, True)))
    assert a @ b / np.sqrt((a @ a) * (b @ b)) > 0.9
    assert not np.allclose(a, b, atol=1e-6)


@pytest.mark.parametrize("name", ALL)
def test_weights_that_a_topology_lacks_stay_zero(name):
    net = ALL[name]
    weights = random_weights(net)
    for x, targets in random_sequences(net, 5, 6, 3):
        learn(net, weights, x, targets, 0.3)
    n_present = sum(int((w != 0.0).sum()) for w in weights)
    assert n_present == net.n_weights


@pytest.mark.parametrize("name", ["4 and 5", "3"])
def test_a_closed_input_gate_keeps_the_state_at_zero(name):
    net = SMALL[name]
    weights, work = random_weights(net), kernel.workspace(net, 99)
    weights.W[:, net.n_cells : net.n_cells + net.blocks] = 0.0
    weights.W[-1, net.n_cells : net.n_cells + net.blocks] = -50.0
    before = weights.V.copy()
    ((x, targets),) = random_sequences(net, 1, 10, 1)
    learn(net, weights, x, targets, 0.5, work=work)
    assert abs(work.s[: net.n_cells]).max() < 1e-20
    np.testing.assert_allclose(weights.V[:-1], before[:-1], atol=1e-20)
    assert (weights.V[-1, 0] != before[-1, 0]) == net.output_bias


def test_an_output_gate_that_opens_at_the_end_alone_is_as_good_as_one_always_open():
    """In a net whose hidden layer does not see itself: nothing but the outputs reads the cells."""
    net = ADDING
    weights = random_weights(net)
    weights.W[net.n_in : net.n_in + net.n_recurrent] = 0.0
    gates = slice(net.n_cells + net.blocks, net.n_hidden)
    weights.W[:, gates] = 0.0
    ((x, targets),) = random_sequences(net, 1, 10, 1)
    x[:, 1] = 0.0
    x[-1, 1] = 1.0
    results = []
    for closed in (0.0, -50.0):
        weights.W[-1, gates], weights.W[1, gates] = closed, -closed
        frozen = Weights(*(w.copy() for w in weights))
        results.append(learn(net, frozen, x, targets, 0.0)[0, 0])
    assert results[0] == pytest.approx(results[1], abs=1e-14)


def test_there_are_two_derivatives_for_each_source_of_each_cell():
    """2 C S I, 88 for the net of the adding problem: 4 cells, 11 sources, own weights and the input gate's."""
    net = ADDING
    work = kernel.workspace(net, 99)
    ((x, targets),) = random_sequences(net, 1, 12, 1)
    learn(net, random_weights(net), x, targets, 0.1, work=work)
    assert int((work.P != 0.0).sum()) == 2 * 4 * 11


def test_a_symbol_that_never_comes_keeps_its_weights_to_the_bit():
    net = lag_2c(20)
    weights = random_weights(net)
    before = weights.W[7].tobytes()
    ((x, targets),) = random_sequences(net, 1, 15, 1)
    x[:, 7] = 0.0
    learn(net, weights, x, targets, 0.5)
    assert weights.W[7].tobytes() == before


def test_cells_that_are_not_there_yet_do_nothing():
    net = SMALL["2a"]
    weights = random_weights(net)
    before = Weights(*(w.copy() for w in weights))
    ((x, targets),) = random_sequences(net, 1, 6, 6)
    targets = wide(targets)
    outputs, index = np.zeros_like(targets), np.tile(np.arange(net.n_in), (6, 1))
    none = kernel.net_of(net)._replace(blocks=0, cells=0)
    kernel.run_sequence(none, weights, weights, kernel.workspace(net, 99), 0.0, True, 6, index, x, targets, 6, outputs)
    np.testing.assert_allclose(outputs[:, : net.n_out], 1 / (1 + np.exp(-(x @ before.D[:, : net.n_out]))), atol=1e-14)
    kernel.run_sequence(none, weights, weights, kernel.workspace(net, 99), 0.5, True, 6, index, x, targets, 6, outputs)
    np.testing.assert_array_equal(weights.W, before.W)
    np.testing.assert_array_equal(weights.V, before.V)
    assert (weights.D != before.D).any()


def test_initial_weights_keep_to_their_range_but_for_the_biases_given():
    weights = initial_weights(ORDER_6B, 0.1, 3, input_gates=(-2.0, -4.0, -6.0))
    assert weights.W[-1, 6:9].tolist() == [-2.0, -4.0, -6.0]
    weights.W[-1, 6:9] = 0.0
    for weight in weights:
        assert abs(weight).max(initial=0.0) <= 0.1
    assert weights.W[:-1, :12].std() == pytest.approx(0.1 / np.sqrt(3), rel=0.1)


def test_only_gates_are_biased_in_task_1():
    weights = initial_weights(REBER_3X2, 0.2, 3, output_gates=(-1.0, -2.0, -3.0))
    assert weights.W[-1].tolist()[:6] == [0.0] * 6
    assert weights.W[-1, 6:9].all()
    assert weights.W[-1, 9:12].tolist() == [-1.0, -2.0, -3.0]


def test_forget_gates_start_open():
    net = DEPARTURES["forget gates"]
    for bias in (1.0, 5.0):
        weights = initial_weights(net, 0.1, 1, forget_gates=bias)
        assert weights.W[-1, net.n_hidden - 3 : net.n_hidden].tolist() == [bias] * 3


def test_running_frozen_gives_the_states_of_the_reference():
    net = ADDING
    weights, work = random_weights(net), kernel.workspace(net, 99)
    ((x, targets),) = random_sequences(net, 1, 9, 1)
    learn(net, weights, x, targets, 0.0, work=work)
    _, states = run(with_weights(net, *weights), torch.tensor(x))
    np.testing.assert_allclose(work.s[:4], states[-1].s.detach(), atol=1e-14)


@pytest.mark.parametrize("name", ALL)
def test_the_full_gradient_is_that_of_autograd(name):
    net = replace(ALL[name], truncated=False)
    weights = random_weights(net)
    reference = with_weights(net, *weights)
    for x, targets in random_sequences(net, 20, 9, 4):
        theirs = learn_sequence(reference, torch.tensor(x), torch.tensor(targets), 0.2)
        np.testing.assert_allclose(learn(net, weights, x, targets, 0.2, per_sequence=True), theirs, atol=1e-12)
    assert_same(weights, arrays(reference), 1e-11)
