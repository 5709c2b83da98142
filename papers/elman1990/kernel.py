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
    W_x, W_c, b_h, W_o, b_o = w
    outputs, hidden = np.empty((len(inputs), len(b_o))), np.empty((len(inputs), len(b_h)))
    h, o = np.empty_like(b_h), np.empty_like(b_o)
    for t in range(len(inputs)):
        _forward(W_x, W_c, b_h, W_o, b_o, inputs, t, c, h, o, tanh)
        outputs[t], hidden[t] = o, h
        if context:
            c[:] = h
    return outputs, hidden


@njit(cache=True)
def _forward(W_x, W_c, b_h, W_o, b_o, inputs, t, c, h, o, tanh):  # type: ignore[no-untyped-def]
    """Writes h = f(x_t W_x + c W_c + b_h) and o = f(h W_o + b_o) in place."""
    for j in range(len(h)):
        h[j] = b_h[j]
    for i in range(inputs.shape[1]):
        if inputs[t, i] != 0.0:
            for j in range(len(h)):
                h[j] += inputs[t, i] * W_x[i, j]
    for i in range(len(c)):
        for j in range(len(h)):
            h[j] += c[i] * W_c[i, j]
    for j in range(len(h)):
        h[j] = np.tanh(h[j]) if tanh else 1.0 / (1.0 + np.exp(-h[j]))
    for k in range(len(o)):
        o[k] = b_o[k]
    for j in range(len(h)):
        for k in range(len(o)):
            o[k] += h[j] * W_o[j, k]
    for k in range(len(o)):
        o[k] = 1.0 / (1.0 + np.exp(-o[k]))


@njit(cache=True, fastmath={"reassoc"})  # lets the sums over k run in vector registers
def _deltas(W_o, h, o, targets, t, d_h, d_o, tanh, cross_entropy):  # type: ignore[no-untyped-def]
    """Writes the error signals of step t in place; returns its summed squared error."""
    error = 0.0
    for k in range(len(o)):
        difference = targets[t, k] - o[k]
        error += difference * difference
        d_o[k] = difference if cross_entropy else difference * o[k] * (1.0 - o[k])
    for j in range(len(h)):
        total = 0.0
        for k in range(len(o)):
            total += W_o[j, k] * d_o[k]
        d_h[j] = total * (1.0 - h[j] * h[j] if tanh else h[j] * (1.0 - h[j]))
    return error


@njit(cache=True)
def _change(weight, velocity, source, delta, lr, momentum):  # type: ignore[no-untyped-def]
    """weight += lr source delta^T, with momentum if there is any. source: (m,), delta: (n,), weight: (m, n)."""
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
    W_x, W_c, b_h, W_o, b_o = w
    v_x, v_c, v_h, v_o, v_b = velocity
    lr, momentum, tanh, cross_entropy, biases, context, _ = rule
    h, o, d_h, d_o = np.empty_like(b_h), np.empty_like(b_o), np.empty_like(b_h), np.empty_like(b_o)
    x, total = np.empty(inputs.shape[1]), 0.0
    for t in range(len(inputs)):
        _forward(W_x, W_c, b_h, W_o, b_o, inputs, t, c, h, o, tanh)
        total += _deltas(W_o, h, o, targets, t, d_h, d_o, tanh, cross_entropy)
        for i in range(len(x)):
            x[i] = inputs[t, i]
        _change(W_o, v_o, h, d_o, lr, momentum)
        _change(W_x, v_x, x, d_h, lr, momentum)
        _change(W_c, v_c, c, d_h, lr, momentum)
        if biases:
            for j in range(len(h)):
                v_h[j] = momentum * v_h[j] + lr * d_h[j]
                b_h[j] += v_h[j]
            for k in range(len(o)):
                v_b[k] = momentum * v_b[k] + lr * d_o[k]
                b_o[k] += v_b[k]
        if context:
            for j in range(len(h)):
                c[j] = h[j]
    return total / len(inputs)


@njit(cache=True, fastmath={"reassoc"})
def _one_step_back(W_c, c, d_h, earlier):  # type: ignore[no-untyped-def]
    """Writes to `earlier` the error signal of the hidden state that the context c is a copy of."""
    for i in range(len(c)):
        total = 0.0
        for j in range(len(d_h)):
            total += W_c[i, j] * d_h[j]
        earlier[i] = total * c[i] * (1.0 - c[i])


@njit(cache=True)
def _learn_through_time(w, c, inputs, targets, lr, window):  # type: ignore[no-untyped-def]
    """As `_learn`, but each step's error signal goes back through the last `window` states, as they were computed.

    Within one pass; logistic units, squared error, no momentum.
    """
    W_x, W_c, b_h, W_o, b_o = w
    h, o, d_o = np.empty_like(b_h), np.empty_like(b_o), np.empty_like(b_o)
    signals, contexts, total = np.empty((window, len(c))), np.empty((len(inputs), len(c))), 0.0
    for t in range(len(inputs)):
        contexts[t] = c
        _forward(W_x, W_c, b_h, W_o, b_o, inputs, t, c, h, o, False)
        total += _deltas(W_o, h, o, targets, t, signals[0], d_o, False, False)
        depth = min(window, t + 1)
        for k in range(1, depth):
            _one_step_back(W_c, contexts[t - k + 1], signals[k - 1], signals[k])
        _change(W_o, W_o, h, d_o, lr, 0.0)
        b_o += lr * d_o
        for k in range(depth):
            _change(W_x, W_x, inputs[t - k], signals[k], lr, 0.0)
            _change(W_c, W_c, contexts[t - k], signals[k], lr, 0.0)
            b_h += lr * signals[k]
        c[:] = h
    return total / len(inputs)
