"""The network as the paper states it, in float64 against hand-worked values and finite differences."""

import pytest
import torch

from papers.elman1990.model import SimpleRecurrentNetwork, learn_step


def by_hand() -> SimpleRecurrentNetwork:
    """One input, two hidden units, one output, with round weights."""
    network = SimpleRecurrentNetwork(1, 2, 1).double()
    with torch.no_grad():
        network.W_x.weight.copy_(torch.tensor([[1.0], [-1.0]]))
        network.W_x.bias.copy_(torch.tensor([0.0, 0.5]))
        network.W_c.weight.copy_(torch.tensor([[0.5, -0.5], [0.25, 0.75]]))
        network.W_o.weight.copy_(torch.tensor([[1.0, -2.0]]))
        network.W_o.bias.copy_(torch.tensor([0.1]))
    return network


def near(value: torch.Tensor, expected: list[float]) -> bool:
    return torch.allclose(value.flatten(), torch.tensor(expected, dtype=torch.float64), atol=1e-8, rtol=0)


def test_two_steps_worked_by_hand():
    network = by_hand()
    o, h = network(torch.ones(1, dtype=torch.float64), network.first_context())
    assert near(h, [0.73105858, 0.5])
    assert near(o, [0.45786481])
    o, h = network(torch.zeros(1, dtype=torch.float64), h)
    assert near(h, [0.52885024, 0.74226313])
    assert near(o, [0.29824354])


def test_one_update_worked_by_hand():
    network = by_hand()
    before = {name: p.detach().clone() for name, p in network.named_parameters()}
    one, zero = torch.ones(1, dtype=torch.float64), torch.zeros(1, dtype=torch.float64)
    error, context = learn_step(network, one, zero, network.first_context(), lr=0.1)
    change = {name: p.detach() - before[name] for name, p in network.named_parameters()}
    assert near(error, [0.20964019])
    assert near(context, [0.73105858, 0.5])
    assert near(change["W_x.weight"], [-0.00223456, 0.00568267])
    assert near(change["W_c.weight"], [-0.00111728, -0.00111728, 0.00284133, 0.00284133])
    assert near(change["W_o.weight"], [-0.00830872, -0.00568267])
    assert near(change["W_o.bias"], [-0.01136533])


@pytest.mark.parametrize(
    ("n_in", "n_hidden", "n_out", "weights", "with_biases"),
    [(1, 2, 1, 8, 11), (6, 20, 6, 640, 666), (5, 20, 5, 600, 625), (31, 150, 31, 31_800, 31_981)],
)
def test_sizes_of_the_four_simulations(n_in, n_hidden, n_out, weights, with_biases):
    network = SimpleRecurrentNetwork(n_in, n_hidden, n_out)
    biases = sum(p.numel() for name, p in network.named_parameters() if name.endswith("bias"))
    total = sum(p.numel() for p in network.parameters())
    assert (total - biases, total) == (weights, with_biases)


def test_the_context_starts_at_one_half_and_is_the_last_hidden_state():
    network = SimpleRecurrentNetwork(3, 4, 2).double()
    context = network.first_context()
    assert context.tolist() == [0.5] * 4
    x, y = torch.rand(3, dtype=torch.float64), torch.rand(2, dtype=torch.float64)
    _, h = network(x, context)
    _, next_context = learn_step(network, x, y, context, lr=0.1)
    assert torch.equal(next_context, h)


def test_gradient_of_one_step_against_finite_differences():
    torch.manual_seed(0)
    network = SimpleRecurrentNetwork(3, 4, 2).double()
    x, y, c = (torch.rand(n, dtype=torch.float64) for n in (3, 2, 4))

    def half_error() -> torch.Tensor:
        o, _ = network(x, c)
        return ((y - o) ** 2).sum() / 2

    half_error().backward()
    step = 1e-6
    for parameter in network.parameters():
        flat, gradient = parameter.data.view(-1), parameter.grad.view(-1)
        for k in range(flat.numel()):
            value = flat[k].item()
            flat[k] = value + step
            above = half_error().item()
            flat[k] = value - step
            below = half_error().item()
            flat[k] = value
            assert abs((above - below) / (2 * step) - gradient[k].item()) < 1e-8


def test_no_gradient_reaches_back_through_the_copy():
    """Two steps: with the copy cut, the gradient is that of the second step alone; through time it is not."""
    torch.manual_seed(1)
    x, y = torch.rand(2, 3, dtype=torch.float64), torch.rand(2, dtype=torch.float64)
    gradients = {}
    for through_time in (False, True):
        torch.manual_seed(2)
        network = SimpleRecurrentNetwork(3, 4, 2, through_time).double()
        _, h = network(x[0], network.first_context())
        o, _ = network(x[1], h)
        ((y - o) ** 2).sum().backward()
        gradients[through_time] = network.W_x.weight.grad.clone()
    torch.manual_seed(2)
    network = SimpleRecurrentNetwork(3, 4, 2).double()
    with torch.no_grad():
        _, fixed = network(x[0], network.first_context())
    o, _ = network(x[1], fixed)
    ((y - o) ** 2).sum().backward()
    assert torch.equal(gradients[False], network.W_x.weight.grad)
    assert not torch.allclose(gradients[True], gradients[False])
