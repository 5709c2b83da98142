"""The paper's six experiments: learn until a rule stops the trial or a cap ends it, then test. `config.yaml` holds the settings."""

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from pydantic import Field

from common.config import Settings
from common.errors import UserError
from common.run import Outcome
from common.seeding import generator
from papers.lstm1997 import chance, error_flow, tasks, topology, trials
from papers.lstm1997.tasks import Adding, Distractors, RandomInner, Task, TwoSequences
from papers.lstm1997.topology import CENTRED, WIDE, Recurrent, Topology
from papers.lstm1997.trials import Fixed, Fresh, Learning, Recent, State
from papers.lstm1997.weights import Weights, initial_weights

if TYPE_CHECKING:
    from common.run import Run

REPORTS = 100  # looks at a trial that goes to its cap


class TrialSettings(Settings):
    """What all experiments share: table 10's columns, and the readings and departures that a variant may name.

    spread: initial weights are uniform in [-spread, spread]. cap: sequences after which a trial counts as failed. net: the
    paper's, or a recurrent net to compare with. ranges: of g and h, by equations (4) and (5) or by the legend of table 10.
    """

    net: Literal["lstm", "rtrl", "bptt", "elman"] = "lstm"
    rate: float = Field(gt=0)
    spread: float = Field(gt=0)
    cap: int = Field(gt=0)
    tolerance: float = Field(gt=0)
    n_test: int = Field(default=2560, ge=0)
    input_gates: tuple[float, ...] = ()
    output_gates: tuple[float, ...] = ()
    output: Literal["logistic", "linear"] = "logistic"
    slope: bool = True
    ranges: Literal["equations", "table_10"] = "equations"
    per_sequence: bool = False
    forget_gates: bool = False
    forget_bias: float = 1.0
    truncated: bool = True
    adam: bool = False
    biased_cells: bool = True
    gates_feed: bool = True

    def memory(self, printed: Topology) -> Topology:
        """The paper's net of a task with this variant's changes; only what keeps its weights keeps their printed number.

        Raises UserError where the task has no other net than this one and the settings ask for it.
        """
        if self.net != "lstm":
            raise UserError(f"net={self.net}: this experiment has memory cells alone; reber, lag and adding have other nets")
        g, h = (CENTRED, WIDE) if self.ranges == "table_10" else (printed.g, printed.h)
        other = self.forget_gates or not self.biased_cells or not self.gates_feed
        return replace(
            printed, output=self.output, slope=self.slope, forget_gates=self.forget_gates, truncated=self.truncated,
            biased_cells=self.biased_cells, gates_feed=self.gates_feed, printed=None if other else printed.printed, g=g, h=h,
        )  # fmt: skip

    def learning(self, stop: Recent | Fresh | Fixed, late_cells: float = 0.0) -> Learning:
        """The full gradient and Adam's sum over a sequence, so that changes come at the end."""
        per_sequence = self.per_sequence or self.net == "bptt" or not self.truncated or self.adam
        return Learning(self.rate, self.tolerance, stop, per_sequence, late_cells, self.adam)


class ReberSettings(TrialSettings):
    shape: Literal["4x1", "3x2"] = "3x2"
    strings: int = Field(default=256, gt=0)  # of the training set, and of the test set
    sets: int = Field(default=3, gt=0)  # pairs of them, taken in turn


def reber(run: "Run", settings: ReberSettings) -> None:
    """Experiment 1: next symbols of the embedded Reber grammar."""
    printed = topology.REBER_4X1 if settings.shape == "4x1" else topology.REBER_3X2
    net = settings.memory(printed) if settings.net == "lstm" else replace(topology.ELMAN_REBER, rule=settings.net)

    def trial(seed: int) -> Outcome:
        strings = tasks.reber(settings.strings, settings.strings, generator(seed % settings.sets, "strings"))
        training, test = strings
        state = learn(run, settings, seed, net, training, settings.learning(Fixed(test, every=100)))
        wrong = {
            f"wrong_{name}": trials.wrongly_ranked(state.weights, net, of)
            for name, of in zip(("training", "test"), strings, strict=True)
        }
        return Outcome(facts(state, training, net) | wrong)

    run.for_each_seed(trial)


