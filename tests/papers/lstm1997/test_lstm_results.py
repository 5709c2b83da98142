"""What tables, figure and measures make of finished trials, on numbers made up for the purpose."""

from collections.abc import Iterable
from types import SimpleNamespace
from typing import Any

import pytest

from common import catalogue, claims
from common.results import NotRunError
from papers.lstm1997 import figures, measures, paper_values, tables
from papers.lstm1997.paper_values import Row

PAPER = catalogue.paper("lstm1997")
TABLES = [*(getattr(paper_values, f"TABLE_{k}") for k in range(1, 10)), paper_values.THEN_AND_NOW]
ROWS = {row.run: row for rows in TABLES[:9] for row in rows if row.run}


class Run(SimpleNamespace):
    def metric(self, name: str) -> list[Any]:
        return list(self.metrics[name])

    def values(self, name: str) -> Any:
        return self.metrics[name]


class Made:
    """Results of the runs given: (solved, sequences) of each seed."""

    tier, paper = "paper", PAPER

    def __init__(self, **runs: list[tuple[int, int]]):
        self.runs = {name.replace("__", "/"): trials for name, trials in runs.items()}

    def __getitem__(self, name: str) -> Run:
        if name not in self.runs:
            raise NotRunError(name)
        solved, counts = zip(*self.runs[name], strict=True)
        wrong = [3 if good else 2000 for good in solved]
        found = {"solved": solved, "sequences": counts, "wrong": wrong, "lag": [50] * len(solved)}
        return Run(metrics=found, seeds=list(range(len(solved))))

    def finished(self, names: Iterable[str]) -> dict[str, Run]:
        return {name: self[name] for name in names if name in self.runs}


def test_every_run_beside_a_printed_row_is_run_at_the_papers_tier() -> None:
    named = {row.run for rows in TABLES for row in rows if row.run}
    drawn_only = {f"lag/lstm_{p}" for p in (2, 4, 10, 20, 50)} | {name for name in PAPER.runs if name.startswith("vanishing/")}
    assert named == {name for name, run in PAPER.runs.items() if "paper" in run.tiers} - drawn_only


def test_a_row_counts_failed_trials_in_the_share_and_not_in_the_mean() -> None:
    made = Made(adding__t100=[(1, 60_000), (0, 740_000), (1, 80_000), (1, 70_000)])
    assert tables._ours(made, Row("", "adding/t100")) == [4, 0.75, "0.19–0.99", 70_000, 60_000, 80_000, 740_000, 3.0]


def test_a_row_where_all_failed_has_no_mean_but_its_cap() -> None:
    assert tables._ours(Made(order__6b=[(0, 5_711_000)]), Row("", "order/6b")) == [
        1,
        0.0,
        "0.00–0.97",
        None,
        None,
        None,
        5_711_000,
        None,
    ]


def test_rows_that_are_quoted_or_not_run_are_empty() -> None:
    assert tables._ours(Made(), Row("", None)) == tables._ours(Made(), Row("", "order/6b")) == [None] * 8


def test_the_figure_takes_the_best_rate_at_a_lag_and_an_arrow_where_none_succeeds() -> None:
    made = Made(lag__rtrl_4_rate_1=[(0, 5_000_000)] * 4, lag__rtrl_4_rate_4=[(1, 100), (1, 200), (0, 5_000_000), (1, 300)])
    (point,) = figures._points(made, [f"lag/rtrl_4_rate_{rate}" for rate in (1, 4, 10)])
    assert (point["solved"], point["n"], point["quartiles"]) == (0.75, 4, [150.0, 200.0, 250.0])
    (failed,) = figures._points(made, ["lag/rtrl_4_rate_1"])
    assert (failed["quartiles"], failed["cap"]) == ([], 5_000_000)


def test_a_failed_trial_has_no_number_of_sequences_and_no_ratio() -> None:
    made = Made(order__6b=[(1, 500), (0, 900)], order__6a=[(1, 50), (1, 100), (1, 150)])
    assert measures.order_three_over_two(made) == [5.0, None]
    assert measures.reber_sequences_of_successes(Made(reber__3x2_rate_05=[(0, 9), (1, 7)])) == [7]


