"""A canary for the registry's addresses: asks each with HEAD, downloads nothing."""

import csv
import io
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

import requests

from common.atomic import write_text
from common.data.download import Patience
from common.data.registry import Dataset

AT_ONCE = 8


class Row(NamedTuple):
    """One address. status: the HTTP code, or the name of what failed; bytes: as the server says; remark: `ok` or what is odd."""

    dataset: str
    file: str
    url: str
    status: str
    bytes: int | None
    remark: str


def check_links(datasets: Sequence[Dataset], patience: Patience | None = None) -> list[Row]:
    """One row for every address of every file, in the registry's order."""
    asked = [(d.name, f.path, url, f.bytes, patience or Patience()) for d in datasets for f in d.files for url in f.urls]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(_ask, *zip(*asked, strict=True))) if asked else []


def _ask(dataset: str, path: str, url: str, expected: int | None, patience: Patience) -> Row:
    try:
        with requests.Session() as session:
            session.max_redirects = patience.redirects
            answer = session.head(
                url, allow_redirects=True, timeout=(patience.connect, patience.read), headers={"Accept-Encoding": "identity"}
            )
    except requests.RequestException as error:
        return Row(dataset, path, url, type(error).__name__, None, "no answer")
    length = answer.headers.get("Content-Length", "")
    size = int(length) if length.isdigit() else None
    if not answer.ok:
        remark = "refused"
    elif None not in (size, expected) and size != expected:
        remark = f"expected {expected} bytes"
    else:
        remark = "ok"
    return Row(dataset, path, url, str(answer.status_code), size, remark)


def write_table(rows: Sequence[Row], path: Path) -> None:
    """Tab-separated, with a header."""
    text = io.StringIO()
    table = csv.writer(text, delimiter="\t", lineterminator="\n")
    table.writerow(Row._fields)
    table.writerows(rows)
    write_text(path, text.getvalue())
