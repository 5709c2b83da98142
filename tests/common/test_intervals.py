import math

import numpy as np
import pytest
from scipy.stats import binom

from common import intervals


def test_the_median_over_seeds_comes_before_the_median_over_columns() -> None:
    assert intervals.median(np.array([3.0, 1.0, 8.0])) == 3
    # Columns (1, 2, 6) and (10, 20, 0): medians 2 and 10, and 6 between them. All six numbers at once would give 4.
    assert intervals.median(np.array([[1.0, 10.0], [2.0, 20.0], [6.0, 0.0]])) == 6


def test_seeds_that_agree_leave_no_interval() -> None:
    assert intervals.median_interval(np.full(5, 0.7)) == (0.7, 0.7)
    assert intervals.median_interval(np.full((5, 3), 0.7)) == (0.7, 0.7)


def test_an_interval_of_three_seeds_runs_from_the_least_to_the_greatest() -> None:
    # The median of a resample is the least of three if two or three draws are: 7/27, far more than 2.5 %.
    assert intervals.median_interval(np.array([5.0, 1.0, 2.0])) == (1, 5)


def test_an_interval_of_more_seeds_leaves_out_the_extremes() -> None:
    # Of eleven seeds, six draws or more out of eleven are among the k least with this chance: the third least is the end.
    least = binom.sf(5, 11, np.array([2, 3]) / 11)
    assert least == pytest.approx([0.0072, 0.0512], abs=1e-4)
    assert intervals.median_interval(np.arange(1.0, 12.0)) == (3, 9)


def test_whole_seeds_are_resampled_so_that_columns_stay_together() -> None:
    # Both columns rise together: two independent columns would often average out, these never do.
    values = np.array([[0.0, 0.0], [1.0, 1.0], [2.0, 2.0]])
    assert intervals.median_interval(values) == intervals.median_interval(values[:, 0])


def test_a_resample_is_the_same_each_time() -> None:
    values = np.random.default_rng(5).normal(size=20)
    assert intervals.median_interval(values) == intervals.median_interval(values)


@pytest.mark.parametrize(("worst", "ends"), [(math.inf, (1, math.inf)), (-math.inf, (-math.inf, 3))])
def test_a_failed_trial_widens_the_interval_without_end(worst: float, ends: tuple[float, float]) -> None:
    values = intervals.with_failures([1.0, None, 3.0], worst)
    assert values.tolist() == [1, worst, 3]
    assert intervals.median(values) == (3 if worst > 0 else 1)
    assert intervals.median_interval(values) == ends


def test_a_failed_trial_fails_in_every_column() -> None:
    values = intervals.with_failures([[1, 2], None], -math.inf)
    assert values.tolist() == [[1, 2], [-math.inf, -math.inf]]
    assert intervals.with_failures([None, None], math.inf).tolist() == [math.inf, math.inf]


def test_seeds_must_give_values_of_one_shape() -> None:
    with pytest.raises(ValueError, match="different shapes"):
        intervals.with_failures([[1, 2], [1, 2, 3]], math.inf)


@pytest.mark.parametrize(
    ("successes", "trials", "low", "high"),
    [
        (20, 20, 0.025 ** (1 / 20), 1.0),  # 0.8316
        (0, 20, 0.0, 1 - 0.025 ** (1 / 20)),  # 0.1684
        (10, 20, 0.2720, 0.7280),
        (3, 10, 0.0667, 0.6525),
    ],
)
def test_the_interval_of_a_share_is_clopper_and_pearsons(successes: int, trials: int, low: float, high: float) -> None:
    assert intervals.share_interval(successes, trials) == pytest.approx((low, high), abs=5e-5)


def test_the_interval_of_a_share_covers_at_least_95_percent() -> None:
    n = 12
    found = [intervals.share_interval(k, n) for k in range(n + 1)]
    for share in np.linspace(0.01, 0.99, 50):
        covered = sum(binom.pmf(k, n, share) for k, (low, high) in enumerate(found) if low <= share <= high)
        assert covered >= 0.95


def test_the_interval_of_a_median_covers_it_about_as_often_as_it_says() -> None:
    random = np.random.default_rng(0)
    inside = 0
    for _ in range(200):
        low, high = intervals.median_interval(random.exponential(size=15))
        inside += low <= math.log(2) <= high
    # 95 % of 200 are 190, give or take 3; the percentile interval of a median is known to fall a little short.
    assert 176 <= inside <= 199


def test_what_is_not_finite_is_written_as_none() -> None:
    assert [intervals.finite_or_none(x) for x in (1.5, math.inf, -math.inf, math.nan)] == [1.5, None, None, None]
