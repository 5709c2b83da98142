"""The compiled learning rule against the PyTorch reference, in double precision."""

import numpy as np
import pytest
import torch

from papers.elman1990 import kernel
from papers.elman1990.kernel import Rule, Weights
from papers.elman1990.model import SimpleRecurrentNetwork, learn_stream


@pytest.fixture
def stream() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(7)
    return (rng.random((40, 5)) < 0.4).astype(float), rng.random((40, 3))


def start(n_in: int = 5, n_hidden: int = 6, n_out: int = 3) -> tuple[Weights, Weights, np.ndarray]:
    weights = kernel.initial_weights(n_in, n_hidden, n_out, 0.8, seed=3)
    return weights, Weights(*(np.zeros_like(w) for w in weights)), kernel.first_context(n_hidden)


def as_reference(w: Weights, through_time: bool = False) -> SimpleRecurrentNetwork:
    network = SimpleRecurrentNetwork(len(w.W_x), len(w.b_h), len(w.b_o), through_time).double()
    with torch.no_grad():
        for parameter, value in ((network.W_x.weight, w.W_x.T), (network.W_x.bias, w.b_h), (network.W_c.weight, w.W_c.T),
                                 (network.W_o.weight, w.W_o.T), (network.W_o.bias, w.b_o)):  # fmt: skip
            parameter.copy_(torch.tensor(value.copy()))
    return network


def from_reference(network: SimpleRecurrentNetwork) -> Weights:
    values = (network.W_x.weight.T, network.W_c.weight.T, network.W_x.bias, network.W_o.weight.T, network.W_o.bias)
    return Weights(*(v.detach().numpy().copy() for v in values))


def test_two_passes_give_the_weights_of_the_reference(stream):
    inputs, targets = stream
    weights, velocity, context = start()
    reference = as_reference(weights)
    for _ in range(2):
        sse = kernel.learn_pass(weights, velocity, context, inputs, targets, Rule(0.3))
    errors = learn_stream(reference, torch.tensor(inputs), torch.tensor(targets), lr=0.3, passes=2)
    assert sse == pytest.approx(errors.mean().item(), abs=1e-12)
    for ours, theirs in zip(weights, from_reference(reference), strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-12, rtol=0)


def test_running_frozen_gives_the_states_of_the_reference(stream):
    inputs, _ = stream
    weights, _, context = start()
    reference, c = as_reference(weights), torch.full((6,), 0.5, dtype=torch.float64)
    outputs, hidden = kernel.run_stream(weights, context, inputs, False, True)
    for t, x in enumerate(torch.tensor(inputs)):
        o, c = reference(x, c)
        np.testing.assert_allclose(outputs[t], o.detach(), atol=1e-14)
        np.testing.assert_allclose(hidden[t], c.detach(), atol=1e-14)
    np.testing.assert_array_equal(context, hidden[-1])


def test_momentum_repeats_the_previous_change(stream):
    """With momentum m the second change is the plain change there plus m times the first."""
    inputs, targets = stream[0][:1], stream[1][:1]
    weights, velocity, context = start()
    kernel.learn_pass(weights, velocity, context.copy(), inputs, targets, Rule(0.3, momentum=0.9))
    middle, first = Weights(*(w.copy() for w in weights)), Weights(*(v.copy() for v in velocity))
    kernel.learn_pass(weights, velocity, context.copy(), inputs, targets, Rule(0.3, momentum=0.9))
    plain = Weights(*(w.copy() for w in middle))
    kernel.learn_pass(plain, Weights(*(np.zeros_like(w) for w in plain)), context.copy(), inputs, targets, Rule(0.3))
    for now, before, alone, change in zip(weights, middle, plain, first, strict=True):
        np.testing.assert_allclose(now - before, (alone - before) + 0.9 * change, atol=1e-14)


