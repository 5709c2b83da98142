"""The `draw` stage: one figure, table or page of a paper from finished runs. Never trains."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from common import atomic
from common.catalogue import Paper, drawing_module, load, page_parts
from common.errors import UserError
from common.fingerprint import closure, digest_of
from common.manifest import sha256
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


@dataclass(frozen=True)
class Page:
    """What a page function returns: JSON values for the script of `page_parts`, which shows them to whoever picks and steps."""

    data: Any
    caption: str


def draw(paper: Paper, name: str, tier: str, root: Path, out: Path | None = None) -> list[Path]:
    """Draws one figure (svg, png, json), table (json) or page (html, json); returns the files. `out` defaults to the results' figures/."""
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
    code = drawing_closure(paper, name)
    facts: dict[str, Any] = {
        "name": name, "title": spec.title, "caption": drawn.caption, "provenance": provenance, "reads": reads,
        "code": digest_of(code), "closure": code,
    }  # fmt: skip
    if isinstance(drawn, Table):
        facts |= {"columns": drawn.columns, "rows": _plain(drawn.rows)}
    elif isinstance(drawn, Page):
        from common import pages

        atomic.write_text(base.with_suffix(".html"), pages.write(facts, page_parts(paper, name), _plain(drawn.data)))
    else:
        from common import style

        style.stamp(drawn.figure, provenance)
        style.save(drawn.figure, base)
        facts |= {"ours": _plain(drawn.ours), "paper": _plain(drawn.paper)}
    atomic.write_json(base.with_suffix(".json"), facts)
    return [base.parent / file for file in outputs(name)]


def outputs(name: str) -> list[str]:
    """The files that `draw` makes for a figure, a table or a page."""
    suffixes = {"figure": (".svg", ".png", ".json"), "table": (".json",), "page": (".html", ".json")}
    return [f"{name}{suffix}" for suffix in suffixes[name.partition("_")[0]]]


def drawing_closure(paper: Paper, name: str) -> dict[str, str]:
    """What decides how it looks, runs aside: the closure of its function; of a page also its parts and what they are put into."""
    parts = [path for path in page_parts(paper, name) if path.exists()]
    around = [Path(__file__).parent / "report" / file for file in ("alone.html.j2", "theme.css")] if parts else []
    code = closure(f"papers.{paper.slug}.{drawing_module(name)}", name)
    return code | {path.name: sha256(path)[:12] for path in (*parts, *around)}


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
