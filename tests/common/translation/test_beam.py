import itertools
import math
from typing import Any

import numpy as np
import pytest
import torch
from translators import Attending, Network, Recurrent, Rows, Spy, Table, add_counts, all_translations, plain_beam

from common.data.vocabulary import END, START, UNK
from common.errors import UserError
from common.translation.beam import BLOCK, beam, best_extensions, first_greatest, tops_of_blocks
from common.translation.paths import greedy, log_likelihood
from common.translation.rules import BAHDANAU_2015, CHO_2014, SUTSKEVER_2014, SearchSettings

SOURCES = [[3, END], [4, 5, 3, 6, END], [5, END], [3, 3, 4, END], [6, 5, 4, 3, 5, 6, END]]
RULES = [
    {"normalise": normalise, "shrink": shrink, **more}
    for normalise in ("none", "length")
    for shrink in (True, False)
    for more in ({}, {"forbidden": (UNK, START)}, {"shortest": 0.5, "longest": 1.5}, {"longest": 1.0})
]
MODELS = [Recurrent, Attending]
every_rule = pytest.mark.parametrize("rule", RULES, ids=lambda rule: "-".join(map(str, rule.values())))
every_model = pytest.mark.parametrize("make", MODELS)


def same(found: Any, expected: Any) -> None:
    """Hypotheses equal paths of the plain search: tokens exactly, numbers up to rounding."""
    (paths, _), settings = expected
    assert [(*h.tokens, END) if h.finished else h.tokens for h in found] == [path.tokens for path in paths]
    assert [h.log_probability for h in found] == pytest.approx([path.total for path in paths], abs=1e-10)
    assert [h.score for h in found] == pytest.approx([path.score(settings) for path in paths], abs=1e-10)


@every_rule
@every_model
@pytest.mark.parametrize("seed", range(2))
def test_the_beam_is_that_of_a_plain_search(make: type[Network], rule: dict[str, Any], seed: int) -> None:
    model = make(7, seed, end=2.0 * seed)
    for width in (1, 2, 5):
        settings = SearchSettings(beam=width, **rule)
        for source, found in zip(SOURCES, beam(model, SOURCES, settings), strict=True):
            same(found, (plain_beam(model, source, settings), settings))


@every_rule
@every_model
def test_a_beam_as_wide_as_all_there_is_finds_what_exhaustive_search_finds(make: type[Network], rule: dict[str, Any]) -> None:
    # END and two words: at most 1 + 2 + 4 + 8 translations of 4 tokens or fewer, and 16 that are cut; 40 tokens by name.
    model = make(40, seed=1, active=(END, 3, 4))
    source = [5, 6, 7, END] if rule.get("longest", 3.0) == 1 else [5, END]
    settings = SearchSettings(**{"beam": 40, **rule, "longest": 4 / len(source)})
    [found] = beam(model, [source], settings)
    everything = all_translations(model, source, settings)
    finished = {path: total for path, total in everything.items() if path[-1] == END}
    scores = {path: total / (len(path) if settings.normalise == "length" else 1) for path, total in finished.items()}
    best_first = sorted(scores, key=lambda path: -scores[path])
    assert (*found[0].tokens, END) == best_first[0]
    for hypothesis in found:
        assert hypothesis.log_probability == pytest.approx(finished[(*hypothesis.tokens, END)], abs=1e-10)
    if settings.shrink:  # a finished one stays, and there is room for all
        assert [(*hypothesis.tokens, END) for hypothesis in found] == best_first
        assert len(found) == (15 if not settings.shortest else 14)


@every_rule
@every_model
def test_a_beam_of_one_is_greedy(make: type[Network], rule: dict[str, Any]) -> None:
    for seed in range(5):
        settings = SearchSettings(beam=1, **rule)
        found = beam(make(9, seed), SOURCES, settings)
        for [hypothesis], expected in zip(found, greedy(make(9, seed), SOURCES, settings), strict=True):
            assert (hypothesis.tokens, hypothesis.finished) == (expected.tokens, expected.finished)
            assert hypothesis.log_probability == pytest.approx(expected.log_probability, abs=1e-10)
            assert hypothesis.score == pytest.approx(expected.score, abs=1e-10)


