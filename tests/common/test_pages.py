"""Pages that readers step through: from a function, three parts and the runs to one file."""

import json
import re
from pathlib import Path

import pytest
import toy

from common import catalogue
from common.catalogue import Job
from common.claims import judge
from common.draw import draw, drawing_closure
from common.errors import UserError
from common.fingerprint import digest_of
from common.pages import embedded
from common.publish import with_sections
from common.results import read_json
from common.stage import train
from common.why import why

PAGES = """\
from common.draw import Page


def page_walk(results):
    return Page({"ends": results["walk/plain"].metric("distance"), "says": "</script><b>"}, "Where & how.")
"""
PARTS = {".html": "<p id='end'></p>\n", ".css": "p { margin: 0 }\n", ".js": "function show(root, data) {}\n"}


@pytest.fixture
def paper(toy_paper: Path) -> catalogue.Paper:
    toy.edit(toy_paper / "paper.yaml", "  table_1:", "  page_walk: {title: Walk along, reads: [walk/plain]}\n  table_1:")
    (toy_paper / "pages.py").write_text(PAGES)
    for suffix, text in PARTS.items():
        (toy_paper / f"page_walk{suffix}").write_text(text)
    return catalogue.paper(toy.SLUG)


@pytest.fixture
def root(paper: catalogue.Paper, tmp_path: Path) -> Path:
    toy.finished(tmp_path / "results", Job(paper, "walk/plain", "smoke", (100, 101)), {"distance": [1.0, 2.123456789]})
    return tmp_path / "results"


def test_a_page_is_one_file_with_its_facts_beside_it(paper: catalogue.Paper, root: Path) -> None:
    html, facts = draw(paper, "page_walk", "smoke", root)
    assert (html.name, facts.name) == ("page_walk.html", "page_walk.json")
    assert read_json(facts).keys() == {"name", "title", "caption", "provenance", "reads", "code", "closure"}
    text = html.read_text()
    assert all(part in text for part in PARTS.values())
    assert "<title>Walk along</title>" in text
    assert "Where &amp; how." in text


def test_the_data_are_json_that_cannot_end_the_script(paper: catalogue.Paper, root: Path) -> None:
    text = draw(paper, "page_walk", "smoke", root)[0].read_text()
    (data,) = re.findall(r'<script type="application/json">(.*?)</script>', text)
    assert json.loads(data) == {"ends": [1.0, 2.1235], "says": "</script><b>"}


def test_a_page_has_the_same_bytes_when_drawn_twice(paper: catalogue.Paper, root: Path, tmp_path: Path) -> None:
    for first, second in zip(*(draw(paper, "page_walk", "smoke", root, tmp_path / k) for k in "ab"), strict=True):
        assert first.read_bytes() == second.read_bytes()


def test_the_report_takes_the_page_without_title_and_caption(paper: catalogue.Paper, root: Path) -> None:
    inside = embedded(draw(paper, "page_walk", "smoke", root)[0])
    assert PARTS[".html"] in inside
    assert "Walk along" not in inside
    assert "how." not in inside


@pytest.mark.parametrize("suffix", PARTS)
def test_an_edited_part_makes_it_again(paper: catalogue.Paper, tmp_path: Path, suffix: str) -> None:
    train(Job(paper, "walk/plain", "smoke", (100, 101)), tmp_path, {}, "off")
    _, facts = draw(paper, "page_walk", "smoke", tmp_path)
    assert read_json(facts)["code"] == digest_of(drawing_closure(paper, "page_walk"))
    (paper.folder / f"page_walk{suffix}").write_text("other\n")
    assert why(f"{toy.SLUG}_page_walk", "smoke", tmp_path) == [str(facts), f"  page_walk{suffix} changed"]
    assert read_json(facts)["code"] != digest_of(drawing_closure(paper, "page_walk"))


def test_a_readme_links_to_the_page(paper: catalogue.Paper, tmp_path: Path) -> None:
    train(Job(paper, "walk/plain", "smoke", (100, 101)), tmp_path, {}, "off")
    draw(paper, "page_walk", "smoke", tmp_path)
    judge(paper, "smoke", tmp_path)
    names = ("key figure", "results", "claims", "page_walk")
    text = "".join(f"<!-- generated: {name} -->\n<!-- end -->\n" for name in names)
    link = "(../../results/published/smoke/pearson1905/figures/page_walk.html)"
    assert with_sections(text, paper, tmp_path).partition("<!-- generated: page_walk -->")[2].count(link) == 1


@pytest.mark.parametrize("suffix", PARTS)
def test_a_part_that_is_missing_is_named(paper: catalogue.Paper, root: Path, suffix: str) -> None:
    (paper.folder / f"page_walk{suffix}").unlink()
    with pytest.raises(UserError, match=rf"page_walk\{suffix} is missing; a page consists of page_walk\.html, page_walk\.css"):
        draw(paper, "page_walk", "smoke", root)
