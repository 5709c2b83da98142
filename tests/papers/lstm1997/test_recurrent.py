"""The recurrent nets that LSTM is compared with, against autograd, and where they succeed."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from lstm_nets import assert_same, wide

from common.errors import UserError
from papers.lstm1997 import chance, kernel, recurrent, tasks, trials
from papers.lstm1997.topology import ELMAN_REBER, SIMPLE_ADDING, Recurrent, recurrent_2a
from papers.lstm1997.trials import Fixed, Learning, Recent
from papers.lstm1997.weights import Weights, initial_weights

SMALL = {
    "bptt": Recurrent(3, 2, 5, "bptt", biased=True, output="linear"),
    "bptt, one unit": Recurrent(3, 2, 1, "bptt", direct=True),
    "elman": Recurrent(3, 2, 5, "elman"),
    "elman, biased": Recurrent(3, 2, 5, "elman", biased=True, output="linear"),
    "rtrl": Recurrent(3, 2, 1, "rtrl", direct=True),
    "rtrl, biased": Recurrent(3, 2, 1, "rtrl", biased=True, slope=False),
}


def learn(net: Recurrent, weights: Weights, x: np.ndarray, targets: np.ndarray, rate: float, per_sequence: bool) -> np.ndarray:
    n_out, targets = targets.shape[1], wide(targets)
    outputs, index = np.zeros_like(targets), np.tile(np.arange(net.n_in), (len(x), 1))
    into = Weights(*(np.zeros_like(w) for w in weights)) if per_sequence else weights
    recurrent.run_sequence(kernel.net_of(net), weights, into, kernel.workspace(net, len(x)), rate, True, len(x), index, x,
                           targets, len(targets), outputs)  # fmt: skip
    if per_sequence:
        for weight, change in zip(weights, into, strict=True):
            weight += change
    return outputs[:, :n_out]


def reference(net: Recurrent, weights: Weights, x: np.ndarray, targets: np.ndarray, rate: float, per_sequence: bool) -> Weights:
    """The same in PyTorch. Every step gets a copy of the weights; a change sums the gradients by all copies so far."""
    now = [torch.tensor(w) for w in weights]
    copies, total = [], torch.zeros(())
    y = torch.zeros(net.n_hidden, dtype=torch.float64)
    for t, x_t in enumerate(torch.tensor(x)):
        copies.append([w.clone().requires_grad_() for w in now])
        W, V, D = copies[-1]
        seen = y.detach() if net.rule == "elman" else y
        y = torch.sigmoid(torch.cat([x_t, seen, torch.ones(1)]).double() @ W[:, : net.n_hidden])
        out = torch.cat([y, torch.ones(1)]).double() @ V[:, : net.n_out]
        if net.direct:
            out = out + x_t @ D[:, : net.n_out]
        row = t - (len(x) - len(targets))
        if row < 0:
            continue
        target = torch.tensor(targets[row])
        out = out if net.output == "linear" else torch.sigmoid(out)
        if net.slope or net.output == "linear":
            error = ((target - out) ** 2).sum() / 2
        else:
            error = torch.nn.functional.binary_cross_entropy(out, target, reduction="sum")
        total = total + error
        if not per_sequence:
            change(now, copies, error, rate, net)
    if per_sequence:
        change(now, copies, total, rate, net)
    return Weights(*(w.numpy() for w in now))


def change(now: list, copies: list, error: torch.Tensor, rate: float, net: Recurrent) -> None:
    leaves = [w for copy in copies for w in copy]
    gradients = torch.autograd.grad(error, leaves, retain_graph=True, allow_unused=True)
    for k, gradient in enumerate(gradients):
        if gradient is not None:
            now[k % 3] -= rate * gradient
    if not net.biased:
        now[0][-1], now[1][-1] = 0.0, 0.0


def sequence(net: Recurrent, length: int = 8, rows: int = 4) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(4)
    return rng.normal(size=(length, net.n_in)), rng.random((rows, net.n_out))


@pytest.mark.parametrize("per_sequence", [True, False])
@pytest.mark.parametrize("name", SMALL)
def test_changes_are_those_of_autograd(name, per_sequence):
    net = SMALL[name]
    if net.rule == "bptt" and not per_sequence:
        pytest.skip("sums over the sequence")
    weights = initial_weights(net, 0.8, 3)
    x, targets = sequence(net)
    for _ in range(3):
        expected = reference(net, weights, x, targets, 0.3, per_sequence)
        learn(net, weights, x, targets, 0.3, per_sequence)
        assert_same(weights, expected, 1e-12)


def test_summed_over_a_sequence_both_full_gradients_are_the_same():
    nets = SMALL["rtrl"], SMALL["bptt, one unit"]
    x, targets = sequence(nets[0])
    weights = [initial_weights(net, 0.8, 3) for net in nets]
    for net, w in zip(nets, weights, strict=True):
        learn(net, w, x, targets, 0.3, True)
    assert_same(*weights, 1e-14)


def test_a_long_change_is_shortened_and_keeps_its_direction():
    net = SMALL["bptt"]
    x, targets = sequence(net)
    changes = []
    for clip in (np.inf, 0.01):
        weights = initial_weights(net, 0.8, 3)
        before = np.concatenate([w.ravel().copy() for w in weights])
        learn(replace(net, clip=clip), weights, x, targets, 0.3, True)
        changes.append(np.concatenate([w.ravel() for w in weights]) - before)
    free, clipped = changes
    assert np.linalg.norm(clipped) == pytest.approx(0.3 * 0.01)
    np.testing.assert_allclose(clipped / np.linalg.norm(clipped), free / np.linalg.norm(free), atol=1e-10)


@pytest.mark.parametrize(
    ("net", "n"),
    [
        (recurrent_2a(4), 36),
        (recurrent_2a(10), 144),
        (recurrent_2a(100), 10404),
        (recurrent_2a(100, "bptt"), 10404),
        (ELMAN_REBER, 435),
        (SIMPLE_ADDING, 97),
    ],
)
def test_weight_counts(net, n):
    assert net.n_weights == n
    assert sum(int((w != 0).sum()) for w in initial_weights(net, 0.2, 1)) == n


def test_real_time_learning_of_more_than_one_unit_is_refused():
    with pytest.raises(UserError, match="with 3 hidden units"):
        Recurrent(7, 7, 3, "rtrl")


def test_through_time_with_a_change_at_each_step_is_refused():
    learning = Learning(1.0, 0.25, Fixed())
    net = Recurrent(5, 5, 1, "bptt", direct=True)
    with pytest.raises(UserError, match="set per_sequence"):
        trials.advance(trials.start(initial_weights(net, 0.2, 1), learning, 1), net, tasks.noise_free(4), learning, 1)


def test_a_single_unit_bridges_a_lag_of_two_but_not_soon_one_of_ten():
    learning = Learning(10.0, 0.25, Fixed())
    solved = []
    for p in (2, 10):
        net = recurrent_2a(p)
        state = trials.start(initial_weights(net, 0.2, 1), learning, 1)
        solved.append(trials.advance(state, net, tasks.noise_free(p), learning, 20_000))
    assert solved == [True, False]


def test_a_simple_net_stays_near_chance_on_adding():
    learning = Learning(0.1, 0.04, Recent(2000, 1, 0.01), per_sequence=True)
    task = tasks.Adding(40)
    state = trials.start(initial_weights(SIMPLE_ADDING, 0.1, 1), learning, 1)
    assert not trials.advance(state, SIMPLE_ADDING, task, learning, 20_000)
    assert trials.test(state.weights, SIMPLE_ADDING, task, 2560, chance.stream(1, "test"))[:, 1].mean() > 0.14


def test_elmans_rule_learns_the_short_range_of_the_reber_grammar():
    """Each step's two legal successors come to the top far more often than by chance, the symbol 6 steps back is another matter."""
    training, test = tasks.reber(256, 64, np.random.default_rng(1))
    learning = Learning(0.1, 0.5, Fixed(test, every=1000))
    state = trials.start(initial_weights(ELMAN_REBER, 0.2, 1), learning, 1)
    untrained = trials.test(state.weights, ELMAN_REBER, training, 200, chance.stream(1, "test"))[:, 2].mean()
    trials.advance(state, ELMAN_REBER, training, learning, 20_000)
    assert trials.test(state.weights, ELMAN_REBER, training, 200, chance.stream(1, "test"))[:, 2].mean() < untrained / 3
