"""Compiled: recurrent nets without memory cells, and the rules of learning that LSTM is compared with.

They keep their weights in the same three arrays: W into the hidden layer from inputs, hidden units and the bias; V into
the outputs; D from inputs to outputs.
"""

import numpy as np

from papers.lstm1997.compiled import compiled
from papers.lstm1997.kernel import BPTT, FAST, RTRL, add_column, change_outputs, output
from papers.lstm1997.quads import LANES, load, logistic, store


@compiled(fastmath=FAST)
def run_sequence(net, weights, into, work, rate, learn, length, index, value, targets, rows, outputs):  # type: ignore[no-untyped-def]
    """As `kernel.run_sequence`. With bptt, `into` must be zeros: the changes are added up there, and clipped."""
    W, V, D = weights
    into_W, into_V, into_D = into
    history, delta, e, P, columns = work.history, work.delta, work.e, work.P, net.columns
    flat = history.reshape(-1)
    history[0] = 0.0
    if learn and net.rule == RTRL:
        P[:] = 0.0
    for t in range(length):
        _hidden_layer(net, W, history, index, value, t)
        if learn and net.rule == RTRL:
            _carry(net, W, P, history, index, value, t)
        row, start = t - (length - rows), (t + 1) * columns
        if row >= 0:
            output(net, V, D, flat, start, index, value, t, e, outputs, row)
            if learn and net.rule != BPTT:
                change_outputs(net, V, into_V, into_D, flat, start, index, value, t, targets, row, rate, e, delta)
                _change(net, into_W, P, history, delta, index, value, t, rate)
    if learn and net.rule == BPTT:
        _through_time(net, weights, into, work, rate, length, index, value, targets, rows, outputs)
        _clip(into, rate * net.clip)


@compiled(inline=True)
def _hidden_layer(net, W, history, index, value, t):  # type: ignore[no-untyped-def]
    """history[t]: the activations before step t -> history[t + 1]."""
    columns = net.columns
    for u in range(0, columns, LANES):
        total = load(W, (net.n_in + net.n_recurrent) * columns + u)
        for k in range(index.shape[1]):
            total = total + value[t, k] * load(W, index[t, k] * columns + u)
        for m in range(net.n_recurrent):
            total = total + history[t, m] * load(W, (net.n_in + m) * columns + u)
        store(history, (t + 1) * columns + u, logistic(total))


@compiled(inline=True)
def _carry(net, W, P, history, index, value, t):  # type: ignore[no-untyped-def]
    """The derivatives of the one unit's activation by its weights, from those of the step before; P[:, 0]."""
    slope = history[t + 1, 0] * (1.0 - history[t + 1, 0])
    kept = slope * W[net.n_in, 0]
    for i in range(len(P)):
        P[i, 0] *= kept
    for k in range(index.shape[1]):
        P[index[t, k], 0] += slope * value[t, k]
    P[net.n_in, 0] += slope * history[t, 0]
    if net.cell_bias:
        P[net.n_in + 1, 0] += slope


@compiled(inline=True)
def _change(net, W, P, history, delta, index, value, t, rate):  # type: ignore[no-untyped-def]
    """Adds one step's changes to W, by rtrl or no further back than the step itself."""
    if net.rule == RTRL:
        add_column(W, 0, rate * delta[0], P, 0, len(P))
        return
    for u in range(net.n_recurrent):
        delta[u] *= rate * history[t + 1, u] * (1.0 - history[t + 1, u])
    _change_hidden(net, W, history, delta, index, value, t)


@compiled(inline=True)
def _change_hidden(net, W, history, delta, index, value, t):  # type: ignore[no-untyped-def]
    """W += sources of step t times delta. delta: (columns,), errors of the summed inputs times the rate."""
    columns = net.columns
    for u in range(0, columns, LANES):
        error = load(delta, u)
        for k in range(index.shape[1]):
            place = index[t, k] * columns + u
            store(W, place, load(W, place) + value[t, k] * error)
        for m in range(net.n_recurrent):
            place = (net.n_in + m) * columns + u
            store(W, place, load(W, place) + history[t, m] * error)
        if net.cell_bias:
            place = (net.n_in + net.n_recurrent) * columns + u
            store(W, place, load(W, place) + error)


@compiled(fastmath=FAST)
def _through_time(net, weights, into, work, rate, length, index, value, targets, rows, outputs):  # type: ignore[no-untyped-def]
    """Adds the changes by the full gradient of the sequence's errors to `into`."""
    W, history, e, delta = weights.W, work.history, work.e, work.delta
    later, now = np.zeros(net.columns), np.zeros(net.columns)
    flat = history.reshape(-1)
    for t in range(length - 1, -1, -1):
        row = t - (length - rows)
        for m in range(net.n_recurrent):
            now[m] = 0.0
            for u in range(net.n_recurrent):
                now[m] += W[net.n_in + m, u] * later[u]
        if row >= 0:
            for k in range(net.n_out):
                e[k] = outputs[row, k]
            start = (t + 1) * net.columns
            change_outputs(net, weights.V, into.V, into.D, flat, start, index, value, t, targets, row, rate, e, delta)
            for m in range(net.n_recurrent):
                now[m] += rate * delta[m]
        for m in range(net.n_recurrent):
            later[m] = now[m] * history[t + 1, m] * (1.0 - history[t + 1, m])
        _change_hidden(net, into.W, history, later, index, value, t)


@compiled()
def _clip(changes, longest):  # type: ignore[no-untyped-def]
    """Shortens the change, as one vector of all weights, to the length `longest`."""
    square = (changes.W**2).sum() + (changes.V**2).sum() + (changes.D**2).sum()
    if square > longest * longest:
        for change in (changes.W, changes.V, changes.D):
            change *= longest / np.sqrt(square)
