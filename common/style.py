"""How figures look: colour-blind safe, the paper's values as open grey markers, provenance in a corner, same bytes."""

from pathlib import Path
from typing import Any

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from common.atomic import replacing

COLOURS = [
    to_hex(colour) for colour in matplotlib.color_sequences["okabe_ito"]
]  # black, orange, sky, green, yellow, blue, vermilion, purple
OURS = COLOURS[5]
PAPER = "0.45"
RC: dict[Any, Any] = {
    "axes.spines.right": False, "axes.spines.top": False, "axes.titlesize": 10, "axes.titlelocation": "left",
    "axes.labelsize": 9, "xtick.labelsize": 8, "ytick.labelsize": 8, "legend.fontsize": 8, "legend.frameon": False,
    "font.family": "DejaVu Sans", "font.size": 9, "figure.dpi": 100, "savefig.dpi": 160,
    "svg.hashsalt": "road-to-attention", "figure.constrained_layout.use": True,
}  # fmt: skip
plt.rcParams.update(RC)


def figure(width: float, height: float, rows: int = 1, columns: int = 1, **options: Any) -> tuple[Figure, Any]:
    """A figure of width x height inches and its axes, as plt.subplots gives them."""
    return plt.subplots(rows, columns, figsize=(width, height), **options)


def paper_points(axes: Axes, x: ArrayLike, y: ArrayLike, label: str = "paper (digitised)") -> None:
    """The paper's values: open grey circles, joined by nothing."""
    axes.plot(x, y, "o", markerfacecolor="none", markeredgecolor=PAPER, markersize=5.5, label=label, zorder=3)


def stamp(drawn: Figure, text: str) -> None:
    """Provenance (tier, n, commit), small, below everything in the lower right corner."""
    drawn.supxlabel(text, x=0.995, ha="right", fontsize=6, color="0.5")


def save(drawn: Figure, path: Path) -> None:
    """Writes path.svg and path.png; the same figure gives the same bytes."""
    for suffix, metadata in ((".svg", {"Date": None, "Creator": None}), (".png", {"Software": None})):
        with replacing(path.with_suffix(suffix)) as temporary:
            drawn.savefig(temporary, format=suffix[1:], metadata=metadata)
    plt.close(drawn)
