"""Intervals over seeds: bootstrap for medians, binomial for counts."""

import math
from collections.abc import Sequence

import numpy as np

LEVEL = 0.95
RESAMPLES = 9_999


def median(values: np.ndarray) -> float:
    """values: (seeds,) -> their median; (seeds, k) -> the median over seeds of each column, then over the columns."""
    columns = values.reshape(len(values), -1)
    return float(np.median(np.median(columns, axis=0)))


def median_interval(values: np.ndarray) -> tuple[float, float]:
    """Percentile bootstrap interval of `median` at LEVEL, whole seeds resampled. values: (seeds,) or (seeds, k).

    Failed trials come as infinities on the losing side and are resampled like any other.
    """
    columns = values.reshape(len(values), -1)
    draws = np.random.default_rng(0).integers(len(columns), size=(RESAMPLES, len(columns)))
    medians = np.median(np.median(columns[draws], axis=1), axis=1)
    # Order statistics, not interpolation: an infinity must not turn its neighbours into nan.
    low, high = np.quantile(medians, [(1 - LEVEL) / 2, (1 + LEVEL) / 2], method="nearest")
    return float(low), float(high)


def share_interval(successes: int, trials: int) -> tuple[float, float]:
    """Clopper-Pearson interval of a share at LEVEL (exact: never narrower than stated)."""
    from scipy.stats import binomtest

    interval = binomtest(successes, trials).proportion_ci(LEVEL, method="exact")
    return float(interval.low), float(interval.high)


def with_failures(values: Sequence[float | Sequence[float] | None], worst: float) -> np.ndarray:
    """values per seed -> (seeds,) or (seeds, k) with each failed trial (None) at `worst`, plus or minus infinity."""
    shapes = {np.shape(value) for value in values if value is not None}
    if len(shapes) > 1:
        raise ValueError(f"seeds give values of different shapes: {sorted(shapes)}")
    shape = shapes.pop() if shapes else ()
    return np.array([np.full(shape, worst) if value is None else value for value in values], dtype=float)


def finite_or_none(value: float) -> float | None:
    return value if math.isfinite(value) else None
