"""The report of a real paper at tier smoke, opened in a browser without a network."""

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from browsing import CONTRAST, DESK, MARKS, PHONE, opened

from common.catalogue import Paper, jobs, paper
from common.claims import judge
from common.draw import draw
from common.report import write_report
from common.stage import train

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = MARKS


@pytest.fixture(scope="module")
def elman() -> Paper:
    return paper("elman1990")


@pytest.fixture(scope="module")
def report(elman: Paper, tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("results")
    for job in jobs(elman, "smoke"):
        train(job, root, {}, "off")
    for name in elman.figures_at("smoke"):
        draw(elman, name, "smoke", root)
    judge(elman, "smoke", root)
    return write_report([elman], "smoke", root, None)


def test_it_opens_offline_and_asks_for_nothing(browser: "Browser", report: Path) -> None:
    page = browser.new_context(offline=True, viewport=DESK).new_page()  # type: ignore[arg-type]
    requested: list[str] = []
    complaints: list[str] = []
    page.on("request", lambda request: requested.append(request.url))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda message: complaints.append(message.text))
    page.goto(report.as_uri())
    assert page.evaluate("[...document.images].every(image => image.complete && image.naturalWidth > 0)")
    assert [url for url in requested if not url.startswith("data:")] == [report.as_uri()]
    assert complaints == []


def test_every_figure_of_the_tier_has_its_picture_described(browser: "Browser", report: Path, elman: Paper) -> None:
    page = opened(browser, report, viewport=DESK)
    pictures = [name for name in elman.figures_at("smoke") if name.startswith("figure_")]
    assert page.locator("figure img").count() == len(pictures)
    assert all(len(image.get_attribute("alt") or "") > 20 for image in page.locator("figure img").all())


@pytest.mark.parametrize("viewport", [PHONE, DESK, {"width": 800, "height": 600}])
def test_the_page_never_scrolls_sideways(browser: "Browser", report: Path, viewport: dict[str, int]) -> None:
    page = opened(browser, report, viewport=viewport)
    page.evaluate("document.querySelectorAll('details').forEach(fold => fold.open = true)")
    assert page.evaluate("document.documentElement.scrollWidth") == viewport["width"]


def test_the_thumbnail_shows_the_key_figure(browser: "Browser", report: Path) -> None:
    page = opened(browser, report, viewport=DESK)
    assert page.locator(".thumbnail img").get_attribute("src") == page.locator(".key img").get_attribute("src")
    assert page.locator(".thumbnail img").is_visible()


def test_dark_mode_has_its_own_ground_and_keeps_figures_on_white(browser: "Browser", report: Path) -> None:
    grounds = []
    for scheme in ("light", "dark"):
        page = opened(browser, report, color_scheme=scheme)
        grounds.append(page.evaluate("getComputedStyle(document.body).backgroundColor"))
        assert page.evaluate("getComputedStyle(document.querySelector('.card')).backgroundColor") == "rgb(255, 255, 255)"
    assert grounds[0] != grounds[1]


def test_the_code_link_opens_the_code_by_keyboard_alone(browser: "Browser", report: Path, elman: Paper) -> None:
    page = opened(browser, report, viewport=DESK)
    identity = f"{elman.slug}-{elman.key_figure}"
    link, fold = (
        page.locator(f'a[href="#{identity}-code"]'),
        page.locator("details", has=page.locator(f"[id='{identity}-code']")),
    )
    assert fold.get_attribute("open") is None
    for _ in range(60):
        page.keyboard.press("Tab")
        if link.evaluate("link => link === document.activeElement"):
            break
    assert link.evaluate("link => link === document.activeElement && link.matches(':focus-visible')")
    page.keyboard.press("Enter")
    fold.locator("pre").wait_for(state="visible")
    assert fold.get_attribute("open") is not None
    assert f"def {elman.key_figure}(" in fold.inner_text()
    assert fold.locator("summary").evaluate("summary => summary === document.activeElement")
    page.keyboard.press("Enter")  # closed again, the link opens it once more although the address stays
    assert fold.get_attribute("open") is None
    link.press("Enter")
    assert fold.get_attribute("open") is not None


def test_an_address_with_the_code_in_it_opens_it_at_once(browser: "Browser", report: Path, elman: Paper) -> None:
    page = opened(browser, report, f"#{elman.slug}-{elman.key_figure}-code")
    assert page.locator(f"[id='{elman.slug}-{elman.key_figure}-code']").is_visible()


def test_the_first_stop_of_the_keyboard_skips_to_the_content(browser: "Browser", report: Path) -> None:
    page = opened(browser, report, viewport=DESK)
    page.keyboard.press("Tab")
    assert page.locator(".skip").evaluate("link => link === document.activeElement")
    assert (page.locator(".skip").bounding_box() or {"y": -1})["y"] >= 0
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_all_text_stands_out_from_its_ground(browser: "Browser", report: Path, scheme: str) -> None:
    assert opened(browser, report, viewport=DESK, color_scheme=scheme).evaluate(CONTRAST) == []
