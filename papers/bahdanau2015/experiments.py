"""Training the four models on a corpus and asking what the paper asks. `config.yaml` holds the settings, `paper.yaml` which are run."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import torch
from pydantic import Field
from torch import Tensor

from common.catalogue import FIRST_SEED
from common.config import Settings, parse
from common.data.bilingual_grammar import BINS, balanced, baselines, splits
from common.data.corpora.hansards import gold
from common.data.fetch import fetch
from common.data.text import detokenise
from common.data.vocabulary import Vocabulary
from common.run import Outcome
from common.seeding import generator
from common.translation import bleu
from common.translation.batches import within
from common.translation.forms import Form, check_form
from common.translation.interpreter import Interpreter, load_weights
from common.translation.training import TrainingSettings, fit, sentence_nll
from papers.bahdanau2015 import alignment, evaluation, tasks
from papers.bahdanau2015.evaluation import Translator
from papers.bahdanau2015.model import Order, RNNsearch, initialise_search
from papers.bahdanau2015.tasks import Task, Test
from papers.cho2014.model import EncoderDecoder, Sizes, initialise

if TYPE_CHECKING:
    from common.run import Run

SHOWN = 24  # sentences that are looked into, with the model of the first seed


class ModelSettings(TrainingSettings):
    """Sizes and initial weights; the defaults are the paper's (A.2.3, B.1). sd: of all matrices but the recurrent ones."""

    model: Literal["search", "encdec"]
    order: Order = "groundhog"
    n: int = Field(default=1000, gt=0)
    m: int = Field(default=620, gt=0)
    l: int = Field(default=500, gt=0)  # noqa: E741 (the paper's letter)
    n_a: int = Field(default=1000, gt=0)
    sd: float = Field(default=0.01, gt=0)
    attention_sd: float = Field(default=0.001, gt=0)
    v_sd: float = Field(default=0.0, ge=0)
    shortlist: int = Field(default=30_000, gt=0)
    pace: float = Field(default=1.0, gt=0)  # multiplies the updates
    beam: int = Field(default=10, gt=0)


class TestSettings(ModelSettings):
    """per_bin: test sentences of each bin of length. long: source lengths, both included, at which the loss of the tail is looked for."""

    per_bin: int = Field(default=200, gt=0)
    long: tuple[int, int] = (31, 50)


class GrammarSettings(TestSettings):
    pairs: int = Field(gt=0)  # for training


def grammar(run: "Run", settings: GrammarSettings) -> None:
    """The embedded stand-in, whose alignment is known word by word."""
    task = tasks.grammar(settings.pairs, settings.limit, settings.shortlist, settings.per_bin)
    compare(run, settings, task)


class BaselineSettings(Settings):
    pairs: int = Field(gt=0)
    per_bin: int = Field(gt=0)


def baseline(run: "Run", settings: BaselineSettings) -> None:
    """What two systems that know no grammar make of the stand-in's test: BLEU of each bin of length."""
    made = splits(settings.pairs, 0, balanced(settings.per_bin), seed=0)
    found = baselines.both(made["train"], made["test"])
    run.for_each_seed(lambda seed: Outcome({name: [one.bleu[ends] for ends in BINS] for name, one in found.items()}))


def multi30k(run: "Run", settings: TestSettings) -> None:
    """Captions of photographs, joined to lengthen them; the paper's optimiser and initial weights."""
    compare(run, settings, tasks.multi30k(run, settings.shortlist, settings.per_bin))


def multi30k_adam(run: "Run", settings: TestSettings) -> None:
    """The same captions, learned with Adam from larger initial weights: our headline on real text."""
    multi30k(run, settings)


def europarl(run: "Run", settings: TestSettings) -> None:
    """Debates, long sentences of their own accord."""
    compare(run, settings, tasks.europarl(run, settings.shortlist, settings.per_bin))


def compare(run: "Run", settings: TestSettings, task: Task) -> None:
    """Trains one of the four models for each seed, translates the tests, and for RNNsearch looks where it looks."""

    def trial(seed: int) -> Outcome:
        translator, facts = learn(run, settings, seed, task)
        arrays, said = evaluation.scores(translator, task.by_length)
        lengths = task.by_length.pairs.source.lengths
        long = np.flatnonzero((settings.long[0] <= lengths) & (lengths <= settings.long[1]))
        thirds = evaluation.kept_by_third([said[i] for i in long], [task.by_length.references[i] for i in long])
        metrics: dict[str, Any] = {**facts, "bleu": bleu.score(arrays["bleu"]).value, "kept_by_third": thirds}
        metrics["bleu_known"] = bleu.score(arrays["bleu_known"]).value
        if task.natural is not None:
            metrics |= _natural(translator, task.natural)
        if isinstance(translator.model, RNNsearch):
            metrics |= evaluation.alignments(translator, task.by_length, settings.limit)
        shown = {"shown": _shown(translator, task.by_length, said)} if seed == FIRST_SEED else {}
        return Outcome(metrics, arrays, shown, model=_kept(translator, settings, task.form))

    run.for_each_seed(trial)


