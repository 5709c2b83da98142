"""What the paper's tables say, drawn: success and its cost against the time lag; and what goes on inside. The paper itself
has no figure of results.
"""

from typing import Any

import numpy as np
import torch
from matplotlib.axes import Axes

from common import style
from common.catalogue import FIRST_SEED
from common.draw import Drawing
from common.results import Results, RunResults
from papers.lstm1997 import chance, error_flow, paper_values, tasks
from papers.lstm1997.measures import LAGS, RTRL_LAGS, RTRL_RATES, sequences, share_solved
from papers.lstm1997.model import LSTM, with_weights
from papers.lstm1997.model import run as run_network
from papers.lstm1997.topology import ADDING
from papers.lstm1997.weights import initial_weights

# Name -> runs from short to long lags, colour, marker. Several runs at one lag: the one with the most successes is drawn.
SERIES: dict[str, tuple[list[str], str, str]] = {
    "LSTM, two strings (2a)": ([f"lag/lstm_{p}" for p in LAGS], style.COLOURS[5], "o"),
    "LSTM, adding (4)": (["adding/t100", "adding/t500", "adding/t1000"], style.COLOURS[2], "s"),
    "LSTM, distractors (2c)": ([f"distractors/q{q}" for q in (50, 100, 200, 500, 1000)], style.COLOURS[3], "^"),
    "RTRL, two strings": ([f"lag/rtrl_{p}_rate_{rate}" for p in RTRL_LAGS for rate in RTRL_RATES], style.COLOURS[6], "D"),
    "BPTT, two strings": (["lag/bptt_4", "lag/bptt_10"], style.COLOURS[1], "v"),
    "Elman net, two strings": (["lag/elman_4", "lag/elman_10"], style.COLOURS[7], "P"),
    "BPTT, adding": (["adding/simple"], style.COLOURS[0], "X"),
}
PRINTED = {"LSTM": "o", "LSTM, adding": "s", "LSTM, distractors": "^", "RTRL": "D", "BPTT": "v", "chunker": "*"}


def figure_lag(results: Results) -> Drawing:
    """Share of trials that succeed, and sequences to success, against the minimal time lag."""
    figure, (top, bottom) = style.figure(7.6, 6.4, 2, 1, sharex=True, height_ratios=(2, 3))
    ours: dict[str, Any] = {}
    for name, (runs, colour, marker) in SERIES.items():
        points = _points(results, runs)
        if points:
            ours[name] = points
            _draw(top, bottom, points, name, colour, marker)
    for name, costs in paper_values.FIGURE_LAG.items():
        bottom.plot(
            *zip(*costs, strict=True), PRINTED[name], mfc="none", mec=style.PAPER, ms=7, label=f"paper: {name}", zorder=3
        )
    for name, shares in paper_values.FIGURE_LAG_SUCCESS.items():
        top.plot(*zip(*shares, strict=True), PRINTED[name], mfc="none", mec=style.PAPER, ms=7, zorder=3)
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
        "Above: share of trials that their stop rule ended before the cap. Below: median and quartiles over those; an arrow stands at the "
        "cap where none did. RTRL at the best of the printed rates. Open markers: the paper's shares, where it prints them, and its means "
        "over successes; its RTRL and BPTT never succeeded at lags of 10 and 100 within five million sequences."
    )
    return Drawing(figure, caption, ours, {"success": paper_values.FIGURE_LAG_SUCCESS, "sequences": paper_values.FIGURE_LAG})


def _points(results: Results, runs: list[str]) -> list[dict[str, Any]]:
    """One for each lag: share solved, quartiles of the sequences to success, cap. What is not run at this tier is left out."""
    best: dict[int, RunResults] = {}
    caps: dict[int, int] = {}
    for name, run in results.finished(runs).items():
        lag = int(run.values("lag")[0])
        if lag not in best or share_solved(run) > share_solved(best[lag]):
            best[lag], caps[lag] = run, results.paper.settings(name, results.tier)["cap"]
    points = []
    for lag, run in sorted(best.items()):
        counts = [n for n in sequences(run) if n is not None]
        quartiles = _quartiles(counts)
        points.append(
            {"lag": lag, "solved": len(counts) / len(run.seeds), "n": len(run.seeds), "quartiles": quartiles, "cap": caps[lag]}
        )
    return points


