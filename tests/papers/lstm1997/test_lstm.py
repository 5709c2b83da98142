"""The network as the paper states it, in float64 against hand-worked values and limiting cases."""

import pytest
import torch
from lstm_nets import ALL, random_sequences, random_weights

from papers.lstm1997.model import LSTM, learn_sequence, run, squash, with_weights
from papers.lstm1997.topology import ADDING, LOGISTIC, WIDE, Topology


def by_hand() -> LSTM:
    """One input, one cell, one output, no bias; the recurrent weights are 0."""
    network = LSTM(Topology(1, 1, 1, 1))
    with torch.no_grad():
        for layer, weight in ((network.c, 0.5), (network.in_, 0.2), (network.out, -0.3), (network.k, 0.7)):
            layer.W[0, 0] = weight
    return network


X = torch.tensor([[1.0], [-0.5], [2.0]], dtype=torch.float64)
ONE = torch.ones(1, 1, dtype=torch.float64)
# Of each step: input gate, output gate, state, output of the cell.
STEPS = ((0.549834, 0.425557, 0.269329, 0.056964), (0.475021, 0.537430, 0.151189, 0.040549),
         (0.598688, 0.354344, 0.704516, 0.119902))  # fmt: skip


def test_three_steps_worked_by_hand():
    outputs, states = run(by_hand(), X)
    for state, (y_in, y_out, s, y_c) in zip(states, STEPS, strict=True):
        assert state.y.tolist() == pytest.approx([y_c, y_in, y_out], abs=1e-6)
        assert state.s.item() == pytest.approx(s, abs=1e-6)
    assert outputs[-1].item() == pytest.approx(0.520970, abs=1e-6)


def test_one_change_worked_by_hand():
    network = by_hand()
    learn_sequence(network, X, ONE, 0.5)
    changes = (network.k.W - 0.7, network.out.W + 0.3, network.c.W - 0.5, network.in_.W - 0.2)
    expected = (0.00716692, 0.00647832, 0.00803924, 0.00391475)
    assert [change[0, 0].item() for change in changes] == pytest.approx(expected, abs=1e-8)


def test_states_derivatives_worked_by_hand():
    network = by_hand()
    for t, (of_c, of_in) in enumerate(((0.516852, 0.121243), (0.283014, 0.152254), (1.224688, 0.596368))):
        s = run(network, X[: t + 1])[1][-1].s.sum()
        gradients = torch.autograd.grad(s, (network.c.W, network.in_.W))
        assert [gradient[0, 0].item() for gradient in gradients] == pytest.approx([of_c, of_in], abs=1e-6)


def test_error_in_a_cell_flows_back_over_1000_steps_unchanged():
    network = with_weights(ADDING, *random_weights(ADDING))
    first = network.start().s.requires_grad_()
    state = network.start()._replace(s=first)
    for x in torch.tensor(random_sequences(ADDING, 1, 1000, 1)[0][0]):
        _, state = network(x, state)
    for v in range(4):
        (gradient,) = torch.autograd.grad(state.s[v], first, retain_graph=True)
        assert gradient.tolist() == [float(u == v) for u in range(4)]


def test_a_forget_gate_scales_the_error_that_flows_back():
    net = ALL["forget gates"]
    network = with_weights(net, *random_weights(net))
    state = network.start()
    first = state.s.requires_grad_()
    _, state = network(torch.zeros(net.n_in, dtype=torch.float64), state._replace(s=first))
    (gradient,) = torch.autograd.grad(state.s.sum(), first)
    assert gradient.tolist() == pytest.approx(state.y[12:].repeat_interleave(2).tolist())


def test_closed_gates_keep_a_state_to_the_bit_over_1000_steps():
    network = with_weights(ADDING, *random_weights(ADDING))
    with torch.no_grad():
        for gate in (network.in_, network.out):
            gate.W.zero_()
            gate.b.fill_(-1000.0)
        state = network.start()._replace(s=torch.tensor([0.3, -1.7, 2.0, 1e-3], dtype=torch.float64))
        kept = state.s.clone()
        for _ in range(1000):
            _, state = network(torch.zeros(2, dtype=torch.float64), state)
    assert torch.equal(state.s, kept)


def test_gates_are_shared_in_a_block():
    network = with_weights(ADDING, *random_weights(ADDING))
    with torch.no_grad():
        network.c.W[1], network.c.b[1] = network.c.W[0], network.c.b[0]
    _, states = run(network, torch.tensor(random_sequences(ADDING, 1, 5, 1)[0][0]))
    assert states[-1].s[0] == states[-1].s[1]
    assert states[-1].s[2] != states[-1].s[3]


def test_outputs_see_cells_and_nothing_else():
    network = with_weights(ADDING, *random_weights(ADDING))
    outputs, states = run(network, torch.tensor(random_sequences(ADDING, 1, 5, 1)[0][0]))
    expected = states[-1].y[:4] @ network.k.W[0] + network.k.b
    assert outputs[-1].item() == pytest.approx(expected.item())


@pytest.mark.parametrize(("how", "low", "high"), [(LOGISTIC, 0.0, 1.0), (WIDE, -2.0, 2.0)])
def test_ranges_of_the_squashing_functions(how, low, high):
    x = torch.tensor([-800.0, 0.0, 800.0], dtype=torch.float64)
    assert squash(x, how).tolist() == [low, (low + high) / 2, high]


def test_without_the_slope_an_output_errs_by_the_plain_difference():
    """Equation (19) without f': e_k = t_k - y_k."""
    net = Topology(1, 1, 1, 1, biased="all", slope=False)
    network = LSTM(net)
    learn_sequence(network, X, ONE, 1.0)
    assert network.k.b.item() == pytest.approx(0.5)  # y = f(0) = 1/2, t = 1
