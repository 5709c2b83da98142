"""Compiled: the loop of a trial over its sequences, its stop rules, and tests of a frozen net. `trials.py` is its front."""

from typing import NamedTuple

import numpy as np

from papers.lstm1997 import draws, full, kernel, recurrent
from papers.lstm1997.compiled import compiled
from papers.lstm1997.kernel import FULL, LSTM, Net
from papers.lstm1997.weights import Weights

RUNNING, STOPPED, NOT_FINITE = range(3)
RECENT, FRESH, FIXED = range(3)
SEEN, REASON, FILLED, WRONG, FIRST, ADDED = range(6)  # places in a trial's counts
CHECK_EVERY = 100  # sequences between two looks at whether weights are finite
HUNDRED = 100  # the late cells' rule compares the errors of this many sequences with those of as many before


class How(NamedTuple):
    """A rule of learning and stopping, as the numbers that compiled code reads."""

    rate: float
    tolerance: float
    per_sequence: bool
    adam: bool
    late_cells: float
    stop: int
    every: int
    wrong_below: int
    mean_below: float
    n: int
    fixed: bool


@compiled(inline=True)
def run_sequence(net, weights, into, work, rate, learn, length, index, value, targets, rows, outputs):  # type: ignore[no-untyped-def]
    """`kernel.run_sequence`, whichever kind of net it is."""
    if net.rule == LSTM:
        kernel.run_sequence(net, weights, into, work, rate, learn, length, index, value, targets, rows, outputs)
    elif net.rule == FULL:
        full.run_sequence(net, weights, into, work, rate, learn, length, index, value, targets, rows, outputs)
    else:
        recurrent.run_sequence(net, weights, into, work, rate, learn, length, index, value, targets, rows, outputs)


@compiled()
def advance(net, state, into, work, room, outputs, source, also, how, sequences):  # type: ignore[no-untyped-def]
    W, V, D, rng, test_rng, counts, errors, wrong, hundreds, moments = state
    weights, index, value, targets = Weights(W, V, D), room[0], room[1], room[2]
    rate = 1.0 if how.adam else how.rate  # Adam takes the gradient itself
    for _ in range(sequences):
        if counts[REASON] != RUNNING:
            break
        net_now = _without_cells(net) if how.late_cells > 0.0 and counts[ADDED] == 0 else net
        length, rows = draws.draw(source, rng, False, index, value, targets)
        run_sequence(net_now, weights, into, work, rate, True, length, index, value, targets, rows, outputs)
        counts[SEEN] += 1
        if how.adam:
            _adam(into, moments, how.rate, counts[SEEN])
        if how.per_sequence:
            _make_changes(weights, into)
        largest, mean, _ = _judge(source.judge_all, rows, targets, outputs, net.n_out)
        bad = not largest < how.tolerance
        _remember(counts, errors, wrong, mean, bad)
        if how.late_cells > 0.0 and counts[ADDED] == 0:
            _decide_on_cells(counts, hundreds, largest, how.late_cells)
        look = counts[SEEN] % CHECK_EVERY == 0 or not np.isfinite(mean)
        if look and not (_finite(W) and _finite(V) and _finite(D)):
            counts[REASON] = NOT_FINITE
            break
        if how.stop == RECENT:
            if recent_are_good(counts, errors, how.wrong_below, how.mean_below):
                counts[REASON] = STOPPED
        elif _tested_well(net_now, weights, work, room, outputs, source, also, how, test_rng, counts, bad):
            counts[REASON] = STOPPED
    return counts[REASON] != RUNNING


@compiled()
def recent_are_good(counts, errors, wrong_below, mean_below):  # type: ignore[no-untyped-def]
    if counts[FILLED] < len(errors) or counts[WRONG] >= wrong_below:
        return False
    return mean_below == np.inf or errors.mean() < mean_below


@compiled()
def _tested_well(net, weights, work, room, outputs, source, also, how, test_rng, counts, bad):  # type: ignore[no-untyped-def]
    if counts[SEEN] % how.every != 0:
        return False
    if how.stop == FIXED:
        ranked = source.legal[0, 0] != 0
        if not ranked and bad:
            return False
        wrong = wrong_of_fixed(net, weights, work, room, outputs, source, how.tolerance, True)
        return wrong == 0 and wrong_of_fixed(net, weights, work, room, outputs, also, how.tolerance, True) == 0
    results = np.zeros((how.n, 4))
    test(net, weights, work, room, outputs, source, test_rng.copy() if how.fixed else test_rng, results)
    n_wrong, total = 0, 0.0
    for i in range(how.n):
        n_wrong += not results[i, 0] < how.tolerance
        total += results[i, 1]
    if n_wrong >= how.wrong_below:
        return False
    if counts[FIRST] == 0:
        counts[FIRST] = counts[SEEN]
    return total / how.n < how.mean_below


@compiled()
def test(net, weights, work, room, outputs, source, rng, results):  # type: ignore[no-untyped-def]
    index, value, targets = room
    for i in range(len(results)):
        length, rows = draws.draw(source, rng, True, index, value, targets)
        run_sequence(net, weights, weights, work, 0.0, False, length, index, value, targets, rows, outputs)
        results[i, :3] = _judge(source.judge_all, rows, targets, outputs, net.n_out)
        results[i, 3] = 0.0
        for v in range(net.cells if net.blocks > 0 else 0):
            results[i, 3] += abs(work.s[v]) / net.cells


