"""What a trial trains, measures and keeps, at sizes that take seconds."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from common import checkpoint
from common.data import bilingual_grammar
from common.data.corpora.hansards import Aligned
from common.data.vocabulary import SPECIALS
from common.device import Device
from common.errors import UserError
from common.run import Outcome
from common.translation import bleu
from common.translation.interpreter import interpret
from papers.bahdanau2015 import evaluation, experiments, tasks
from papers.bahdanau2015.experiments import GrammarSettings, ModelSettings, build, learn
from papers.bahdanau2015.model import RNNsearch
from papers.bahdanau2015.tasks import Task, Test
from papers.cho2014.model import EncoderDecoder, GatedUnit

TINY: dict[str, Any] = {
    "n": 6, "m": 4, "l": 3, "n_a": 5, "sd": 0.1, "attention_sd": 0.1, "v_sd": 0.1, "shortlist": 100, "beam": 2, "limit": 15,
    "updates": 3, "batch": 4, "blocks": 2, "log_every": 1, "evaluate_every": 2, "optimiser": "adam", "learning_rate": 0.01,
}  # fmt: skip
GRAMMAR = {**TINY, "pairs": 60, "per_bin": 1, "long": (21, 30)}


class Stub:
    """A run of some seeds that nothing interrupts."""

    device = Device("cpu", "float32", "a test")

    def __init__(self, *seeds: int):
        self.seeds, self.outcomes = seeds, {}  # type: ignore[var-annotated]

    def for_each_seed(self, trial: Callable[[int], Outcome]) -> None:
        self.outcomes = {seed: trial(seed) for seed in self.seeds}

    def restore(self) -> None:
        return None

    def log(self, *args: Any, **values: Any) -> None:
        pass

    report = checkpoint = log


def settings(**changes: Any) -> ModelSettings:
    return ModelSettings(**{"model": "search", **TINY, **changes})


# --- Initial weights


@pytest.mark.parametrize("kind", ["search", "encdec"])
def test_recurrent_matrices_start_orthogonal_biases_at_zero_and_the_rest_as_wide_as_asked(kind: str) -> None:
    model = build(settings(model=kind, n=40, m=50, l=30, n_a=30, sd=0.02, attention_sd=0.03, v_sd=0.05), 120, 130, seed=100)
    recurrent = []
    for unit in (module for module in model.modules() if isinstance(module, GatedUnit)):
        for square in (*unit.U_zr.weight.detach().split(40), unit.U.weight.detach()):
            torch.testing.assert_close(square.T @ square, torch.eye(40), atol=1e-5, rtol=0)
            recurrent.append(square)
    assert all(not torch.equal(one, other) for i, one in enumerate(recurrent) for other in recurrent[:i])
    for name, parameter in model.named_parameters():
        if name.endswith("bias"):
            assert parameter.count_nonzero() == 0, name
        elif ".U_zr" not in name and not name.endswith(".U.weight"):
            wanted = {"attention.W_a.weight": 0.03, "attention.U_a.weight": 0.03, "attention.v_a": 0.05}.get(name, 0.02)
            error = 4 / (2 * parameter.numel()) ** 0.5  # four standard errors of a deviation
            assert parameter.std().item() == pytest.approx(wanted, rel=error), name
            assert abs(parameter.mean().item()) < 4 * wanted / parameter.numel() ** 0.5, name


def test_with_the_papers_values_v_a_is_zero_and_the_alignment_model_narrower_than_the_rest() -> None:
    """B.1: 0.01 everywhere, 0.001 in W_a and U_a, 0 in v_a. They are the defaults."""
    paper = {"sd", "attention_sd", "v_sd"}
    small = {name: value for name, value in TINY.items() if name not in paper} | {"n": 40, "n_a": 50}
    model = build(ModelSettings(model="search", **small), 30, 30, seed=100)
    assert isinstance(model, RNNsearch)
    assert model.attention.v_a.count_nonzero() == 0
    assert model.attention.W_a.weight.std().item() == pytest.approx(0.001, rel=0.1)
    assert model.attention.U_a.weight.std().item() == pytest.approx(0.001, rel=0.1)
    assert model.C.weight.std().item() == pytest.approx(0.01, rel=0.1)


def test_the_seed_decides_the_weights() -> None:
    first, again, other = (build(settings(), 30, 30, seed).state_dict() for seed in (100, 100, 101))
    assert all(torch.equal(first[name], again[name]) for name in first)
    assert not torch.equal(first["E_x.weight"], other["E_x.weight"])


def test_the_settings_of_the_paper_are_the_defaults() -> None:
    paper = ModelSettings(model="search", limit=50, updates=1)
    assert (paper.n, paper.m, paper.l, paper.n_a, paper.shortlist) == (1000, 620, 500, 1000, 30_000)
    assert (paper.batch, paper.blocks, paper.optimiser, paper.learning_rate, paper.clip) == (80, 20, "adadelta", 1.0, 1.0)
    assert (paper.sd, paper.attention_sd, paper.v_sd) == (0.01, 0.001, 0)


# --- Learning


@pytest.mark.parametrize("kind", ["search", "encdec"])
def test_thirty_two_generated_pairs_are_memorised(kind: str) -> None:
    task = tasks.grammar(train=32, longest=8, shortlist=300, per_bin=1)
    wide = settings(model=kind, n=48, m=24, l=24, n_a=24, batch=16, blocks=2, updates=130, learning_rate=0.01,
                    evaluate_every=130, log_every=130)  # fmt: skip
    by, facts = learn(Stub(100), wide, 100, task)
    said = by.translate(list(task.train.source))
    wanted = [task.target.decode(target) for target in task.train.target]
    assert bleu.score(bleu.statistics(said, wanted)).value == pytest.approx(100)
    assert facts["train_nll"] < facts["valid_nll"]


def test_what_a_training_was_is_reported() -> None:
    task = tasks.grammar(train=40, longest=15, shortlist=100, per_bin=1)
    by, facts = learn(Stub(100), settings(limit=10), 100, task)
    kept = int((np.maximum(task.train.source.lengths, task.train.target.lengths) <= 10).sum())
    assert (facts["pairs"], facts["left_out"]) == (kept, 40 - kept)
    assert facts["parameters"] == sum(parameter.numel() for parameter in by.model.parameters())
    assert by.search.beam == 2


# --- Trials


@pytest.fixture(scope="module")
def searched() -> Outcome:
    run = Stub(100)
    experiments.grammar(run, GrammarSettings(model="search", **GRAMMAR))
    return run.outcomes[100]


def test_a_trial_on_generated_text_measures_what_figures_and_claims_read(searched: Outcome) -> None:
    metrics, arrays = searched.metrics, searched.arrays
    assert arrays["bleu"].shape == (10, 10)
    assert arrays["lengths"].tolist() == sorted(arrays["lengths"].tolist())
    assert metrics["bleu"] == bleu.score(arrays["bleu"]).value
    assert len(metrics["kept_by_third"]) == 3
    assert {"right", "right_later", "article_on_noun", "row_maximum", "bleu_known", "train_nll", "valid_nll"} <= set(metrics)
    assert "natural_bleu" not in metrics


def test_sentences_are_shown_from_inside_with_what_was_wanted(searched: Outcome) -> None:
    shown = searched.documents["shown"]
    assert len(shown) == 10
    for one, length in zip(shown, searched.arrays["lengths"], strict=True):
        assert len(one["source"]) == length
        assert len(one["alpha"]) == len(one["choices"]) == len(one["words"]) + 1


def test_a_model_without_attention_has_no_alignment_to_measure() -> None:
    run = Stub(100)
    experiments.grammar(run, GrammarSettings(model="encdec", **GRAMMAR))
    assert not {"right", "row_maximum"} & set(run.outcomes[100].metrics)
    assert run.outcomes[100].documents["shown"][0]["alpha"] == []


def test_real_text_is_also_scored_as_others_score_it(monkeypatch: pytest.MonkeyPatch) -> None:
    task = tasks.grammar(train=60, longest=15, shortlist=100, per_bin=2)
    real = Task(task.source, task.target, task.train, task.valid, Test(task.by_length.pairs, task.by_length.references),
                Test(task.by_length.pairs, task.by_length.references))  # fmt: skip
    monkeypatch.setattr(tasks, "multi30k", lambda run, shortlist, per_bin: real)
    run = Stub(100)
    experiments.multi30k(run, experiments.TestSettings(**{"model": "search", **TINY, "long": (21, 30)}))
    metrics = run.outcomes[100].metrics
    assert metrics["natural_bleu"] == metrics["bleu"]  # here both tests are one
    assert metrics["natural_n"] == 20
    assert metrics["sacrebleu"].startswith("BLEU|nrefs:1|case:mixed")
    assert "right" not in metrics  # nobody knows the links


def test_systems_without_a_model_are_scored_in_every_bin() -> None:
    run = Stub(100)
    experiments.baseline(run, experiments.BaselineSettings(pairs=100, per_bin=2))
    metrics = run.outcomes[100].metrics
    assert {len(values) for values in metrics.values()} == {len(bilingual_grammar.BINS)}
    assert len(metrics) == 2


def by_hand(task: Task) -> list[Aligned]:
    """The generated test with its links in the place of sentences aligned by hand, every link sure."""
    gold = task.by_length.gold
    assert gold is not None
    links = [frozenset(pair.alignment) for pair in gold]
    return [Aligned(pair.source, pair.target, link, link) for pair, link in zip(gold, links, strict=True)]


def hansards(monkeypatch: pytest.MonkeyPatch, weights: Callable[[Aligned], np.ndarray]) -> dict[str, Any]:
    """The metrics of the experiment where the model's weights are made from each sentence."""
    task = tasks.grammar(train=60, longest=15, shortlist=100, per_bin=1)
    aligned = by_hand(task)
    monkeypatch.setattr(tasks, "hansards", lambda run, shortlist: task)
    monkeypatch.setattr(experiments, "fetch", lambda name: {})
    monkeypatch.setattr(experiments, "gold", lambda files: iter(aligned))
    monkeypatch.setattr(evaluation, "weights", lambda by, pairs: [weights(one) for one in aligned])
    run = Stub(100)
    experiments.hansards(run, settings())
    return dict(run.outcomes[100].metrics)


