"""The paper's tables as ours | paper, and those that measure our own choices."""

from typing import Any

import numpy as np

from common.draw import Table
from common.results import Results, RunResults
from papers.bahdanau2015 import paper_values
from papers.bahdanau2015.measures import HEADLINE, LIMITS

# Our run -> its name in table 1, and in table 2.
ROWS = {
    "encdec_short": ("RNNenc-30", "RNNencdec, short"),
    "search_short": ("RNNsearch-30", "RNNsearch, short"),
    "encdec_long": ("RNNenc-50", "RNNencdec, long"),
    "search_long": ("RNNsearch-50", "RNNsearch, long"),
    "search_longer": ("RNNsearch-50*", "RNNsearch, long, trained longer"),
}


def table_1(results: Results) -> Table:
    """BLEU of all test sentences, and of those without unknown words."""
    return _bleu(results, HEADLINE[results.tier])


def table_1_europarl(results: Results) -> Table:
    return _bleu(results, "europarl")


def _bleu(results: Results, corpus: str) -> Table:
    runs = {model: results[f"{corpus}/{model}"] for model in ROWS}
    natural = "natural_bleu" in runs["search_long"].metrics
    rows = []
    for model, run in runs.items():
        name, says = ROWS[model]
        row: list[Any] = [says, _mean(run, "bleu"), _mean(run, "bleu_known")]
        row += [_mean(run, "natural_bleu"), _mean(run, "natural_sacrebleu")] if natural else []
        rows.append([*row, *paper_values.TABLE_1[name]])
    rows.append(["Moses", None, None, *([None, None] if natural else []), *paper_values.TABLE_1["Moses"]])
    known, n = (len(runs["search_long"].arrays[name][0]) for name in ("known", "lengths"))
    caption = (
        f"BLEU of multi-bleu's kind on tokens, mean over seeds; limits {LIMITS[corpus]['short']} and {LIMITS[corpus]['long']} words. "
        f"Ours: a test set with evenly many sentences of every length, {n} in all, {known} of them, for the long limit, without "
        "unknown words in source and reference (there models may not say the unknown word). "
    )
    if natural:
        first = runs["search_long"]
        caption += f"Natural: the corpus's own test set, {first.metric('natural_n')[0]} sentences, also as sacreBLEU "
        caption += f"({first.metric('sacrebleu')[0]}). "
    caption += "Paper: newstest2014, single runs."
    extra = ["natural", "natural, sacreBLEU"] if natural else []
    return Table(["model", "all", "no UNK", *extra, "paper, all", "paper, no UNK"], rows, caption)


def table_2(results: Results) -> Table:
    """What training took and came to."""
    rows = []
    for model, (name, says) in ROWS.items():
        run, printed = results[f"{HEADLINE[results.tier]}/{model}"], paper_values.TABLE_2[name]
        rows.append([
            says, _mean(run, "updates"), _mean(run, "epochs"), _mean(run, "seconds") / 60, 1000 * _mean(run, "seconds_per_update"),
            _mean(run, "train_nll"), _mean(run, "valid_nll"), *_least_valid_nll(run),
            printed.updates * 1e5, printed.epochs, printed.hours, printed.train_nll, printed.valid_nll,
        ])  # fmt: skip
    columns = ["model", "updates", "epochs", "minutes", "ms an update", "train NLL", "dev NLL", "least", "at update",
               "paper: updates", "epochs", "hours", "train NLL", "dev NLL"]  # fmt: skip
    caption = (
        "Learning: updates, passes, time of the updates alone (ours: one core or one GPU; the paper: one GPU), negative log-likelihood "
        "in nats a sentence. Train is not comparable across limits, whose sentences differ. least: the lowest dev NLL on the way, and "
        "after how many updates; what is scored is the end."
    )
    return Table(columns, rows, caption)


def _least_valid_nll(run: RunResults) -> tuple[float, float]:
    """The lowest held-out negative log-likelihood on the way, and the update it was found at; means over seeds."""
    looks = [line for line in run.history if "valid_nll" in line]
    best = [min((line for line in looks if line["seed"] == seed), key=lambda line: line["valid_nll"]) for seed in run.trained]
    return float(np.mean([line["valid_nll"] for line in best])), float(np.mean([line["step"] for line in best]))


def table_3(results: Results) -> Table:
    """Long sentences, translated by the four models."""
    corpus = HEADLINE[results.tier]
    shown = {model: results[f"{corpus}/{model}"].document("shown")[0] for model in ROWS if model != "search_longer"}
    longest = LIMITS[corpus]["long"]
    chosen = [i for i, one in enumerate(shown["search_long"]) if longest * 0.6 < len(one["source"]) <= longest][-3:]
    rows = []
    for i in chosen:
        one = shown["search_long"][i]
        rows += [["source", " ".join(one["source"])], ["reference", " ".join(one["reference"])]]
        rows += [[ROWS[model][1], " ".join(sentences[i]["words"])] for model, sentences in shown.items()]
    caption = (
        "The longest sentences within the limit among those set aside to be shown, first seed. Reference and translations are printed as "
        "tokens; <unk> is the unknown word. The paper's own three examples stand in its table 3."
    )
    return Table(["", "text"], rows, caption)