@compiled()
def wrong_of_fixed(net, weights, work, room, outputs, source, tolerance, first_only):  # type: ignore[no-untyped-def]
    """How many strings of the set are wrong; with first_only, 1 as soon as one is."""
    index, value, targets = room
    n_wrong = 0
    for which in range(len(source.lengths)):
        length = draws.given(source, which, index, value, targets)
        run_sequence(net, weights, weights, work, 0.0, False, length, index, value, targets, length, outputs)
        if source.legal[0, 0] != 0:
            n_wrong += not _ranked(source.legal[which], length, outputs, source.n_out)
        else:
            n_wrong += not _judge(source.judge_all, length, targets, outputs, net.n_out)[0] < tolerance
        if n_wrong > 0 and first_only:
            return 1
    return n_wrong


@compiled()
def _ranked(legal, length, outputs, n_out):  # type: ignore[no-untyped-def]
    """Whether at every step the outputs of the legal next symbols are all above all others."""
    for t in range(length):
        least, most = np.inf, -np.inf
        for k in range(n_out):
            if np.isnan(outputs[t, k]):
                return False
            if (legal[t] >> k) & 1:
                least = min(least, outputs[t, k])
            else:
                most = max(most, outputs[t, k])
        if not least > most:
            return False
    return True


@compiled()
def _judge(judge_all, rows, targets, outputs, n_out):  # type: ignore[no-untyped-def]
    """Largest absolute, mean absolute and mean squared error over the judged steps and the outputs; NaN if one is."""
    first = 0 if judge_all else rows - 1
    total, squares = _sums(targets, outputs, first, rows, n_out)
    largest = _largest(targets, outputs, first, rows, n_out) if np.isfinite(total) else np.nan
    n = (rows - first) * n_out
    return largest, total / n, squares / n


@compiled(fastmath=frozenset({"reassoc", "contract"}))
def _sums(targets, outputs, first, rows, n_out):  # type: ignore[no-untyped-def]
    total, squares = 0.0, 0.0
    for row in range(first, rows):
        for k in range(n_out):
            error = abs(targets[row, k] - outputs[row, k])
            total += error
            squares += error * error
    return total, squares


@compiled(fastmath=frozenset({"nnan", "nsz", "reassoc"}))  # only ever asked about finite errors
def _largest(targets, outputs, first, rows, n_out):  # type: ignore[no-untyped-def]
    largest = 0.0
    for row in range(first, rows):
        for k in range(n_out):
            error = abs(targets[row, k] - outputs[row, k])
            largest = max(largest, error)
    return largest


@compiled()
def _remember(counts, errors, wrong, mean, bad):  # type: ignore[no-untyped-def]
    """The ring of the recent sequences' errors, and how many of them were wrong."""
    place = (counts[SEEN] - 1) % len(errors)
    counts[WRONG] += bad - wrong[place]
    errors[place], wrong[place] = mean, bad
    counts[FILLED] = min(counts[SEEN], len(errors))


@compiled()
def _decide_on_cells(counts, hundreds, largest, share):  # type: ignore[no-untyped-def]
    """Lets late cells join where the error has stopped to decrease."""
    hundreds[0] += largest
    if counts[SEEN] % HUNDRED == 0:
        if hundreds[0] >= share * hundreds[1]:
            counts[ADDED] = counts[SEEN]
        hundreds[1], hundreds[0] = hundreds[0], 0.0


@compiled()
def _without_cells(net):  # type: ignore[no-untyped-def]
    return Net(
        net.n_in, net.n_out, 0, net.size, 0, net.n_recurrent, net.columns, net.partials, net.gate_bias, net.cell_bias,
        net.output_bias, net.direct, net.output_gates, net.forget_gates, net.identity, net.g_scale, net.g_shift,
        net.h_scale, net.h_shift, net.linear, net.slope, net.rule, net.clip,
    )  # fmt: skip


@compiled()
def _adam(changes, moments, rate, step):  # type: ignore[no-untyped-def]
    """Adam (Kingma and Ba, 2015) with its usual constants. changes: summed -dE/dw -> what to add to the weights.

    moments: (2, weights in all), running means of the gradients and of their squares.
    """
    place = 0
    for change in (changes.W, changes.V, changes.D):
        for i in range(change.shape[0]):
            for j in range(change.shape[1]):
                moments[0, place] = 0.9 * moments[0, place] + 0.1 * change[i, j]
                moments[1, place] = 0.999 * moments[1, place] + 0.001 * change[i, j] ** 2
                mean, square = moments[0, place] / (1.0 - 0.9**step), moments[1, place] / (1.0 - 0.999**step)
                change[i, j] = rate * mean / (np.sqrt(square) + 1e-8)
                place += 1


@compiled()
def _make_changes(weights, changes):  # type: ignore[no-untyped-def]
    for weight, change in ((weights.W, changes.W), (weights.V, changes.V), (weights.D, changes.D)):
        for i in range(weight.shape[0]):
            for j in range(weight.shape[1]):
                weight[i, j] += change[i, j]
                change[i, j] = 0.0


@compiled()
def _finite(weight):  # type: ignore[no-untyped-def]
    for i in range(weight.shape[0]):
        for j in range(weight.shape[1]):
            if not np.isfinite(weight[i, j]):
                return False
    return True
