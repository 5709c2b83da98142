"""A trial: draw a sequence, learn it, ask whether to stop; over and over inside compiled code.

All that a trial is lies in arrays (`State`), so that it can be stored between two calls and goes on as if never stopped.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from common.errors import UserError
from papers.lstm1997 import chance, loop
from papers.lstm1997.kernel import BPTT, FULL, net_of, workspace
from papers.lstm1997.loop import ADDED, FILLED, FIRST, FIXED, FRESH, REASON, RECENT, SEEN, How
from papers.lstm1997.tasks import Source, Strings, Task, buffers
from papers.lstm1997.topology import Recurrent, Topology
from papers.lstm1997.weights import Weights

REASONS = ("running", "stopped", "weights are not finite")


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
    and their mean absolute error is below `mean_below` too (ST2). fixed: the n are drawn once.
    """

    mean_below: float
    wrong_at_most: int = 0
    n: int = 256
    every: int = 100
    fixed: bool = False


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

    per_sequence: changes are added up and made at the end, where there is more than one target. adam: they are Adam's then,
    else rate times the negative gradient. late_cells: the memory
    cells join once the largest errors of 100 sequences, summed, are this share of those of the 100 before, or more; 0:
    they are there from the start.
    """

    rate: float
    tolerance: float
    stop: Recent | Fresh | Fixed
    per_sequence: bool = False
    late_cells: float = 0.0
    adam: bool = False


class State(NamedTuple):
    """W, V, D: the weights. rng, test_rng: streams. counts: SEEN sequences, REASON, FILLED and WRONG of the recent ones, FIRST
    time that ST1 held (0: never), when the cells were ADDED. errors, wrong: (window,), the recent ones, in a ring.
    hundreds: (2,), summed largest errors of the present 100 sequences and of the 100 before. moments: (2, weights), Adam's.
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
    moments: np.ndarray

    @property
    def weights(self) -> Weights:
        return Weights(self.W, self.V, self.D)

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


def start(weights: Weights, learning: Learning, seed: int) -> State:
    """A trial before its first sequence; it takes the weights over."""
    window = learning.stop.window if isinstance(learning.stop, Recent) else 2000
    counts = np.zeros(6, np.int64)
    streams = chance.stream(seed, "training"), chance.stream(seed, "stopping")
    recent = np.zeros(window), np.zeros(window, np.int64)
    moments = np.zeros((2, sum(w.size for w in weights) if learning.adam else 0))
    return State(*weights, *streams, counts, *recent, np.array([0.0, np.inf]), moments)


def advance(state: State, topology: Topology | Recurrent, task: Task, learning: Learning, sequences: int) -> bool:
    """Learns up to `sequences` more sequences, in place. -> whether the trial is over; `state.reason` says why."""
    source, net = task.source, net_of(topology)
    _fits(topology, source)
    also = source
    if isinstance(learning.stop, Fixed) and learning.stop.also is not None:
        also = learning.stop.also.source
    if net.rule in (BPTT, FULL) and not learning.per_sequence:
        raise UserError("the full gradient with a change at each step: set per_sequence, it sums over a sequence")
    if learning.adam and not learning.per_sequence:
        raise UserError("Adam with a change at each step: set per_sequence, its gradient is that of a sequence")
    if net.rule == FULL and learning.late_cells:
        raise UserError("the full gradient with late cells: leave late_cells at 0, it needs the cells from the start")
    if isinstance(learning.stop, Fixed) and not isinstance(task, Strings):
        raise UserError(f"the stop rule of fixed strings on {type(task).__name__}: use Recent or Fresh, it has no fixed set")
    into = Weights(*(np.zeros_like(w) for w in state.weights)) if learning.per_sequence else state.weights
    room = buffers(source)
    if also.longest > source.longest:
        room = buffers(also)
    return bool(loop.advance(net, state, into, workspace(topology, len(room[0])), room, np.zeros_like(room[2]), source, also,
                         _numbers(learning), sequences))  # fmt: skip


def _numbers(learning: Learning) -> How:
    common = learning.rate, learning.tolerance, learning.per_sequence, learning.adam, learning.late_cells
    stop = learning.stop
    if isinstance(stop, Recent):
        return How(*common, RECENT, 1, stop.wrong_below, stop.mean_below, 0, False)
    if isinstance(stop, Fresh):
        return How(*common, FRESH, stop.every, stop.wrong_at_most + 1, stop.mean_below, stop.n, stop.fixed)
    return How(*common, FIXED, stop.every, 0, np.inf, 0, False)


def _fits(topology: Topology | Recurrent, source: Source) -> None:
    if (topology.n_in, topology.n_out) != (source.n_in, source.n_out):
        raise UserError(
            f"a net of {topology.n_in} inputs and {topology.n_out} outputs on a task of {source.n_in} and {source.n_out}: "
            "take the topology of the task"
        )


def test(weights: Weights, topology: Topology | Recurrent, task: Task, n: int, rng: np.ndarray) -> np.ndarray:
    """The frozen net on n new sequences without noise on their targets; moves `rng` on.

    -> (n, 4): of each sequence largest absolute, mean absolute and mean squared error over judged steps and outputs, and the
    mean |s| of the cells at its end (0 where a net has none).
    """
    source = task.source
    _fits(topology, source)
    room, errors = buffers(source), np.zeros((n, 4))
    loop.test(net_of(topology), weights, workspace(topology, len(room[0])), room, np.zeros_like(room[2]), source, rng, errors)
    return errors


def wrongly_ranked(weights: Weights, topology: Topology | Recurrent, strings: Strings) -> int:
    """How many of the strings have an illegal symbol ranked as high as a legal one at some step."""
    source = strings.source
    _fits(topology, source)
    room = buffers(source)
    wrong = loop.wrong_of_fixed(net_of(topology), weights, workspace(topology, len(room[0])), room, np.zeros_like(room[2]),
                            source, 0.0, False)  # fmt: skip
    return int(wrong)