@pytest.mark.parametrize(("tanh", "cross_entropy"), [(True, False), (False, True), (True, True)])
def test_departures_have_the_gradients_of_autograd(stream, tanh, cross_entropy):
    inputs, targets = stream[0][:1], stream[1][:1]
    weights, velocity, _ = start()
    before = Weights(*(w.copy() for w in weights))
    context = kernel.first_context(6, tanh)
    kernel.learn_pass(weights, velocity, context, inputs, targets, Rule(1.0, tanh=tanh, cross_entropy=cross_entropy))

    leaves = [torch.tensor(w, requires_grad=True) for w in before]
    W_x, W_c, b_h, W_o, b_o = leaves
    c = torch.full((6,), 0.0 if tanh else 0.5, dtype=torch.float64)
    activation = torch.tanh if tanh else torch.sigmoid
    h = activation(torch.tensor(inputs[0]) @ W_x + c @ W_c + b_h)
    o, y = torch.sigmoid(h @ W_o + b_o), torch.tensor(targets[0])
    loss = -(y * o.log() + (1 - y) * (1 - o).log()).sum() if cross_entropy else ((y - o) ** 2).sum() / 2
    loss.backward()
    for now, old, leaf in zip(weights, before, leaves, strict=True):
        np.testing.assert_allclose(now - old, -leaf.grad.numpy(), atol=1e-14)


@pytest.mark.parametrize("window", [2, 5, 40])
def test_the_gradient_through_time_is_that_of_autograd_over_the_window(stream, window):
    """At a learning rate so small that the weights do not move, a pass sums the gradients of its steps."""
    inputs, targets = stream
    weights, velocity, context = start()
    before, lr = Weights(*(w.copy() for w in weights)), 1e-7
    kernel.learn_pass(weights, velocity, context, inputs, targets, Rule(lr, window=window))

    network = as_reference(before, through_time=True)
    states = [network.first_context()]
    for x in torch.tensor(inputs):
        states.append(network(x, states[-1])[1].detach())
    for t in range(len(inputs)):
        first = max(0, t + 1 - window)
        c = states[first]
        for x in torch.tensor(inputs[first : t + 1]):
            o, c = network(x, c)
        (((torch.tensor(targets[t]) - o) ** 2).sum() / 2).backward()
    gradients = (network.W_x.weight.grad.T, network.W_c.weight.grad.T, network.W_x.bias.grad, network.W_o.weight.grad.T,
                 network.W_o.bias.grad)  # fmt: skip
    for now, old, gradient in zip(weights, before, gradients, strict=True):
        np.testing.assert_allclose((now - old) / lr, -gradient.numpy(), atol=1e-4)


def test_a_window_of_one_is_the_papers_rule(stream):
    inputs, targets = stream
    one, velocity, c1 = start()
    other, _, c2 = start()
    kernel.learn_pass(one, velocity, c1, inputs, targets, Rule(0.3))
    kernel._learn_through_time(other, c2, inputs, targets, 0.3, 1)
    for a, b in zip(one, other, strict=True):
        np.testing.assert_allclose(a, b, atol=1e-14)


def test_a_bit_that_is_never_on_keeps_its_weights_to_the_bit(stream):
    inputs, targets = stream
    inputs[:, 2] = 0.0
    weights, velocity, context = start()
    before = weights.W_x[2].copy()
    kernel.learn_pass(weights, velocity, context, inputs, targets, Rule(0.3))
    assert weights.W_x[2].tobytes() == before.tobytes()


def test_without_context_the_state_depends_on_the_input_alone(stream):
    inputs, _ = stream
    weights, _, context = start()
    _, hidden = kernel.run_stream(weights, context, inputs, False, False)
    same = [t for t in range(40) if (inputs[t] == inputs[0]).all()]
    assert context.tolist() == [0.5] * 6
    for t in same:
        np.testing.assert_array_equal(hidden[t], hidden[0])


def test_without_biases_they_stay_zero(stream):
    weights = kernel.initial_weights(5, 6, 3, 0.8, seed=3, biases=False)
    velocity = Weights(*(np.zeros_like(w) for w in weights))
    kernel.learn_pass(weights, velocity, kernel.first_context(6), *stream, Rule(0.3, biases=False))
    assert not weights.b_h.any()
    assert not weights.b_o.any()


def test_permuting_the_word_codes_permutes_the_input_weights_and_nothing_else(stream):
    inputs, targets = stream
    order = np.random.default_rng(0).permutation(5)
    plain, velocity, context = start()
    renamed, velocity_2, context_2 = start()
    renamed = renamed._replace(W_x=renamed.W_x[order])
    kernel.learn_pass(plain, velocity, context, inputs, targets, Rule(0.3))
    kernel.learn_pass(
        renamed, velocity_2._replace(W_x=np.zeros((5, 6))), context_2, inputs[:, order].copy(), targets, Rule(0.3)
    )
    np.testing.assert_allclose(renamed.W_x, plain.W_x[order], atol=1e-12)
    np.testing.assert_allclose(context, context_2, atol=1e-12)
