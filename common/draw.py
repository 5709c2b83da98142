"""The `draw` stage: one figure or table of a paper from finished runs. Never trains."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from common import atomic
from common.catalogue import Paper, drawing_module, load
from common.errors import UserError
from common.fingerprint import closure, fingerprint
from common.results import NotRunError, Results

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class Drawing:
    """What a figure function returns: the figure, and the numbers in it (ours and the paper's)."""

    figure: "Figure"
    caption: str
    ours: Mapping[str, Any] = field(default_factory=dict)
    paper: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Table:
    """What a table function returns: one cell a column in every row, text or numbers."""

    columns: Sequence[str]
    rows: Sequence[Sequence[Any]]
    caption: str


def draw(paper: Paper, name: str, tier: str, root: Path, out: Path | None = None) -> list[Path]:
    """Draws one figure (svg, png, json) or table (json); returns the files. `out` defaults to the results' figures/."""
    spec = paper.figure(name)
    results = Results(paper, tier, root)
    module = load(paper.slug, drawing_module(name))
    reads = spec.reads_at(tier)
    if reads is None:
        raise UserError(f"{name} is not part of tier {tier}; papers/{paper.slug}/paper.yaml says what it reads at which")
    if not hasattr(module, name):
        raise UserError(f"papers/{paper.slug}/paper.yaml names {name}, which {drawing_module(name)}.py does not define")
    try:
        drawn = getattr(module, name)(results)
        provenance = results.provenance(reads)
    except NotRunError as reason:
        raise UserError(f"{name} cannot be drawn at tier {tier}: {reason}") from None
    base = (out or results.folder / "figures") / name
    facts = {
        "name": name, "title": spec.title, "caption": drawn.caption, "provenance": provenance, "reads": reads,
        "code": fingerprint(module.__name__, name), "closure": closure(module.__name__, name),
    }  # fmt: skip
    if isinstance(drawn, Table):
        atomic.write_json(base.with_suffix(".json"), {**facts, "columns": drawn.columns, "rows": _plain(drawn.rows)})
        return [base.with_suffix(".json")]
    from common import style

    style.stamp(drawn.figure, provenance)
    style.save(drawn.figure, base)
    atomic.write_json(base.with_suffix(".json"), {**facts, "ours": _plain(drawn.ours), "paper": _plain(drawn.paper)})
    return [base.with_suffix(suffix) for suffix in (".svg", ".png", ".json")]


def outputs(name: str) -> list[str]:
    """The files that `draw` makes for a figure or table."""
    return [f"{name}.json"] if name.startswith("table_") else [f"{name}.svg", f"{name}.png", f"{name}.json"]


def _plain(value: Any) -> Any:
    """JSON values: arrays as lists, numbers with five significant digits, null for those that are not finite."""
    if isinstance(value, Mapping):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, np.ndarray | np.generic):
        value = value.tolist()
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    if isinstance(value, float):
        return float(f"{value:.5g}") if math.isfinite(value) else None
    return value
