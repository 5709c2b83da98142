"""Pages that one can work with: a paper's markup, style and script, and the data of its runs, in one file that opens offline.

The parts live in a shadow tree, so that nothing of a page meets the report's style and names, whose colours it shares.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from common.errors import UserError

HERE = Path(__file__).resolve().parent / "report"
BEGIN, END = "<!-- page -->", "<!-- end of page -->"


def write(facts: Mapping[str, Any], parts: Sequence[Path], data: Any) -> str:
    """The page alone. facts: its title, caption and provenance; parts: markup, style, script; data: JSON values.

    The script defines `show(root, data)`, which fills the markup below `root`. Raises UserError for a part that is missing.
    """
    missing = [part for part in parts if not part.exists()]
    if missing:
        raise UserError(
            f"{missing[0]} is missing; a page consists of {', '.join(part.name for part in parts)} and its function"
        )
    markup, style, script = (Markup(part.read_text(encoding="utf-8")) for part in parts)
    environment = Environment(loader=FileSystemLoader(HERE), autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    return environment.get_template("alone.html.j2").render(
        facts=facts, theme=theme(), markup=markup, style=style, script=script, begin=Markup(BEGIN), end=Markup(END),
        data=Markup(json.dumps(data, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")),
    )  # fmt: skip


def embedded(path: Path) -> Markup:
    """What the report shows of a page that was written: the page without its title, caption and provenance."""
    _, begun, rest = path.read_text(encoding="utf-8").partition(BEGIN)
    inside, ended, _ = rest.rpartition(END)
    if not begun or not ended:
        raise UserError(f"{path} is not a whole page; remove it and draw {path.stem} again")
    return Markup(inside)


def theme() -> Markup:
    """The colours and type faces of everything that is read in a browser, light, dark and in print."""
    return Markup((HERE / "theme.css").read_text(encoding="utf-8"))