def test_a_lag_that_one_rate_solves_is_not_failed() -> None:
    made = Made(**{f"lag__rtrl_10_rate_{rate}": [(0, 9), (int(rate == 4), 9)] for rate in (1, 4, 10)})
    assert measures.rtrl_lag10_failed(made) == [1.0, 0.0]


@pytest.mark.parametrize("rows", TABLES)
def test_printed_shares_are_shares(rows: list[Row]) -> None:
    assert all(row.success is None or 0 <= row.success <= 1 for row in rows)
    assert all(row.run or row.sequences or row.note for row in rows)


def test_the_ledgers_paper_values_are_those_of_the_tables() -> None:
    def printed(run: str) -> int:
        count = ROWS[run].sequences
        assert count is not None
        return count

    assert {test.measure: test.paper for claim in claims.ledger(PAPER) for test in claim.tests if test.paper is not None} == {
        "rtrl_lag4_solved": ROWS["lag/rtrl_4_rate_1"].success,
        "rtrl_lag4_sequences": printed("lag/rtrl_4_rate_1"),
        "rtrl_lag4_rate_1_solved": ROWS["lag/rtrl_4_rate_1"].success,
        "rtrl_lag4_rate_10_failed": 1 - (ROWS["lag/rtrl_4_rate_10"].success or 0),
        "rtrl_lag10_failed": 1.0,
        "lstm_lag100_solved": ROWS["lag/lstm_100"].success,
        "lstm_lag100_sequences": printed("lag/lstm_100"),
        "adding_sequences": printed("adding/t100"),
        "adding_wrong": ROWS["adding/t100"].wrong,
        "adding_logistic_sequences": printed("adding/t100"),
        "adding_500_sequences": printed("adding/t500"),
        "adding_1000_sequences": printed("adding/t1000"),
        "product_over_sum": pytest.approx(printed("adding/product") / printed("adding/t100"), abs=0.05),
        "product_error": 0.0223,
        "order_two_sequences": printed("order/6a"),
        "order_two_wrong": ROWS["order/6a"].wrong,
        "order_three_over_two": pytest.approx(printed("order/6b") / printed("order/6a"), abs=0.05),
        "two_sequences_three": printed("two_sequences/3a_n3"),
        "two_sequences_one": printed("two_sequences/3a_n1"),
        "two_sequences_one_over_three": pytest.approx(
            printed("two_sequences/3a_n1") / printed("two_sequences/3a_n3"), abs=0.005
        ),
        "noisy_one_wrong": 0.015,
        "noisy_three_minus_one": pytest.approx(0.00828 - 0.015, abs=5e-5),
        "reber_solved": ROWS["reber/3x2_rate_05"].success,
        "reber_sequences_of_successes": printed("reber/3x2_rate_05"),
        "distractors_long_over_short": pytest.approx(printed("distractors/q1000") / printed("distractors/q50"), abs=0.005),
    }


def test_the_best_rate_is_the_one_with_the_largest_share() -> None:
    made = Made(
        lag__rtrl_4_rate_1=[(1, 9)] * 3, lag__rtrl_4_rate_4=[(1, 9)] * 5 + [(0, 9)] * 5, lag__rtrl_4_rate_10=[(0, 9)] * 9
    )
    assert measures.rtrl_lag4_solved(made) == [1, 1, 1]


def test_lags_are_compared_seed_by_seed() -> None:
    """RTRL solves a lag of 4 with its second seed alone, at one rate: it fails at 4, and at 10."""
    theirs = {f"lag__rtrl_{p}_rate_{rate}": [(0, 5), (0, 5)] for p in (4, 10) for rate in (1, 4, 10)}
    theirs["lag__rtrl_4_rate_4"] = [(0, 5), (1, 5)]
    ours = {f"lag__lstm_{p}": [(1, 5), (int(p < 100), 5)] for p in measures.LAGS}
    assert measures.lstm_lag_over_rtrl_lag(Made(**ours, **theirs)) == [100 / 4, 50 / 10]
    assert measures.lstm_lag_over_rtrl_lag(Made(**{run: [(0, 5), (1, 5)] for run in ours}, **theirs)) == [None, 100 / 10]
    theirs["lag__rtrl_10_rate_1"] = [(0, 5), (1, 5)]
    assert measures.lstm_lag_over_rtrl_lag(Made(**ours, **theirs)) == [100 / 4, None]
