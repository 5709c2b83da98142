"""A new paper's folder: a small example that already runs from settings to figure, to be replaced piece by piece."""

import re
from pathlib import Path

from common import atomic
from common.catalogue import ROOT
from common.errors import UserError

TEMPLATES = Path(__file__).parent


def new_paper(slug: str) -> list[Path]:
    """Writes papers/<slug>/ from the templates. Raises UserError if the slug is odd or taken."""
    if not re.fullmatch(r"[a-z]+\d{4}", slug):
        raise UserError(f"slug '{slug}': take the first author's name and the year, such as elman1990")
    folder = ROOT / "papers" / slug
    if folder.exists():
        raise UserError(f"{folder} exists already; choose another slug or edit what is there")
    written = []
    for template in sorted(TEMPLATES.glob("*.template")):
        path = folder / template.stem
        atomic.write_text(path, template.read_text(encoding="utf-8").replace("SLUG", slug).replace("YEAR", slug[-4:]))
        written.append(path)
    return written
