"""The experiments at sizes of a second: every variant builds its net, trials end as their rules say, and go on after a break."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from common.errors import UserError
from papers.lstm1997 import experiments
from papers.lstm1997.experiments import (
    AddingSettings,
    DistractorSettings,
    LagSettings,
    OrderSettings,
    RandomInnerSettings,
    ReberSettings,
)

CONFIG = yaml.safe_load((Path(experiments.__file__).parent / "config.yaml").read_text())
SETTINGS = {
    "reber": ReberSettings, "lag": LagSettings, "random_inner": RandomInnerSettings, "distractors": DistractorSettings,
    "two_sequences": experiments.TwoSequencesSettings, "adding": AddingSettings, "order": OrderSettings,
}  # fmt: skip
VARIANTS = [(name, variant) for name in SETTINGS for variant in CONFIG[name]["variants"]]


class Stub:
    """Runs trials and keeps what they return and what they stored; gives back the state it is told to."""

    def __init__(self, *seeds: int, state: Any = None):
        self.seeds, self.outcomes, self.kept, self.state, self.logged = seeds, {}, [], state, []

    def for_each_seed(self, trial: Any) -> None:
        self.outcomes = {seed: trial(seed) for seed in self.seeds}

    def restore(self) -> Any:
        return self.state

    def log(self, step: int, **values: float) -> None:
        self.logged.append(step)

    def report(self, *args: Any, **values: float) -> None:
        pass

    def checkpoint(self, step: int, state: Any) -> None:
        self.kept.append({"state": {name: np.copy(array) for name, array in state["state"].items()}})


def settings(experiment: str, variant: str, **changes: Any) -> Any:
    section = CONFIG[experiment]
    return SETTINGS[experiment](**{**section["base"], **(section["variants"][variant] or {}), **changes})


def metrics(experiment: str, variant: str, *, seed: int = 1, state: Any = None, **changes: Any) -> dict[str, Any]:
    run = Stub(seed, state=state)
    getattr(experiments, experiment)(run, settings(experiment, variant, **changes))
    return dict(run.outcomes[seed].metrics)


@pytest.mark.parametrize(("experiment", "variant"), VARIANTS)
def test_every_variant_learns_to_its_cap(experiment: str, variant: str) -> None:
    few = {"n_test": 2, "cap": 3} if experiment != "reber" else {"cap": 3}
    found = metrics(experiment, variant, **few)
    assert (found["solved"], found["sequences"]) == (0, 3)


# Tables 1, 2, 7 and 9 print these counts; a departure that adds or cuts weights has its own.
@pytest.mark.parametrize(
    ("experiment", "variant", "weights"),
    [("reber", "4x1_rate_01", 264), ("reber", "3x2_rate_05", 276), ("reber", "elman", 435), ("lag", "lstm_100", 10504),
     ("lag", "rtrl_4_rate_1", 36), ("lag", "rtrl_10_rate_1", 144), ("distractors", "q50", 364), ("distractors", "q1000", 6064),
     ("two_sequences", "3a_n3", 102), ("adding", "t100", 93), ("adding", "drift_free", 57), ("order", "6a", 156), ("order", "6b", 308)],
)  # fmt: skip
def test_the_nets_have_as_many_weights_as_printed(experiment: str, variant: str, weights: int) -> None:
    few = {"n_test": 2} if experiment != "reber" else {}
    assert metrics(experiment, variant, cap=1, **few)["weights"] == weights


def test_caps_are_ten_times_the_papers_means_and_three_times_where_the_lag_is_500_or_more() -> None:
    printed = {
        ("distractors", "q50"): 30_000, ("distractors", "q100"): 31_000, ("distractors", "q200"): 33_000,
        ("distractors", "q500"): 38_000, ("distractors", "q1000"): 49_000, ("two_sequences", "3a_n3"): 39_850,
        ("two_sequences", "3a_n1"): 64_330, ("two_sequences", "3a_long"): 452_460, ("two_sequences", "3b_n3"): 43_250,
        ("two_sequences", "3b_n1"): 78_430, ("two_sequences", "3c_n3"): 269_650, ("adding", "t100"): 74_000,
        ("adding", "t500"): 209_000, ("adding", "t1000"): 853_000, ("adding", "product"): 482_000, ("order", "6a"): 31_390,
        ("order", "6b"): 571_100, ("random_inner", "lstm"): 5_680,
    }  # fmt: skip
    for (experiment, variant), mean in printed.items():
        few = {"n_test": 0} if experiment != "reber" else {}
        lag = metrics(experiment, variant, cap=1, **few)["lag"]
        assert settings(experiment, variant).cap == mean * (3 if lag >= 500 else 10)


def test_a_short_lag_is_solved_and_then_every_error_is_below_the_tolerance() -> None:
    found = metrics("lag", "lstm_4", cap=20_000)
    assert found["solved"] == 1
    assert found["sequences"] < 20_000
    assert found["wrong"] == 0
    assert found["cells_joined"] is not None


def test_a_trial_that_was_broken_off_ends_as_if_it_had_not_been() -> None:
    whole = Stub(1)
    experiments.adding(whole, settings("adding", "t100", T=20, cap=3000))
    again = Stub(1, state=whole.kept[40])
    experiments.adding(again, settings("adding", "t100", T=20, cap=3000))
    assert again.outcomes[1].metrics == whole.outcomes[1].metrics
    assert again.logged == whole.logged[41:]


def test_a_trial_that_was_broken_off_after_its_end_learns_no_more() -> None:
    whole = Stub(1)
    experiments.lag(whole, settings("lag", "lstm_2", cap=20_000))
    again = Stub(1, state=whole.kept[-1])
    experiments.lag(again, settings("lag", "lstm_2", cap=20_000))
    assert (again.logged, again.outcomes[1].metrics) == ([], whole.outcomes[1].metrics)


def test_a_net_that_diverged_is_counted_as_failed_and_not_tested() -> None:
    found = metrics("adding", "t100", T=20, rate=1e6, cap=3000)
    assert (found["solved"], found["diverged"], found["wrong"]) == (0, 1, None)
    assert found["sequences"] < 3000


def test_the_weights_that_adding_ends_with_are_kept_and_how_far_states_drift_before_and_after() -> None:
    run = Stub(1, 2)
    experiments.adding(run, settings("adding", "t100", T=20, cap=500, n_test=100))
    for outcome in run.outcomes.values():
        assert (outcome.arrays["W"].shape, outcome.arrays["V"].shape) == ((11, 8), (5, 4))
        assert 0 < outcome.metrics["state_at_first"] < 20
        assert 0 < outcome.metrics["state_at_end"] < 20
    assert run.outcomes[1].metrics["state_at_first"] != run.outcomes[2].metrics["state_at_first"]


def test_seeds_take_the_pairs_of_string_sets_in_turn() -> None:
    asked: list[int] = []

    def strings(n: int, m: int, rng: np.random.Generator) -> Any:
        asked.append(int(rng.integers(2**62)))
        return experiments_reber(n, m, np.random.default_rng(0))

    experiments_reber = experiments.tasks.reber
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(experiments.tasks, "reber", strings)
        experiments.reber(Stub(0, 1, 2, 3), settings("reber", "3x2_rate_05", cap=1, strings=10))
    assert asked[0] == asked[3]
    assert len(set(asked)) == 3


def test_errors_through_random_nets_stay_below_the_bound_where_there_is_one() -> None:
    run = Stub(1, 2)
    experiments.vanishing(run, experiments.VanishingSettings(n=5, w=0.5, q_max=30))
    for outcome in run.outcomes.values():
        assert outcome.metrics["largest_over_bound"] < 1
        assert outcome.metrics["decay"] < outcome.metrics["decay_of_bound"] == pytest.approx(np.log10(5 * 0.5 / 4))
        assert outcome.arrays["mean"].shape == outcome.arrays["maximum"].shape == (30,)
        assert (outcome.arrays["mean"] <= outcome.arrays["maximum"]).all()


def test_settings_can_be_written_into_a_manifest() -> None:
    for experiment, variant in VARIANTS:
        json.dumps(settings(experiment, variant).model_dump(mode="json"), allow_nan=False)


@pytest.mark.parametrize(
    "variant", [("order", "6a"), ("distractors", "q50"), ("two_sequences", "3a_n3"), ("random_inner", "lstm")]
)
def test_another_net_is_refused_where_there_is_none(variant: tuple[str, str]) -> None:
    with pytest.raises(UserError, match="net=elman: this experiment has memory cells alone"):
        metrics(*variant, net="elman", cap=1)
