"""The fast path: the arithmetic of `model.py` compiled by numba, in double precision. The tests hold the two together.

One engine for every topology. The gradient of the 1997 rule needs no pass back in time: each cell carries the derivative
of its state by each weight into itself (27) and into its input gate (25) forward, and an error uses them where it arises.

Columns of weights come in groups of four, so that one vector register holds a group. A step's input is a list of
(index, value): a one-hot input of 1000 symbols costs one row.
"""

import math
from typing import NamedTuple

import numpy as np

from papers.lstm1997.compiled import compiled
from papers.lstm1997.quads import LANES, load, logistic, padded, pick, store, total
from papers.lstm1997.topology import IDENTITY, Recurrent, Topology

FAST = frozenset({"contract"})  # a product and a sum may be rounded once; nothing else may change
LSTM, FULL, RTRL, BPTT, ELMAN = range(5)  # rules of learning


class Net(NamedTuple):
    """A topology as the numbers that compiled code reads. blocks = cells = 0: its cells are not there yet (2a)."""

    n_in: int
    n_out: int
    blocks: int
    size: int
    cells: int  # or other hidden units that the outputs see
    n_recurrent: int
    columns: int  # of W, a multiple of LANES
    partials: int  # columns of the derivatives, a multiple of LANES
    gate_bias: bool
    cell_bias: bool
    output_bias: bool
    direct: bool
    output_gates: bool
    forget_gates: bool
    identity: bool  # h
    g_scale: float
    g_shift: float
    h_scale: float
    h_shift: float
    linear: bool
    slope: bool
    rule: int  # of learning
    clip: float


class Work(NamedTuple):
    """What a net carries through a sequence, and room for its sums. Nothing in it outlives a sequence.

    y: activations of the hidden layer at this step and the step before, in turns; P: derivatives of the states by the weights,
    (rows of W, [cells by their own | cells by their input gates | cells by their forget gates]).
    """

    y: np.ndarray
    nets: np.ndarray  # summed inputs of the hidden units, then f of them
    s: np.ndarray
    h: np.ndarray
    factor: np.ndarray  # what this step adds to P, but for the source
    delta: np.ndarray  # errors of the states
    e: np.ndarray  # errors of the outputs
    block: np.ndarray  # of each cell
    history: np.ndarray  # (longest + 1, ...), what rules that go back in time keep of each step: y, and of cells nets, s, h
    P: np.ndarray


def net_of(topology: Topology | Recurrent) -> Net:
    t = topology
    if isinstance(t, Recurrent):
        columns = padded(t.n_hidden)
        rule = {"rtrl": RTRL, "bptt": BPTT, "elman": ELMAN}[t.rule]
        return Net(
            t.n_in, t.n_out, 0, 1, t.n_hidden, t.n_hidden, columns, columns, False, t.biased, t.biased, t.direct, False, False, False,
            1.0, 0.0, 1.0, 0.0, t.output == "linear", t.slope, rule, t.clip,
        )  # fmt: skip
    kinds = 2 + t.forget_gates
    return Net(
        t.n_in, t.n_out, t.blocks, t.size, t.n_cells, t.n_recurrent, padded(t.n_hidden), padded(kinds * padded(t.n_cells), 2 * LANES),
        t.gate_bias, t.cell_bias, t.output_bias, t.direct, t.output_gates, t.forget_gates, t.h == IDENTITY,
        t.g.scale, t.g.shift, t.h.scale, t.h.shift, t.output == "linear", t.slope, LSTM if t.truncated else FULL, math.inf,
    )  # fmt: skip


def workspace(topology: Topology | Recurrent, longest: int) -> Work:
    """Room for sequences of up to `longest` steps."""
    t, net = topology, net_of(topology)
    cells = padded(t.n_cells)
    sizes = (2 * net.columns, net.columns, cells, cells, net.partials, cells, padded(t.n_out))
    block = np.zeros(cells, np.int64)
    block[: t.n_cells] = np.arange(t.n_cells) // net.size
    whole = net.rule not in (LSTM, FULL)
    history = np.zeros((0 if net.rule == LSTM else longest + 1, net.columns if whole else 2 * (net.columns + cells)))
    y, nets, s, h, factor, delta, e = (np.zeros(n) for n in sizes)
    return Work(y, nets, s, h, factor, delta, e, block, history, np.zeros((t.n_in + t.n_recurrent + 1, net.partials)))


