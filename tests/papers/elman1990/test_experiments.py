"""What the simulations measure, on networks whose answers are known, and the measures that the ledger reads."""

from typing import Any

import numpy as np
import pytest

from common.errors import UserError
from papers.elman1990 import experiments, measures, tasks
from papers.elman1990.experiments import LettersSettings, LexiconSettings, WordsSettings, XorSettings
from papers.elman1990.sentences import Grammar, likelihoods, prefixes, word_vectors

SMALL: dict[str, Any] = {"hidden": 4, "passes": 1, "learning_rate": 0.1, "initial_range": 0.5}


class Stub:
    """Runs trials and keeps what they return; logs and checkpoints go nowhere."""

    def __init__(self, *seeds: int):
        self.seeds, self.outcomes = seeds, {}

    def for_each_seed(self, trial):
        self.outcomes = {seed: trial(seed) for seed in self.seeds}

    def restore(self):
        return None

    def log(self, *args, **values):
        pass

    report = checkpoint = log


class Oracle:
    """A network that answers by a function of its inputs: inputs (T, I) -> outputs (T, O)."""

    def __init__(self, answer, hidden=None):
        self.answer, self.hidden = answer, hidden or (lambda inputs: inputs)

    def run(self, inputs):
        return self.answer(inputs), self.hidden(inputs)


def with_network(monkeypatch: pytest.MonkeyPatch, network) -> None:
    monkeypatch.setattr(experiments, "learn", lambda *args: network)


def metrics(experiment, settings, seed: int = 100) -> dict[str, Any]:
    run = Stub(seed)
    experiment(run, settings)
    return run.outcomes[seed].metrics


def xor_of_last_two(inputs):
    bits = inputs[:, 0].astype(int)
    return np.column_stack([np.concatenate([[0], bits[1:] ^ bits[:-1]])]).astype(float)


def test_a_network_that_always_says_the_exclusive_or_errs_at_two_steps_of_three(monkeypatch):
    with_network(monkeypatch, Oracle(xor_of_last_two))
    found = metrics(experiments.xor, XorSettings(**SMALL, triples=10, windows=300))
    cycle = np.array(found["sse_by_position"])
    predictable = np.arange(12) % 3 == 1
    assert cycle[predictable] == pytest.approx(np.zeros(4), abs=0.01)  # the very first bit has no bit before it
    assert cycle[~predictable].mean() == pytest.approx(0.5, abs=0.03)
    assert found["xor_everywhere"] == 1
    assert found["xor_by_pair"] == [1, 1, 1, 1]


def test_the_best_constant_confidence_in_the_exclusive_or_costs_one_ninth_and_five_eighteenths(monkeypatch):
    """Said with p = 2/3, the answer is right always at one step of three and half of the time at the others."""
    with_network(monkeypatch, Oracle(lambda inputs: 1 / 3 + xor_of_last_two(inputs) / 3))
    cycle = np.array(metrics(experiments.xor, XorSettings(**SMALL, triples=10, windows=2000))["sse_by_position"])
    predictable = np.arange(12) % 3 == 1
    assert cycle[predictable].mean() == pytest.approx(1 / 9, abs=1e-3)
    assert cycle[~predictable].mean() == pytest.approx(5 / 18, abs=5e-3)


def test_units_that_follow_change_and_repetition_are_found(monkeypatch):
    def hidden(inputs):
        changed = xor_of_last_two(inputs)
        return np.hstack([changed, 1 - changed])

    with_network(monkeypatch, Oracle(xor_of_last_two, hidden))
    correlation = metrics(experiments.xor, XorSettings(**SMALL, triples=10, windows=50))["change_correlation"]
    assert correlation == pytest.approx([1, -1])


