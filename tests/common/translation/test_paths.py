import itertools
import math

import numpy as np
import pytest
import torch
from scipy.stats import chisquare
from translators import Attending, Network, Recurrent, Spy, Table, all_translations, next_log_probs

from common.data.vocabulary import END, START, UNK
from common.errors import UserError
from common.translation.paths import greedy, log_likelihood, sample
from common.translation.rules import SearchSettings

SOURCES = [[3, END], [4, 5, 3, 6, END], [5, END], [3, 3, 4, END]]
MODELS = [Recurrent, Attending]
every_model = pytest.mark.parametrize("make", MODELS)


@every_model
def test_each_greedy_token_is_the_most_probable_after_those_before_it(make: type[Network]) -> None:
    model = make(9, seed=1, end=2.0)
    for source, hypothesis in zip(SOURCES, greedy(model, SOURCES), strict=True):
        said = (*hypothesis.tokens, END) if hypothesis.finished else hypothesis.tokens
        total = 0.0
        for place, token in enumerate(said):
            table = next_log_probs(model, source, said[:place])
            assert token == np.argmax(table)
            total += table[token]
        assert hypothesis.finished or len(said) == 3 * len(source)
        assert hypothesis.log_probability == pytest.approx(total, abs=1e-10)
        assert hypothesis.score == hypothesis.log_probability


def test_greedy_search_keeps_to_its_rule() -> None:
    # END has 0.6, UNK 0.3, the word 0.1.
    model = Table([[0.3, 0.6, 0.0, 0.1]] * 4)
    [hypothesis] = greedy(model, [[3] * 4], SearchSettings(shortest=0.5, forbidden=(UNK,), normalise="length"))
    assert hypothesis.tokens == (3, 3)
    assert hypothesis.score == pytest.approx((2 * math.log(0.1) + math.log(0.6)) / 3)
    [cut] = greedy(Table([[0, 0.4, 0, 0.6]] * 4), [[3]], SearchSettings(longest=2.0, normalise="length"))
    assert (cut.tokens, cut.finished) == ((3, 3), False)
    assert cut.score == pytest.approx(math.log(0.6))


def test_the_smaller_of_equal_tokens_is_taken() -> None:
    [hypothesis] = greedy(Table([[0, 0.2, 0, 0.4, 0.4]] * 5), [[3]], SearchSettings(longest=1.0))
    assert hypothesis.tokens == (3,)


def test_finished_sentences_leave_the_batch() -> None:
    model = Spy(Recurrent(9, seed=1, end=2.0))
    lengths = [len(h.tokens) + h.finished for h in greedy(model, SOURCES)]
    assert model.rows == [sum(length > step for length in lengths) for step in range(max(lengths))]
    model.rows.clear()
    log_likelihood(model, SOURCES, [[3], [], [3, 4, 5], [4, 4]])
    assert model.rows == [4, 3, 2, 1]


@every_model
def test_the_likelihoods_of_all_translations_add_up_to_one(make: type[Network]) -> None:
    model, source = make(6, seed=2, active=(END, 3, 5)), [4, 3, END]
    everything = all_translations(model, source, SearchSettings(longest=1.0))
    finished = [path[:-1] for path in everything if path[-1] == END]
    cut = [path for path in everything if path[-1] != END]
    # What is cut goes on: its likelihood with END, divided by the probability of that END.
    ends = torch.tensor([next_log_probs(model, source, path)[END] for path in cut], dtype=torch.float64)
    likelihoods = torch.cat([
        log_likelihood(model, [source] * len(finished), finished),
        log_likelihood(model, [source] * len(cut), cut) - ends,
    ])  # fmt: skip
    assert likelihoods.exp().sum() == pytest.approx(1.0, abs=1e-10)


@every_model
def test_a_likelihood_does_not_depend_on_the_batch(make: type[Network]) -> None:
    model = make(9, seed=3)
    pairs = [(source, target) for source in SOURCES for target in ([], [3], [4, 5, 6, 7], [UNK, 8])]
    together = log_likelihood(model, *zip(*pairs, strict=True))
    alone = [log_likelihood(model, [source], [np.array(target, dtype=np.uint16)]).item() for source, target in pairs]
    backward = log_likelihood(model, *zip(*reversed(pairs), strict=True)).flip(0)
    assert together.tolist() == pytest.approx(alone, abs=1e-12)
    assert together.tolist() == pytest.approx(backward.tolist(), abs=1e-12)


