"""What the paper's tables say, drawn: success and its cost against the time lag. The paper itself has no figure of results."""

from typing import Any

import numpy as np
from matplotlib.axes import Axes

from common import style
from common.draw import Drawing
from common.results import NotRunError, Results, RunResults
from papers.lstm1997 import error_flow, paper_values
from papers.lstm1997.measures import RTRL_RATES, sequences

LAGS = (2, 4, 10, 20, 50, 100)
# Name -> runs from short to long lags, colour, marker. Several runs at one lag: the one with the most successes is drawn.
SERIES: dict[str, tuple[list[str], str, str]] = {
    "LSTM, two strings (2a)": ([f"lag/lstm_{p}" for p in LAGS], style.COLOURS[5], "o"),
    "LSTM, adding (4)": (["adding/t100", "adding/t500", "adding/t1000"], style.COLOURS[2], "s"),
    "LSTM, distractors (2c)": ([f"distractors/q{q}" for q in (50, 100, 200, 500, 1000)], style.COLOURS[3], "^"),
    "RTRL, two strings": ([f"lag/rtrl_{p}_rate_{rate}" for p in (4, 10) for rate in RTRL_RATES], style.COLOURS[6], "D"),
    "BPTT, two strings": (["lag/bptt_4", "lag/bptt_10"], style.COLOURS[1], "v"),
    "Elman net, two strings": (["lag/elman_4", "lag/elman_10"], style.COLOURS[7], "P"),
    "BPTT, adding": (["adding/simple"], style.COLOURS[0], "X"),
}
PRINTED = {"LSTM": "o", "LSTM, adding": "s", "LSTM, distractors": "^", "RTRL": "D", "chunker": "*"}


def figure_lag(results: Results) -> Drawing:
    """Share of trials that succeed, and sequences to success, against the minimal time lag."""
    figure, (top, bottom) = style.figure(7.6, 6.4, 2, 1, sharex=True, height_ratios=(2, 3))
    ours: dict[str, Any] = {}
    for name, (runs, colour, marker) in SERIES.items():
        points = _points(results, runs)
        if points:
            ours[name] = points
            _draw(top, bottom, points, name, colour, marker)
    for name, marker in PRINTED.items():
        lags, costs = zip(*paper_values.FIGURE_LAG[name], strict=True)
        bottom.plot(lags, costs, marker, mfc="none", mec=style.PAPER, ms=7, label=f"paper: {name}", zorder=3)
    top.set(ylabel="share of trials that succeed", ylim=(-0.08, 1.08), title="Success")
    bottom.set(
        xscale="log",
        yscale="log",
        xlabel="minimal time lag (steps)",
        ylabel="sequences to success",
        title="Cost",
        xlim=(1.5, 2000),
    )
    figure.legend(*bottom.get_legend_handles_labels(), loc="outside upper center", ncols=3)
    caption = (
        "Above: share of trials that ended before their cap. Below: median and quartiles over those; an arrow stands at the cap where none "
        "did. RTRL at the rate with the most successes. Open markers: the paper's means over its successes; its RTRL and BPTT never "
        "succeeded at lags of 10 and 100 within five million sequences."
    )
    return Drawing(figure, caption, ours, paper_values.FIGURE_LAG)


def _points(results: Results, runs: list[str]) -> list[dict[str, Any]]:
    """One for each lag: share solved, quartiles of the sequences to success, cap. What is not run at this tier is left out."""
    best: dict[int, RunResults] = {}
    caps: dict[int, int] = {}
    for name in runs:
        try:
            run = results[name]
        except NotRunError:
            continue
        lag = int(run.values("lag")[0])
        if lag not in best or sum(run.metric("solved")) > sum(best[lag].metric("solved")):
            best[lag], caps[lag] = run, results.paper.settings(name, results.tier)["cap"]
    points = []
    for lag, run in sorted(best.items()):
        counts = [n for n in sequences(run) if n is not None]
        quartiles = np.quantile(counts, [0.25, 0.5, 0.75]).tolist() if counts else None
        points.append(
            {"lag": lag, "solved": len(counts) / len(run.seeds), "n": len(run.seeds), "quartiles": quartiles, "cap": caps[lag]}
        )
    return points


def _draw(top: Axes, bottom: Axes, points: list[dict[str, Any]], name: str, colour: str, marker: str) -> None:
    top.plot([p["lag"] for p in points], [p["solved"] for p in points], marker + "-", color=colour, ms=5, lw=1)
    good = [p for p in points if p["quartiles"]]
    x, middle = [p["lag"] for p in good], [p["quartiles"][1] for p in good]
    bars = [[p["quartiles"][1] - p["quartiles"][0] for p in good], [p["quartiles"][2] - p["quartiles"][1] for p in good]]
    bottom.errorbar(x, middle, bars, fmt=marker + "-", color=colour, ms=5, lw=1, capsize=2, label=name)
    for p in points:
        if not p["quartiles"]:
            bottom.plot(p["lag"], p["cap"], marker=r"$\uparrow$", color=colour, ms=9, ls="")


WEIGHTS = {
    "w_020": style.COLOURS[5],
    "w_039": style.COLOURS[2],
    "w_100": style.COLOURS[3],
    "w_400": style.COLOURS[1],
    "w_800": style.COLOURS[6],
}


def figure_vanishing(results: Results) -> Drawing:
    """What is left of an error q steps back in random recurrent nets, beside the paper's bound and the memory cell."""
    figure, axes = style.figure(7.2, 4.6)
    ours: dict[str, Any] = {}
    bounds: dict[str, Any] = {}
    n = 0
    for variant, colour in WEIGHTS.items():
        try:
            run = results[f"vanishing/{variant}"]
        except NotRunError:
            continue
        settings = results.paper.settings(f"vanishing/{variant}", results.tier)
        n, w = settings["n"], settings["w"]
        mean, largest = np.median(run.arrays["mean"], axis=0), np.median(run.arrays["maximum"], axis=0)
        q = np.arange(1, len(mean) + 1)
        axes.plot(q, mean, color=colour, label=f"weights in ±{w:g}")
        axes.fill_between(q, mean, largest, color=colour, alpha=0.15, lw=0)
        ours[variant] = {"mean": mean, "largest": largest}
        if error_flow.tau(n, w) < 1:
            bounds[variant] = error_flow.bound(n, w, q)
            axes.plot(q, bounds[variant], ":", color=colour, lw=1.2, label=f"bound n τ^q, τ = {error_flow.tau(n, w):g}")
    axes.axhline(1.0, color="black", lw=1.5, label="memory cell: exactly 1")
    axes.set(
        yscale="log", ylim=(1e-30, 1e8), xlabel="steps back, q", ylabel=r"$|\partial\theta_v(t-q)\,/\,\partial\theta_u(t)|$"
    )
    figure.legend(*axes.get_legend_handles_labels(), loc="outside upper center", ncols=3)
    caption = (
        f"Lines: mean over all pairs of {n} logistic units, median of the nets; bands reach to the largest pair. Weights are uniform, so "
        "that their signs cancel and errors vanish far faster than the bound (dotted; there is none above w = 4/n). With large weights "
        "they explode in some nets. Inside a memory cell the truncated rule carries an error back unchanged, however far."
    )
    return Drawing(figure, caption, ours, bounds)