def on_gold(one: Aligned) -> np.ndarray:
    alpha = np.zeros((len(one.french) + 1, len(one.english) + 1))
    alpha[:, -1] = 0.5
    for i, j in one.sure:
        alpha[j, i] = 1
    return alpha


def test_links_read_off_weights_on_the_gold_are_precise(monkeypatch: pytest.MonkeyPatch) -> None:
    metrics = hansards(monkeypatch, on_gold)
    assert metrics["attention_precision"] == 1
    assert metrics["attention_aer"] < 0.15  # one link a word, where some words have more
    assert metrics["attention_later_aer"] > 0.5
    assert metrics["diagonal_aer"] > 0.5
    assert metrics["sentences"] == 10
    assert metrics["covered"] in (1, 2)  # the two of at most 15 words, if their French is no longer than in training


# --- What is kept


@pytest.fixture
def kept(searched: Outcome, tmp_path: Path) -> dict[str, Any]:
    """What was trained, through a file."""
    checkpoint.write(tmp_path / "model", searched.model)
    return checkpoint.read(tmp_path / "model")


def test_a_kept_model_translates_as_it_did_when_it_was_trained(searched: Outcome, kept: dict[str, Any]) -> None:
    by = experiments.translator(kept)
    for one in searched.documents["shown"][:5]:
        said = interpret(by, one["source"])
        assert len(said.words) == len(one["words"])
        assert [word.partition(":")[0].rstrip(">") for word in said.words] == [word.rstrip(">") for word in one["words"]]
        assert said.alpha == pytest.approx(np.array(one["alpha"]), abs=0.00051)
    assert by.form == "grammar"


