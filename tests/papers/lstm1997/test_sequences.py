"""The paper's tasks (section 5): lengths, probabilities, targets, and what their noise allows at best."""

from collections import Counter
from statistics import NormalDist

import numpy as np
import pytest

from common.errors import UserError
from papers.lstm1997 import chance, tasks
from papers.lstm1997.tasks import Adding, Distractors, Order, RandomInner, TwoSequences


def many(task: tasks.Task, n: int, clean: bool = False) -> list[tasks.Sequence]:
    rng = chance.stream(5, "training")
    return [tasks.draw(task, rng, clean) for _ in range(n)]


# --- Random numbers -----------------------------------------------------------------------------------------------------


def test_splitmix_is_the_published_generator():
    """Its first output from state 0 is known: e220a8397b1dcdaf."""
    assert chance.unit(np.zeros(1, np.uint64)) == (0xE220A8397B1DCDAF >> 11) / 2**53


def test_uniform_and_normal_numbers_have_their_moments():
    rng = chance.stream(3, "training")
    uniform = np.array([chance.unit(rng) for _ in range(40_000)])
    normal = np.array([chance.normal(rng) for _ in range(20_000)])
    assert (uniform.min() >= 0.0, uniform.max() < 1.0) == (True, True)
    assert uniform.mean() == pytest.approx(0.5, abs=0.006)
    assert uniform.var() == pytest.approx(1 / 12, abs=0.002)
    assert normal.mean() == pytest.approx(0.0, abs=0.02)
    assert normal.var() == pytest.approx(1.0, abs=0.03)
    assert (abs(normal) > 2).mean() == pytest.approx(0.0455, abs=0.005)
    assert np.corrcoef(normal.T)[0, 1] == pytest.approx(0.0, abs=0.03)


def test_whole_numbers_reach_both_ends():
    rng = chance.stream(3, "training")
    assert Counter(chance.between(rng, 3, 5) for _ in range(300)).keys() == {3, 4, 5}


def test_streams_of_different_purposes_and_seeds_differ():
    states = {int(chance.stream(seed, purpose)[0]) for seed in (1, 2) for purpose in ("training", "stopping")}
    assert len(states) == 4


# --- 1: the embedded Reber grammar --------------------------------------------------------------------------------------


def test_reber_strings_have_the_grammars_lengths():
    lengths = [len(string) for string in tasks.reber_strings(20_000, np.random.default_rng(1))]
    assert min(lengths) == 9
    assert np.mean(lengths) == pytest.approx(12.0, abs=0.1)
    assert np.median(lengths) == 11
    assert np.mean(np.array(lengths) == 9) == pytest.approx(0.25, abs=0.015)


def test_legal_successors_of_a_string_worked_by_hand():
    assert [set(step) for step in tasks.reber_successors("BTBTXSETE")] == [
        set("TP"), set("B"), set("TP"), set("SX"), set("XS"), set("E"), set("T"), set("E"),
    ]  # fmt: skip
    assert [set(step) for step in tasks.reber_successors("BPBPVPSEPE")] == [
        set("TP"), set("B"), set("TP"), set("TV"), set("PV"), set("XS"), set("E"), set("P"), set("E"),
    ]  # fmt: skip


def test_every_symbol_of_a_string_is_a_legal_successor():
    for string in tasks.reber_strings(500, np.random.default_rng(2)):
        allowed = tasks.reber_successors(string)
        assert len(allowed) == len(string) - 1
        assert all(symbol in step for symbol, step in zip(string[1:], allowed, strict=True))


def test_no_test_string_is_a_training_string():
    training, test = tasks.reber(256, 256, np.random.default_rng(3))
    assert (len(training.strings), len(test.strings)) == (256, 256)
    assert not set(training.strings) & set(test.strings)
    assert 60 < len(set(training.strings)) < 140
    assert training.minimal_lag == 6


def test_each_input_of_a_string_is_the_target_before_it():
    training, _ = tasks.reber(16, 4, np.random.default_rng(3))
    for x, targets in many(training, 50):
        assert len(x) == len(targets)
        np.testing.assert_array_equal(x[1:], targets[:-1])
        np.testing.assert_array_equal(x.sum(axis=1), 1.0)
        string = (*x.argmax(axis=1), targets[-1].argmax())
        assert string in training.strings


# --- 2: long lags -------------------------------------------------------------------------------------------------------


