"""What the claims ledger tests: one function a measure, each giving one value a seed. The criteria stand in claims.yaml."""

from typing import Any

import numpy as np

from common.results import Results, RunResults

LAGS = (2, 4, 10, 20, 50, 100)
RTRL_LAGS, RTRL_RATES = (4, 10), (1, 4, 10)


def measures(results: Results) -> dict[str, Any]:
    """Name -> values per seed, None for a failed trial; or the reason why a run is missing at this tier."""
    return results.measure(
        error_over_bound, decay_beyond_bound,
        rtrl_lag4_solved, rtrl_lag4_sequences, rtrl_lag4_rate_1_solved, rtrl_lag4_rate_10_failed, rtrl_lag10_failed,
        lstm_lag100_solved, lstm_lag100_sequences, lstm_lag_over_rtrl_lag,
        adding_solved, adding_sequences, adding_wrong, adding_logistic_sequences, adding_500_sequences, adding_1000_sequences,
        adding_500_over_drift_free, drift_free_1000_sequences, bias_2_over_bias_3, bias_45_over_bias_3,
        adding_simple_error, product_over_sum, product_error, product_squared_error,
        order_two_solved, order_two_sequences, order_two_wrong, order_three_solved, order_three_over_two,
        two_sequences_three, two_sequences_one, two_sequences_one_over_three, noisy_one_wrong, noisy_three_minus_one,
        reber_solved, reber_sequences_of_successes, distractors_long_over_short,
    )  # fmt: skip


def sequences(run: RunResults) -> list[Any]:
    """Sequences to success, None for a trial that failed."""
    return [n if solved else None for n, solved in zip(run.metric("sequences"), run.metric("solved"), strict=True)]


def share_solved(run: RunResults) -> float:
    return float(np.mean(run.metric("solved")))


def ratio(above: RunResults, below: RunResults) -> list[Any]:
    """Sequences to success of one run over the median of another's successes: one value for each seed of the first."""
    found = [n for n in sequences(below) if n is not None]
    return [None if n is None or not found else n / float(np.median(found)) for n in sequences(above)]


# --- The vanishing gradient, at weights for which the paper has a bound


BOUNDED = ("vanishing/w_020", "vanishing/w_039")


def error_over_bound(results: Results) -> list[Any]:
    """The largest factor, of all pairs of units and steps back, over n tau^q."""
    return [max(pair) for pair in zip(*(results[run].metric("largest_over_bound") for run in BOUNDED), strict=True)]


def decay_beyond_bound(results: Results) -> list[Any]:
    """Slope of the mean factor's logarithm over q, less that of the bound."""
    slopes = [zip(results[run].metric("decay"), results[run].metric("decay_of_bound"), strict=True) for run in BOUNDED]
    return [max(ours - bound for ours, bound in pair) for pair in zip(*slopes, strict=True)]


# --- Tasks 2a and 2c


def _best_rtrl(results: Results) -> RunResults:
    """Lag 4, at the rate at which the largest share succeeds."""
    return max((results[f"lag/rtrl_4_rate_{rate}"] for rate in RTRL_RATES), key=share_solved)


def rtrl_lag4_solved(results: Results) -> list[Any]:
    return _best_rtrl(results).metric("solved")


def rtrl_lag4_sequences(results: Results) -> list[Any]:
    """Of all trials, those that failed at their cap."""
    return _best_rtrl(results).metric("sequences")


def rtrl_lag4_rate_1_solved(results: Results) -> list[Any]:
    return results["lag/rtrl_4_rate_1"].metric("solved")


def rtrl_lag4_rate_10_failed(results: Results) -> list[Any]:
    return [1 - solved for solved in results["lag/rtrl_4_rate_10"].metric("solved")]


def rtrl_lag10_failed(results: Results) -> list[Any]:
    """1 where a seed fails at all three rates."""
    runs = [results[f"lag/rtrl_10_rate_{rate}"].metric("solved") for rate in RTRL_RATES]
    return [float(not any(solved)) for solved in zip(*runs, strict=True)]


def lstm_lag100_solved(results: Results) -> list[Any]:
    return results["lag/lstm_100"].metric("solved")


def lstm_lag100_sequences(results: Results) -> list[Any]:
    return sequences(results["lag/lstm_100"])