@compiled(fastmath=FAST)
def run_sequence(net, weights, into, work, rate, learn, length, index, value, targets, rows, outputs):  # type: ignore[no-untyped-def]
    """One sequence from a reset net; the last `rows` steps have targets. Writes `outputs`.

    index, value: (longest, active inputs a step), targets, outputs: (at least rows, padded(n_out)). With `learn`, changes are
    added to `into` at each target: to the weights themselves, or to zeros that the caller adds to them afterwards.
    """
    y, nets, s, h, factor, delta, e, block, _, P = work
    W, V, D = weights
    into_W, into_V, into_D = into
    y[:], s[:] = 0.0, 0.0
    if learn:
        P[:] = 0.0
    now, before = 0, net.columns
    for t in range(length):
        now, before = before, now
        if net.blocks > 0:
            sum_inputs(net.n_in, net.n_recurrent, W, y, before, index, value, t, nets)
            if net.forget_gates:
                forget(net, nets, s, factor, P)
            step(net, y, now, nets, s, h, factor, block)
            if learn:
                _carry(net.n_in, net.n_recurrent, net.gate_bias, P, factor, y, before, index, value, t)
        row = t - (length - rows)
        if row >= 0:
            output(net, V, D, y, now, index, value, t, e, outputs, row)
            if learn:
                change_outputs(net, V, into_V, into_D, y, now, index, value, t, targets, row, rate, e, delta)
                _change(net, into_W, y, before, nets, h, delta, P, index, value, t, rate)


@compiled(inline=True)
def sum_inputs(n_in, n_recurrent, W, y, before, index, value, t, nets):  # type: ignore[no-untyped-def]
    """Writes to `nets` f of the hidden units' summed inputs; y[before + m]: the sources' activations of the step before."""
    columns = W.shape[1]
    for u in range(0, columns, LANES):
        net_u = load(W, (n_in + n_recurrent) * columns + u)  # the bias, or zeros
        for k in range(index.shape[1]):
            net_u = net_u + value[t, k] * load(W, index[t, k] * columns + u)
        for m in range(n_recurrent - 1, -1, -1):  # the cells last: they are the last to be known
            net_u = net_u + y[before + m] * load(W, (n_in + m) * columns + u)
        store(nets, u, logistic(net_u))


@compiled(inline=True)
def step(net, y, now, nets, s, h, factor, block):  # type: ignore[no-untyped-def]
    """From f of all summed inputs: states, outputs of the cells, and what the derivatives of the states grow by."""
    cells, stride = net.cells, len(s)
    for v in range(0, stride, LANES):
        f, gate_in = load(nets, v), pick(nets, cells, block, v)
        g = net.g_scale * f + net.g_shift
        store(factor, v, net.g_scale * f * (1.0 - f) * gate_in)
        store(factor, stride + v, g * gate_in * (1.0 - gate_in))
        state = load(s, v) + gate_in * g
        store(s, v, state)
        squashed = state if net.identity else net.h_scale * logistic(state) + net.h_shift
        store(h, v, squashed)
        store(y, now + v, pick(nets, cells + net.blocks, block, v) * squashed if net.output_gates else squashed)
    for u in range(cells, net.columns):
        y[now + u] = nets[u]


