"""The fast path: the arithmetic of `model.py` compiled by numba, in double precision. The tests hold the two together.

Weights are stored (from, to), so that the inner loops run over consecutive numbers. Inputs are mostly zeros, and a zero
neither adds to a sum nor receives a gradient: it is skipped.
"""

from typing import NamedTuple

import numpy as np
from numba import njit

from common.seeding import generator


class Weights(NamedTuple):
    """W_x: (I, H), W_c: (H, H), b_h: (H,), W_o: (H, O), b_o: (O,)."""

    W_x: np.ndarray
    W_c: np.ndarray
    b_h: np.ndarray
    W_o: np.ndarray
    b_o: np.ndarray

    def count(self) -> int:
        return sum(w.size for w in self)

    def finite(self) -> bool:
        return all(bool(np.isfinite(w).all()) for w in self)


class Rule(NamedTuple):
    """The learning rule. All but `lr` are at the paper's values by default; each other value is a departure or a control."""

    lr: float
    momentum: float = 0.0
    tanh: bool = False  # hidden units tanh instead of logistic
    cross_entropy: bool = False  # of the logistic outputs, instead of squared error
    biases: bool = True
    context: bool = True  # False holds the context at its first value
    window: int = 1  # steps that the gradient goes back; 1 is the paper's


def initial_weights(n_in: int, n_hidden: int, n_out: int, spread: float, seed: int, biases: bool = True) -> Weights:
    """Uniform in [-spread, spread], biases included (the paper is silent)."""
    draw = generator(seed, "weights").uniform
    shapes = ((n_in, n_hidden), (n_hidden, n_hidden), (n_hidden,), (n_hidden, n_out), (n_out,))
    weights = Weights(*(draw(-spread, spread, shape) for shape in shapes))
    if not biases:
        weights.b_h[:], weights.b_o[:] = 0.0, 0.0
    return weights


def first_context(n_hidden: int, tanh: bool = False) -> np.ndarray:
    """The middle of the units' range: 0.5, and 0 for tanh. -> (H,)."""
    return np.full(n_hidden, 0.0 if tanh else 0.5)


def learn_pass(w: Weights, velocity: Weights, c: np.ndarray, inputs: np.ndarray, targets: np.ndarray, rule: Rule) -> float:
    """One pass over the stream, a weight change at every step. Changes `w`, `velocity` and `c` in place.

    inputs: (T, I), targets: (T, O), c: (H,) -> mean over steps of the summed squared error before each change.
    """
    if rule.window > 1:
        return float(_learn_through_time(w, c, inputs, targets, rule.lr, rule.window))
    return float(_learn(w, velocity, c, inputs, targets, rule))


@njit(cache=True)
def run_stream(w: Weights, c: np.ndarray, inputs: np.ndarray, tanh: bool, context: bool) -> tuple[np.ndarray, np.ndarray]:
    """Frozen weights. inputs: (T, I), c: (H,) is carried on in place -> outputs (T, O), hidden states (T, H)."""
    steps, n_hidden, n_out = len(inputs), len(c), len(w.b_o)
    outputs, hidden = np.empty((steps, n_out)), np.empty((steps, n_hidden))
    for t in range(steps):
        _forward(w, inputs[t], c, hidden[t], outputs[t], tanh)
        if context:
            c[:] = hidden[t]
    return outputs, hidden


@njit(cache=True)
def _forward(w, x, c, h, o, tanh):  # type: ignore[no-untyped-def]
    """Writes h = f(x W_x + c W_c + b_h) and o = f(h W_o + b_o) in place."""
    h[:] = w.b_h
    for i in range(len(x)):
        if x[i] != 0.0:
            for j in range(len(h)):
                h[j] += x[i] * w.W_x[i, j]
    for i in range(len(c)):
        for j in range(len(h)):
            h[j] += c[i] * w.W_c[i, j]
    for j in range(len(h)):
        h[j] = np.tanh(h[j]) if tanh else 1.0 / (1.0 + np.exp(-h[j]))
    o[:] = w.b_o
    for j in range(len(h)):
        for k in range(len(o)):
            o[k] += h[j] * w.W_o[j, k]
    for k in range(len(o)):
        o[k] = 1.0 / (1.0 + np.exp(-o[k]))


@njit(cache=True, fastmath={"reassoc"})  # lets the sums over k run in vector registers
def _deltas(w, h, o, y, d_h, d_o, tanh, cross_entropy):  # type: ignore[no-untyped-def]
    """Writes the error signals of one step in place; returns its summed squared error."""
    error = 0.0
    for k in range(len(o)):
        difference = y[k] - o[k]
        error += difference * difference
        d_o[k] = difference if cross_entropy else difference * o[k] * (1.0 - o[k])
    for j in range(len(h)):
        total = 0.0
        for k in range(len(o)):
            total += w.W_o[j, k] * d_o[k]
        d_h[j] = total * (1.0 - h[j] * h[j] if tanh else h[j] * (1.0 - h[j]))
    return error


