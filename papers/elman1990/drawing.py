"""Trees with coloured classes, and network sketches, for `figures.py`."""

from collections.abc import Callable, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch

from common import style
from papers.elman1990 import trees

INK = "0.35"
CLASS_COLOURS = {
    "verbs": style.COLOURS[5],
    "humans": style.COLOURS[6],
    "small animals": style.COLOURS[1],
    "large animals": style.COLOURS[7],
    "breakables": style.COLOURS[3],
    "food": style.COLOURS[2],
    "other objects": style.COLOURS[0],
}
_MEMBERS = (trees.VERBS, trees.HUMAN, trees.SMALL, trees.LARGE, trees.BREAKABLE, trees.FOOD, trees.OBJECT)
CLASS_OF = {word: name for name, words in zip(CLASS_COLOURS, _MEMBERS, strict=True) for word in words}


def colour(word: str) -> str:
    return CLASS_COLOURS[CLASS_OF.get(word, "humans")]  # zog stands for man


def order_like(merges: np.ndarray, rank: Sequence[float]) -> list[int]:
    """Leaves from top to bottom, each join turned so that the side of lower mean rank comes first. rank: one a leaf."""
    n = len(merges) + 1
    orders: list[list[int]] = [[leaf] for leaf in range(n)]
    for left, right, *_ in merges:
        sides = sorted((orders[int(left)], orders[int(right)]), key=lambda side: np.mean([rank[leaf] for leaf in side]))
        orders.append(sides[0] + sides[1])
    return orders[-1]


def draw_tree(
    axes: Axes, merges: np.ndarray, order: Sequence[int], leaf_colour: Callable[[int], str], flip: bool = False
) -> None:
    """A dendrogram with its leaves at height 0, leaf `order[k]` at y = k; branches of one colour's leaves take it."""
    n = len(merges) + 1
    y = {leaf: float(k) for k, leaf in enumerate(order)}
    height = dict.fromkeys(range(n), 0.0)
    paint = {leaf: leaf_colour(leaf) for leaf in range(n)}
    for k, (left, right, top, _) in enumerate(merges):
        a, b, node = int(left), int(right), n + k
        paint[node] = paint[a] if paint[a] == paint[b] else INK
        for child in (a, b):
            axes.plot([height[child], top], [y[child], y[child]], color=paint[child], lw=1.4, solid_capstyle="round")
        axes.plot([top, top], sorted([y[a], y[b]]), color=paint[node], lw=1.4, solid_capstyle="round")
        height[node], y[node] = top, (y[a] + y[b]) / 2
    top = float(merges[-1, 2])
    axes.set_xlim((-0.02 * top, 1.05 * top) if flip else (1.05 * top, -0.02 * top))
    axes.set_ylim(n - 0.4, -0.6)
    axes.spines["left"].set_visible(False)
    axes.set_yticks([])
    axes.set_xlabel("distance of the joined groups")


def tangled(order: Sequence[str], reference: Sequence[str]) -> set[str]:
    """The fewest leaves that must move for `order` to become `reference`: all but a longest common subsequence.

    Of several such subsequences, one with as many leaves as possible that keep their place.
    """
    place = {word: k for k, word in enumerate(reference)}

    def merit(chain: list[str]) -> tuple[int, int]:
        return len(chain), sum(order.index(word) == place[word] for word in chain)

    chains: list[list[str]] = []
    for word in order:
        before = [chain for chain in chains if place[chain[-1]] < place[word]]
        start: list[str] = max(before, key=merit) if before else []
        chains.append([*start, word])
    longest: list[str] = max(chains, key=merit)
    return set(order) - set(longest)


def class_legend(figure: Figure) -> None:
    """The colours of the classes, in a row above everything, or in two where the figure is narrow."""
    handles = [Line2D([], [], color=paint, lw=2.5, label=name) for name, paint in CLASS_COLOURS.items()]
    figure.legend(
        handles=handles,
        loc="outside upper center",
        ncols=len(handles) if figure.get_figwidth() > 7 else 4,
        handlelength=1.2,
        columnspacing=1.2,
    )


def label_leaves(axes: Axes, labels: Sequence[str], colours: Sequence[str], fontsize: float) -> None:
    """Writes the leaves' labels, top to bottom, right of a tree."""
    axes.set_yticks(range(len(labels)), labels, fontsize=fontsize)
    axes.yaxis.tick_right()
    axes.tick_params(axis="y", length=0)
    for label, paint in zip(axes.get_yticklabels(), colours, strict=True):
        label.set_color(paint)
        label.set_fontweight("bold" if label.get_text() == "ZOG" else "normal")


def network_sketch(axes: Axes, memory: str, source: str) -> None:
    """Boxes and arrows: input and a memory layer feed the hidden layer; `source` layer is copied into the memory."""
    boxes = {"output": (0.5, 0.85), "hidden": (0.5, 0.5), "input": (0.22, 0.12), memory: (0.78, 0.12)}
    for name, (x, y) in boxes.items():
        dashed = name == memory
        axes.add_patch(FancyBboxPatch((x - 0.17, y - 0.055), 0.34, 0.11, boxstyle="round,pad=0.01", fc="white",
                                      ec=style.OURS if dashed else "0.2", ls="--" if dashed else "-", lw=1.4))  # fmt: skip
        axes.text(x, y, name, ha="center", va="center")
    for start, end in (("hidden", "output"), ("input", "hidden"), (memory, "hidden")):
        (x0, y0), (x1, y1) = boxes[start], boxes[end]
        axes.add_patch(FancyArrowPatch((x0, y0 + 0.07), (x1 + 0.12 * np.sign(x0 - x1), y1 - 0.07), arrowstyle="-|>",
                                       mutation_scale=12, color="0.2"))  # fmt: skip
    x, y = boxes[source]
    axes.add_patch(FancyArrowPatch((x + 0.19, y), (0.88, 0.19), connectionstyle="arc3,rad=-0.35", arrowstyle="-|>",
                                   mutation_scale=12, color=style.OURS, ls="--"))  # fmt: skip
    axes.text(1.0, (y + 0.19) / 2 + 0.03, "copied,\nweight 1", color=style.OURS, ha="left", va="center", fontsize=8)
    axes.set(xlim=(0, 1.2), ylim=(0, 1))
    axes.axis("off")