def test_a_likelihood_is_that_worked_by_hand() -> None:
    model = Table([[1, 0, 0, 0], [1, 0, 0, 0], [0, 0.25, 0, 0.75], [0, 0.5, 0.1, 0.4]])
    found = log_likelihood(model, [[3]] * 3, [[], [3], [3, 3]])
    assert found.exp().tolist() == pytest.approx([0.25, 0.75 * 0.5, 0.75 * 0.4 * 0.5])
    assert found.dtype == torch.float64


def test_pairs_that_cannot_be_scored_are_refused() -> None:
    with pytest.raises(UserError, match="2 sources and 1 targets"):
        log_likelihood(Recurrent(5), SOURCES[:2], [[3]])
    with pytest.raises(UserError, match="token 5, but the model knows 5 tokens"):
        log_likelihood(Recurrent(5), SOURCES[:1], [[5]])
    with pytest.raises(UserError, match="source sentence 0 is empty"):
        log_likelihood(Recurrent(5), [[]], [[3]])


@every_model
def test_samples_are_as_frequent_as_their_probability_says(make: type[Network]) -> None:
    model, n = make(5, seed=4, active=(END, 3, 4)), 4000
    sources = [[4, END], [3, 4, END]]
    drawn = sample(model, sources, n, torch.Generator().manual_seed(1), longest=1.0)
    for source, hypotheses in zip(sources, drawn, strict=True):
        expected = all_translations(model, source, SearchSettings(longest=1.0))
        said = [(*h.tokens, END) if h.finished else h.tokens for h in hypotheses]
        assert set(said) <= set(expected)
        for path, hypothesis in zip(said, hypotheses, strict=True):
            assert hypothesis.score == hypothesis.log_probability == pytest.approx(expected[path], abs=1e-10)
        chances = {path: math.exp(total) for path, total in expected.items()}
        common = [path for path, chance in chances.items() if n * chance >= 5]
        counts = [said.count(path) for path in common]
        wanted = [n * chances[path] for path in common]
        rare = n - sum(wanted)
        if rare > 1e-6:
            counts, wanted = [*counts, n - sum(counts)], [*wanted, rare]
        assert chisquare(counts, wanted).pvalue > 0.001
        assert len(common) > 2


def test_samples_are_the_same_for_the_same_seed() -> None:
    model = Attending(9, seed=5)
    first, again, other = (sample(model, SOURCES, 3, torch.Generator().manual_seed(seed)) for seed in (1, 1, 2))
    assert first == again != other
    assert [len(hypotheses) for hypotheses in first] == [3] * len(SOURCES)
    assert first[0] != first[2] or len(set(first[0])) == 1  # sources are not mixed up: see the frequencies above


def test_sampling_reads_each_source_once() -> None:
    model = Spy(Recurrent(9, seed=1))
    started = []
    begin = model.start
    model.start = lambda source, lengths: started.append(len(source)) or begin(source, lengths)  # type: ignore
    sample(model, SOURCES, 5, torch.Generator().manual_seed(1))
    assert started == [4]
    assert model.rows[0] == 20


def test_no_samples_are_refused() -> None:
    with pytest.raises(UserError, match="0 samples"):
        sample(Recurrent(5), SOURCES, 0, torch.Generator())


def test_nothing_to_read_gives_nothing() -> None:
    assert greedy(Recurrent(5), []) == []
    assert sample(Recurrent(5), [], 2, torch.Generator()) == []
    assert log_likelihood(Recurrent(5), [], []).tolist() == []


def test_what_is_padded_does_not_matter_to_the_models_of_these_tests() -> None:
    for make, source in itertools.product(MODELS, SOURCES):
        model = make(9)
        padded = torch.tensor([source + [7] * 3])
        tables = [
            model.step(model.start(tokens, torch.tensor([len(source)])), torch.tensor([START]))[0]
            for tokens in (torch.tensor([source]), padded)
        ]
        assert torch.allclose(*tables, atol=1e-12)