class LagSettings(TrialSettings):
    """p: the lag. late_cells: see `trials.Learning`; nets without cells take no notice."""

    p: int
    late_cells: float = 0.0


def lag(run: "Run", settings: LagSettings) -> None:
    """Experiment 2a: two strings of p + 1 symbols that differ in the first and the last."""
    task, printed = tasks.noise_free(settings.p), topology.lag_2a(settings.p)
    net = settings.memory(printed) if settings.net == "lstm" else topology.recurrent_2a(settings.p, settings.net)
    late_cells = settings.late_cells if settings.net == "lstm" else 0.0
    several(run, settings, net, task, settings.learning(Fixed(), late_cells))


class RandomInnerSettings(LagSettings):
    """last_only: no other symbol than the last is a target."""

    last_only: bool = False


def random_inner(run: "Run", settings: RandomInnerSettings) -> None:
    """Experiment 2b: as 2a, with random symbols between."""
    net, task = settings.memory(topology.lag_2a(settings.p)), RandomInner(settings.p, settings.last_only)
    several(run, settings, net, task, settings.learning(Recent(10_000), settings.late_cells))


class DistractorSettings(TrialSettings):
    q: int
    p: int


def distractors(run: "Run", settings: DistractorSettings) -> None:
    """Experiment 2c: at least q distractors of p kinds between the symbol to keep and the signal to say it."""
    net = settings.memory(topology.lag_2c(settings.p))
    several(run, settings, net, Distractors(settings.q, settings.p), settings.learning(Recent(10_000)))


class TwoSequencesSettings(TrialSettings):
    """wrong_at_most, mean_below: of 256 new sequences every 100, what ST1 and ST2 ask for; fixed_test: of the same each time."""

    T: int
    N: int
    noisy_information: bool = False
    noisy_targets: bool = False
    wrong_at_most: int = Field(default=0, ge=0)
    mean_below: float = Field(default=0.01, gt=0)
    fixed_test: bool = False


def two_sequences(run: "Run", settings: TwoSequencesSettings) -> None:
    """Experiments 3a to 3c: the first N inputs say the class, noise follows."""
    task = TwoSequences(settings.T, settings.N, settings.noisy_information, settings.noisy_targets)
    stop = Fresh(settings.mean_below, settings.wrong_at_most, fixed=settings.fixed_test)
    several(run, settings, settings.memory(topology.TWO_SEQUENCES), task, settings.learning(stop))


class AddingSettings(TrialSettings):
    """wrong_below, mean_below: of the 2000 most recent training sequences, what ends a trial; None: any mean."""

    T: int
    product: bool = False
    keep_marker: bool = False
    wrong_below: int = Field(default=1, gt=0)
    mean_below: float | None = Field(default=None, gt=0)


def adding(run: "Run", settings: AddingSettings) -> None:
    """Experiments 4 and 5: the sum, or the product, of two marked values."""
    task = Adding(settings.T, settings.product, settings.keep_marker)
    net = settings.memory(topology.ADDING) if settings.net == "lstm" else replace(topology.SIMPLE_ADDING, rule=settings.net)
    stop = Recent(2000, settings.wrong_below, np.inf if settings.mean_below is None else settings.mean_below)
    several(run, settings, net, task, settings.learning(stop), keep_weights=True)


class OrderSettings(TrialSettings):
    symbols: Literal[2, 3]


def order(run: "Run", settings: OrderSettings) -> None:
    """Experiments 6a and 6b: in which order did two or three symbols come?"""
    printed, task = {2: (topology.ORDER_6A, tasks.ORDER_6A), 3: (topology.ORDER_6B, tasks.ORDER_6B)}[settings.symbols]
    several(run, settings, settings.memory(printed), task, settings.learning(Recent(2000, 1, 0.1)))


class VanishingSettings(Settings):
    """n units, weights uniform in [-w, w]; errors are followed q_max steps back."""

    n: int = Field(gt=0)
    w: float = Field(gt=0)
    q_max: int = Field(ge=10)