def hansards(run: "Run", settings: ModelSettings) -> None:
    """RNNsearch on Canadian debates: does its attention align words as people do?"""
    task, files = tasks.hansards(run, settings.shortlist), fetch("hansards")
    by_hand = list(gold(files))

    def trial(seed: int) -> Outcome:
        translator, facts = learn(run, settings, seed, task)
        matrices = evaluation.weights(translator, task.by_length.pairs)
        lengths = np.array([[len(one.english), len(one.french)] for one in by_hand])
        train = np.stack([task.train.source.lengths, task.train.target.lengths], axis=1)
        covered = alignment.within(lengths, alignment.covered(train))
        found = {"diagonal": [alignment.diagonal(*pair) for pair in lengths.tolist()]}
        for name, later in (("attention", False), ("attention_later", True)):
            found[name] = [alignment.links(alpha, later) for alpha in matrices]
        metrics: dict[str, Any] = dict(facts)
        for name, links in found.items():
            for where, chosen in (("", np.ones(len(by_hand), bool)), ("_covered", covered)):
                kept = np.flatnonzero(chosen)
                agreed = alignment.agreement(
                    [links[i] for i in kept], [by_hand[i].sure for i in kept], [by_hand[i].possible for i in kept]
                )
                metrics |= {f"{name}_aer{where}": agreed.error_rate, f"{name}_precision{where}": agreed.precision,
                            f"{name}_recall{where}": agreed.recall}  # fmt: skip
        metrics |= {"covered": int(covered.sum()), "sentences": len(by_hand)}
        return Outcome(metrics, model=_kept(translator, settings, task.form))

    run.for_each_seed(trial)


def learn(run: "Run", settings: ModelSettings, seed: int, task: Task) -> tuple[Translator, dict[str, Any]]:
    """A trained model, and what its training was. train_nll is that of the first pairs that it was trained on, as many as valid has."""
    model = build(settings, len(task.source), len(task.target), seed)
    paced = settings.model_copy(update={"updates": round(settings.updates * settings.pace)})
    facts = fit(run, model, paced, seed, task.train, task.valid)
    seen = tasks.take(task.train, within(task.train, settings.limit)[: len(task.valid), None])
    facts["train_nll"] = float(sentence_nll(model, seen, run.device).mean())
    facts["valid_nll"] = float(sentence_nll(model, task.valid, run.device).mean())
    facts["parameters"] = sum(parameter.numel() for parameter in model.parameters())
    return Translator(model, task.source, task.target, evaluation.search_rule(settings.beam), run.device), facts


def build(settings: ModelSettings, K_x: int, K_y: int, seed: int) -> EncoderDecoder | RNNsearch:
    """The model with the initial weights of one seed. K_x, K_y: words of the vocabularies, special symbols included."""
    model, random = assemble(settings, K_x, K_y), generator(seed, "weights")
    if isinstance(model, RNNsearch):
        initialise_search(model, random, settings.sd, settings.attention_sd, settings.v_sd)
    else:
        initialise(model, random, settings.sd)
    return model


def assemble(settings: ModelSettings, K_x: int, K_y: int) -> EncoderDecoder | RNNsearch:
    """The model with whatever weights."""
    sizes = Sizes(K_x, K_y, settings.m, settings.n, settings.l)
    return EncoderDecoder(sizes) if settings.model == "encdec" else RNNsearch(sizes, settings.n_a, settings.order)


def _natural(translator: Translator, test: Test) -> dict[str, Any]:
    """BLEU both ways on sentences as the corpus has them."""
    said = translator.translate(list(test.pairs.source))
    spoken, written = ([detokenise(words, "fr") for words in side] for side in (said, test.references))
    today = bleu.detokenised(spoken, written)
    then = bleu.score(bleu.statistics(said, test.references))
    return {"natural_bleu": then.value, "natural_sacrebleu": today.value, "sacrebleu": today.label, "natural_n": today.n}


def _shown(translator: Translator, test: Test, said: list[list[str]]) -> list[dict[str, Any]]:
    """Sentences evenly through the test set, which goes from short to long: as read, as they should be, and from inside."""
    chosen = np.linspace(0, len(said) - 1, min(SHOWN, len(said))).round().astype(int)
    return [
        {
            "source": translator.source.decode(test.pairs.source[int(i)]),
            "reference": test.references[i],
            **evaluation.trace(translator, test.pairs.source[int(i)]),
        }
        for i in chosen
    ]


def _kept(translator: Translator, settings: ModelSettings, form: Form) -> dict[str, Any]:
    """Whatever is needed to translate with the model later."""
    return {
        "settings": settings.model_dump(mode="json"),
        "form": form,
        "source": list(translator.source.tokens),
        "target": list(translator.target.tokens),
        "weights": translator.model.state_dict(),
    }


def translator(kept: Mapping[str, Any]) -> Interpreter:
    """The model that `_kept` has kept. Raises UserError where settings, vocabularies and weights do not belong together."""
    values = {name: value for name, value in kept["settings"].items() if name in ModelSettings.model_fields}
    settings = parse(ModelSettings, values, "settings")
    source, target = Vocabulary(tuple(kept["source"])), Vocabulary(tuple(kept["target"]))
    model = assemble(settings, len(source), len(target))
    load_weights(model, kept["weights"], {"E_x.weight": source, "E_y.weight": target, "W_o.weight": target})

    def align(x: Tensor, y: Tensor) -> Tensor:
        assert isinstance(model, RNNsearch)
        return model.align(x[None], torch.tensor([len(x)]), y[None])[0]

    looks = align if isinstance(model, RNNsearch) else None
    return Interpreter(model, source, target, evaluation.search_rule(settings.beam), check_form(kept["form"]), looks)