def test_the_letters_oracle_reaches_the_floors(monkeypatch):
    """It knows which vowels follow and guesses the consonants' mean."""
    mean = tasks.letter_vectors("bdg").mean(axis=0)
    codes = {tuple(tasks.letter_vectors(letter)[0]): letter for letter in "bdgaiu"}

    def answer(inputs):
        text = "".join(codes[tuple(row)] for row in inputs)
        rows, due = [], ""
        for letter in text:
            due = tasks.SYLLABLES[letter][1:] if letter in tasks.SYLLABLES else due[1:]
            rows.append(tasks.letter_vectors(due[0])[0] if due else mean)
        return np.array(rows)

    with_network(monkeypatch, Oracle(answer))
    run = Stub(100)
    experiments.letters(run, LettersSettings(**SMALL, consonants=3000))
    found, arrays = run.outcomes[100].metrics, run.outcomes[100].arrays
    assert found["consonant_sse"] == pytest.approx(4 / 9, abs=0.01)
    assert found["vowel_sse"] == pytest.approx(0, abs=1e-12)
    assert found["consonant_next_accuracy"] == 1
    assert found["bits_at_consonants"][[0, 3, 4]] == pytest.approx([0, 2 / 9, 2 / 9], abs=0.01)
    drawn = dict(zip(tasks.FIGURE_4, arrays["figure_4_squared"].sum(axis=1), strict=True))
    assert {letter: round(float(error), 4) for letter, error in drawn.items()} == {
        "a": 0, "i": 0, "u": 0, "b": round(2 / 9, 4), "d": round(5 / 9, 4), "g": round(5 / 9, 4)
    }  # fmt: skip


def test_errors_are_booked_on_the_letter_that_was_predicted(monkeypatch):
    """A network that is wrong about first letters only: the error must stand at onsets, and nowhere else."""
    settings = WordsSettings(**SMALL, sentences=20, reading="w2")
    stream = tasks.word_stream(20, 100, "w2")
    target = tasks.next_step(tasks.alphabet_vectors(stream.letters))
    onset_next = np.roll(stream.onset, -1)[:, None]
    with_network(monkeypatch, Oracle(lambda inputs: np.where(onset_next, 1 - target, target)))
    found = metrics(experiments.words, settings)
    assert (found["onset_sse"], found["inside_sse"], found["onset_auc"]) == (5, 0, 1)
    assert found["sse_by_place"][:2] == [5, 0]
    assert found["sse_third_and_later"] == 0


def test_a_predictor_that_says_the_likelihoods_has_error_zero_and_cosine_one(monkeypatch):
    corpus = Grammar("g2").sentences(400, 100, "corpus")
    likelihood = likelihoods(corpus, pool_endings=False)
    n = len(likelihood)
    network = Oracle(lambda inputs: likelihood if len(inputs) == n else np.zeros_like(inputs), lambda inputs: inputs + 1e-9)
    with_network(monkeypatch, network)
    found = metrics(experiments.lexicon, LexiconSettings(**SMALL, reading="g2", sentences=400, token_sample=200))
    assert found["l1_sse"] == pytest.approx(0)
    assert found["l1_cosine"] == pytest.approx(1)
    actual = np.roll(word_vectors([w for s in corpus for w in s]), -1, axis=0)
    assert found["sse"] == pytest.approx(((actual - likelihood) ** 2).sum(axis=1).mean())
    assert len(prefixes(corpus)) == found["n_words"] == n


def test_errors_of_the_network_add_up_within_half_a_percent():
    """SSE against the words = SSE against likelihoods + their residual, exactly only for a function of the prefix."""
    settings = LexiconSettings(hidden=30, passes=3, learning_rate=0.1, initial_range=0.5, reading="g2", sentences=3000,
                               token_sample=200)  # fmt: skip
    found = metrics(experiments.lexicon, settings)
    corpus = Grammar("g2").sentences(3000, 100, "corpus")
    actual = np.roll(word_vectors([w for s in corpus for w in s]), -1, axis=0)
    residual = ((actual - likelihoods(corpus, pool_endings=False)) ** 2).sum(axis=1).mean()
    assert found["sse"] == pytest.approx(found["l1_sse"] + residual, abs=0.005)