def vanishing(run: "Run", settings: VanishingSettings) -> None:
    """Section 3.1, measured: how much of an error arrives q steps back, in one random recurrent net a seed."""

    def trial(seed: int) -> Outcome:
        flow = error_flow.measure(settings.n, settings.w, 1, settings.q_max, seed)
        bound = error_flow.bound(settings.n, settings.w, np.arange(1, settings.q_max + 1))
        found = {
            "largest_over_bound": float((flow.maximum[0] / bound).max()),
            "decay": float(error_flow.decay(flow.mean, 10, settings.q_max)[0]),
            "decay_of_bound": float(np.log10(error_flow.tau(settings.n, settings.w))),
        }
        return Outcome(found, {"mean": flow.mean[0], "maximum": flow.maximum[0]})

    run.for_each_seed(trial)


def several(
    run: "Run", settings: TrialSettings, net: Topology | Recurrent, task: Task, learning: Learning, keep_weights: bool = False
) -> None:
    """One trial a seed, and how the net that it ends with does on new sequences."""

    def trial(seed: int) -> Outcome:
        state = learn(run, settings, seed, net, task, learning)
        kept = {"W": state.W, "V": state.V} if keep_weights else {}
        return Outcome(
            facts(state, task, net) | drift(settings, net, task, seed) | tested(state, net, task, settings, seed), kept
        )

    run.for_each_seed(trial)


def first_weights(settings: TrialSettings, net: Topology | Recurrent, seed: int) -> Weights:
    if isinstance(net, Recurrent):
        return initial_weights(net, settings.spread, seed)
    return initial_weights(net, settings.spread, seed, settings.input_gates, settings.output_gates, settings.forget_bias)


def drift(settings: TrialSettings, net: Topology | Recurrent, task: Task, seed: int) -> dict[str, Any]:
    """Mean |s| of the cells at the end of a sequence before anything is learned: how far their states drift by themselves."""
    if isinstance(net, Recurrent):
        return {}
    errors = trials.test(first_weights(settings, net, seed), net, task, min(settings.n_test, 256), chance.stream(seed, "drift"))
    return {"state_at_first": float(errors[:, 3].mean()) if len(errors) else None}


def learn(run: "Run", settings: TrialSettings, seed: int, net: Topology | Recurrent, task: Task, learning: Learning) -> State:
    """A trial to its end or its cap, from the run's last checkpoint if there is one."""
    state = trials.start(first_weights(settings, net, seed), learning, seed)
    if (kept := run.restore()) is not None:
        state = State(**kept["state"])
    over, chunk = state.reason != trials.REASONS[0], -(-settings.cap // REPORTS)
    while not over and state.seen < settings.cap:
        over = trials.advance(state, net, task, learning, min(chunk, settings.cap - state.seen))
        run.log(state.seen, error=state.error())
        run.report(state.seen, settings.cap, "sequence", error=state.error())
        run.checkpoint(state.seen, {"state": state._asdict()})
    return state


def facts(state: State, task: Task, net: Topology | Recurrent) -> dict[str, Any]:
    """What a trial came to. solved: 1 or 0; sequences: seen until it stopped, the cap where it failed."""
    return {
        "solved": int(state.reason == "stopped"), "diverged": int(state.reason == "weights are not finite"), "sequences": state.seen,
        "first": state.first, "cells_joined": state.added, "lag": task.minimal_lag, "weights": net.n_weights,
    }  # fmt: skip


def tested(state: State, net: Topology | Recurrent, task: Task, settings: TrialSettings, seed: int) -> dict[str, Any]:
    """New sequences, without noise on their targets: how many are off by the tolerance, mean errors, mean |s| at the end.

    None after divergence.
    """
    if not state.weights.finite() or not settings.n_test:
        return {"wrong": None, "test_error": None, "test_mse": None, "state_at_end": None}
    errors = trials.test(state.weights, net, task, settings.n_test, chance.stream(seed, "test"))
    wrong = int((~(errors[:, 0] < settings.tolerance)).sum())
    _, error, mse, size = errors.mean(axis=0).tolist()
    return {"wrong": wrong, "test_error": error, "test_mse": mse, "state_at_end": None if isinstance(net, Recurrent) else size}
