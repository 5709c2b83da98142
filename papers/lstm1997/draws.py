"""Compiled: draws one sequence of a task. `tasks.py` says what the numbers are.

A step's input is a list of (index, value), so that one of a thousand symbols is one entry.
"""

import numpy as np

from papers.lstm1997.chance import below, between, normal, unit
from papers.lstm1997.compiled import compiled

STRINGS, RANDOM_INNER, DISTRACTORS, TWO_SEQUENCES, ADDING, ORDER = range(6)
NOISE, TARGET_NOISE = np.sqrt(0.2), np.sqrt(0.1)  # the paper gives variances


@compiled()
def draw(source, rng, clean, index, value, targets):  # type: ignore[no-untyped-def]
    """Writes one sequence. -> its length, how many of its last steps have targets."""
    numbers, kind = source.numbers, source.kind
    if kind == STRINGS:
        length = given(source, below(rng, len(source.lengths)), index, value, targets)
        return length, length
    if kind == RANDOM_INNER:
        return numbers[0], _random_inner(numbers[0], numbers[1] == 1, rng, index, value, targets)
    targets[0] = 0.0
    if kind == DISTRACTORS:
        length = _distractors(numbers[0], numbers[1], rng, index, value, targets)
    elif kind == TWO_SEQUENCES:
        length = _two_sequences(numbers, rng, clean, value, targets)
    elif kind == ADDING:
        length = _adding(numbers[0], numbers[1] == 1, numbers[2] == 1, rng, index, value, targets)
    else:
        length = _order(numbers, rng, index, value, targets)
    return length, 1


@compiled()
def given(source, which, index, value, targets):  # type: ignore[no-untyped-def]
    """String `which` of a fixed set; each step's target is the next symbol. -> its length."""
    length = source.lengths[which]
    targets[:length] = 0.0
    for t in range(length):
        index[t, 0], value[t, 0] = source.symbols[which, t], 1.0
        targets[t, source.symbols[which, t + 1]] = 1.0
    return length


@compiled()
def _random_inner(p, last_only, rng, index, value, targets):  # type: ignore[no-untyped-def]
    end = p - 1 + below(rng, 2)
    targets[:] = 0.0
    value[:, 0] = 1.0
    index[0, 0] = end
    for t in range(1, p):
        index[t, 0] = below(rng, p - 1)
        if not last_only:
            targets[t - 1, index[t, 0]] = 1.0
    rows = 1 if last_only else p
    targets[rows - 1, end] = 1.0
    return rows


@compiled()
def _distractors(q, p, rng, index, value, targets):  # type: ignore[no-untyped-def]
    """Symbols: p distractors, e, b, x, y."""
    which = below(rng, 2)
    index[0, 0], index[1, 0] = p + 1, p + 2 + which
    t = 2
    while t < q + 2 or (unit(rng) < 0.9 and t < len(index) - 1):
        index[t, 0] = below(rng, p)
        t += 1
    index[t, 0] = p
    value[: t + 1, 0] = 1.0
    targets[0, which] = 1.0
    return t + 1


@compiled()
def _two_sequences(numbers, rng, clean, value, targets):  # type: ignore[no-untyped-def]
    T, N, noisy_information, noisy_targets = numbers[0], numbers[1], numbers[2] == 1, numbers[3] == 1
    length, first = between(rng, T, T + T // 10), below(rng, 2) == 0
    start = 0 if noisy_information else N
    for t in range(N):
        value[t, 0] = 0.0
    for t in range(start, length, 2):
        a, b = normal(rng)
        value[t, 0] = NOISE * a
        if t + 1 < length:
            value[t + 1, 0] = NOISE * b
    for t in range(N):
        value[t, 0] += 1.0 if first else -1.0
    targets[0, 0] = (0.2 if first else 0.8) if noisy_targets else (1.0 if first else 0.0)
    if noisy_targets and not clean:
        targets[0, 0] += TARGET_NOISE * normal(rng)[0]
    return length


@compiled()
def _adding(T, product, keep_marker, rng, index, value, targets):  # type: ignore[no-untyped-def]
    length = between(rng, T, T + T // 10)
    for t in range(length):
        index[t, 0], index[t, 1] = 0, 1
        value[t, 0] = unit(rng) if product else 2.0 * unit(rng) - 1.0
        value[t, 1] = 0.0
    one = below(rng, 10)
    two = below(rng, T // 2 - 1)
    two += two >= one
    value[0, 1] = value[length - 1, 1] = -1.0
    neutral = 1.0 if product else 0.0
    a = neutral if one == 0 else value[one, 0]
    b = neutral if two == 0 else value[two, 0]
    for marked in (one, two):
        if marked > 0:
            value[marked, 1] = 1.0
        elif not keep_marker:
            value[0, 0], value[0, 1] = neutral, 1.0
    targets[0, 0] = a * b if product else 0.5 + (a + b) / 4.0
    return length


@compiled()
def _order(numbers, rng, index, value, targets):  # type: ignore[no-untyped-def]
    """Symbols: E, B, a, b, c, d, X, Y. The classes count in binary, X as 0, the first symbol highest."""
    length, which = between(rng, numbers[0], numbers[1]), 0
    index[0, 0], index[length - 1, 0] = 0, 1
    for t in range(1, length - 1):
        index[t, 0] = 2 + below(rng, 4)
    for window in range(1, len(numbers) // 2):
        symbol = below(rng, 2)
        index[between(rng, numbers[2 * window], numbers[2 * window + 1]) - 1, 0] = 6 + symbol
        which = 2 * which + symbol
    value[:length, 0] = 1.0
    targets[0, which] = 1.0
    return length
