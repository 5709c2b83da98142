import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from common import catalogue
from common.catalogue import Paper
from common.data.registry import dataset
from common.errors import UserError
from common.manifest import sha256
from common.pages import BEGIN, END
from common.report import wording, write_report

FIGURES = '''"""Figures."""


def helper():
    return 1


@decorated
def figure_1(results):
    """Draws <the> key figure."""
    return helper()
'''
SVG = """<?xml version="1.0" encoding="utf-8" standalone="no"?>
<!-- made by hand -->
<svg xmlns="http://www.w3.org/2000/svg" width="432pt" height="288pt" viewBox="0 0 432 288">
  <path d="M 1.234567 2 L 3.999999 4" transform="scale(0.015625)" style="fill: #ff0000"/>
</svg>
"""
CAPTION = 'Error of <b>all</b> "seeds" & trials.'


def write(path: Path, value: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(value if isinstance(value, str) else json.dumps(value))


@pytest.fixture
def paper(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Paper:
    monkeypatch.setattr(catalogue, "ROOT", tmp_path)
    write(tmp_path / "papers/toy1999/figures.py", FIGURES)
    write(tmp_path / "papers/toy1999/tables.py", "def table_1(results):\n    return 2\n")
    return Paper.model_validate({
        "slug": "toy1999", "title": "A Toy", "limit": "It was too small.",
        "citation": {"authors": ["A. Author", "B. Author"], "year": 1999, "where": "Journal of Toys 1",
                     "url": "https://example.org/toy", "bibtex": "@article{toy1999, title={A Toy}}"},
        "runs": {"task/net": {"says": "the network", "tiers": {"smoke": {"seeds": 2, "minutes": 1}}},
                 "task/late": {"says": "not done yet", "tiers": {"smoke": {"seeds": 1, "minutes": 1}}},
                 "task/big": {"says": "the big one", "tiers": {"paper": {"seeds": 1, "minutes": 1}}}},
        "figures": {"figure_2": {"title": "Needs the big run", "reads": ["task/big"]},
                    "figure_1": {"title": "The key", "reads": ["task/net"], "key": True},
                    "figure_3": {"title": "Not drawn", "reads": ["task/net"]},
                    "table_1": {"title": "The table", "reads": ["task/net"]},
                    "page_1": {"title": "A page to step through", "reads": ["task/net"]}},
    })  # fmt: skip


@pytest.fixture
def root(tmp_path: Path, paper: Paper) -> Path:
    """Results of the toy paper at tier smoke: one run of two, the key figure, a table, three claims."""
    root = tmp_path / "results"
    folder = root / "smoke/toy1999"
    run = folder / "runs/task/net/100-101"
    write(run / "metrics.json", {"error": [0.5, None]})
    write(run / "history.jsonl", "")
    write(run / "manifest.json", {
        "seeds": [100, 101], "commit": "abcdef0123456789", "clean": False, "code": "0123456789abcdef",
        "settings": {"hidden": 30}, "versions": {"numpy": "2.4.6"}, "threads": 1, "data": {},
        "machine": {"system": "Linux", "processor": "a processor", "python": "3.11.7"}, "device": {"name": "cpu"},
        "failed": {"101": "error is nan"}, "wall_seconds": 192.4, "peak_memory_mb": 1234.5,
        "finished": "2026-01-02T03:04:05Z",
        "files": {name: sha256(run / name) for name in ("metrics.json", "history.jsonl")},
    })  # fmt: skip
    facts = {"provenance": "tier smoke, n = 2 seeds, commit abcdef0+", "code": "0", "closure": {}}
    write(folder / "figures/figure_1.json", {**facts, "title": "The key", "caption": CAPTION, "ours": {}, "paper": {}})
    write(folder / "figures/figure_1.svg", SVG)
    write(folder / "figures/table_1.json", {
        **facts, "title": "The table", "caption": "Errors.",
        "columns": ["network", "error"],
        "rows": [["toy", 0.123456], ["none", None], ["left out", ""], ["big", 27.3412]],
    })  # fmt: skip
    write(folder / "figures/page_1.json", {**facts, "title": "A page to step through", "caption": "Use the keys."})
    write(folder / "figures/page_1.html", f"<h1>Alone</h1>{BEGIN}<button>Step</button>{END}<p>below</p>")
    test = {"measure": "error", "paper": 0.4, "verified": False, "criterion": "at most 0.6", "direction": None, "n": 2,
            "failed": 1, "value": 0.51234, "low": 0.5, "high": None}  # fmt: skip
    claim = {"where": "p. 7", "expect": "", "reason": ""}
    write(folder / "claims.json", {"claims": [
        {**claim, "id": "toy1999.b", "says": "Errors are small & few.", "verdict": "inconclusive",
         "expect": "not reproduced", "tests": [{**test, "verdict": "inconclusive", "reason": "too few seeds"}]},
        {**claim, "id": "toy1999.a", "says": "It works.", "verdict": "reproduced",
         "tests": [{**test, "verified": True, "verdict": "reproduced", "reason": ""}]},
        {**claim, "id": "toy1999.c", "says": "It scales.", "verdict": "not tested",
         "tests": [{**test, "verified": True, "n": 0, "value": None, "low": None, "verdict": "not tested",
                    "reason": "task/big is not run"}]},
    ]})  # fmt: skip
    return root


class Page(HTMLParser):
    """Tags with their attributes, and the text, of a page."""

    def __init__(self, html: str):
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    @property
    def ids(self) -> list[str]:
        return [str(attrs["id"]) for _, attrs in self.tags if "id" in attrs]


def page(paper: Paper, root: Path, tier: str = "smoke") -> Page:
    return Page(write_report([paper], tier, root, None).read_text(encoding="utf-8"))


def test_the_page_stands_beside_the_results_unless_told_otherwise(paper: Paper, root: Path, tmp_path: Path) -> None:
    assert write_report([paper], "smoke", root, None) == root / "smoke/report.html"
    elsewhere = write_report([paper], "smoke", root, tmp_path / "other.html")
    assert elsewhere.read_bytes() == (root / "smoke/report.html").read_bytes()


def test_values_verdicts_and_runs_appear(paper: Paper, root: Path) -> None:
    text = " ".join(page(paper, root).text.split())
    expected = [
        "0.512", "[0.5, ∞]", "at most 0.6", "too few seeds", "expected before the run: not reproduced",
        "1 failed", "101: error is nan", "3 min 12 s", "1.2 GB", "abcdef0+", "numpy 2.4.6",
        "2 January 2026, 03:04 UTC", "snakemake toy1999 --config tier=smoke", "@article{toy1999",
        "It was too small.", "1 inconclusive", "? inconclusive", "✓ reproduced", "task/big is not run",
    ]  # fmt: skip
    assert [words for words in expected if words not in text] == []
    assert text.index("Errors are small") < text.index("It works.")  # the ledger's order


def test_a_value_that_was_not_read_in_the_paper_carries_a_mark(paper: Paper, root: Path) -> None:
    marks = [attrs for tag, attrs in page(paper, root).tags if tag == "a" and attrs.get("class") == "mark"]
    assert [mark["href"] for mark in marks] == ["#toy1999-unverified"]


def test_every_link_inside_the_page_has_a_target_and_no_id_is_used_twice(paper: Paper, root: Path) -> None:
    shown = page(paper, root)
    links = {str(attrs["href"])[1:] for tag, attrs in shown.tags if tag == "a" and str(attrs["href"]).startswith("#")}
    assert links <= set(shown.ids)
    assert len(shown.ids) == len(set(shown.ids))
    assert {"toy1999", "toy1999.a", "toy1999-figure_1", "toy1999-table_1", "toy1999-run-task-net"} <= set(shown.ids)


def test_code_leads_to_the_function_that_drew_the_figure(paper: Paper, root: Path) -> None:
    shown = page(paper, root)
    assert ("a", "#toy1999-figure_1-code") in [(tag, attrs.get("href")) for tag, attrs in shown.tags]
    assert "papers/toy1999/figures.py, lines 8–11" in shown.text
    assert '"""Draws <the> key figure."""' in shown.text
    assert "papers/toy1999/tables.py, lines 1–2" in shown.text
    assert "def helper" not in shown.text


def test_a_set_that_a_run_read_stands_there_with_what_its_licence_forbids(paper: Paper, root: Path, monkeypatch) -> None:
    path = root / "smoke/toy1999/runs/task/net/100-101/manifest.json"
    assert "Licence:" not in page(paper, root).text
    write(path, {**json.loads(path.read_text()), "data": {"multi30k": "0123456789abcdef"}})
    monkeypatch.setattr(catalogue, "ROOT", Path(__file__).resolve().parents[2])
    text = " ".join(page(paper, root).text.split())
    notice = dataset("multi30k")
    assert f"{notice.licence.name}: non-commercial use only. {notice.attribution}" in text


def test_text_from_results_is_escaped(paper: Paper, root: Path) -> None:
    html = write_report([paper], "smoke", root, None).read_text(encoding="utf-8")
    assert "<b>all</b>" not in html
    shown = Page(html)
    assert CAPTION in shown.text
    images = [attrs for tag, attrs in shown.tags if tag == "img" and attrs.get("src")]
    assert [image["alt"] for image in images] == [f"The key. {CAPTION}"]
    assert [(image["width"], image["height"]) for image in images] == [("576", "384")]


def test_a_figure_keeps_its_picture_in_fewer_bytes(paper: Paper, root: Path) -> None:
    (picture,) = [str(attrs["src"]) for tag, attrs in page(paper, root).tags if tag == "img" and attrs.get("src")]
    assert unquote(picture) == (
        "data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' width='432pt' height='288pt' viewBox='0 0 432 288'>"
        "<path d='M 1.23 2 L 4 4' transform='scale(0.015625)' style='fill: #ff0000'/></svg>"
    )
    assert "#" not in picture  # it would begin a fragment


def test_the_key_figure_comes_first_and_what_is_missing_is_said(paper: Paper, root: Path) -> None:
    text = page(paper, root).text
    assert text.index("The key") < text.index("The table") < text.index("Needs the big run")
    assert "not part of tier smoke, which does not run task/big" in text
    assert "not drawn yet: snakemake toy1999_figure_3 --config tier=smoke" in text
    assert "not run yet (seeds 100 are missing)" in text


def test_numbers_in_tables_are_short_and_set_to_the_right(paper: Paper, root: Path) -> None:
    html = write_report([paper], "smoke", root, None).read_text(encoding="utf-8")
    assert '<th scope="row">toy</th><td class="number">0.123</td>' in html
    assert '<th scope="col" class="number">error</th>' in html  # an empty cell does not make it a column of words
    assert '<td class="number">–</td>' in html
    assert '<td class="number">27.34</td>' in html


def test_a_paper_without_results_is_named_with_the_command_that_makes_them(paper: Paper, tmp_path: Path) -> None:
    text = page(paper, tmp_path / "empty").text
    assert "Nothing at this tier yet. To make it: snakemake toy1999 --config tier=smoke" in text
    assert "It has no runs at tier corpus." in page(paper, tmp_path / "empty", "corpus").text


def test_runs_alone_make_a_page(paper: Paper, root: Path) -> None:
    (root / "smoke/toy1999/claims.json").unlink()
    for path in (root / "smoke/toy1999/figures").iterdir():
        path.unlink()
    text = page(paper, root).text
    assert "Not judged yet: python -m common judge toy1999 --tier smoke" in text
    assert "not drawn yet: snakemake toy1999_figure_1" in text


def test_nothing_is_loaded_from_elsewhere(paper: Paper, root: Path) -> None:
    html = write_report([paper], "smoke", root, None).read_text(encoding="utf-8")
    for tag, attrs in Page(html).tags:
        for name in ("src", "href", "srcset", "data", "action", "poster"):
            value = str(attrs.get(name, ""))
            assert tag == "a" or not re.match(r"(https?:)?//", value), (tag, value)
    assert not re.search(r"url\(|@import", html)
    assert "data:image/png" not in html


@pytest.mark.parametrize("name", ["claims.json", "figures/figure_1.json", "runs/task/net/100-101/manifest.json"])
@pytest.mark.parametrize("content", ['{"cut', "[]"])
def test_a_damaged_file_is_one_line_that_names_it(paper: Paper, root: Path, name: str, content: str) -> None:
    (root / "smoke/toy1999" / name).write_text(content)
    with pytest.raises(UserError, match=re.escape(name)):
        write_report([paper], "smoke", root, None)
    assert not (root / "smoke/report.html").exists()


def test_a_page_stands_inside_the_report_without_its_own_title(paper: Paper, root: Path) -> None:
    html = write_report([paper], "smoke", root, None).read_text(encoding="utf-8")
    assert '<div id="toy1999-page_1"><button>Step</button></div>' in html
    assert "Use the keys." in html
    assert "Alone" not in html


def test_a_page_that_is_cut_is_one_line_that_names_it(paper: Paper, root: Path) -> None:
    path = root / "smoke/toy1999/figures/page_1.html"
    write(path, path.read_text().partition(END)[0])
    with pytest.raises(UserError, match=r"page_1\.html is not a whole page; remove it and draw page_1 again"):
        write_report([paper], "smoke", root, None)


def test_a_row_with_a_cell_too_few_is_refused(paper: Paper, root: Path) -> None:
    path = root / "smoke/toy1999/figures/table_1.json"
    write(path, {**json.loads(path.read_text()), "rows": [["toy"]]})
    with pytest.raises(UserError, match="a row has 1 cells, not 2"):
        write_report([paper], "smoke", root, None)


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.88312, "0.883"), (27.3412, "27.34"), (1990, "1990"), (12345, "12\u202f345"), (123456.7, "123\u202f457"),
     (-0.5, "−0.5"), (0, "0"), (0.0, "0"), (0.0000123, "1.2 × 10⁻⁵"), (None, "–"), (float("inf"), "∞"), (True, "yes")],
)  # fmt: skip
def test_numbers_are_written_as_a_reader_wants_them(value: Any, text: str) -> None:
    assert wording.number(value) == text
