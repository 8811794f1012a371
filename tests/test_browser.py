"""The HTML pages in a browser: direction, scrolling to the evidence, keys, filters, dark mode, phone, axe."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tabayyun import Article, Checker, extract, read
from tabayyun.html import claims_page, report_page
from tabayyun.models.fakes import FakeEmbedder, FakeJudge
from tabayyun.report import NotChecked
from tabayyun.verdicts import Label
from tests.conftest import EXAMPLES
from tests.test_report import HOSTILE_A, HOSTILE_B

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this machine: apt-get install chromium"),
]
KINDS_OF_VERDICTS: tuple[tuple[Label, str, str | None], ...] = (
    ("contradiction", "contradiction", "number"),
    ("contradiction", "contradiction", "status"),
    ("contradiction", "dispute", "other"),
    ("agreement", "agreement", None),
    ("agreement", "agreement", None),
    ("neutral", "superseded", None),
    ("uncertain", "compatible", None),
)
DESK, PHONE = {"width": 1280, "height": 800}, {"width": 360, "height": 740}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The pages as files: a report in both languages, one of hostile articles, and the claims of an article."""
    checker = Checker(FakeEmbedder(), FakeJudge())
    a, b = (read(EXAMPLES / f"port-strike-{side}.txt") for side in "ab")
    report = checker.check(a, b)
    verdicts = (
        replace(verdict, label=label, relation=relation, kind=kind, independent=False)
        for verdict, (label, relation, kind) in zip(report.verdicts, KINDS_OF_VERDICTS, strict=False)
    )
    skipped = NotChecked(report.verdicts[0].a, report.verdicts[0].b, "over the budget of 1 judged pairs")
    report = replace(report, verdicts=tuple(verdicts), not_checked=(skipped,))
    hostile = checker.check(Article.from_text(HOSTILE_A), Article.from_text(HOSTILE_B))
    made = {
        "en": report_page(report),
        "ar": report_page(report, language="ar"),
        "hostile": report_page(hostile),
        "claims": claims_page(a, extract(a), language="ar"),
    }
    folder = tmp_path_factory.mktemp("pages")
    for name, source in made.items():
        (folder / f"{name}.html").write_text(source, encoding="utf-8")
    return {name: folder / f"{name}.html" for name in made}


@pytest.fixture
def show(browser: Browser, pages: dict[str, Path]) -> Iterator[Any]:
    """Open a page in a window of its own; messages on the console and requests beyond the file fail the test."""
    opened, messages, requests = [], [], []

    def open_page(name: str, viewport: dict[str, int] = DESK, **options: Any) -> Page:
        context = browser.new_context(viewport=viewport, reduced_motion="reduce", **options)
        opened.append(context)
        page = context.new_page()
        page.on("console", lambda message: messages.append(message.text))
        page.on("pageerror", lambda error: messages.append(str(error)))
        page.on("request", lambda request: requests.append(request.url))
        page.goto(pages[name].as_uri())
        return page

    yield open_page
    assert messages == []
    assert set(requests) <= {path.as_uri() for path in pages.values()}
    for context in opened:
        context.close()


def inside(page: Page, selector: str, pane: str) -> bool:
    """Whether the first element of `selector` is in the visible part of a pane."""
    return bool(
        page.evaluate(
            """([selector, pane]) => {
                const box = (chosen) => document.querySelector(chosen).getBoundingClientRect();
                const [a, b] = [box(pane + " " + selector), box(pane)];
                return a.top >= b.top && a.top < b.bottom;
            }""",
            [selector, pane],
        )
    )


def test_arabic_runs_right_to_left(show: Any) -> None:
    page = show("ar")
    assert page.evaluate("getComputedStyle(document.body).direction") == "rtl"
    findings, texts = page.locator("#findings").bounding_box(), page.locator("#texts").bounding_box()
    assert findings["x"] > texts["x"]
    a, b = page.locator(".pane.side-a").bounding_box(), page.locator(".pane.side-b").bounding_box()
    assert a["x"] > b["x"]


def test_an_arabic_number_stays_in_its_place(show: Any) -> None:
    page = show("en")
    boxes = page.evaluate(
        """() => {
            const find = (word) => {
                const walker = document.createTreeWalker(document.getElementById("text-a"), NodeFilter.SHOW_TEXT);
                while (walker.nextNode()) {
                    const at = walker.currentNode.data.indexOf(word);
                    if (at < 0) continue;
                    const range = document.createRange();
                    range.setStart(walker.currentNode, at);
                    range.setEnd(walker.currentNode, at + word.length);
                    return range.getBoundingClientRect().x;
                }
            };
            return ["نحو", "1500", "عامل توقفوا"].map(find);
        }"""
    )
    assert boxes == sorted(boxes, reverse=True)