def _draw(top: Axes, bottom: Axes, points: list[dict[str, Any]], name: str, colour: str, marker: str) -> None:
    top.plot([p["lag"] for p in points], [p["solved"] for p in points], marker + "-", color=colour, ms=5, lw=1)
    _quartile_bars(bottom, points, "quartiles", name, colour, marker)
    _caps(bottom, points, colour)


def _quartile_bars(axes: Axes, points: list[dict[str, Any]], key: str, name: str, colour: str, marker: str) -> None:
    """Medians with bars to the quartiles, of the points that have them."""
    good = [p for p in points if p[key]]
    low, middle, high = np.array([p[key] for p in good]).reshape(-1, 3).T
    bars = middle - low, high - middle
    axes.errorbar([p["lag"] for p in good], middle, bars, fmt=marker + "-", color=colour, ms=5, lw=1, capsize=2, label=name)


def _caps(axes: Axes, points: list[dict[str, Any]], colour: str) -> None:
    """An arrow at the cap where no trial succeeded."""
    for p in points:
        if not p["quartiles"]:
            axes.plot(p["lag"], p["cap"], marker=r"$\uparrow$", color=colour, ms=9, ls="")


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
    for name, run in results.finished(f"vanishing/{variant}" for variant in WEIGHTS).items():
        variant = name.removeprefix("vanishing/")
        colour, settings = WEIGHTS[variant], results.paper.settings(name, results.tier)
        n, w = settings["n"], settings["w"]
        mean, largest = np.median(run.arrays["mean"], axis=0), run.arrays["maximum"].max(axis=0)
        q = np.arange(1, len(mean) + 1)
        axes.plot(q, mean, color=colour, label=f"weights in ±{w:g}")
        axes.fill_between(q, mean, largest, color=colour, alpha=0.15, lw=0)
        ours[variant] = {"mean": mean, "largest": largest}
        if error_flow.tau(n, w) < 1:
            bounds[variant] = error_flow.bound(n, w, q)
            axes.plot(q, bounds[variant], ":", color=colour, lw=1.2, label=f"bound n τ^q, τ = {error_flow.tau(n, w):g}")
    network, x = _adding_net(results, len(q))
    for label, line, factors in (
        ("inside a memory cell", "-", error_flow.carousel),
        ("into it and out of it, adding", "--", error_flow.entry_and_exit),
    ):
        ours[label] = factors(network, x, len(q)).mean(axis=1)
        axes.plot(q, ours[label], line, color="black", lw=1.5, label=label)
    axes.set(
        yscale="log", ylim=(1e-30, 1e8), xlabel="steps back, q", ylabel=r"$|\partial\theta_v(t-q)\,/\,\partial\theta_u(t)|$"
    )
    figure.legend(*axes.get_legend_handles_labels(), loc="outside upper center", ncols=3)
    caption = (
        f"Coloured: mean over all pairs of {n} logistic units, median of the nets; bands reach to the largest pair of any net. Weights are "
        "uniform, so that their signs cancel and errors vanish far faster than the bound (dotted; there is none above w = 4/n). With large "
        "weights they explode in some nets. Black, LSTM's net for adding before learning, by the truncated rule: the factor inside a cell, "
        "and all that an error meets from a cell's output to what entered it, mean over cells; both stay as they are, however far back."
    )
    return Drawing(figure, caption, ours, bounds)


def _adding_net(results: Results, q_max: int) -> tuple[LSTM, torch.Tensor]:
    """LSTM for adding as it starts, and a sequence (length, 2) longer than q_max."""
    settings = results.paper.settings("adding/t100", results.tier)
    weights = initial_weights(ADDING, settings["spread"], FIRST_SEED, tuple(settings["input_gates"]))
    sequence = tasks.draw(tasks.Adding(q_max + 2), chance.stream(FIRST_SEED, "flow"))
    return with_weights(ADDING, *weights), torch.tensor(sequence.x)