@every_rule
@every_model
def test_many_sentences_are_found_as_one_by_one_and_in_any_order(make: type[Network], rule: dict[str, Any]) -> None:
    model, settings = make(9, seed=3), SearchSettings(beam=4, **rule)
    together = beam(model, SOURCES, settings)
    for source, found in zip(SOURCES, together, strict=True):
        [alone] = beam(model, [source], settings)
        assert [h.tokens for h in alone] == [h.tokens for h in found]
        assert [h.score for h in alone] == pytest.approx([h.score for h in found], abs=1e-12)
    order = [3, 0, 4, 2, 1]
    shuffled = beam(model, [SOURCES[place] for place in order], settings)
    assert [[h.tokens for h in found] for found in shuffled] == [[h.tokens for h in together[place]] for place in order]


@every_rule
@every_model
def test_the_scores_kept_on_the_way_are_the_likelihoods_of_what_is_returned(make: type[Network], rule: dict[str, Any]) -> None:
    model = make(9, seed=4)
    settings = SearchSettings(beam=4, **rule)
    for source, found in zip(SOURCES, beam(model, SOURCES, settings), strict=True):
        finished = [hypothesis for hypothesis in found if hypothesis.finished]
        expected = log_likelihood(model, [source] * len(finished), [hypothesis.tokens for hypothesis in finished])
        assert [h.log_probability for h in finished] == pytest.approx(expected.tolist(), abs=1e-10)
        lengths = [len(h.tokens) + 1 if settings.normalise == "length" else 1 for h in finished]
        assert [h.score for h in finished] == pytest.approx((expected / torch.tensor(lengths)).tolist(), abs=1e-10)
        assert [h.score for h in found] == sorted((h.score for h in found), reverse=True)


@every_rule
def test_only_live_hypotheses_of_unfinished_sentences_are_rows_of_a_step(rule: dict[str, Any]) -> None:
    model, settings = Spy(Recurrent(7, seed=5)), SearchSettings(beam=5, **rule)
    beam(model, SOURCES, settings)
    assert model.rows == add_counts([plain_beam(model.model, source, settings)[1] for source in SOURCES])
    assert model.rows[0] == len(SOURCES)


def test_the_beam_shrinks_by_one_with_each_finished_hypothesis() -> None:
    # After START: END 0.5, a 0.3, b 0.2. After a and b: END 0.6, a 0.3, b 0.1.
    a, b = 3, 4
    model = Spy(Table([[1, 0, 0, 0, 0], [1, 0, 0, 0, 0], [0, 0.5, 0, 0.3, 0.2], [0, 0.6, 0, 0.3, 0.1], [0, 0.6, 0, 0.3, 0.1]]))
    # Three places: END, a, b. Two: a END (0.18), b END (0.12). None.
    [found] = beam(model, [[a, END]], SearchSettings(beam=3))
    assert [h.tokens for h in found] == [(), (a,), (b,)]
    assert [math.exp(h.log_probability) for h in found] == pytest.approx([0.5, 0.18, 0.12])
    assert model.rows == [1, 2]


def test_without_shrinking_the_search_ends_when_no_live_hypothesis_can_win() -> None:
    a = 3
    model = Spy(Table([[1, 0, 0, 0, 0], [1, 0, 0, 0, 0], [0, 0.5, 0, 0.3, 0.2], [0, 0.6, 0, 0.3, 0.1], [0, 0.6, 0, 0.3, 0.1]]))
    # 0.5 is in hand, and what lives has 0.3 at most.
    [found] = beam(model, [[a, END]], SearchSettings(beam=3, shrink=False))
    assert [h.tokens for h in found] == [()]
    assert model.rows == [1]
    # Divided by the length it may yet win: log 0.3 / 6 is above log 0.5. But END after a word: log 0.18 / 2 is below.
    [found] = beam(model, [[a, END]], SearchSettings(beam=3, shrink=False, normalise="length"))
    assert found[0].tokens == ()
    assert len(model.rows) > 2


def test_a_finished_hypothesis_may_lose_its_place_unless_the_beam_shrinks() -> None:
    # END at once 0.4 (a token: -0.92); a, which is then sure to go on and end, 0.35 (three tokens: -0.35 each); b 0.25.
    a, b = 3, 4
    model = Table([[1, 0, 0, 0, 0], [1, 0, 0, 0, 0], [0, 0.4, 0, 0.35, 0.25], [0, 0, 0, 0, 1], [0, 1, 0, 0, 0]])
    loses = SearchSettings(beam=2, shrink=False, normalise="length", longest=3.0)
    [found] = beam(model, [[a]], loses)
    assert [h.tokens for h in found] == [(a, b), ()]
    # A beam of one holds END first, and nothing is left that could grow.
    assert [h.tokens for h in beam(model, [[a]], loses.model_copy(update={"beam": 1}))[0]] == [()]
    # b END (-0.69 a token) comes second where the third place is free, and drives END (-0.92) out of two places.
    [found] = beam(model, [[a]], loses.model_copy(update={"beam": 3}))
    assert [h.tokens for h in found] == [(a, b), (b,), ()]


