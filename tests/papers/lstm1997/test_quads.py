"""Arithmetic on four numbers at once, against numpy's one by one."""

import numpy as np
import pytest
from numba import njit

from papers.lstm1997.quads import load, logistic, pick, store


@njit
def logistic_of(x, y):
    for i in range(0, len(x), 4):
        store(y, i, logistic(load(x, i)))


@njit
def arithmetic(a, b, x, results):
    p, q = load(a, 0), load(b, 0)
    for row, value in enumerate((p + q, p - q, p * q, p / q, x + q, q + x, x - q, q - x, x * q, q * x, x / q, q / x)):
        store(results, 4 * row, value)


@njit
def picked(array, start, places, at, result):
    store(result, 0, pick(array, start, places, at))


def test_the_logistic_function_is_numpys_to_the_last_digits():
    x = np.concatenate([np.random.default_rng(0).uniform(-700, 700, 4000), np.linspace(-40, 40, 4000), np.zeros(4)])
    y = np.empty_like(x)
    logistic_of(x, y)
    expected = 1 / (1 + np.exp(-x))
    assert (abs(y - expected) / expected).max() < 1e-15
    assert y[-1] == 0.5


@pytest.mark.parametrize(("x", "low", "high"), [(-np.inf, 0, 1e-300), (-1e4, 0, 1e-300), (np.inf, 1, 1), (1e4, 1, 1)])
def test_beyond_its_range_the_logistic_function_stays_at_its_ends(x, low, high):
    y = np.empty(4)
    logistic_of(np.full(4, x), y)
    assert low <= y[0] <= high


def test_what_is_not_a_number_stays_so():
    y = np.empty(4)
    logistic_of(np.array([0.0, np.nan, 1.0, 2.0]), y)
    assert np.isnan(y).tolist() == [False, True, False, False]


def test_sums_and_products_are_element_by_element():
    a, b, x = np.array([1.0, -2.0, 3.0, 0.5]), np.array([4.0, 8.0, -0.25, 2.0]), 3.0
    results = np.empty((12, 4))
    arithmetic(a, b, x, results)
    expected = [a + b, a - b, a * b, a / b, x + b, b + x, x - b, b - x, x * b, b * x, x / b, b / x]
    np.testing.assert_array_equal(results, expected)


def test_numbers_are_picked_by_their_places():
    result = np.empty(4)
    picked(np.arange(10.0), 2, np.array([9, 0, 0, 1, 1, 5]), 1, result)
    assert result.tolist() == [2.0, 2.0, 3.0, 3.0]