GATES = (
    ("input gate, block 1", style.COLOURS[5]),
    ("input gate, block 2", style.COLOURS[2]),
    ("output gate, block 1", style.COLOURS[5]),
    ("output gate, block 2", style.COLOURS[2]),
)


def figure_adding(results: Results) -> Drawing:
    """What a net that has learned to add does with one sequence, and how the error fell on the way there."""
    run = results["adding/t100"]
    T = results.paper.settings("adding/t100", results.tier)["T"]
    which = next((i for i, solved in enumerate(run.metric("solved")) if solved), 0)
    network = with_weights(ADDING, run.arrays["W"][which], run.arrays["V"][which], np.zeros((0, 4)))
    stream = chance.stream(run.seeds[which], "figure")
    sequence = tasks.draw(tasks.Adding(T), stream)
    while sequence.x[0, 1] == 1.0:  # a first pair that is marked counts as 0: a special case
        sequence = tasks.draw(tasks.Adding(T), stream)

    figure, axes = style.figure(7.6, 6.6, 4, 1, height_ratios=(1, 1, 1, 1.3))
    inside = _draw_inside(axes[:3], network, sequence)
    curves = _draw_learning(axes[3], run, T)
    for panel in axes:
        panel.legend(loc="center left", bbox_to_anchor=(1.0, 0.5))
    caption = (
        "Bars: the values of one new sequence. The input gate of the block that stores opens at the marked ones and is shut elsewhere; its "
        "cells keep what came in by their self-connection of weight 1 alone. The output gates need not move, for nothing is asked before "
        "the end. Below: error of the 2000 most recent training sequences, a line a trial."
    )
    return Drawing(figure, caption, {"seed": run.seeds[which], **inside, "curves": curves})


def _draw_inside(axes: Any, network: LSTM, sequence: tasks.Sequence) -> dict[str, Any]:
    """Three panels above one another: values, gates, states. -> what is in them; y (length, 8), s (length, 4)."""
    with torch.no_grad():
        outputs, states = run_network(network, torch.tensor(sequence.x))
    y, s = torch.stack([state.y for state in states]).numpy(), torch.stack([state.s for state in states]).numpy()
    for panel in axes[1:]:
        panel.sharex(axes[0])
    steps, marked = np.arange(1, len(s) + 1), sequence.x[:, 1] == 1.0
    axes[0].vlines(steps, 0, sequence.x[:, 0], color="0.75", lw=1)
    axes[0].plot(steps[marked], sequence.x[marked, 0], "o", color=style.COLOURS[6], ms=5, label="marked")
    target, output = float(sequence.targets[-1, 0]), outputs[-1, 0].item()
    says = f"One sequence that the net has never seen: target {target:.3f}, output {output:.3f}"
    axes[0].set(ylabel="value", title=says)
    for column, (name, colour) in enumerate(GATES, start=ADDING.n_cells):
        axes[1].plot(steps, y[:, column], "-" if name.startswith("input") else ":", color=colour, lw=1.2, label=name)
    axes[1].set(ylabel="gates", ylim=(-0.05, 1.05))
    for v in range(ADDING.n_cells):
        block, cell = divmod(v, ADDING.size)
        axes[2].plot(
            steps,
            s[:, v],
            color=GATES[block][1],
            lw=1.4,
            ls="-" if cell == 0 else "--",
            label=f"cell {cell + 1} of block {block + 1}",
        )
    axes[2].set(ylabel="states s", xlabel="step")
    return {"x": sequence.x, "target": target, "output": output, "y": y, "s": s}