@pytest.mark.parametrize("shrink", [True, False])
def test_equal_scores_go_to_the_older_hypothesis_and_the_smaller_token(shrink: bool) -> None:
    # Probabilities are powers of 2 and 300 tokens fill several blocks: ties everywhere, and sums without rounding.
    random = np.random.default_rng(0)
    for normalise in ("none", "length"):
        model = Table(np.ones((300, 300)))
        model.log_probs = torch.from_numpy(-random.integers(1, 4, size=(300, 300)) * 0.25)
        settings = SearchSettings(beam=7, shrink=shrink, normalise=normalise, longest=2.0)
        for source, found in zip(SOURCES[:2], beam(model, SOURCES[:2], settings), strict=True):
            same(found, (plain_beam(model, source, settings), settings))


@pytest.mark.parametrize("size", [5, BLOCK - 1, BLOCK, BLOCK + 1, 3 * BLOCK, 1000])
def test_selection_by_blocks_is_a_stable_sort_of_everything(size: int) -> None:
    random = torch.Generator().manual_seed(size)
    for width, few in itertools.product((1, 3, 5), (True, False)):
        log_probs = torch.randint(-3, 0, (4 * width, size), generator=random) / 2.0
        log_probs[torch.rand(log_probs.shape, generator=random) < (0.9 if few else 0.1)] = -math.inf
        live = torch.randint(-2, 1, (4, width), generator=random) / 2.0
        live[torch.rand(live.shape, generator=random) < 0.3] = -math.inf
        row_of = torch.arange(4 * width).view(4, width)
        everything = (log_probs.view(4, width, size) + live[:, :, None]).flatten(1)
        places = everything.sort(dim=1, descending=True, stable=True).indices[:, :width]
        values, hypotheses, tokens = best_extensions(live, log_probs, tops_of_blocks(log_probs), row_of)
        assert torch.equal(values, everything.gather(1, places))
        some = values > -math.inf
        assert torch.equal((hypotheses * size + tokens)[some], places[some])
        assert torch.equal(first_greatest(everything, width), places)


def test_forbidden_tokens_never_appear() -> None:
    model = Attending(9, seed=6)
    free = beam(model, SOURCES, SearchSettings(beam=5))
    assert any(UNK in h.tokens for found in free for h in found)
    for found in beam(model, SOURCES, SearchSettings(beam=5, forbidden=(UNK, START))):
        assert not any(token in (UNK, START) for h in found for token in h.tokens)


def test_translations_keep_to_the_shortest_and_longest_length() -> None:
    early = Table([[0, 0.9, 0, 0.1]] * 4)
    late = Table([[0, 0.1, 0, 0.9]] * 4)
    settings = SearchSettings(beam=1, shortest=0.5, longest=2.0)
    sources = [[3], [3] * 5, [3] * 4]
    assert [found[0].tokens for found in beam(early, sources, settings)] == [(), (3, 3), (3, 3)]
    cut = [found[0] for found in beam(late, sources, settings)]
    assert [(len(h.tokens), h.finished) for h in cut] == [(2, False), (10, False), (8, False)]
    # Nothing is finished, so the log probability holds no END, and the length is the number of words.
    assert cut[0].log_probability == pytest.approx(2 * math.log(0.9))


def test_a_cut_hypothesis_is_not_returned_beside_a_finished_one() -> None:
    [found] = beam(Table([[0, 0.1, 0, 0.9]] * 4), [[3]], SearchSettings(beam=2, longest=2.0))
    assert [(h.tokens, h.finished) for h in found] == [((), True)]


def test_the_rule_of_cho_2014() -> None:
    # 10 places, no unknown word, log probability by length with END, 3 times the source at most.
    stays = Table([[0.5, 0.0, 0, 0.5]] * 4)
    with pytest.raises(UserError, match="a beam of 10 is wider than the vocabulary of 4"):
        beam(stays, [[3]], CHO_2014)
    model = Attending(30, seed=7, end=11.0)
    for source, found in zip(SOURCES, beam(model, SOURCES, CHO_2014), strict=True):
        same(found, (plain_beam(model, source, CHO_2014), CHO_2014))
        assert all(len(h.tokens) < 3 * len(source) and UNK not in h.tokens for h in found)
        assert [h.score for h in found] == pytest.approx([h.log_probability / (len(h.tokens) + 1) for h in found])
    assert len(beam(model, SOURCES, CHO_2014)[4]) == 10