@njit(cache=True)
def _change(weight, velocity, source, delta, lr, momentum):  # type: ignore[no-untyped-def]
    """weight += lr source delta^T, with momentum if there is any. weight: (len(source), len(delta))."""
    for i in range(len(source)):
        if momentum != 0.0:
            for j in range(len(delta)):
                velocity[i, j] = momentum * velocity[i, j] + lr * source[i] * delta[j]
                weight[i, j] += velocity[i, j]
        elif source[i] != 0.0:
            step = lr * source[i]
            for j in range(len(delta)):
                weight[i, j] += step * delta[j]


@njit(cache=True)
def _learn(w, velocity, c, inputs, targets, rule):  # type: ignore[no-untyped-def]
    h, o, d_h, d_o = np.empty_like(w.b_h), np.empty_like(w.b_o), np.empty_like(w.b_h), np.empty_like(w.b_o)
    one, total = np.ones(1), 0.0
    for t in range(len(inputs)):
        _forward(w, inputs[t], c, h, o, rule.tanh)
        total += _deltas(w, h, o, targets[t], d_h, d_o, rule.tanh, rule.cross_entropy)
        _change(w.W_o, velocity.W_o, h, d_o, rule.lr, rule.momentum)
        _change(w.W_x, velocity.W_x, inputs[t], d_h, rule.lr, rule.momentum)
        _change(w.W_c, velocity.W_c, c, d_h, rule.lr, rule.momentum)
        if rule.biases:
            _change(w.b_o.reshape(1, -1), velocity.b_o.reshape(1, -1), one, d_o, rule.lr, rule.momentum)
            _change(w.b_h.reshape(1, -1), velocity.b_h.reshape(1, -1), one, d_h, rule.lr, rule.momentum)
        if rule.context:
            c[:] = h
    return total / len(inputs)


@njit(cache=True, fastmath={"reassoc"})
def _back(W_c, d_h, c):  # type: ignore[no-untyped-def]
    """The error signal of the hidden state that the context c was copied from. -> (H,)."""
    earlier = np.empty_like(d_h)
    for i in range(len(earlier)):
        total = 0.0
        for j in range(len(d_h)):
            total += W_c[i, j] * d_h[j]
        earlier[i] = total * c[i] * (1.0 - c[i])
    return earlier


@njit(cache=True)
def gradients_through_time(w, contexts, inputs, h, o, y):  # type: ignore[no-untyped-def]
    """Gradients of one step's -E, going back through all the states given.

    contexts: (n, H), inputs: (n, I), oldest first, the last row being the present step -> (dW_x, dW_c, db_h, dW_o, db_o), error.
    """
    d_h, d_o = np.empty_like(w.b_h), np.empty_like(w.b_o)
    g_x, g_c, g_h, g_o = np.zeros_like(w.W_x), np.zeros_like(w.W_c), np.zeros_like(w.b_h), np.zeros_like(w.W_o)
    error = _deltas(w, h, o, y, d_h, d_o, False, False)
    _change(g_o, g_o, h, d_o, 1.0, 0.0)
    for k in range(len(contexts) - 1, -1, -1):
        _change(g_x, g_x, inputs[k], d_h, 1.0, 0.0)
        _change(g_c, g_c, contexts[k], d_h, 1.0, 0.0)
        g_h += d_h
        if k > 0:
            d_h = _back(w.W_c, d_h, contexts[k])
    return (g_x, g_c, g_h, g_o, d_o), error


@njit(cache=True)
def _learn_through_time(w, c, inputs, targets, lr, window):  # type: ignore[no-untyped-def]
    """As `_learn`, the gradient of each step going back through the last `window` states as they were computed."""
    h, o, total = np.empty_like(w.b_h), np.empty_like(w.b_o), 0.0
    contexts = np.empty((len(inputs), len(c)))
    for t in range(len(inputs)):
        contexts[t] = c
        _forward(w, inputs[t], c, h, o, False)
        start = max(0, t + 1 - window)
        g, error = gradients_through_time(w, contexts[start : t + 1], inputs[start : t + 1], h, o, targets[t])
        total += error
        w.W_x[:] += lr * g[0]
        w.W_c[:] += lr * g[1]
        w.b_h[:] += lr * g[2]
        w.W_o[:] += lr * g[3]
        w.b_o[:] += lr * g[4]
        c[:] = h
    return total / len(inputs)