def test_a_click_scrolls_both_texts_to_the_evidence(show: Any) -> None:
    page = show("en", {"width": 1280, "height": 420})
    last = page.locator(".verdict.agreement").last
    for pane in ("#text-a", "#text-b"):
        page.evaluate("(pane) => document.querySelector(pane).scrollTo(0, 1e6)", pane)
    first = page.locator(".verdict").first
    for verdict in (first, last):
        verdict.locator(".go").click()
        number = verdict.get_attribute("data-item")
        for pane in ("#text-a", "#text-b"):
            assert inside(page, ".words", pane)
            assert number in page.locator(f"{pane} .words").first.get_attribute("data-words").split()
    assert last.locator(".go").get_attribute("aria-current") == "true"
    assert page.locator("#status").inner_text().startswith("Finding ")


def test_a_click_in_the_text_finds_the_verdict(show: Any) -> None:
    page = show("en")
    page.locator("#text-a mark").first.click()
    number = page.locator(".item.current").get_attribute("data-item")
    assert number in page.locator("#text-a mark").first.get_attribute("data-items").split()
    assert page.locator(".item.current").is_visible()


def test_keys_walk_and_mark(show: Any) -> None:
    page = show("ar")
    items = page.locator(".item:visible")
    page.keyboard.press("j")
    page.keyboard.press("j")
    assert items.nth(1).get_attribute("class").endswith("current")
    page.keyboard.press("k")
    assert items.nth(0).get_attribute("class").endswith("current")
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.closest('.item').dataset.item") == items.nth(1).get_attribute(
        "data-item"
    )
    page.keyboard.press("Escape")
    assert page.locator(".current, .here, .words").count() == 0
    page.keyboard.press("Enter")
    assert page.locator(".text .words").count() > 0


def test_filters(show: Any) -> None:
    page = show("en")
    assert page.locator(".verdict:visible").count() == 6
    page.locator(".pill.agreement input").uncheck()
    assert page.locator(".verdict:visible").count() == 4
    page.locator("select").select_option("number")
    assert page.locator(".verdict.contradiction:visible").count() == 1
    page.locator("input[type=search]").fill("zzz")
    assert page.locator("#none-left").is_visible()
    assert page.locator(".item:visible").count() == 0


def test_removed_parts_show_on_demand(show: Any) -> None:
    page = show("en")
    removed = page.locator("#text-a p.removed")
    assert removed.count() > 0
    assert not removed.first.is_visible()
    page.locator("#show-removed").check()
    assert removed.first.is_visible()


@pytest.mark.parametrize(("scheme", "least", "most"), [("dark", 0, 150), ("light", 600, 765)])
def test_dark_and_light(show: Any, scheme: str, least: int, most: int) -> None:
    page = show("en", color_scheme=scheme)
    channels = page.evaluate("getComputedStyle(document.body).backgroundColor.match(/\\d+/g).map(Number)")
    assert least <= sum(channels) <= most


@pytest.mark.parametrize("name", ["en", "ar", "hostile", "claims"])
def test_a_phone_needs_no_sideways_scrolling(show: Any, name: str) -> None:
    page = show(name, PHONE)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    page.locator(".go:visible").first.click()
    assert inside(page, ".here", "#text-a")
    assert page.locator("#text-a .here").first.bounding_box()["y"] < PHONE["height"]


def test_paper_shows_everything_in_dark_ink(show: Any) -> None:
    page = show("en", color_scheme="dark")
    red = "getComputedStyle(document.documentElement).getPropertyValue('--red')"
    on_screen = page.evaluate(red)
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.evaluate(red) != on_screen
    assert page.locator(".item:not(:visible)").count() == 0
    assert page.evaluate("getComputedStyle(document.querySelector('.text')).overflowY") == "visible"
    assert not page.locator(".filters").is_visible()


def test_hostile_articles_run_nothing(show: Any) -> None:
    page = show("hostile")
    page.on("dialog", lambda dialog: pytest.fail(f"a script ran: {dialog.message}"))
    assert '<script>alert("xss")</script>' in page.locator("#text-a").inner_text()
    page.keyboard.press("j")


@pytest.mark.parametrize(("name", "scheme"), [("en", "light"), ("ar", "dark"), ("claims", "light")])
def test_axe_finds_nothing_serious(show: Any, name: str, scheme: str) -> None:
    from axe_playwright_python.sync_playwright import Axe

    page = show(name, color_scheme=scheme)
    page.locator(".go:visible").first.click()
    page.evaluate("for (const fold of document.querySelectorAll('details')) fold.open = true")
    found = Axe().run(page).response["violations"]
    grave = [v for v in found if v["impact"] in ("serious", "critical")]
    assert grave == [], [(v["id"], v["nodes"][0]["html"], v["nodes"][0]["failureSummary"]) for v in grave]
