"""A net's weights as the compiled engine stores them: (from, to), columns padded with zeros to a multiple of four."""

from typing import NamedTuple

import numpy as np

from common.seeding import generator
from papers.lstm1997.quads import padded
from papers.lstm1997.topology import Recurrent, Topology


class Weights(NamedTuple):
    """W: (n_in + recurrent sources + 1, hidden units), into the hidden layer; V: (cells + 1, n_out); D: (n_in, n_out).

    The last row of W and of V is the bias's. Rows and columns that a topology lacks stay 0.
    """

    W: np.ndarray
    V: np.ndarray
    D: np.ndarray

    def finite(self) -> bool:
        return all(bool(np.isfinite(w).all()) for w in self)


def zero_weights(topology: Topology | Recurrent) -> Weights:
    t = topology
    rows = t.n_in + t.n_recurrent + 1
    return Weights(np.zeros((rows, padded(t.n_hidden))), np.zeros((t.n_cells + 1, padded(t.n_out))),
                   np.zeros((t.n_in if t.direct else 0, padded(t.n_out))))  # fmt: skip


def initial_weights(
    topology: Topology | Recurrent,
    spread: float,
    seed: int,
    input_gates: tuple[float, ...] = (),
    output_gates: tuple[float, ...] = (),
    forget_gates: float = 1.0,
) -> Weights:
    """Uniform in [-spread, spread], but for the biases given: one a block for input and output gates, one for all forget gates."""
    t, weights = topology, zero_weights(topology)
    draw = generator(seed, "weights").uniform
    for name, given in (("input", input_gates), ("output", output_gates)):
        assert len(given) in (0, t.blocks), f"{len(given)} biases of {name} gates for {t.blocks} blocks"
    weights.W[:-1, : t.n_hidden] = draw(-spread, spread, (len(weights.W) - 1, t.n_hidden))
    weights.V[:-1, : t.n_out] = draw(-spread, spread, (t.n_cells, t.n_out))
    weights.D[:, : t.n_out] = draw(-spread, spread, (len(weights.D), t.n_out))
    bias, gates = draw(-spread, spread, t.n_hidden), t.n_cells
    bias[: t.n_cells] *= t.cell_bias
    bias[gates:] *= t.gate_bias
    if input_gates:
        bias[gates : gates + t.blocks] = input_gates
    if output_gates:
        bias[gates + t.blocks : gates + 2 * t.blocks] = output_gates
    if t.forget_gates:
        bias[-t.blocks :] = forget_gates
    weights.W[-1, : t.n_hidden] = bias
    weights.V[-1, : t.n_out] = draw(-spread, spread, t.n_out) * t.output_bias
    return weights
