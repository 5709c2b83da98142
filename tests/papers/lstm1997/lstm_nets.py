"""What several tests of this paper need: every topology, random weights, random sequences."""

from dataclasses import replace

import numpy as np
import torch

from papers.lstm1997 import full, kernel, topology
from papers.lstm1997.model import LSTM, layers
from papers.lstm1997.quads import padded
from papers.lstm1997.topology import CENTRED, WIDE, Topology
from papers.lstm1997.weights import Weights, initial_weights, zero_weights

PAPER = {
    "1, 4x1": topology.REBER_4X1, "1, 3x2": topology.REBER_3X2, "2a": topology.lag_2a(100), "3": topology.TWO_SEQUENCES,
    "4 and 5": topology.ADDING, "6a": topology.ORDER_6A, "6b": topology.ORDER_6B,
    **{f"2c, p={p}": topology.lag_2c(p) for p in (50, 100, 200, 500, 1000)},
}  # fmt: skip
# One of each kind, small enough for the reference.
SMALL = {
    "1, 4x1": topology.REBER_4X1, "1, 3x2": topology.REBER_3X2, "2a": topology.lag_2a(5), "2c": topology.lag_2c(4),
    "3": topology.TWO_SEQUENCES, "4 and 5": topology.ADDING, "6a": topology.ORDER_6A, "6b": topology.ORDER_6B,
}  # fmt: skip
DEPARTURES = {
    "logistic output": replace(topology.ADDING, output="logistic"),
    "without f'": replace(topology.ORDER_6A, slope=False),
    "ranges of table 10": replace(topology.REBER_3X2, g=CENTRED, h=WIDE),
    "unbiased cells": replace(topology.ADDING, biased_cells=False, printed=None),
    "gates that feed nothing": replace(topology.ADDING, gates_feed=False, printed=None),
    "drift-free": replace(topology.ADDING, biased_cells=False, gates_feed=False, printed=None),
    "forget gates": replace(topology.REBER_3X2, forget_gates=True, printed=None),
    "forget gates, no output gates": replace(topology.ADDING, forget_gates=True, output_gates=False, printed=None),
}
ALL = {**SMALL, **DEPARTURES}


def random_weights(net: Topology, spread: float = 0.8, seed: int = 5) -> Weights:
    return initial_weights(net, spread, seed)


def random_sequences(net: Topology, n: int, length: int, rows: int, seed: int = 7) -> list[tuple[np.ndarray, np.ndarray]]:
    """n times x (length, n_in), half of its entries 0, and targets (rows, n_out) in [0, 1]."""
    rng = np.random.default_rng(seed)
    shape = (length, net.n_in)
    return [(rng.normal(size=shape) * (rng.random(shape) < 0.5), rng.random((rows, net.n_out))) for _ in range(n)]


def learn(net: Topology, weights: Weights, x: np.ndarray, targets: np.ndarray, rate: float,
          per_sequence: bool = False, work: kernel.Work | None = None) -> np.ndarray:  # fmt: skip
    """One sequence through the engine, in place -> outputs at the targets (rows, n_out)."""
    n_out, targets = targets.shape[1], wide(targets)
    outputs, index = np.zeros_like(targets), np.tile(np.arange(net.n_in), (len(x), 1))
    into = Weights(*(np.zeros_like(w) for w in weights)) if per_sequence else weights
    run = kernel.run_sequence if net.truncated else full.run_sequence
    run(kernel.net_of(net), weights, into, work or kernel.workspace(net, 99), rate, True, len(x), index, x,
                        targets, len(targets), outputs)  # fmt: skip
    if per_sequence:
        for weight, change in zip(weights, into, strict=True):
            weight += change
    return outputs[:, :n_out]


def wide(targets: np.ndarray) -> np.ndarray:
    """Columns of zeros at the end, as the engine has them. (rows, n) -> (rows, padded(n))."""
    return np.pad(targets, ((0, 0), (0, padded(targets.shape[1]) - targets.shape[1])))


def gradient(net: Topology, weights: Weights, x: np.ndarray, targets: np.ndarray) -> Weights:
    """What the engine goes down, from a change at rate 1."""
    changed = Weights(*(w.copy() for w in weights))
    learn(net, changed, x, targets, 1.0, per_sequence=True)
    return Weights(*(old - new for old, new in zip(weights, changed, strict=True)))


def arrays(network: LSTM, of_gradients: bool = False) -> Weights:
    """The reference's weights, or its gradients, as the engine stores them."""
    net = network.topology
    result = zero_weights(net)

    def values(p: torch.Tensor | None) -> np.ndarray | float:
        if p is None or (of_gradients and p.grad is None):
            return 0.0
        return (p.grad if of_gradients else p).detach().numpy().T

    for layer, units in layers(network):
        result.W[:-1, units], result.W[-1, units] = values(layer.W), values(layer.b)
    into_outputs = values(network.k.W)
    direct = net.n_in if net.direct else 0
    result.D[:, : net.n_out] = into_outputs[:direct]
    result.V[:-1, : net.n_out], result.V[-1, : net.n_out] = into_outputs[direct:], values(network.k.b)
    return result


def assert_same(ours: Weights, theirs: Weights, atol: float) -> None:
    for a, b in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(a, b, atol=atol, rtol=0)
