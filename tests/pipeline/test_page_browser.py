"""The page that looks inside the four models of Bahdanau et al., with three sentences made by hand, in a browser without a network."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from browsing import CONTRAST, DESK, MARKS, PHONE, opened

from common import pages
from common.catalogue import page_parts, paper

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page

pytestmark = MARKS

FACTS = {"title": "Look inside", "caption": "Three sentences.", "provenance": "tier smoke"}
ZOOMED = {"width": 640, "height": 450}  # what a desk's window is at 200 %


def reading(source: str, words: list[str], attends: bool) -> dict[str, Any]:
    """Every step has its own word for first choice, but the second, whose first choice is another; weights lie on the diagonal."""
    steps, columns = [*words, "</s>"], len(source.split()) + 1
    choices = [[[word, 800 - i], ["<unk>", 100], ["le", 50], ["la", 30], ["un", 20]] for i, word in enumerate(steps)]
    choices[1] = [["la", 500], [steps[1], 300], ["le", 100], ["un", 50], ["de", 50]]
    rows = [[900 if j == min(i, columns - 1) else 4 for j in range(columns)] for i in range(len(steps))]
    return {"source": source.split(), "words": words, "choices": choices, "weights": rows if attends else []}


def sentence(source: str, reference: str) -> dict[str, Any]:
    words = reference.split()
    said = [words, words[:2], [*words[:-1], "<unk>"], words[:1]]
    return {"source": source.split(), "reference": words,
            "readings": [reading(source, one, attends=i % 2 == 0) for i, one in enumerate(said)]}  # fmt: skip


DATA = {
    "models": [{"name": name, "attends": "search" in name} for name in ("RNNsearch-30", "RNNencdec-30", "RNNsearch-15", "RNNencdec-15")],
    "sentences": [
        sentence("the cat sleeps", "le chat dort"),
        sentence("a <unk> reads a book", "une <unk> lit un livre"),
        sentence(" ".join(["and then", *["the very old house"] * 14]), " ".join(["et puis", *["la très vieille maison"] * 14])),
    ],
}  # fmt: skip


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("page") / "page_attention.html"
    path.write_text(pages.write(FACTS, page_parts(paper("bahdanau2015"), "page_attention"), DATA), encoding="utf-8")
    return path


@pytest.fixture
def page(browser: "Browser", alone: Path) -> "Page":
    """With the focus on the list of sentences, as a key press left it there."""
    page = opened(browser, alone, viewport=DESK)
    page.keyboard.press("Tab")
    return page


def press(page: "Page", *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def texts(found: "Locator") -> list[str]:
    return [" ".join(text.split()) for text in found.all_inner_texts()]


def focused(page: "Page") -> str:
    return str(page.evaluate("document.activeElement.shadowRoot?.activeElement?.id ?? ''"))


def test_it_opens_offline_asks_for_nothing_and_does_not_complain(browser: "Browser", alone: Path) -> None:
    page = browser.new_context(offline=True, viewport=DESK).new_page()  # type: ignore[arg-type]
    requested: list[str] = []
    complaints: list[str] = []
    page.on("request", lambda request: requested.append(request.url))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda message: complaints.append(message.text))
    page.goto(alone.as_uri())
    press(page, "Tab", "ArrowDown", "ArrowRight", "End", "ArrowRight")
    assert [url for url in requested if not url.startswith("data:")] == [alone.as_uri()]
    assert complaints == []


def test_it_begins_with_the_first_word_of_the_first_sentence(page: "Page") -> None:
    assert texts(page.locator("#source, #reference")) == ["the cat sleeps", "le chat dort"]
    assert texts(page.locator(".model .words")) == ["le chat dort end", "le chat end", "le chat UNK end", "le end"]
    assert page.locator("#where").inner_text() == "RNNsearch-30, word 1 of 4"
    assert texts(page.locator("#choices li"))[0] == "le 0.80"
    assert texts(page.locator("#weights li"))[0] == "the 0.90"


def test_up_and_down_change_the_sentence_and_stop_at_the_ends(page: "Page") -> None:
    chosen = page.locator("[role=option][aria-selected=true] .length")
    counts = [chosen.inner_text()]
    for key in ("ArrowUp", "ArrowDown", "ArrowDown", "ArrowDown", "ArrowUp", "Home", "End"):
        press(page, key)
        counts.append(chosen.inner_text())
    assert counts == ["3", "3", "5", "58", "58", "5", "3", "58"]
    assert page.locator("#sentences").get_attribute("aria-activedescendant") == "sentence-2"


def test_left_and_right_step_through_the_words_and_stop_at_the_ends(page: "Page") -> None:
    marked = []
    for key in ("ArrowLeft", "ArrowRight", "ArrowRight", "ArrowRight", "ArrowRight", "ArrowLeft"):
        press(page, key)
        marked.append((page.locator("tr[aria-current] th").inner_text(), page.locator(".words .now").inner_text()))
    assert marked == [(word, word) for word in ("le", "chat", "dort", "end", "end", "dort")]


def test_another_sentence_begins_at_its_first_word(page: "Page") -> None:
    press(page, "ArrowRight", "ArrowRight", "ArrowDown")
    assert page.locator("#where").inner_text() == "RNNsearch-30, word 1 of 6"


def test_a_row_is_as_dark_as_its_weights(page: "Page") -> None:
    press(page, "ArrowRight")
    cells = page.locator("tr[aria-current] td")
    assert texts(cells) == ["0.004", "0.90", "0.004", "0.004"]
    assert [cell.evaluate("cell => cell.style.getPropertyValue('--weight')") for cell in cells.all()] == [
        "0.004",
        "0.9",
        "0.004",
        "0.004",
    ]


def test_a_word_that_is_not_the_first_choice_is_said_to_be_none(page: "Page") -> None:
    assert "“le”, its first choice (0.80)" in page.locator("#status").inner_text()
    press(page, "ArrowRight")
    assert "“chat”, its choice number 2 (0.30)" in page.locator("#status").inner_text()
    assert texts(page.locator("#choices .written")) == ["chat 0.30"]


def test_pointing_at_a_cell_says_its_weight_and_a_click_goes_to_its_row(page: "Page") -> None:
    cell = page.locator("tbody tr").nth(2).locator("td").nth(1)
    cell.hover()
    assert page.locator("#point").inner_text() == "Writing “dort”, the weight on “cat” is 0.004."
    cell.click()
    assert page.locator("#where").inner_text() == "RNNsearch-30, word 3 of 4"


def test_a_model_is_chosen_by_keyboard_and_one_without_attention_has_no_matrix(page: "Page") -> None:
    press(page, "Tab", "ArrowRight")
    assert page.locator("#where").inner_text() == "RNNencdec-30, word 1 of 3"
    assert page.locator("#matrix td").count() == 1
    assert "No matrix." in page.locator("#matrix").inner_text()
    assert page.locator("#weights li").count() == 0
    assert texts(page.locator("#choices li"))[0] == "le 0.80"
    press(page, "ArrowRight")
    assert page.locator("#where").inner_text() == "RNNsearch-15, word 1 of 4"
    assert page.locator("#matrix td[data-column]").count() == 16


def test_a_click_on_a_word_goes_to_its_model_and_step(page: "Page") -> None:
    page.locator(".model").nth(2).get_by_text("UNK").click()
    assert page.locator("#where").inner_text() == "RNNsearch-15, word 3 of 4"
    assert page.locator("input:checked").get_attribute("value") == "2"


def test_every_stop_of_the_keyboard_shows_where_it_is_and_steps_from_there(page: "Page") -> None:
    press(page, "ArrowDown")
    stops = []
    for _ in range(5):
        outlined = "getComputedStyle(root.activeElement.closest('label') ?? root.activeElement).outlineStyle"
        assert page.evaluate(f"(() => {{ const root = document.activeElement.shadowRoot; return {outlined} }})()") == "solid"
        stops.append(focused(page))
        if stops[-1]:  # the arrows of a radio button change the model
            before = page.locator("#where").inner_text()
            press(page, "ArrowRight")
            assert page.locator("#where").inner_text() != before
        press(page, "Tab")
    assert stops == ["sentences", "", "back", "on", "matrix"]


def test_the_row_of_the_step_stays_in_sight_in_a_long_matrix(page: "Page") -> None:
    press(page, "End", "ArrowRight")
    page.locator("#matrix").focus()
    press(page, "End")
    row, box = page.locator("tr[aria-current]").bounding_box(), page.locator("#matrix").bounding_box()
    assert row is not None
    assert box is not None
    assert box["y"] <= row["y"] < row["y"] + row["height"] <= box["y"] + box["height"] + 1


def test_every_control_has_a_name_and_every_reference_a_target(page: "Page") -> None:
    tree = page.locator(".page").aria_snapshot()
    for control in ('listbox "Sentences"', 'option "5 words: a UNK reads a book"', 'radio "RNNsearch-30 le chat dort end"',
                    'button "Previous word"', 'button "Next word"', 'region "Alignment matrix"', 'columnheader "cat"',
                    'rowheader "chat"', 'group "Translations: choose the one to look into"'):  # fmt: skip
        assert control in tree, control
    dangling = """() => { const root = document.querySelector('.page').shadowRoot, found = [];
      for (const e of root.querySelectorAll('*')) for (const name of ['aria-labelledby', 'aria-describedby', 'aria-activedescendant'])
        for (const id of (e.getAttribute(name) ?? '').split(' ')) if (id && !root.getElementById(id)) found.push(id);
      return found; }"""
    assert page.evaluate(dangling) == []


@pytest.mark.parametrize("viewport", [PHONE, ZOOMED, DESK])
def test_the_page_never_scrolls_sideways(browser: "Browser", alone: Path, viewport: dict[str, int]) -> None:
    page = opened(browser, alone, viewport=viewport)
    for key in ("Tab", "ArrowDown", "ArrowDown"):
        assert page.evaluate("document.documentElement.scrollWidth") == viewport["width"]
        press(page, key)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("model", [0, 1])
def test_all_text_stands_out_from_its_ground(browser: "Browser", alone: Path, scheme: str, model: int) -> None:
    page = opened(browser, alone, viewport=DESK, color_scheme=scheme)
    press(page, "Tab", "ArrowDown")
    page.locator("input").nth(model).check()
    assert page.evaluate(CONTRAST) == []


def test_two_pages_in_one_file_do_not_meet(browser: "Browser", alone: Path, tmp_path: Path) -> None:
    both = tmp_path / "both.html"
    both.write_text(
        f"<!DOCTYPE html><html lang='en'><meta charset='utf-8'><body>{2 * pages.embedded(alone)}</body>", encoding="utf-8"
    )
    page = opened(browser, both, viewport=DESK)
    page.locator("#sentences").nth(1).press("ArrowDown")
    assert texts(page.locator("#source")) == ["the cat sleeps", "a UNK reads a book"]
