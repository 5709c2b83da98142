"""The 1997 network, in PyTorch, written to be read. `kernel.py` is the same arithmetic, compiled.

Symbols as in the paper: x inputs, y activations, s states of the memory cells, g and h the squashing functions, f the
logistic function; in, out: the gates; c: cells; k: output units. z: all that a hidden unit sees.
"""

from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor, nn

from papers.lstm1997.topology import Squash, Topology


class State(NamedTuple):
    """y: (n_hidden,) cells, input gates, output gates, forget gates; s: (n_cells,). Zero before each sequence."""

    y: Tensor
    s: Tensor


def squash(x: Tensor, how: Squash) -> Tensor:
    return how.scale * torch.sigmoid(x) + how.shift if how.scale else x


class Layer(nn.Module):
    """Summed inputs of some units: net = W z, plus a bias where they have one."""

    def __init__(self, n_from: int, n_units: int, bias: bool):
        super().__init__()
        self.W = nn.Parameter(torch.zeros(n_units, n_from))
        self.b = nn.Parameter(torch.zeros(n_units)) if bias else None

    def forward(self, z: Tensor) -> Tensor:
        net = self.W @ z
        return net if self.b is None else net + self.b


class LSTM(nn.Module):
    """Memory cells in blocks that share their gates (section 4, appendix A.1), in float64.

    What reaches the net input of a gate or a cell changes the weights into it and goes no further back; the
    error stays alive in the cell alone (section 3.2, A.1), unless the topology says otherwise.
    """

    def __init__(self, topology: Topology):
        super().__init__()
        t = self.topology = topology
        n_seen = t.n_in + t.n_recurrent
        self.c = Layer(n_seen, t.n_cells, t.cell_bias)
        self.in_ = Layer(n_seen, t.blocks, t.gate_bias)
        self.out = Layer(n_seen, t.blocks, t.gate_bias) if t.output_gates else None
        self.forget = Layer(n_seen, t.blocks, t.gate_bias) if t.forget_gates else None
        self.k = Layer(t.direct * t.n_in + t.n_cells, t.n_out, t.output_bias)
        self.double()
        assert sum(p.numel() for p in self.parameters()) == t.n_weights

    def start(self) -> State:
        return State(torch.zeros(self.topology.n_hidden).double(), torch.zeros(self.topology.n_cells).double())

    def forward(self, x: Tensor, state: State) -> tuple[Tensor, State]:
        """One step. x: (n_in,) -> y_k (n_out,), new state. Outputs see the new activations of the cells."""
        t = self.topology
        seen = state.y[: t.n_recurrent]
        z = torch.cat([x, seen.detach() if t.truncated else seen])
        y_in = torch.sigmoid(self.in_(z))
        s = state.s
        gates = [y_in]
        if self.forget is not None:
            y_forget = torch.sigmoid(self.forget(z))
            s = y_forget.repeat_interleave(t.size) * s
        s = s + y_in.repeat_interleave(t.size) * squash(self.c(z), t.g)  # the constant error carrousel
        y_c = squash(s, t.h)
        if self.out is not None:
            y_out = torch.sigmoid(self.out(z))
            y_c = y_out.repeat_interleave(t.size) * y_c
            gates.append(y_out)
        if self.forget is not None:
            gates.append(y_forget)
        net_k = self.k(torch.cat([x, y_c]) if t.direct else y_c)
        y_k = net_k if t.output == "linear" else torch.sigmoid(net_k)
        return y_k, State(torch.cat([y_c, *gates]), s)

    def error(self, y_k: Tensor, target: Tensor) -> Tensor:
        """What learning goes down at one step: (1/2) sum (t - y)^2, or the cross-entropy, whose error (19) has no f'."""
        if self.topology.output == "linear" or self.topology.slope:
            return ((target - y_k) ** 2).sum() / 2
        return nn.functional.binary_cross_entropy(y_k, target, reduction="sum")


def layers(network: LSTM) -> list[tuple[Layer, slice]]:
    """The layers into the hidden units with the hidden units that they are, in the order of `State.y`."""
    found, first = [], 0
    for layer in (network.c, network.in_, network.out, network.forget):
        if layer is not None:
            found.append((layer, slice(first, first + len(layer.W))))
            first += len(layer.W)
    return found


def with_weights(topology: Topology, W: np.ndarray, V: np.ndarray, D: np.ndarray) -> LSTM:
    """The network with weights as `kernel.Weights` has them, stored (from, to), the last row of W and of V the biases."""
    network, n_out = LSTM(topology), topology.n_out
    into_outputs = np.vstack([D, V[:-1]])[:, :n_out] if topology.direct else V[:-1, :n_out]
    given = [(layer, W[:-1, units], W[-1, units]) for layer, units in layers(network)]
    with torch.no_grad():
        for layer, weights, bias in (*given, (network.k, into_outputs, V[-1, :n_out])):
            layer.W.copy_(torch.tensor(weights.T))
            if layer.b is not None:
                layer.b.copy_(torch.tensor(bias))
    return network


def run(network: LSTM, x: Tensor) -> tuple[Tensor, list[State]]:
    """From a reset net. x: (length, n_in) -> outputs (length, n_out), the state after each step."""
    outputs, states, state = [], [], network.start()
    for x_t in x:
        y_k, state = network(x_t, state)
        outputs.append(y_k)
        states.append(state)
    return torch.stack(outputs), states


def learn_sequence(network: LSTM, x: Tensor, targets: Tensor, rate: float) -> Tensor:
    """One weight change, after the sequence. x: (length, n_in), targets: (rows, n_out) of its last steps -> outputs there."""
    outputs = run(network, x)[0][-len(targets) :]
    error = torch.stack([network.error(y, target) for y, target in zip(outputs, targets, strict=True)]).sum()
    network.zero_grad()
    error.backward()
    with torch.no_grad():
        for parameter in network.parameters():
            if parameter.grad is not None:
                parameter.sub_(rate * parameter.grad)
    return outputs.detach()


def learn_steps(network: LSTM, x: Tensor, targets: Tensor, rate: float) -> Tensor:
    """A weight change after each step that has a target; arguments and result as for `learn_sequence`.

    The states' derivatives are those of the weights as they were when each term arose, (25) and (27). So every step gets
    a copy of the weights, and a change is the sum of the gradients by all copies so far.
    """
    copies: list[dict[str, Tensor]] = []
    outputs, state = [], network.start()
    for t, x_t in enumerate(x):
        copies.append({name: p.detach().clone().requires_grad_() for name, p in network.named_parameters()})
        y_k, state = torch.func.functional_call(network, copies[-1], (x_t, state))
        row = t - (len(x) - len(targets))
        if row < 0:
            continue
        outputs.append(y_k.detach())
        leaves = [p for copy in copies for p in copy.values()]
        gradients = torch.autograd.grad(network.error(y_k, targets[row]), leaves, retain_graph=True, allow_unused=True)
        with torch.no_grad():
            for k, gradient in enumerate(gradients):
                if gradient is not None:
                    network.get_parameter(list(copies[0])[k % len(copies[0])]).sub_(rate * gradient)
    return torch.stack(outputs)