def test_noise_free_strings_are_the_two_of_the_paper():
    task = tasks.noise_free(4)
    assert task.strings == ((4, 0, 1, 2, 4), (3, 0, 1, 2, 3))
    assert task.minimal_lag == 4
    firsts = Counter(int(x[0].argmax()) for x, _ in many(task, 1000))
    assert firsts.keys() == {3, 4}
    assert 420 < firsts[4] < 580


def test_in_2b_the_last_symbol_is_the_first_and_the_others_are_random():
    sequences = many(RandomInner(6), 600)
    for x, targets in sequences:
        assert x.shape == targets.shape == (6, 7)
        np.testing.assert_array_equal(x[0], targets[-1])
        np.testing.assert_array_equal(x[1:], targets[:-1])
    inner = Counter(int(row.argmax()) for x, _ in sequences for row in x[1:])
    assert inner.keys() == {0, 1, 2, 3, 4}
    assert min(inner.values()) > 500


def test_2b_with_the_last_symbol_as_its_only_target_is_the_same_otherwise():
    for whole, last in zip(many(RandomInner(6), 50), many(RandomInner(6, last_only=True), 50), strict=True):
        np.testing.assert_array_equal(last.x, whole.x)
        np.testing.assert_array_equal(last.targets, whole.targets[-1:])


def test_in_2c_lengths_are_geometric():
    """q + k + 3 inputs with k = 9 on average; the symbols in all number q + 13."""
    q, p = 5, 4
    sequences = many(Distractors(q, p), 4000)
    lengths = np.array([len(x) for x, _ in sequences])
    assert lengths.min() == q + 3
    assert (lengths + 1).mean() == pytest.approx(q + 13, abs=0.5)
    assert (lengths == q + 3).mean() == pytest.approx(0.1, abs=0.015)
    for x, targets in sequences[:200]:
        symbols = x.argmax(axis=1)
        assert (symbols[0], symbols[-1]) == (p + 1, p)
        assert targets[0].argmax() == symbols[1] - (p + 2)
        assert max(symbols[2:-1]) < p
    shown = Counter(symbol for x, _ in sequences for symbol in x.argmax(axis=1)[2:-1])
    assert shown[0] / len(sequences) == pytest.approx((q + 9) / p, rel=0.05)
    assert Distractors(1000, 50).minimal_lag == 1001


# --- 3: two sequences ---------------------------------------------------------------------------------------------------


def test_in_3a_the_information_is_exact_and_the_rest_is_noise_of_variance_02():
    sequences = many(TwoSequences(100, 3), 600)
    assert {len(x) for x, _ in sequences} == set(range(100, 111))
    for x, targets in sequences:
        assert x[:3, 0].tolist() == [2 * targets[0, 0] - 1] * 3
    noise = np.concatenate([x[3:, 0] for x, _ in sequences])
    assert noise.mean() == pytest.approx(0.0, abs=0.01)
    assert noise.var() == pytest.approx(0.2, abs=0.005)
    assert np.mean([targets[0, 0] for _, targets in sequences]) == pytest.approx(0.5, abs=0.07)


def test_the_sign_of_the_first_input_of_3b_errs_as_often_as_noise_must():
    """1.27 %, the share below 0 of a normal number of mean 1 and variance 0.2: nobody can do better."""
    sequences = many(TwoSequences(2, 1, noisy_information=True), 30_000)
    wrong = np.mean([(x[0, 0] > 0) != (targets[0, 0] == 1.0) for x, targets in sequences])
    bound = NormalDist().cdf(-1 / np.sqrt(0.2))
    assert bound == pytest.approx(0.01267, abs=1e-5)
    assert wrong == pytest.approx(bound, abs=0.002)


def test_in_3c_training_targets_are_noisy_and_test_targets_are_not():
    task = TwoSequences(20, 1, noisy_targets=True)
    training, test = many(task, 4000), many(task, 200, clean=True)
    residuals = [targets[0, 0] - (0.2 if x[0, 0] == 1.0 else 0.8) for x, targets in training]
    assert np.mean(residuals) == pytest.approx(0.0, abs=0.02)
    assert np.var(residuals) == pytest.approx(0.1, abs=0.01)
    assert {targets[0, 0] for _, targets in test} == {0.2, 0.8}


# --- 4 and 5: adding and multiplication ---------------------------------------------------------------------------------


def marked(x: np.ndarray) -> list[int]:
    return np.flatnonzero(x[:, 1] == 1.0).tolist()


