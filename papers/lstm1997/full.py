"""Compiled: memory cells that learn by the full gradient, back-propagated through the sequence. A departure, to compare with.

The step forward is the kernel's; what it computed is kept, and the errors go back through every connection.
"""

import numpy as np

from papers.lstm1997.compiled import compiled
from papers.lstm1997.kernel import FAST, change_outputs, forget, output, step, sum_inputs


@compiled(fastmath=FAST)
def run_sequence(net, weights, into, work, rate, learn, length, index, value, targets, rows, outputs):  # type: ignore[no-untyped-def]
    """As `kernel.run_sequence`; `into` must be zeros: the changes are added up there."""
    y, nets, s, h, factor, _, e, block, history, P = work
    W, V, D = weights
    y[:], s[:], history[0] = 0.0, 0.0, 0.0
    columns, stride = net.columns, len(s)
    now, before = 0, columns
    for t in range(length):
        now, before = before, now
        sum_inputs(net.n_in, net.n_recurrent, W, y, before, index, value, t, nets)
        if net.forget_gates:
            forget(net, nets, s, factor, P)
        step(net, y, now, nets, s, h, factor, block)
        kept = history[t + 1]
        kept[:columns], kept[columns : 2 * columns] = y[now : now + columns], nets
        kept[2 * columns : 2 * columns + stride], kept[2 * columns + stride :] = s, h
        row = t - (length - rows)
        if row >= 0:
            output(net, V, D, y, now, index, value, t, e, outputs, row)
    if learn:
        _go_back(net, weights, into, work, rate, length, index, value, targets, rows, outputs)


@compiled(fastmath=FAST)
def _go_back(net, weights, into, work, rate, length, index, value, targets, rows, outputs):  # type: ignore[no-untyped-def]
    W, history, e, delta = weights.W, work.history, work.e, work.delta
    columns, width, flat = net.columns, history.shape[1], history.reshape(-1)
    d_net, d_y, d_s = np.zeros(columns), np.zeros(columns), np.zeros(len(work.s))
    for t in range(length - 1, -1, -1):
        d_y[:] = 0.0
        for m in range(net.n_recurrent):
            for u in range(columns):
                d_y[m] += W[net.n_in + m, u] * d_net[u]
        row = t - (length - rows)
        if row >= 0:
            e[:] = outputs[row]
            change_outputs(net, weights.V, into.V, into.D, flat, (t + 1) * width, index, value, t, targets, row, rate, e, delta)
            for v in range(net.cells):
                d_y[v] += rate * delta[v]
        _through_cells(net, history[t + 1], history[t], d_y, d_s, d_net)
        _change_hidden(net, into.W, history[t], d_net, index, value, t)


@compiled(fastmath=FAST)
def _through_cells(net, kept, kept_before, d_y, d_s, d_net):  # type: ignore[no-untyped-def]
    """d_y: errors of this step's activations; d_s: of the states, from the step after -> the step before; writes d_net."""
    cells, columns, stride = net.cells, net.columns, len(d_s)
    f, h = kept[columns : 2 * columns], kept[2 * columns + stride :]
    s_before = kept_before[2 * columns : 2 * columns + stride]
    for u in range(cells, columns):
        d_net[u] = d_y[u]
    for v in range(cells):
        in_j = cells + v // net.size
        out_j, forget_j = in_j + net.blocks, in_j + net.blocks * (1 + net.output_gates)
        squashed = 0.5 if net.identity else (h[v] - net.h_shift) / net.h_scale
        slope = 1.0 if net.identity else net.h_scale * squashed * (1.0 - squashed)
        if net.output_gates:
            d_net[out_j] += d_y[v] * h[v]
            slope *= f[out_j]
        d_s[v] += d_y[v] * slope
        d_net[in_j] += d_s[v] * (net.g_scale * f[v] + net.g_shift)
        d_net[v] = d_s[v] * f[in_j] * net.g_scale
        if net.forget_gates:
            d_net[forget_j] += d_s[v] * s_before[v]
            d_s[v] *= f[forget_j]
    for u in range(columns):
        d_net[u] *= f[u] * (1.0 - f[u])


@compiled(fastmath=FAST)
def _change_hidden(net, W, kept_before, d_net, index, value, t):  # type: ignore[no-untyped-def]
    bias = net.n_in + net.n_recurrent
    for u in range(net.columns):
        for k in range(index.shape[1]):
            W[index[t, k], u] += value[t, k] * d_net[u]
        for m in range(net.n_recurrent):
            W[net.n_in + m, u] += kept_before[m] * d_net[u]
        if net.gate_bias and (u >= net.cells or net.cell_bias):
            W[bias, u] += d_net[u]