def _draw_learning(axes: Axes, run: RunResults, T: int) -> dict[int, list[tuple[int, float]]]:
    """Seed -> (sequences, error) at each look."""
    curves = {seed: [(row["step"], row["error"]) for row in run.history if row["seed"] == seed] for seed in run.seeds}
    for curve in curves.values():
        axes.plot(*zip(*curve, strict=True), color=style.OURS, alpha=0.5, lw=1, marker=".", ms=3)
    neutral = 0.1 + 0.9 / (T / 2 - 1)  # how often the first pair is a marked one, so that one of the two values counts as 0
    chance_error = (neutral / 2 + (1 - neutral) * 2 / 3) / 4  # E|X1 + X2| is 2/3 for two values, 1/2 for one
    axes.axhline(chance_error, color=style.PAPER, ls="--", lw=1, label="the constant answer 1/2")
    axes.set(xlabel="training sequences", ylabel="mean absolute error", ylim=(0, 0.22))
    axes.set_title("Learning: long on a plateau, then down")
    return curves


# Name -> runs from short to long sequences, colour, marker.
DRIFT: dict[str, tuple[list[str], str, str]] = {
    "adding, as printed": (["adding/t100", "adding/t500", "adding/t1000"], style.COLOURS[2], "s"),
    "adding, cells without biases": (["adding/unbiased_cells", "adding/unbiased_cells_t500"], style.COLOURS[1], "v"),
    "adding, gates feed nothing": (["adding/no_gate_sources"], style.COLOURS[7], "P"),
    "adding, both": (["adding/drift_free", "adding/drift_free_t500", "adding/drift_free_t1000"], style.COLOURS[5], "o"),
    "distractors (2c), as printed": ([f"distractors/q{q}" for q in (50, 100, 200, 500, 1000)], style.COLOURS[3], "^"),
    "distractors, gates feed nothing": ([f"distractors/q{q}_no_gate_sources" for q in (50, 200, 1000)], style.COLOURS[6], "D"),
}


def figure_drift(results: Results) -> Drawing:
    """How far the states of cells drift before anything is learned, and what learning takes then."""
    figure, (left, right) = style.figure(7.6, 4.2, 1, 2, sharex=True)
    ours: dict[str, Any] = {}
    for name, (runs, colour, marker) in DRIFT.items():
        points = [_drift(results, run) for run in results.finished(runs)]
        if not points:
            continue
        ours[name] = points
        _quartile_bars(left, points, "state", name, colour, marker)
        _quartile_bars(right, points, "quartiles", name, colour, marker)
        _caps(right, points, colour)
    left.axhline(FLAT, color=style.PAPER, ls="--", lw=1, label=f"|s| = {FLAT:.1f}, h' a hundredth of its most")
    both = {"xscale": "log", "yscale": "log", "xlim": (30, 1500), "xlabel": "minimal time lag (steps)"}
    left.set(**both, ylabel="|s| at the end of a sequence", title="Before learning")
    right.set(**both, ylabel="sequences to success", title="Cost")
    figure.legend(*left.get_legend_handles_labels(), loc="outside upper center", ncols=3)
    caption = (
        "Left: mean |s| of the cells of untrained nets after one sequence, and where h is nearly flat, so that next to no error gets in. "
        "Biases, and gates that stand at about 1/2, push a cell the same way at every step. In adding the input gates begin nearly shut "
        "and states stay small; that such inputs slow it down all the same may be due to their derivatives (27), which grow with the "
        "length. Right: sequences to success, over trials that succeed; an arrow stands at the cap where none did. Medians and quartiles "
        "over seeds."
    )
    return Drawing(figure, caption, ours)


FLAT = float(np.log((1 + np.sqrt(0.99)) / (1 - np.sqrt(0.99))))  # where h' = (1 - h^2) / 2 has fallen to 0.005, from 0.5


def _drift(results: Results, name: str) -> dict[str, Any]:
    """Quartiles over seeds of |s| before learning, and of sequences to success."""
    run = results[name]
    return {
        "lag": int(run.values("lag")[0]),
        "state": _quartiles(run.values("state_at_first").tolist()),
        "quartiles": _quartiles([n for n in sequences(run) if n is not None]),
        "cap": results.paper.settings(name, results.tier)["cap"],
    }


def _quartiles(values: list[float]) -> list[float]:
    return np.quantile(values, [0.25, 0.5, 0.75]).tolist() if values else []