@pytest.mark.parametrize("keep_marker", [False, True])
@pytest.mark.parametrize("product", [False, True])
def test_the_target_is_the_sum_or_product_of_what_is_marked(product, keep_marker):
    neutral = 1.0 if product else 0.0
    for x, targets in many(Adding(40, product, keep_marker), 500):
        values = [x[t, 0] for t in marked(x)]
        assert len(values) == 2 or (keep_marker and len(values) == 1)
        a, b = (*values, neutral)[:2]
        assert targets[0, 0] == pytest.approx(a * b if product else 0.5 + (a + b) / 4)
        assert 0.0 <= targets[0, 0] <= 1.0


def test_marks_lie_where_the_paper_has_them():
    sequences = many(Adding(100, keep_marker=True), 4000)
    assert {len(x) for x, _ in sequences} == set(range(100, 111))
    for x, _ in sequences:
        assert x[0, 1] == x[-1, 1] == -1.0
        assert set(x[1:-1, 1]) <= {0.0, 1.0}
        assert max(marked(x)) < 50
        assert min(marked(x)) < 10 or len(marked(x)) == 1
        assert abs(x[:, 0]).max() <= 1.0


def test_the_first_pair_is_marked_in_12_percent_of_the_sequences():
    """10 % as the first of the two, and 0.9 / 49 as the second; its value then is the neutral one."""
    first = [x[0] for x, _ in many(Adding(100), 6000) if x[0, 1] == 1.0]
    assert len(first) / 6000 == pytest.approx(0.1 + 0.9 / 49, abs=0.012)
    assert {pair[0] for pair in first} == {0.0}


def test_a_constant_guess_on_the_adding_problem_is_off_by_a_sixth():
    """The sum of two marked values has a triangular distribution, but where one of them is the first pair."""
    errors = np.array([abs(targets[0, 0] - 0.5) for _, targets in many(Adding(100), 20_000)])
    share = 0.1 + 0.9 / 49
    assert errors.mean() == pytest.approx((1 - share) / 6 + share / 8, abs=0.002)
    assert (errors > 0.04).mean() == pytest.approx(0.845, abs=0.012)


# --- 6: temporal order --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("task", "n_classes"), [(tasks.ORDER_6A, 4), (tasks.ORDER_6B, 8)])
def test_the_class_says_which_of_x_and_y_came_in_which_order(task, n_classes):
    sequences = many(task, 4000)
    classes = Counter()
    assert {len(x) for x, _ in sequences} == set(range(100, 111))
    for x, targets in sequences:
        symbols = x.argmax(axis=1)
        assert (symbols[0], symbols[-1]) == (0, 1)
        places = np.flatnonzero(symbols >= 6)
        for place, (first, last) in zip(places, task.windows, strict=True):
            assert first <= place + 1 <= last
        bits = "".join(str(symbols[place] - 6) for place in places)
        assert targets[0].tolist() == [float(k == int(bits, 2)) for k in range(n_classes)]
        classes[bits] += 1
        assert set(symbols) <= set(range(8))
    assert len(classes) == n_classes
    assert min(classes.values()) > 0.8 * 4000 / n_classes


def test_minimal_lags_are_the_papers():
    assert (Adding(100).minimal_lag, Adding(1000).minimal_lag) == (50, 500)
    assert (tasks.ORDER_6A.minimal_lag, tasks.ORDER_6B.minimal_lag) == (40, 24)
    assert RandomInner(100).minimal_lag == tasks.noise_free(100).minimal_lag == 100


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: Adding(18), "Adding with T = 18: give at least 20"),
        (lambda: tasks.noise_free(1), "noise_free with p = 1: give at least 2"),
        (lambda: RandomInner(1), "RandomInner with p = 1"),
        (lambda: Distractors(0, 5), "Distractors with q = 0"),
        (lambda: Distractors(5, 0), "Distractors with p = 0"),
        (lambda: TwoSequences(3, 3), "TwoSequences with T = 3: give at least 4"),
        (lambda: Order((20, 22), ((2, 4), (4, 10))), "give them in order"),
        (lambda: Order((20, 22), ((2, 4), (10, 20))), "give them in order"),
    ],
)
def test_a_task_without_room_for_its_lag_is_refused(make, says):
    with pytest.raises(UserError, match=says):
        make()


def test_a_stream_gives_the_same_sequences_again():
    for a, b in zip(many(Adding(20), 20), many(Adding(20), 20), strict=True):
        np.testing.assert_array_equal(a.x, b.x)
