"""What is asked of a trained model, of models whose answers are known."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pytest
import torch
from small_translators import at_random, translator
from torch import nn

from common.data import bilingual_grammar
from common.data.store import ParallelTokens
from common.data.vocabulary import END, SPECIALS, UNK, Vocabulary
from common.device import Device
from common.translation.batches import batch_of
from papers.bahdanau2015 import evaluation
from papers.bahdanau2015.evaluation import Translator, search_rule
from papers.bahdanau2015.model import RNNsearch
from papers.bahdanau2015.tasks import Test, token_file
from papers.cho2014.model import Sizes

CPU = Device("cpu", "float32", "a test")
SOURCE = Vocabulary((*SPECIALS, "a", "b", "c", "d"))
TARGET = Vocabulary((*SPECIALS, "u", "v", "w", "x", "y", "z"))
SENTENCES = [[5, 3, 6], [4], [3, 6], [6, 6, 5, 4, 3], [4, 3]]
TARGETS = [[4, 8], [3, 5, 5, 7], [6], [8, 8, 3], [5, 4]]


def asked(model: nn.Module, beam: int = 2) -> Translator:
    return Translator(model, SOURCE, TARGET, search_rule(beam), CPU)


def searching() -> RNNsearch:
    return at_random(RNNsearch(Sizes(K_x=7, K_y=9, m=3, n=4, l=2), 5))


def corpus() -> ParallelTokens:
    return ParallelTokens(*(token_file(np.array(s, dtype=np.uint16) for s in side) for side in (SENTENCES, TARGETS)))


def inclined(*tokens: int) -> RNNsearch:
    """A model that always wants to say the first of these tokens, else the second, and so on."""
    model = at_random(RNNsearch(Sizes(K_x=7, K_y=9, m=3, n=4, l=2), 5))
    with torch.no_grad():
        model.W_o.weight.zero_()
        model.W_o.bias.zero_()
        for place, token in enumerate(tokens):
            model.W_o.bias[token] = 20.0 * (len(tokens) - place)
    return model


# --- Translations


@pytest.mark.parametrize("kind", ["encoder-decoder", "groundhog", "eq4", "appendix"])
def test_translations_come_in_the_order_of_the_sources_and_do_not_depend_on_the_batch(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(evaluation, "BATCH", 2)
    by = asked(translator(kind))
    sources = list(corpus().source)
    together = by.translate(sources)
    assert together == [by.translate([source])[0] for source in sources]
    assert len({tuple(words) for words in together}) > 1


def test_unknown_words_are_said_only_where_they_may_be() -> None:
    by = asked(inclined(UNK, 3, END))
    sources = list(corpus().source)
    assert {word for words in by.translate(sources) for word in words} == {"<unk>"}
    assert {word for words in by.translate(sources, may_say_unknown=False) for word in words} == {"u"}


@dataclass(frozen=True)
class Noting(Translator):
    """Notes what it is asked."""

    notes: list[tuple[list[list[int]], bool]] = field(default_factory=list)

    def translate(self, sources: Sequence[np.ndarray], may_say_unknown: bool = True) -> list[list[str]]:
        self.notes.append(([source.tolist() for source in sources], may_say_unknown))
        return super().translate(sources, may_say_unknown)


def some_unknown() -> Test:
    """Sentences 1 and 3 hold an unknown word, one in the source, one in the reference."""
    sources = [[5, 3], [UNK, 4], [3], [6, 6]]
    targets = [[4, 8], [3], [6], [UNK, 8]]
    pairs = ParallelTokens(*(token_file(np.array(s, dtype=np.uint16) for s in side) for side in (sources, targets)))
    return Test(pairs, [["v", "z"], ["u"], ["x"], ["zebra", "z"]])


def test_sentences_without_unknown_words_are_translated_again_without_them() -> None:
    by = Noting(inclined(UNK, 3, END), SOURCE, TARGET, search_rule(2), CPU)
    arrays, said = evaluation.scores(by, some_unknown())
    assert by.notes == [([[5, 3], [0, 4], [3], [6, 6]], True), ([[5, 3], [3]], False)]
    assert arrays["known"].tolist() == [0, 2]
    assert arrays["unknown"].tolist() == [[0, 0], [1, 0], [0, 0], [0, 1]]
    assert arrays["lengths"].tolist() == [2, 2, 1, 2]
    assert said == by.translate(list(some_unknown().pairs.source))
    assert (arrays["bleu"].shape, arrays["bleu_known"].shape) == ((4, 10), (2, 10))


def test_what_is_said_is_scored_against_real_words_so_that_saying_unknown_never_helps() -> None:
    """Inclined to UNK, then z: the first reference holds z, and no reference holds <unk>."""
    arrays, _ = evaluation.scores(asked(inclined(UNK, 8, END)), some_unknown())
    assert arrays["bleu"][:, 0].sum() == 0
    assert arrays["bleu_known"][:, 0].tolist() == [1, 0]


def test_a_test_without_a_fully_known_sentence_has_no_such_scores() -> None:
    test = some_unknown()
    only = Test(test.pairs[1:2], test.references[1:2])
    arrays, _ = evaluation.scores(asked(inclined(END, 3)), only)
    assert arrays["bleu_known"].shape == (0, 10)


# --- Long sentences by thirds


def test_neighbours_are_kept_third_by_third() -> None:
    """Of nine words each third has two pairs of neighbours: here both, one and none of them are kept."""
    reference = ["a", "b", "c", "d", "e", "f", "g", "h", "i"]
    assert evaluation.kept_by_third([["a", "b", "c", "d", "e", "x", "g", "x", "i"]], [reference]) == [1, 0.5, 0]


def test_what_is_kept_in_another_third_does_not_count() -> None:
    reference = ["a", "b", "c", "d", "e", "f"]
    assert evaluation.kept_by_third([["e", "f", "a", "b", "c", "d"]], [reference]) == [0, 0, 0]


def test_a_translation_of_another_length_is_cut_in_its_own_thirds() -> None:
    reference = ["a", "b", "c", "d", "e", "f"]
    assert evaluation.kept_by_third([["a", "b", "c", "x", "d", "y", "e", "f", "z"]], [reference]) == [1, 0, 1]


def test_thirds_are_added_up_over_sentences_and_said_twice_counts_once() -> None:
    said = [["a", "b", "a", "b", "a", "b"] * 3, []]
    references = [
        ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", "m", "n", "o", "p", "q", "r"],
        ["s", "t", "u", "v", "w", "x"],
    ]
    assert evaluation.kept_by_third(said, references) == pytest.approx([1 / 6, 0, 0])  # of 5 + 1 pairs


# --- Alignments


def test_weights_are_those_of_each_sentence_alone_with_both_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evaluation, "BATCH", 2)
    model = searching()
    found = evaluation.weights(asked(model), corpus())
    assert [alpha.shape for alpha in found] == [(len(y) + 1, len(x) + 1) for x, y in zip(SENTENCES, TARGETS, strict=True)]
    for number, alpha in enumerate(found):
        alone = model.align(*batch_of(corpus(), [number]).tensors[:3])[0].detach().numpy()
        assert alpha == pytest.approx(alone, abs=1e-6)
        assert alpha.sum(1) == pytest.approx(np.ones(len(alpha)), abs=1e-6)


def aligned(monkeypatch: pytest.MonkeyPatch, matrix) -> dict[str, float]:
    """What `alignments` says of weights (T_y, T_x) that are made from each generated pair."""
    gold = bilingual_grammar.generate(30, 1, (5, 12))
    short = [pair for pair in gold if len(pair.source) <= 9]
    monkeypatch.setattr(evaluation, "weights", lambda by, pairs: [matrix(pair) for pair in short])
    sides = (
        token_file(np.full(len(side), 3, np.uint16) for side in pairs)
        for pairs in zip(*((p.source, p.target) for p in gold), strict=True)
    )
    test = Test(ParallelTokens(*sides), [list(pair.target) for pair in gold], gold)
    return evaluation.alignments(asked(searching()), test, longest=9)


def gold_matrix(pair: bilingual_grammar.Pair) -> np.ndarray:
    alpha = np.zeros((len(pair.target) + 1, len(pair.source) + 1))
    for i, j in pair.alignment:
        alpha[j, i] = 1
    alpha[alpha.sum(1) == 0, -1] = 1
    return alpha / alpha.sum(1, keepdims=True)


def test_weights_that_lie_on_the_gold_links_are_all_right(monkeypatch: pytest.MonkeyPatch) -> None:
    found = aligned(monkeypatch, gold_matrix)
    assert (found["right"], found["right_inverted"]) == (1, 1)
    assert found["right_later"] < 0.5
    assert found["row_maximum"] > 0.9


def test_even_weights_are_right_by_chance_and_say_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def even(pair: bilingual_grammar.Pair) -> np.ndarray:
        return np.full((len(pair.target) + 1, len(pair.source) + 1), 1 / (len(pair.source) + 1))

    found = aligned(monkeypatch, even)
    assert found["relative_entropy"] == pytest.approx(1)
    assert found["right"] < 0.4
    assert "spearman" not in found  # there is none, and nan would fail the trial


# --- From inside


def test_a_trace_has_a_step_for_every_word_and_the_end() -> None:
    by = asked(searching())
    source = np.array(SENTENCES[0])
    trace = evaluation.trace(by, source)
    assert trace["words"] == by.translate([source])[0]
    assert len(trace["choices"]) == len(trace["alpha"]) == len(trace["words"]) + 1
    assert all(len(row) == len(SENTENCES[0]) + 1 for row in trace["alpha"])
    assert all(sum(row) == pytest.approx(1, abs=0.003) for row in trace["alpha"])  # rounded to three digits


@pytest.mark.parametrize("kind", ["encoder-decoder", "groundhog", "eq4", "appendix"])
def test_the_choices_of_a_trace_are_the_likeliest_words_given_those_before(kind: str) -> None:
    model = translator(kind)
    source = np.array(SENTENCES[3])
    trace = evaluation.trace(asked(model), source)
    ids = [*(TARGET.tokens.index(word) for word in trace["words"]), END]
    given = torch.tensor([[*source.tolist(), END]]), torch.tensor([len(source) + 1]), torch.tensor([ids])
    p = torch.softmax(model.W_o(model(*given, torch.ones(1, len(ids), dtype=torch.bool))), 1).detach()
    for step, choices in enumerate(trace["choices"]):
        probabilities = [probability for _, probability in choices]
        assert probabilities == sorted(probabilities, reverse=True)
        assert probabilities == pytest.approx(p[step].topk(5).values.tolist(), abs=0.00051)
        assert [p[step][TARGET.tokens.index(word)].item() for word, _ in choices] == pytest.approx(probabilities, abs=0.00051)


def test_the_weights_of_a_trace_are_those_of_its_translation() -> None:
    model = searching()
    trace = evaluation.trace(asked(model), np.array(SENTENCES[3]))
    ids = [*(TARGET.tokens.index(word) for word in trace["words"]), END]
    alpha = model.align(torch.tensor([[*SENTENCES[3], END]]), torch.tensor([6]), torch.tensor([ids]))[0].detach().numpy()
    assert np.array(trace["alpha"]) == pytest.approx(alpha, abs=0.00051)


def test_a_model_without_attention_has_none_to_trace() -> None:
    assert evaluation.trace(asked(translator("encoder-decoder")), np.array([3, 4]))["alpha"] == []