def test_the_same_seed_gives_the_same_numbers_and_another_does_not():
    settings = XorSettings(**SMALL, triples=100, windows=20)
    first, again, other = (metrics(experiments.xor, settings, seed)["sse_by_position"] for seed in (100, 100, 101))
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)


def test_shuffled_codes_leave_the_measures_of_a_code_blind_network_alone(monkeypatch):
    with_network(
        monkeypatch, Oracle(lambda inputs: np.full(inputs.shape, 0.1), lambda inputs: np.sort(inputs, axis=1) + inputs.sum())
    )
    base = {**SMALL, "reading": "g2", "sentences": 300, "token_sample": 100}
    plain, shuffled = (metrics(experiments.lexicon, LexiconSettings(**base, shuffled_codes=s)) for s in (False, True))
    for name in ("sse", "l1_sse", "l1_cosine", "exact_sse"):
        assert plain[name] == pytest.approx(shuffled[name])


def test_departures_are_not_silently_dropped_when_the_gradient_goes_through_time():
    with pytest.raises((ValueError, UserError), match="gradient_window"):
        XorSettings(**SMALL, triples=10, windows=10, gradient_window=5, momentum=0.5)


# --- measures


class FakeRun:
    def __init__(self, **values):
        self.values_by_name = values

    def metric(self, name):
        return self.values_by_name[name]


def test_the_drop_must_be_deep_enough_and_at_every_predictable_step():
    good = [0.3, 0.1, 0.3] * 4
    shallow = [0.3, 0.25, 0.3] * 4
    one_high = [0.3, 0.1, 0.3] * 3 + [0.3, 0.31, 0.3]
    results = {"xor/srn": FakeRun(sse_by_position=[good, shallow, one_high, None])}
    assert measures.xor_drops_every_third(results) == [1, 0, 0, None]
    assert measures.xor_low_error(results)[:2] == pytest.approx([0.1, 0.25])


def test_one_unit_for_change_and_one_for_repetition_need_opposite_signs():
    results = {"xor/srn": FakeRun(change_correlation=[[0.4, -0.5], [0.4, 0.5], [0.9, -0.2]])}
    assert measures.xor_units_share_the_work(results) == [1, 0, 0]


def test_levels_of_zog():
    run = FakeRun(zog_profile=[0.95, 0.95, 0.95, 0.8], zog_nearest=["HUMAN", "SMALL", "FOOD", "HUMAN"])
    assert measures.zog_level({"lexicon/g2": run}) == [2, 1, 0, 0]


def test_measures_of_a_failed_trial_are_none_and_keep_their_place():
    run = FakeRun(sse=[0.5, None, 0.7])
    run.arrays = {"means": [np.array([1.0]), np.array([3.0])]}
    assert measures._per_seed({"lexicon/g2": run}, "lexicon/g2", lambda means: float(means[0])) == [1.0, None, 3.0]


def test_the_papers_error_lies_above_what_the_present_word_alone_allows():
    """So 0.88 by itself does not show that context was used; our networks lie below."""
    assert all(Grammar(reading).floor("bigram") < 0.88 for reading in ("g2", "g1"))


def test_paper_values_of_figure_6_give_the_ledgers_numbers():
    from papers.elman1990.figures import FIGURE_6

    words = [word for sentence in tasks.STORY for word in sentence]
    starts = np.cumsum([0, *map(len, words)])[:-1]
    errors = np.array(FIGURE_6[:53])  # without the m of the next sentence
    onset = np.isin(np.arange(53), starts)
    assert errors[onset].mean() == pytest.approx(2.32, abs=0.05)
    assert errors[~onset].mean() == pytest.approx(0.94, abs=0.01)
    auc = np.mean([a > b for a in errors[onset] for b in errors[~onset]])
    assert auc == pytest.approx(0.966, abs=0.005)
    above = [errors[k] > errors[k - 1] for k in starts[1:]]
    assert (sum(above), len(above)) == (12, 13)
