"""The paper's figures redrawn from our runs, each function named after its figure, the paper's values beside them."""

from typing import Any

import numpy as np
from matplotlib.axes import Axes

from common import style
from common.draw import Drawing
from common.results import Results
from common.translation.curves import curve
from papers.bahdanau2015 import paper_values
from papers.bahdanau2015.measures import HEADLINE, LIMITS, STAND_IN
from papers.bahdanau2015.tasks import BINS

BLUE, RED, GREY = style.COLOURS[5], style.COLOURS[6], "0.55"
# Our run -> what the paper calls it, colour, line.
MODELS = {
    "search_long": ("RNNsearch-50", BLUE, "-"),
    "search_short": ("RNNsearch-30", BLUE, "--"),
    "encdec_long": ("RNNenc-50", RED, "-"),
    "encdec_short": ("RNNenc-30", RED, "--"),
}
FEWEST = 20  # sentences of a bin that is drawn
PANELS = 4


def figure_2(results: Results) -> Drawing:
    return _by_length(results, HEADLINE[results.tier])


def figure_2_europarl(results: Results) -> Drawing:
    return _by_length(results, "europarl")


def _by_length(results: Results, corpus: str) -> Drawing:
    """BLEU by sentence length of the four models, and the paper's own curves."""
    figure, (left, right) = style.figure(8.6, 3.9, 1, 2, width_ratios=(3, 2))
    ours: dict[str, Any] = {}
    for model, (name, colour, line) in MODELS.items():
        points = _points(results, f"{corpus}/{model}")
        x = [(low + high) / 2 for low, high, *_ in points]
        _, _, middle, low_band, high_band, _ = zip(*points, strict=True)
        label = f"{name.split('-')[0].replace('enc', 'encdec')}-{LIMITS[corpus][model.split('_')[1]]}"
        left.plot(x, middle, line, color=colour, lw=1.8, label=label)
        left.fill_between(x, low_band, high_band, color=colour, alpha=0.15, lw=0)
        right.plot(paper_values.FIGURE_2[name], line, color=colour, lw=0.8)
        ours[model] = points
    if corpus == "grammar":
        _baselines(left, results)
    for axes, limits in ((left, LIMITS[corpus].values()), (right, (30, 50))):
        for end in limits:
            axes.axvline(end, color="0.8", lw=0.8, zorder=0)
        axes.set(xlabel="words of the source sentence", xlim=(0, 60), ylim=(0, None))
    left.set(ylabel="BLEU", title="ours")
    right.set(title="the paper (read off its figure 2)", xlabel="length of the sentence")
    figure.legend(*left.get_legend_handles_labels(), loc="outside upper center", ncols=6)
    n = sorted({int(point[5]) for point in ours["search_long"]})
    caption = (
        f"BLEU by the length of the source, of models trained on sentences of at most {LIMITS[corpus]['short']} and "
        f"{LIMITS[corpus]['long']} words (grey lines). {STAND_IN[corpus]}Bands: 95 % of bootstrap "
        f"resamples of a bin's {n[0]}{'' if len(n) == 1 else f' to {n[-1]}'} sentences; lines: mean over "
        "seeds. The text, and so the scale, is not the paper's: compare shapes."
    )
    return Drawing(figure, caption, ours, paper_values.FIGURE_2)


def _points(results: Results, run: str) -> list[tuple[float, ...]]:
    """(low, high, BLEU, ends of its band, sentences) of each bin: means over seeds."""
    arrays = results[run].arrays
    found = [curve(stats, lengths, BINS, seed=0) for stats, lengths in zip(arrays["bleu"], arrays["lengths"], strict=True)]
    return [
        (*BINS[i], *np.mean([[one[i].score.value, *one[i].band] for one in found], axis=0).tolist(), found[0][i].score.n)
        for i in range(len(BINS))
        if found[0][i].score.n >= FEWEST
    ]


def _baselines(axes: Axes, results: Results) -> None:
    """What systems that know no grammar reach on the stand-in."""
    from common.data.bilingual_grammar import BINS as GENERATED

    for name, line in (("dictionary", ":"), ("nearest", "-.")):
        label = {"dictionary": "word by word", "nearest": "nearest sentence"}[name]
        x = [(low + high) / 2 for low, high in GENERATED]
        axes.plot(x, results["baseline/both"].metric(name)[0], line, color=GREY, lw=1, label=label)


def figure_3(results: Results) -> Drawing:
    """Alignments found by RNNsearch, above those that the paper shows."""
    shown = results[f"{HEADLINE[results.tier]}/search_long"].document("shown")[0]
    chosen = [one for one in shown if 10 <= len(one["source"]) <= 20 and "<unk>" not in one["source"]][:PANELS]
    figure, axes = style.figure(13, 7.4, 2, PANELS)
    for panel, one in zip(axes[0], chosen, strict=False):
        _matrix(panel, np.array(one["alpha"]), [*one["source"], "</s>"], [*one["words"], "</s>"])
    for panel, printed in zip(axes[1], paper_values.FIGURE_3.values(), strict=True):
        _matrix(panel, printed.alpha(), printed.source.split(), printed.target.split())
    for row, title in zip(axes, ("ours", "the paper (read off; weights below 0.095 left out)"), strict=True):
        row[0].set_title(title, pad=52 if title == "ours" else 66, loc="left")
    for panel in axes[0][len(chosen) :]:
        panel.axis("off")
    caption = (
        "Weights of RNNsearch trained on long sentences, first seed: each row is a word of the translation, each column one of "
        f"the source, white is 1. Ours are the first {len(chosen)} of the sentences set aside to be shown that have 10 to 20 words, "
        "none of them unknown, as the paper drew three of its four."
    )
    return Drawing(figure, caption, {"shown": chosen}, {k: v.per_cent for k, v in paper_values.FIGURE_3.items()})


def _matrix(axes: Axes, alpha: np.ndarray, source: list[str], target: list[str]) -> None:
    axes.imshow(alpha, cmap="gray", vmin=0, vmax=1, aspect="auto")
    axes.xaxis.tick_top()
    axes.set_xticks(range(len(source)), source, rotation=90, fontsize=6.5)
    axes.set_yticks(range(len(target)), target, fontsize=6.5)
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)


def figure_tail(results: Results) -> Drawing:
    """Where in a long sentence words are lost (sections 5.2.2 and C)."""
    corpus = HEADLINE[results.tier]
    figure, axes = style.figure(4.6, 3.2)
    ours = {}
    for model, (name, colour, line) in MODELS.items():
        values = np.array(results[f"{corpus}/{model}"].values("kept_by_third"))
        label = f"{name.split('-')[0].replace('enc', 'encdec')}-{LIMITS[corpus][model.split('_')[1]]}"
        axes.plot(range(3), 100 * values.mean(0), line, marker="o", ms=4, color=colour, label=label)
        ours[model] = values.mean(0)
    low, high = results[f"{corpus}/search_long"].manifests[0]["settings"]["long"]
    axes.set(xticks=range(3), xlim=(-0.2, 2.2), ylim=(0, 100), ylabel="word pairs kept (%)")
    axes.set_xticklabels(["first third", "middle", "last third"])
    axes.legend(loc="best", ncols=2)
    caption = (
        f"Sentences of {low} to {high} source words: share of the pairs of neighbouring words in each third of the reference that the "
        f"same third of the translation has. {STAND_IN[corpus]}The paper shows this by three examples."
    )
    return Drawing(figure, caption, ours)
