import math

import pytest
import torch
from translators import Attending, Recurrent, Spy, Table, plain_beam

from common.data.vocabulary import END, START
from common.errors import UserError
from common.translation.beam import beam
from common.translation.ensemble import Ensemble
from common.translation.paths import greedy, log_likelihood
from common.translation.rules import SearchSettings

SOURCES = [[3, END], [4, 5, 3, 6, END], [5, END], [3, 3, 4, END]]
RULE = SearchSettings(beam=4, normalise="length")


def test_an_ensemble_of_one_is_its_model() -> None:
    model = Attending(9, seed=1)
    assert beam(Ensemble([model]), SOURCES, RULE) == beam(model, SOURCES, RULE)
    assert greedy(Ensemble([model]), SOURCES) == greedy(model, SOURCES)


def test_an_ensemble_of_equal_models_is_the_model() -> None:
    model = Recurrent(9, seed=1)
    pairs = SOURCES, [[3], [], [4, 5], [6]]
    assert torch.allclose(log_likelihood(Ensemble([model] * 3), *pairs), log_likelihood(model, *pairs), atol=1e-12)


def test_probabilities_are_averaged_arithmetically() -> None:
    # The word: 0.9 and 0.1 give 0.5 (the geometric mean would give 0.3); END after it: 0.2 and 0.6 give 0.4.
    one = Table([[1, 0, 0, 0], [1, 0, 0, 0], [0, 0.1, 0, 0.9], [0.8, 0.2, 0, 0]])
    two = Table([[1, 0, 0, 0], [1, 0, 0, 0], [0.9, 0, 0, 0.1], [0, 0.6, 0, 0.4]])
    both = Ensemble([one, two])
    table, _ = both.step(both.start(torch.tensor([[3]]), torch.tensor([1])), torch.tensor([START]))
    assert table.exp()[0].tolist() == pytest.approx([0.45, 0.05, 0, 0.5])
    assert log_likelihood(both, [[3]], [[3]]).item() == pytest.approx(math.log(0.5 * 0.4))


def test_members_of_different_kinds_keep_their_own_states_through_a_search() -> None:
    both = Ensemble([Attending(9, seed=2, end=2.0), Recurrent(9, seed=3)])
    for source, found in zip(SOURCES, beam(both, SOURCES, RULE), strict=True):
        paths, _ = plain_beam(both, source, RULE)
        assert [h.tokens for h in found] == [path.tokens[: -1 if path.finished else None] for path in paths]
        assert [h.log_probability for h in found] == pytest.approx([path.total for path in paths], abs=1e-10)


def test_an_ensemble_of_ensembles_and_of_spies_is_one() -> None:
    one, two = Spy(Recurrent(9, seed=2)), Spy(Recurrent(9, seed=3))
    beam(Ensemble([Ensemble([one]), two]), SOURCES, RULE)
    assert one.rows == two.rows != []


def test_models_that_cannot_be_averaged_are_refused() -> None:
    with pytest.raises(UserError, match="an ensemble of no models"):
        Ensemble([])
    with pytest.raises(UserError, match="have 9, 8 target tokens"):
        greedy(Ensemble([Recurrent(9), Recurrent(8)]), SOURCES)