def lstm_lag_over_rtrl_lag(results: Results) -> list[Any]:
    """The longest lag that each seed's LSTM solves, over the shortest that its RTRL fails at every rate; None where there is none.

    Lags between are not run, so that the true ratio may be larger.
    """
    ours = [results[f"lag/lstm_{p}"] for p in LAGS]
    theirs = {p: [results[f"lag/rtrl_{p}_rate_{rate}"] for rate in RTRL_RATES] for p in RTRL_LAGS}
    ratios = []
    for seed in sorted(set.intersection(*(set(run.seeds) for runs in (ours, *theirs.values()) for run in runs))):
        bridged = [p for p, run in zip(LAGS, ours, strict=True) if _solved(run, seed)]
        failed = [p for p, runs in theirs.items() if not any(_solved(run, seed) for run in runs)]
        ratios.append(max(bridged) / min(failed) if bridged and failed else None)
    return ratios


def _solved(run: RunResults, seed: int) -> bool:
    return bool(run.metric("solved")[run.seeds.index(seed)])


def distractors_long_over_short(results: Results) -> list[Any]:
    return ratio(results["distractors/q1000"], results["distractors/q50"])


# --- Adding and multiplication


def adding_solved(results: Results) -> list[Any]:
    return results["adding/t100"].metric("solved")


def adding_sequences(results: Results) -> list[Any]:
    return sequences(results["adding/t100"])


def adding_wrong(results: Results) -> list[Any]:
    return results["adding/t100"].metric("wrong")


def adding_logistic_sequences(results: Results) -> list[Any]:
    return sequences(results["adding/logistic"])


def adding_500_sequences(results: Results) -> list[Any]:
    return sequences(results["adding/t500"])


def adding_1000_sequences(results: Results) -> list[Any]:
    return sequences(results["adding/t1000"])


def adding_500_over_drift_free(results: Results) -> list[Any]:
    """Sequences of the printed net, those that failed at their cap, over the median of the net without constant sources."""
    ours = [n for n in sequences(results["adding/drift_free_t500"]) if n is not None]
    return [n / float(np.median(ours)) if ours else None for n in results["adding/t500"].metric("sequences")]


def drift_free_1000_sequences(results: Results) -> list[Any]:
    return sequences(results["adding/drift_free_t1000"])


def bias_2_over_bias_3(results: Results) -> list[Any]:
    return ratio(results["adding/input_gate_2"], results["adding/t100"])


def bias_45_over_bias_3(results: Results) -> list[Any]:
    return ratio(results["adding/input_gate_45"], results["adding/t100"])


def adding_simple_error(results: Results) -> list[Any]:
    """Mean absolute error on new sequences after 400,000."""
    return results["adding/simple"].metric("test_error")


def product_over_sum(results: Results) -> list[Any]:
    return ratio(results["adding/product"], results["adding/t100"])


def product_error(results: Results) -> list[Any]:
    return results["adding/product"].metric("test_error")


def product_squared_error(results: Results) -> list[Any]:
    return results["adding/product"].metric("test_mse")


# --- Temporal order


def order_two_solved(results: Results) -> list[Any]:
    return results["order/6a"].metric("solved")


def order_two_sequences(results: Results) -> list[Any]:
    return sequences(results["order/6a"])


def order_two_wrong(results: Results) -> list[Any]:
    return results["order/6a"].metric("wrong")


def order_three_solved(results: Results) -> list[Any]:
    return results["order/6b"].metric("solved")


def order_three_over_two(results: Results) -> list[Any]:
    return ratio(results["order/6b"], results["order/6a"])


# --- Two sequences


def two_sequences_three(results: Results) -> list[Any]:
    return sequences(results["two_sequences/3a_n3"])


def two_sequences_one(results: Results) -> list[Any]:
    return sequences(results["two_sequences/3a_n1"])


def two_sequences_one_over_three(results: Results) -> list[Any]:
    return ratio(results["two_sequences/3a_n1"], results["two_sequences/3a_n3"])


def _share_wrong(results: Results, run: str) -> list[Any]:
    return [None if wrong is None else wrong / 2560 for wrong in results[run].metric("wrong")]


def noisy_one_wrong(results: Results) -> list[Any]:
    return _share_wrong(results, "two_sequences/3b_n1")


def noisy_three_minus_one(results: Results) -> list[Any]:
    """Share wrong with three informative elements, less the median share with one."""
    one = [share for share in _share_wrong(results, "two_sequences/3b_n1") if share is not None]
    three = _share_wrong(results, "two_sequences/3b_n3")
    return [None if share is None or not one else share - float(np.median(one)) for share in three]


# --- Reber


def reber_solved(results: Results) -> list[Any]:
    """At the rate of 0.5, with three blocks of two cells."""
    return results["reber/3x2_rate_05"].metric("solved")


def reber_sequences_of_successes(results: Results) -> list[Any]:
    return [n for n in sequences(results["reber/3x2_rate_05"]) if n is not None] or [None]
