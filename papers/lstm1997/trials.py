"""A trial: draw a sequence, learn it, ask whether to stop; over and over inside compiled code.

All that a trial is lies in arrays (`State`), so that it can be stored between two calls and goes on as if never stopped.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numba import njit

from common.errors import UserError
from papers.lstm1997 import chance, draws, kernel
from papers.lstm1997.kernel import run_sequence
from papers.lstm1997.tasks import Source, Strings, Task, buffers
from papers.lstm1997.topology import Topology

RUNNING, STOPPED, NOT_FINITE = range(3)
REASONS = ("running", "stopped", "weights are not finite")
RECENT, FRESH, FIXED = range(3)
SEEN, REASON, FILLED, WRONG, FIRST, ADDED = range(6)  # places in State.counts
CHECK_EVERY = 100  # sequences between two looks at whether weights are finite
HUNDRED = 100  # the late cell compares the errors of this many sequences with those of as many before


@dataclass(frozen=True)
class Recent:
    """Fewer than `wrong_below` of the `window` most recent training sequences are wrong, mean absolute error < `mean_below`.

    ST3(b): 2000, 1, b. Task 5: 2000, n_seq. Tasks 2b and 2c: 10,000 in a row, all right. Judged as the net learns.
    """

    window: int
    wrong_below: int = 1
    mean_below: float = np.inf


@dataclass(frozen=True)
class Fresh:
    """Of `n` new sequences, drawn every `every` training sequences for the frozen net, at most `wrong_at_most` are wrong (ST1)
    and their mean absolute error is below `mean_below` too (ST2).
    """

    mean_below: float
    wrong_at_most: int = 0
    n: int = 256
    every: int = 100


@dataclass(frozen=True)
class Fixed:
    """The frozen net has every string of the training set, and of `also`, right; asked every `every` training sequences.

    By ranking where the grammar says which symbols are legal: all of them above all others, at every step. Else by
    tolerance, and then only after a sequence that was right while it was learned.
    """

    also: Strings | None = None
    every: int = 1


@dataclass(frozen=True)
class Learning:
    """tolerance: a sequence is wrong if an output is off by as much or more at a judged step.

    per_sequence: changes are added up and made at the end, where there is more than one target. late_cells: the memory
    cells join once the largest errors of 100 sequences, summed, are this share of those of the 100 before, or more; 0:
    they are there from the start.
    """

    rate: float
    tolerance: float
    stop: Recent | Fresh | Fixed
    per_sequence: bool = False
    late_cells: float = 0.0


class State(NamedTuple):
    """W, V, D: the weights. rng, test_rng: streams. counts: SEEN sequences, REASON, FILLED and WRONG of the recent ones, FIRST
    time that ST1 held (0: never), when the cells were ADDED. errors, wrong: (window,), the recent ones, in a ring.
    hundreds: (2,), summed largest errors of the present 100 sequences and of the 100 before.
    """

    W: np.ndarray
    V: np.ndarray
    D: np.ndarray
    rng: np.ndarray
    test_rng: np.ndarray
    counts: np.ndarray
    errors: np.ndarray
    wrong: np.ndarray
    hundreds: np.ndarray

    @property
    def weights(self) -> kernel.Weights:
        return kernel.Weights(self.W, self.V, self.D)

    @property
    def seen(self) -> int:
        return int(self.counts[SEEN])

    @property
    def reason(self) -> str:
        return REASONS[self.counts[REASON]]

    @property
    def first(self) -> int | None:
        """The sequences seen when ST1 first held."""
        return int(self.counts[FIRST]) or None

    @property
    def added(self) -> int | None:
        """The sequences seen when late cells joined."""
        return int(self.counts[ADDED]) or None

    def error(self) -> float:
        """Mean absolute error of the recent training sequences; NaN before the first."""
        filled = int(self.counts[FILLED])
        return float(self.errors[:filled].mean()) if filled else float("nan")


def start(weights: kernel.Weights, learning: Learning, seed: int) -> State:
    """A trial before its first sequence; it takes the weights over."""
    window = learning.stop.window if isinstance(learning.stop, Recent) else 2000
    counts = np.zeros(6, np.int64)
    streams = chance.stream(seed, "training"), chance.stream(seed, "stopping")
    return State(*weights, *streams, counts, np.zeros(window), np.zeros(window, np.int64), np.array([0.0, np.inf]))


def advance(state: State, topology: Topology, task: Task, learning: Learning, sequences: int) -> bool:
    """Learns up to `sequences` more sequences, in place. -> whether the trial is over; `state.reason` says why."""
    source, net = task.source, kernel.net_of(topology)
    _fits(topology, source)
    also = source
    if isinstance(learning.stop, Fixed) and learning.stop.also is not None:
        also = learning.stop.also.source
    into = kernel.Weights(*(np.zeros_like(w) for w in state.weights)) if learning.per_sequence else state.weights
    room = buffers(source)
    if also.longest > source.longest:
        room = buffers(also)
    return bool(_advance(net, state, into, kernel.workspace(topology), room, np.zeros_like(room[2]), source, also,
                         _numbers(learning), sequences))  # fmt: skip


class _Numbers(NamedTuple):
    rate: float
    tolerance: float
    per_sequence: bool
    late_cells: float
    stop: int
    every: int
    wrong_below: int
    mean_below: float
    n: int


def _numbers(learning: Learning) -> _Numbers:
    common = learning.rate, learning.tolerance, learning.per_sequence, learning.late_cells
    stop = learning.stop
    if isinstance(stop, Recent):
        return _Numbers(*common, RECENT, 1, stop.wrong_below, stop.mean_below, 0)
    if isinstance(stop, Fresh):
        return _Numbers(*common, FRESH, stop.every, stop.wrong_at_most + 1, stop.mean_below, stop.n)
    return _Numbers(*common, FIXED, stop.every, 0, np.inf, 0)


def _fits(topology: Topology, source: Source) -> None:
    if (topology.n_in, topology.n_out) != (source.n_in, source.n_out):
        raise UserError(
            f"a net of {topology.n_in} inputs and {topology.n_out} outputs on a task of {source.n_in} and {source.n_out}: "
            "take the topology of the task"
        )


def test(weights: kernel.Weights, topology: Topology, task: Task, n: int, rng: np.ndarray) -> np.ndarray:
    """The frozen net on n new sequences without noise on their targets; moves `rng` on.

    -> (n, 3): of each sequence largest absolute, mean absolute and mean squared error over judged steps and outputs.
    """
    source = task.source
    _fits(topology, source)
    room, errors = buffers(source), np.zeros((n, 3))
    _test(kernel.net_of(topology), weights, kernel.workspace(topology), room, np.zeros_like(room[2]), source, rng, errors)
    return errors


def wrongly_ranked(weights: kernel.Weights, topology: Topology, strings: Strings) -> int:
    """How many of the strings have an illegal symbol ranked as high as a legal one at some step."""
    source = strings.source
    _fits(topology, source)
    room = buffers(source)
    wrong = _wrong_of_fixed(kernel.net_of(topology), weights, kernel.workspace(topology), room, np.zeros_like(room[2]),
                            source, 0.0, False)  # fmt: skip
    return int(wrong)


@njit(cache=True)
def _advance(net, state, into, work, room, outputs, source, also, how, sequences):  # type: ignore[no-untyped-def]
    W, V, D, rng, test_rng, counts, errors, wrong, hundreds = state
    weights, index, value, targets = kernel.Weights(W, V, D), room[0], room[1], room[2]
    for _ in range(sequences):
        if counts[REASON] != RUNNING:
            break
        net_now = _without_cells(net) if how.late_cells > 0.0 and counts[ADDED] == 0 else net
        length, rows, _ = draws.draw(source, rng, False, index, value, targets)
        run_sequence(net_now, weights, into, work, how.rate, True, length, index, value, targets, rows, outputs)
        if how.per_sequence:
            _make_changes(weights, into)
        counts[SEEN] += 1
        largest, mean, _ = _judge(source.judge_all, rows, targets, outputs, net.n_out)
        bad = not largest < how.tolerance
        _remember(counts, errors, wrong, mean, bad)
        if how.late_cells > 0.0 and counts[ADDED] == 0:
            _decide_on_cells(counts, hundreds, largest, how.late_cells)
        if counts[SEEN] % CHECK_EVERY == 0 or not np.isfinite(mean):
            if not (_finite(W) and _finite(V) and _finite(D)):
                counts[REASON] = NOT_FINITE
                break
        if _is_over(net_now, weights, work, room, outputs, source, also, how, test_rng, counts, errors, bad):
            counts[REASON] = STOPPED
    return counts[REASON] != RUNNING


@njit(cache=True)
def _is_over(net, weights, work, room, outputs, source, also, how, test_rng, counts, errors, bad):  # type: ignore[no-untyped-def]
    if how.stop == RECENT:
        if counts[FILLED] < len(errors) or counts[WRONG] >= how.wrong_below:
            return False
        return how.mean_below == np.inf or errors.mean() < how.mean_below
    if counts[SEEN] % how.every != 0:
        return False
    if how.stop == FIXED:
        ranked = source.legal[0, 0] != 0
        if not ranked and bad:
            return False
        for each in (source, also):
            if _wrong_of_fixed(net, weights, work, room, outputs, each, how.tolerance, True) > 0:
                return False
        return True
    results = np.zeros((how.n, 3))
    _test(net, weights, work, room, outputs, source, test_rng, results)
    n_wrong, total = 0, 0.0
    for i in range(how.n):
        n_wrong += not results[i, 0] < how.tolerance
        total += results[i, 1]
    if n_wrong >= how.wrong_below:
        return False
    if counts[FIRST] == 0:
        counts[FIRST] = counts[SEEN]
    return total / how.n < how.mean_below


@njit(cache=True)
def _test(net, weights, work, room, outputs, source, rng, results):  # type: ignore[no-untyped-def]
    index, value, targets = room
    for i in range(len(results)):
        length, rows, _ = draws.draw(source, rng, True, index, value, targets)
        run_sequence(net, weights, weights, work, 0.0, False, length, index, value, targets, rows, outputs)
        results[i] = _judge(source.judge_all, rows, targets, outputs, net.n_out)


@njit(cache=True)
def _wrong_of_fixed(net, weights, work, room, outputs, source, tolerance, first_only):  # type: ignore[no-untyped-def]
    """How many strings of the set are wrong; with first_only, 1 as soon as one is."""
    index, value, targets = room
    n_wrong = 0
    for which in range(len(source.lengths)):
        length = draws.given(source, which, index, value, targets)
        run_sequence(net, weights, weights, work, 0.0, False, length, index, value, targets, length, outputs)
        if source.legal[0, 0] != 0:
            n_wrong += not _ranked(source.legal[which], length, outputs)
        else:
            n_wrong += not _judge(source.judge_all, length, targets, outputs, net.n_out)[0] < tolerance
        if n_wrong > 0 and first_only:
            return 1
    return n_wrong


@njit(cache=True)
def _ranked(legal, length, outputs):  # type: ignore[no-untyped-def]
    """Whether at every step the outputs of the legal next symbols are all above all others."""
    for t in range(length):
        least, most = np.inf, -np.inf
        for k in range(outputs.shape[1]):
            if np.isnan(outputs[t, k]):
                return False
            if (legal[t] >> k) & 1:
                least = min(least, outputs[t, k])
            else:
                most = max(most, outputs[t, k])
        if not least > most:
            return False
    return True


@njit(cache=True)
def _judge(judge_all, rows, targets, outputs, n_out):  # type: ignore[no-untyped-def]
    """Largest absolute, mean absolute and mean squared error over the judged steps and the outputs; NaN if one is."""
    largest, total, squares = 0.0, 0.0, 0.0
    first = 0 if judge_all else rows - 1
    for row in range(first, rows):
        for k in range(n_out):
            error = abs(targets[row, k] - outputs[row, k])
            largest = max(largest, error)
            total += error
            squares += error * error
    n = (rows - first) * n_out
    return largest if np.isfinite(total) else np.nan, total / n, squares / n


@njit(cache=True)
def _remember(counts, errors, wrong, mean, bad):  # type: ignore[no-untyped-def]
    """The ring of the recent sequences' errors, and how many of them were wrong."""
    place = (counts[SEEN] - 1) % len(errors)
    counts[WRONG] += bad - wrong[place]
    errors[place], wrong[place] = mean, bad
    counts[FILLED] = min(counts[SEEN], len(errors))


