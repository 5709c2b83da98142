"""The source of the function that drew a figure, found by syntax tree (nothing is imported) and coloured."""

import ast
from dataclasses import dataclass
from pathlib import Path

from markupsafe import Markup
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

from common.errors import UserError


@dataclass(frozen=True)
class Source:
    """path: as in the repository; first, last: line numbers; html: one `<span class="line">` a line."""

    path: str
    first: int
    last: int
    html: Markup


def drawing_source(path: Path, name: str) -> Source | None:
    """The function `name` of the file papers/<slug>/<module>.py; None where it is not there."""
    if not path.exists():
        return None
    for node in _parse(path).body:
        if isinstance(node, ast.FunctionDef) and node.name == name:
            first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
            last = node.end_lineno or node.lineno
            lines = path.read_text(encoding="utf-8").splitlines()[first - 1 : last]
            return Source(str(path.relative_to(path.parents[2])), first, last, _coloured("\n".join(lines)))
    return None


def _parse(path: Path) -> ast.Module:
    try:
        return ast.parse(path.read_text(encoding="utf-8"))
    except SyntaxError as error:
        raise UserError(f"{path}, line {error.lineno}: not valid Python ({error.msg}); mend it") from None


def _coloured(code: str) -> Markup:
    # nowrap closes every span at the end of its line, so that each line can be wrapped by itself.
    lines = highlight(code, PythonLexer(stripnl=False), HtmlFormatter(nowrap=True)).rstrip("\n").split("\n")
    return Markup("\n".join(f'<span class="line">{line}</span>' for line in lines))
