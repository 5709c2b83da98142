"""Errors on their way back: the paper's products, its bound, and the memory cell in which nothing happens to them."""

import math
from dataclasses import replace
from itertools import product

import numpy as np
import pytest
import torch
from lstm_nets import ALL, random_sequences, random_weights

from papers.lstm1997 import error_flow
from papers.lstm1997.error_flow import bound, carousel, decay, entry_and_exit, measure, recurrent_factors
from papers.lstm1997.model import LSTM, run, with_weights
from papers.lstm1997.topology import ADDING, Topology


def net_of_three(q_max: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(3)
    return rng.uniform(-2.0, 2.0, (3, 3)), rng.uniform(-1.0, 1.0, (q_max + 2, 3))


def lstm(net: Topology, length: int) -> tuple[LSTM, torch.Tensor]:
    return with_weights(net, *random_weights(net)), torch.tensor(random_sequences(net, 1, length, 1)[0][0])


def h_by_hand(s: torch.Tensor) -> torch.Tensor:
    return 2 * torch.sigmoid(s) - 1


def test_one_step_back_is_slope_times_weight():
    """Two units, activations 0 before the first step, so that its inputs ln 3 and 0 are the nets: f = 3/4 and 1/2, f' = 3/16 and 1/4."""
    W = np.array([[1.0, -2.0], [3.0, 0.5]])
    factors = recurrent_factors(W, np.array([[math.log(3.0), 0.0]]), 1)
    by_hand = [[3 / 16 * 1.0, 3 / 16 * 3.0], [1 / 4 * -2.0, 1 / 4 * 0.5]]  # [v][u] = f'_v w_uv
    np.testing.assert_allclose(factors[0], by_hand, rtol=1e-14)


def test_the_product_of_matrices_is_the_sum_over_all_paths():
    W, inputs = net_of_three(3)
    f = error_flow.logistic(error_flow.summed_inputs(W, inputs))
    factors = recurrent_factors(W, inputs, 3)
    for u, v in product(range(3), repeat=2):
        paths = [(u, *between, v) for between in product(range(3), repeat=2)]
        assert len(paths) == 3**2
        expected = 0.0
        for path in paths:
            term = 1.0
            for m in (1, 2, 3):
                to, at = path[m - 1], path[m]
                term *= f[-m, at] * (1 - f[-m, at]) * W[to, at]
            expected += term
        assert factors[2, v, u] == pytest.approx(expected, rel=1e-12)


def test_factors_are_the_derivatives_of_later_summed_inputs_by_earlier_ones():
    W, inputs = net_of_three(6)
    net, nets = torch.tensor(inputs[0], requires_grad=True), []
    for x in (*torch.tensor(inputs[1:]), torch.zeros(3)):
        nets.append(net)
        net = torch.tensor(W) @ torch.sigmoid(net) + x
    factors = recurrent_factors(W, inputs, 6)
    for u in range(3):
        gradients = torch.autograd.grad(net[u], nets, retain_graph=True)
        for q in range(1, 7):
            np.testing.assert_allclose(factors[q - 1, :, u], gradients[-q].numpy(), rtol=1e-11)


@pytest.mark.parametrize("w", [0.2, 0.39])
def test_every_error_is_below_the_bound_and_fades_faster(w):
    """10 units: the bound vanishes for w < 0.4."""
    flow, q = measure(10, w, 20, 100, seed=1), np.arange(1, 101)
    assert flow.mean.shape == flow.maximum.shape == (20, 100)
    assert (flow.maximum > 0).all()
    assert (flow.maximum <= bound(10, w, q)).all()
    assert (decay(flow.mean, 10, 100) < math.log10(10 * w / 4)).all()


def test_one_unit_at_the_steepest_point_reaches_the_bound():
    """w = 8: an activation of 1/2 and an input of -4 give a net of 0 for ever, so that each step doubles the error."""
    inputs = np.array([[0.0]] + [[-4.0]] * 9)
    q = np.arange(1, 11)
    assert recurrent_factors(np.array([[8.0]]), inputs, 10).ravel().tolist() == (2.0**q).tolist()
    assert bound(1, 8.0, q).tolist() == (2.0**q).tolist()


def test_large_weights_let_errors_grow_in_some_nets_and_saturate_others():
    """w = 8, far above 4/n. The mean over nets grows; f' of saturated units makes errors vanish in other nets all the same."""
    flow = measure(10, 8.0, 20, 100, seed=1)
    assert flow.mean[:, 99].mean() > 10 * flow.mean[:, 0].mean()
    assert flow.maximum[:, 19].max() > 10 * flow.maximum[:, 0].max()
    assert flow.mean[:, 99].min() < 1e-6 * flow.mean[:, 0].min()


def test_a_seed_gives_the_same_nets_and_its_first_nets_are_the_same_whatever_their_number():
    one, two = measure(4, 1.0, 2, 5, seed=1), measure(4, 1.0, 3, 5, seed=1)
    assert np.array_equal(one.mean, two.mean[:2])
    assert not np.array_equal(one.mean, measure(4, 1.0, 2, 5, seed=2).mean)


def test_decay_of_the_bound_is_the_logarithm_of_tau():
    sizes = np.stack([bound(10, w, np.arange(1, 31)) for w in (0.2, 0.4)])
    assert decay(sizes, 10, 30) == pytest.approx([math.log10(0.5), 0.0], abs=1e-12)


def test_the_carousel_carries_an_error_over_1000_steps_unchanged():
    factors = carousel(*lstm(ADDING, 1001), 1000)
    assert factors.shape == (1000, 4)
    assert (factors == 1.0).all()


def test_a_forget_gate_makes_the_carousel_a_product_of_its_activations():
    net = ALL["forget gates"]
    network, x = lstm(net, 21)
    kept = torch.stack([state.y[-net.blocks :] for state in run(network, x)[1]]).repeat_interleave(net.size, 1).detach().numpy()
    factors = carousel(network, x, 20)
    assert factors[0] == pytest.approx(kept[-1])
    np.testing.assert_allclose(factors, np.cumprod(kept[::-1][:20], axis=0), rtol=1e-12)
    assert factors[-1].max() < 0.1


def test_the_full_gradient_adds_what_leaves_a_cell_and_comes_back():
    """One step back: s(t-1) moves y_c(t-1), which moves both gates and the cell's own input at t; checked by differences."""
    net = replace(ADDING, truncated=False)
    network, x = lstm(net, 6)
    factors = carousel(network, x, 1)[0]
    before = run(network, x[:-1])[1][-1]
    for v in range(4):
        ends = []
        for nudge in (1e-5, -1e-5):
            s, y = before.s.detach().clone(), before.y.detach().clone()
            y_out = y[net.n_cells + net.blocks + v // net.size]
            s[v] += nudge
            y[v] = y_out * h_by_hand(s[v])
            ends.append(network(x[-1], before._replace(y=y, s=s))[1].s[v].item())
        assert factors[v] == pytest.approx((ends[0] - ends[1]) / 2e-5, abs=1e-8)
    assert np.abs(factors - 1.0).min() > 1e-6


def test_entry_and_exit_worked_by_hand():
    """One cell that sees its input, nothing recurrent; x = 0 at both steps: gates 1/2, net_c = 0, g' = 4/4, s = 0, h' = 2/4."""
    network = LSTM(Topology(1, 1, 1, 1))
    scale = entry_and_exit(network, torch.zeros(2, 1, dtype=torch.float64), 1)
    assert scale.tolist() == [[pytest.approx(1 / 2 * 1 / 2 * 1 * 1 / 2)]]


@pytest.mark.parametrize("task", ["4 and 5", "2a", "1, 3x2", "ranges of table 10", "drift-free"])
def test_entry_and_exit_are_all_that_the_truncated_graph_does_to_an_error(task):
    """The last input feeds the cells alone, by weight 1: the derivative by it is that by the cells' summed inputs."""
    net = ALL[task]
    network, x = lstm(net, 31)
    with torch.no_grad():
        for layer, weight in ((network.c, 1.0), (network.in_, 0.0), (network.out, 0.0)):
            if layer is not None:
                layer.W[:, net.n_in - 1] = weight
    x.requires_grad_()
    y_c = run(network, x)[1][-1].y[: net.n_cells]
    by_autograd = [torch.autograd.grad(y, x, retain_graph=True)[0][:-1, -1].flip(0).numpy() for y in y_c]
    np.testing.assert_allclose(entry_and_exit(network, x, 30), np.stack(by_autograd, axis=1), rtol=1e-10)