def table_alignment(results: Results) -> Table:
    """How the weights lie on the stand-in, where the true links are known."""
    run = results["grammar/search_long"]
    rows = []
    for says, name in (
        ("largest weight right, all words", "right"),
        ("adjectives after their noun, and those nouns", "right_inverted"),
        ("weight of le, la, l', les on the noun", "article_on_noun"),
    ):
        rows.append([says, _mean(run, name), _mean(run, f"{name}_later"), None])
    for says, name, printed in (
        ("mean row maximum", "row_maximum", "row_maximum"),
        ("mean row entropy, nats", "row_entropy", "row_entropy"),
        ("Spearman, target against source position", "spearman", "spearman"),
        ("steps that do not go back", "non_decreasing", "non_decreasing"),
    ):
        rows.append(
            [says, _mean(run, name), None, float(np.mean([getattr(p, printed) for p in paper_values.FIGURE_3.values()]))]
        )
    caption = (
        "RNNsearch trained on long sentences of the generated stand-in, the reference given, sentences within the limit. One step later: "
        "the row of the next word is read, whose query has seen the word itself. Paper: mean of the four panels of its figure 3."
    )
    return Table(["measure", "ours", "one step later", "paper"], rows, caption)


def table_hansards(results: Results) -> Table:
    """Alignment error rate on sentences aligned by hand."""
    run = results["hansards/search_long"]
    rows = [
        [says, *(_mean(run, f"{name}_{of}") for of in ("aer", "precision", "recall")), _mean(run, f"{name}_aer_covered")]
        for says, name in (
            ("attention", "attention"), ("attention, one step later", "attention_later"), ("diagonal", "diagonal"),
        )
    ]  # fmt: skip
    caption = (
        f"The {run.metric('sentences')[0]} Hansard sentences, English to French, one link for each French word; last column: the "
        f"{run.metric('covered')[0]} of them whose lengths the training text covers. benchmarks/ measures a statistical aligner."
    )
    return Table(["links", "AER", "precision", "recall", "AER, lengths covered"], rows, caption)


def table_departures(results: Results) -> Table:
    """Our choices one at a time, on the stand-in with the short limit."""
    rows = []
    for says, variant in (
        ("as run: look, generate, update; Adam 2e-3; weights N(0, 0.1²), recurrent ones orthogonal", "search_short"),
        ("order of equation (4)", "eq4"),
        ("order as printed in appendix A.2.2", "appendix"),
        ("batches of a block from short to long", "in_order"),
        ("the paper's Adadelta", "adadelta"),
        ("the paper's initial weights", "paper_weights"),
        ("both of the paper's", "paper_training"),
    ):
        run = results[f"grammar/{variant}"]
        rows.append([says, len(run.seeds), *(_mean(run, name) for name in ("bleu", "valid_nll", "right", "right_later"))])
    caption = (
        "The same number of updates for each. right: share of words whose largest weight lies on a word that they translate."
    )
    return Table(["choice", "n", "BLEU", "dev NLL", "right", "right, one step later"], rows, caption)


def table_captions(results: Results) -> Table:
    """The paper's optimiser and initial weights on captions, beside those of the headline."""
    rows: list[list[Any]] = []
    for training, experiment in (("Adadelta, N(0, 0.01²)", "multi30k"), ("Adam 2e-3, N(0, 0.1²)", "multi30k_adam")):
        for model in (model for model in ROWS if model != "search_longer"):
            run = results[f"{experiment}/{model}"]
            entropy = _mean(run, "relative_entropy") if model.startswith("search") else None
            found = (_mean(run, name) for name in ("updates", "valid_nll", "bleu", "natural_bleu"))
            rows.append([ROWS[model][1], training, len(run.seeds), *found, entropy])
    caption = (
        "The paper's optimiser and initial weights (first) and ours. BLEU on the test set with evenly many sentences of every length, and "
        "on single captions. entropy: of the weights in a row, as a share of that of even weights; at 1 there is no attention."
    )
    return Table(["model", "training", "n", "updates", "dev NLL", "BLEU", "natural", "entropy"], rows, caption)


def table_baselines(results: Results) -> Table:
    """What needs no grammar to be right on the stand-in."""
    from common.data.bilingual_grammar import BINS

    run = results["baseline/both"]
    rows = [
        [says, *run.metric(name)[0]]
        for says, name in (("word by word", "dictionary"), ("nearest training sentence", "nearest"))
    ]
    caption = (
        "BLEU on the stand-in by English length: each word by its commonest translation in English order; the translation of the "
        "most similar training sentence."
    )
    return Table(["system", *(f"{low}–{high}" for low, high in BINS)], rows, caption)


def _mean(run: RunResults, name: str) -> float:
    """Over the seeds that did not fail."""
    return float(np.mean(run.values(name)))