def test_a_kept_encoder_decoder_comes_back_without_weights_to_draw() -> None:
    run = Stub(100)
    experiments.grammar(run, GrammarSettings(model="encdec", **GRAMMAR))
    by = experiments.translator(run.outcomes[100].model)
    assert isinstance(by.model, EncoderDecoder)
    assert interpret(by, ["the", "."]).alpha is None


def changed(kept: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {**kept, "settings": {**kept["settings"], **changes}}


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"model": "encdec"}, "weights encoder.W.weight: the settings ask for 18 x 4, the file has none"),
        ({"n": 7}, "weights forwards.W.weight: the settings ask for 21 x 4, the file has 18 x 4"),
        ({"n_a": 3}, "weights attention.v_a: the settings ask for 3, the file has 5"),
    ],
)
def test_weights_of_another_architecture_or_size_are_refused_with_both(
    kept: dict[str, Any], changes: dict[str, Any], says: str
) -> None:
    with pytest.raises(UserError, match=f"^{says}: a model of another architecture or of other sizes; train again$"):
        experiments.translator(changed(kept, **changes))


def test_a_vocabulary_of_another_corpus_is_refused_with_both_sizes(kept: dict[str, Any]) -> None:
    small = [*SPECIALS, "only", "these"]
    with pytest.raises(UserError, match=r"weights E_x.weight are for 103 words, the vocabulary has 5: .*; train again"):
        experiments.translator({**kept, "source": small})
    with pytest.raises(UserError, match=r"weights E_y.weight are for 103 words, the vocabulary has 5: .*; train again"):
        experiments.translator({**kept, "target": small})


def test_settings_that_older_code_kept_are_named(kept: dict[str, Any]) -> None:
    with pytest.raises(UserError, match="settings: optimiser: input should be 'adadelta', 'adam' or 'sgd', found 'rprop'"):
        experiments.translator(changed(kept, optimiser="rprop"))


def test_what_is_kept_holds_no_more_than_it_takes(searched: Outcome) -> None:
    assert set(searched.model) == {"settings", "form", "source", "target", "weights"}
    assert sum(weight.numel() for weight in searched.model["weights"].values()) == searched.metrics["parameters"]