@njit(cache=True)
def _decide_on_cells(counts, hundreds, largest, share):  # type: ignore[no-untyped-def]
    """Lets late cells join where the error has stopped to decrease."""
    hundreds[0] += largest
    if counts[SEEN] % HUNDRED == 0:
        if hundreds[0] >= share * hundreds[1]:
            counts[ADDED] = counts[SEEN]
        hundreds[1], hundreds[0] = hundreds[0], 0.0


@njit(cache=True)
def _without_cells(net):  # type: ignore[no-untyped-def]
    return kernel.Net(
        net.n_in, net.n_out, 0, net.size, net.n_recurrent, net.columns, net.partials, net.gate_bias, net.cell_bias,
        net.output_bias, net.direct, net.output_gates, net.forget_gates, net.identity, net.g_scale, net.g_shift,
        net.h_scale, net.h_shift, net.linear, net.slope,
    )  # fmt: skip


@njit(cache=True)
def _make_changes(weights, changes):  # type: ignore[no-untyped-def]
    for weight, change in ((weights.W, changes.W), (weights.V, changes.V), (weights.D, changes.D)):
        for i in range(weight.shape[0]):
            for j in range(weight.shape[1]):
                weight[i, j] += change[i, j]
                change[i, j] = 0.0


@njit(cache=True)
def _finite(weight):  # type: ignore[no-untyped-def]
    for i in range(weight.shape[0]):
        for j in range(weight.shape[1]):
            if not np.isfinite(weight[i, j]):
                return False
    return True