@compiled(fastmath=FAST)
def forget(net, nets, s, factor, P):  # type: ignore[no-untyped-def]
    """The forget gates' part of a step: old states and their derivatives shrink."""
    cells, stride, first = net.cells, len(s), net.blocks * (net.size + 1 + net.output_gates)
    for v in range(cells):
        keep = nets[first + v // net.size]
        factor[2 * stride + v] = s[v] * keep * (1.0 - keep)
        s[v] *= keep
        for i in range(len(P)):
            P[i, v] *= keep
            P[i, stride + v] *= keep
            P[i, 2 * stride + v] *= keep


@compiled(inline=True)
def _carry(n_in, n_recurrent, biased, P, factor, y, before, index, value, t):  # type: ignore[no-untyped-def]
    """Adds this step's terms of (25) and (27) to the derivatives of the states."""
    columns = P.shape[1]
    for u in range(0, columns, 2 * LANES):  # two registers at a time
        a, b = load(factor, u), load(factor, u + LANES)
        for k in range(index.shape[1]):
            _add(P, index[t, k] * columns + u, value[t, k], a, b)
        for m in range(n_recurrent):
            _add(P, (n_in + m) * columns + u, y[before + m], a, b)
        if biased:
            _add(P, (n_in + n_recurrent) * columns + u, 1.0, a, b)


@compiled(inline=True)
def _add(P, place, x, a, b):  # type: ignore[no-untyped-def]
    store(P, place, load(P, place) + x * a)
    store(P, place + LANES, load(P, place + LANES) + x * b)


@compiled(fastmath=FAST)
def output(net, V, D, sources, start, index, value, t, e, outputs, row):  # type: ignore[no-untyped-def]
    """Writes the output units' activations to `outputs` and to e; they see sources[start:] and maybe the inputs."""
    columns = V.shape[1]
    for k in range(0, columns, LANES):
        net_k = load(V, (len(V) - 1) * columns + k)
        for v in range(net.cells):
            net_k = net_k + sources[start + v] * load(V, v * columns + k)
        if net.direct:
            for a in range(index.shape[1]):
                net_k = net_k + value[t, a] * load(D, index[t, a] * columns + k)
        store(e, k, net_k if net.linear else logistic(net_k))
        store(outputs, row * columns + k, load(e, k))


@compiled(fastmath=FAST)
def change_outputs(net, V, into_V, into_D, sources, start, index, value, t, targets, row, rate, e, delta):  # type: ignore[no-untyped-def]
    """Adds this step's changes of the weights into the output units. e: outputs -> their errors (19).

    Writes to `delta` what of the errors reaches each unit that the outputs see, sum_k w_kc e_k, by the weights before.
    """
    columns = V.shape[1]
    for k in range(0, columns, LANES):
        o = load(e, k)
        difference = load(targets, row * columns + k) - o
        store(e, k, difference if net.linear or not net.slope else difference * o * (1.0 - o))
    for k in range(net.n_out, columns):
        e[k] = 0.0
    for v in range(net.cells):
        reached = 0.0
        for k in range(0, columns, LANES):
            reached += total(load(V, v * columns + k) * load(e, k))
        delta[v] = reached
    for a in range(index.shape[1] if net.direct else 0):
        _add_errors(into_D, index[t, a] * columns, columns, rate * value[t, a], e)
    for v in range(net.cells):
        _add_errors(into_V, v * columns, columns, rate * sources[start + v], e)
    if net.output_bias:
        _add_errors(into_V, (len(into_V) - 1) * columns, columns, rate, e)


@compiled(inline=True)
def _add_errors(weight, row, columns, step, e):  # type: ignore[no-untyped-def]
    for k in range(0, columns, LANES):
        store(weight, row + k, load(weight, row + k) + step * load(e, k))


@compiled(fastmath=FAST)
def _change(net, W, y, before, nets, h, delta, P, index, value, t, rate):  # type: ignore[no-untyped-def]
    """Adds this step's changes of the hidden layer's weights to W: output gates (22), cells (28), input gates (26)."""
    cells, blocks, bias, stride = net.cells, net.blocks, net.n_in + net.n_recurrent, len(h)
    first_forget = cells + (1 + net.output_gates) * blocks
    if net.output_gates:
        _change_output_gates(net, W, y, before, nets, h, delta, index, value, t, rate)
    for v in range(cells):
        out_j = nets[cells + blocks + v // net.size] if net.output_gates else 1.0
        f = 0.5 if net.identity else (h[v] - net.h_shift) / net.h_scale
        delta[v] *= rate * out_j * (1.0 if net.identity else net.h_scale * f * (1.0 - f))
        add_column(W, v, delta[v], P, v, bias + net.cell_bias)
        add_column(W, cells + v // net.size, delta[v], P, stride + v, bias + net.gate_bias)
        if net.forget_gates:
            add_column(W, first_forget + v // net.size, delta[v], P, 2 * stride + v, bias + net.gate_bias)


@compiled(inline=True)
def add_column(W, to, step, P, column, rows):  # type: ignore[no-untyped-def]
    for i in range(rows):
        W[i, to] += step * P[i, column]


@compiled(inline=True)
def _change_output_gates(net, W, y, before, nets, h, delta, index, value, t, rate):  # type: ignore[no-untyped-def]
    """(21) and (22): an output gate learns from the present step's sources alone."""
    first = net.cells + net.blocks
    for j in range(net.blocks):
        reached = 0.0
        for v in range(j * net.size, (j + 1) * net.size):
            reached += h[v] * delta[v]
        step = rate * reached * nets[first + j] * (1.0 - nets[first + j])
        for a in range(index.shape[1]):
            W[index[t, a], first + j] += step * value[t, a]
        for m in range(net.n_recurrent):
            W[net.n_in + m, first + j] += step * y[before + m]
        if net.gate_bias:
            W[net.n_in + net.n_recurrent, first + j] += step