def test_the_rule_of_bahdanau_2015() -> None:
    model = Attending(30, seed=8, end=9.0)
    sources = [[3, 4, 5, 6, 7, 8, 9, END]]
    [found] = beam(model, sources, BAHDANAU_2015)
    assert len(found) == 10
    assert all(4 <= len(h.tokens) < 24 and h.score == h.log_probability for h in found)
    assert min(len(h.tokens) for h in beam(model, sources, BAHDANAU_2015.model_copy(update={"shortest": 0.0}))[0]) < 4


def test_the_rule_of_sutskever_2014() -> None:
    model = Spy(Recurrent(30, seed=9, end=7.0))
    [found] = beam(model, [SOURCES[1]], SUTSKEVER_2014)
    assert len(found) == 12
    assert all(h.score == h.log_probability for h in found)
    # Never refilled: each step has as many rows as the last, less what finished.
    assert model.rows[0] == 1
    assert model.rows[1] in (11, 12)
    assert model.rows[1:] == sorted(model.rows[1:], reverse=True)


def test_single_precision_and_numpy_sources_do() -> None:
    model = Recurrent(9, seed=3)
    exact = beam(model, SOURCES, SearchSettings(beam=3))
    for name, tensor in list(vars(model).items()):
        setattr(model, name, tensor.float())
    rough = beam(model, [np.array(source, dtype=np.uint16) for source in SOURCES], SearchSettings(beam=3))
    assert [[h.tokens for h in found] for found in rough] == [[h.tokens for h in found] for found in exact]
    assert rough[1][0].log_probability == pytest.approx(exact[1][0].log_probability, rel=1e-5)


def test_nothing_to_translate_gives_nothing() -> None:
    assert beam(Recurrent(5), [], SearchSettings()) == []


def test_gradients_are_not_recorded() -> None:
    model = Recurrent(9)
    model.output.requires_grad_()
    spy = Spy(model)
    recorded = []
    spy.step = lambda state, previous: recorded.append(torch.is_grad_enabled()) or model.step(state, previous)  # type: ignore
    beam(spy, SOURCES, SearchSettings(beam=2))
    assert not any(recorded)


@pytest.mark.parametrize(
    ("sources", "says"),
    [
        ([[3, END], []], "source sentence 1 is empty"),
        ([[END, END]], "source sentence 0 holds nothing but end symbols"),
    ],
)
def test_a_source_without_a_word_is_refused(sources: list[list[int]], says: str) -> None:
    for search in (beam, greedy):
        with pytest.raises(UserError, match=says):
            search(Recurrent(5), sources, SearchSettings())


def test_a_beam_wider_than_the_vocabulary_is_refused() -> None:
    assert len(beam(Recurrent(6), SOURCES, SearchSettings(beam=6))) == len(SOURCES)
    with pytest.raises(UserError, match="a beam of 7 is wider than the vocabulary of 6"):
        beam(Recurrent(6), SOURCES, SearchSettings(beam=7))


@pytest.mark.parametrize("value", [math.nan, 0.0])
def test_a_model_without_probabilities_is_refused_and_the_sentence_named(value: float) -> None:
    class Broken(Recurrent):
        """Fails for the second sentence of the batch, from the second token on."""

        def start(self, source: torch.Tensor, lengths: torch.Tensor) -> Rows:
            return Rows((*super().start(source, lengths).tensors, torch.arange(len(source)) == 1))

        def step(self, state: Rows, previous: torch.Tensor) -> tuple[torch.Tensor, Rows]:
            log_probs, after = super().step(state, previous)
            log_probs[state.tensors[1] & (previous != START)] = math.log(value) if value else -math.inf
            return log_probs, Rows((*after.tensors, state.tensors[1]))

    for search in (beam, greedy):
        with pytest.raises(UserError, match="source sentence 1: the model's probabilities"):
            search(Broken(9), SOURCES, SearchSettings(beam=3, shortest=0.5))


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device")
@every_rule
def test_a_gpu_finds_the_same(rule: dict[str, Any]) -> None:
    settings = SearchSettings(beam=4, **rule)
    here = beam(Attending(9, seed=3), SOURCES, settings)
    there = beam(Attending(9, seed=3).to("cuda"), SOURCES, settings, device="cuda")
    assert [[h.tokens for h in found] for found in there] == [[h.tokens for h in found] for found in here]
