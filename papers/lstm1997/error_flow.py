"""How an error changes on its way back in time (section 3.1, appendix A.2): in a net of logistic units and in a memory cell.

Symbols as in the paper: theta_u(t), the error of unit u at step t; net_u, its summed input; w_uv, the weight from v to u.
Everything is float64. Nothing learns here.
"""

from typing import NamedTuple

import numpy as np
import torch

from common.seeding import generator
from papers.lstm1997.model import LSTM, run
from papers.lstm1997.topology import Squash

WARM_UP = 20  # steps before the first that counts, so that a net has left its start


class Flow(NamedTuple):
    """Sizes of the factors over all pairs of units, (nets, q_max) each, q = 1 first."""

    mean: np.ndarray
    maximum: np.ndarray


def logistic(x: np.ndarray) -> np.ndarray:
    return 0.5 + 0.5 * np.tanh(x / 2)


def summed_inputs(W: np.ndarray, inputs: np.ndarray) -> np.ndarray:
    """net(t) = W f(net(t-1)) + input(t), all activations 0 before the first step. W: (n, n), inputs: (steps, n) -> (steps, n)."""
    y, nets = np.zeros(len(W)), np.zeros_like(inputs)
    for t, x in enumerate(inputs):
        nets[t] = W @ y + x
        y = logistic(nets[t])
    return nets


def recurrent_factors(W: np.ndarray, inputs: np.ndarray, q_max: int) -> np.ndarray:
    """d theta_v(t-q) / d theta_u(t), signed, where t is the step after the last input: products of F'(t-m) W^T, m = 1..q.

    W: (n, n) from column to row, inputs: (steps, n), steps >= q_max, into each unit -> (q_max, n, n), [q - 1, v, u].
    """
    assert q_max <= len(inputs), f"{q_max} steps back through {len(inputs)} steps"
    f = logistic(summed_inputs(W, inputs))
    slopes = f * (1.0 - f)
    factors, product = [], np.eye(len(W))
    for q in range(1, q_max + 1):
        product = slopes[-q][:, None] * (W.T @ product)
        factors.append(product)
    return np.stack(factors)


def tau(n: int, w: float) -> float:
    """What n logistic units with weights in [-w, w] can scale an error by at most, a step; f' is 1/4 at most. Below 1 for w < 4/n."""
    return n * w / 4


def bound(n: int, w: float, q: np.ndarray) -> np.ndarray:
    """The paper's bound on the size of any one factor, n tau^q. It vanishes with growing q only where w < 4/n. Shape of q."""
    return np.asarray(n * tau(n, w) ** np.asarray(q))


def measure(n: int, w: float, nets: int, q_max: int, seed: int) -> Flow:
    """Random nets of n units: weights uniform in [-w, w], inputs into each unit, at each step, uniform in [-1, 1].

    Nets of another w with the same seed have the same weights but for scale, and the same inputs.
    """
    draw = generator(seed, "error flow").uniform
    mean, maximum = np.zeros((nets, q_max)), np.zeros((nets, q_max))
    for i in range(nets):
        W, inputs = w * draw(-1.0, 1.0, (n, n)), draw(-1.0, 1.0, (WARM_UP + q_max, n))
        sizes = np.abs(recurrent_factors(W, inputs, q_max))
        mean[i], maximum[i] = sizes.mean(axis=(1, 2)), sizes.max(axis=(1, 2))
    return Flow(mean, maximum)


def decay(sizes: np.ndarray, first: int, last: int) -> np.ndarray:
    """Slope of log10 size over q = first..last, by least squares; that of the bound is log10 tau. (nets, q_max) -> (nets,)."""
    q = np.arange(first, last + 1)
    return np.polyfit(q, np.log10(sizes[:, first - 1 : last]).T, 1)[0]


def carousel(network: LSTM, x: torch.Tensor, q_max: int) -> np.ndarray:
    """ds(t) / ds(t-q) of each cell by itself, by autograd; t is the last step. x: (over q_max, n_in) -> (q_max, n_cells).

    The graph is the one that `network` learns by: with `truncated=False` an error may leave a cell and come back to it.
    """
    assert q_max < len(x), f"{q_max} steps back from step {len(x)}"
    *past, now = [state.s for state in run(network, x)[1]]
    past = past[: -q_max - 1 : -1]
    of_cells = [torch.stack(torch.autograd.grad(s, past, retain_graph=True))[:, v] for v, s in enumerate(now)]
    return torch.stack(of_cells, dim=1).numpy()


def slope(x: torch.Tensor, how: Squash) -> torch.Tensor:
    f = torch.sigmoid(x)
    return how.scale * f * (1.0 - f) if how.scale else torch.ones_like(x)


def entry_and_exit(network: LSTM, x: torch.Tensor, q_max: int) -> np.ndarray:
    """What the truncated rule scales an error by between a cell's output at t, the last step, and its summed input at t-q.

    y_out(t) h'(s(t)) on entering the cell, g'(net_c(t-q)) y_in(t-q) on leaving it, and between them 1 (appendix A.2).
    A net with forget gates is refused. x: (over q_max, n_in) -> (q_max, n_cells).
    """
    assert q_max < len(x), f"{q_max} steps back from step {len(x)}"
    assert not network.topology.forget_gates, "with forget gates the factor inside a cell is not 1"
    t, n = network.topology, network.topology.n_cells
    with torch.no_grad():
        states = run(network, x)[1]
        sources = [state.y[: t.n_recurrent] for state in (network.start(), *states)]
        net_c = torch.stack([network.c(torch.cat(z)) for z in zip(x, sources[:-1], strict=True)])
        y_in = torch.stack([state.y[n : n + t.blocks] for state in states]).repeat_interleave(t.size, 1)
        inward = slope(states[-1].s, t.h)
        if t.output_gates:
            inward = inward * states[-1].y[n + t.blocks : n + 2 * t.blocks].repeat_interleave(t.size)
        return (inward * slope(net_c, t.g) * y_in).flip(0)[1 : q_max + 1].numpy()
