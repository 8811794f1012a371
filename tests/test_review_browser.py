"""The review page in a browser: check, judge, label by keyboard, in both directions, over a restart, with axe."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tabayyun import Checker
from tabayyun.models.fakes import FakeEmbedder, FakeJudge
from tabayyun.review.app import create_app
from tabayyun.review.store import Store, labels

if TYPE_CHECKING:
    from playwright.sync_api import Browser, FilePayload, Page

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this machine: apt-get install chromium"),
]


ARTICLES = {
    "a": "وقع الوزيران الاتفاق في مسقط صباح اليوم.\nوصلت ثلاث سفن محملة بالقمح إلى ميناء العقبة.\n"
    "أغلقت البلدية الجسر القديم أمام الشاحنات.\nوافق مجلس النقابة على زيادة أجور السائقين.",
    "b": "لم يوقع الوزيران الاتفاق في مسقط صباح اليوم.\nوصلت ثلاث سفن محملة بالقمح إلى ميناء العقبة.\n"
    "لم تغلق البلدية الجسر القديم أمام الشاحنات.\nوافق مجلس النقابة على زيادة أجور السائقين.",
}


class Site:
    """The server in a thread of its own, on a port that is free."""

    def __init__(self, store: Store) -> None:
        import uvicorn

        app = create_app(Checker(FakeEmbedder(), FakeJudge()), store)
        self._server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="warning"))
        self._thread = threading.Thread(target=self._server.run, daemon=True)
        self._thread.start()
        while not self._server.started:
            time.sleep(0.01)
        port = self._server.servers[0].sockets[0].getsockname()[1]
        self.address = f"http://127.0.0.1:{port}"

    def stop(self) -> None:
        self._server.should_exit = True
        self._thread.join(10)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store.open(tmp_path / "review.sqlite")


@pytest.fixture
def site(store: Store) -> Iterator[Site]:
    site = Site(store)
    yield site
    site.stop()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A window of its own; an error in a script, or a breach of the content policy, fails the test."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, reduced_motion="reduce")
    page, messages = context.new_page(), []
    page.on("console", lambda message: "Content Security" in message.text and messages.append(message.text))
    page.on("pageerror", lambda error: messages.append(str(error)))
    yield page
    context.close()
    assert messages == []


def check(page: Page, site: Site, language: str) -> None:
    """Compare two articles, one of them as a file, and wait for the report."""
    page.goto(f"{site.address}/?lang={language}")
    page.fill("[name=a_text]", ARTICLES["a"])
    file: FilePayload = {"name": "b.txt", "mimeType": "text/plain", "buffer": ARTICLES["b"].encode()}
    page.set_input_files("[name=b_file]", file)
    page.click("button.main")
    page.wait_for_url("**/reports/*")


def test_verdicts_are_judged_and_stay_over_a_restart(page: Page, site: Site, store: Store) -> None:
    check(page, site, "en")
    first, second = page.locator(".verdict").nth(0), page.locator(".verdict").nth(1)
    keys = [verdict.get_attribute("data-key") for verdict in (first, second)]
    first.locator("button[value=dismiss]").click()
    first.locator("[role=status]").wait_for()
    second.locator(".correct summary").click()
    second.locator("[name=relation]").select_option("superseded")
    second.locator("[name=note]").fill("تحديث لاحق 🚢")
    second.locator("button[value=correct]").click()
    second.locator("[role=status]").wait_for()
    address = page.url.removeprefix(site.address)
    site.stop()
    again = Site(store)
    page.goto(again.address + address)
    assert page.locator(f".group.dismissed [data-key='{keys[0]}']").count() == 1
    assert "تحديث لاحق 🚢" in page.locator(f".group.superseded [data-key='{keys[1]}']").text_content()  # type: ignore[operator]
    page.locator(".group.dismissed summary").first.click()
    page.locator(f"[data-key='{keys[0]}'] button[value=undo]").click()
    page.locator(f"[data-key='{keys[0]}'] button[value=confirm]").wait_for()
    again.stop()


def test_arabic_runs_from_right_to_left(page: Page, site: Site) -> None:
    check(page, site, "ar")
    assert page.evaluate("getComputedStyle(document.body).direction") == "rtl"
    findings, texts = (page.locator(f"#{name}").bounding_box() for name in ("findings", "texts"))
    assert findings is not None
    assert texts is not None
    assert findings["x"] > texts["x"]
    assert page.locator("button[value=confirm]").first.text_content() == "أؤكد"
    assert page.locator("#text-a").get_attribute("dir") == "rtl"


def test_a_click_shows_the_statements_in_both_texts(page: Page, site: Site) -> None:
    check(page, site, "ar")
    link = page.locator(".verdict .go").last
    page.evaluate("for (const fold of document.querySelectorAll('details.group')) fold.open = true")
    link.focus()
    page.keyboard.press("Enter")
    for side in "ab":
        mark, text = (page.locator(f"#text-{side}{inner}").first.bounding_box() for inner in (" mark.words", ""))
        assert mark is not None
        assert text is not None
        assert text["y"] <= mark["y"] < text["y"] + text["height"]


def test_pairs_are_labelled_by_keyboard(page: Page, site: Site, store: Store) -> None:
    check(page, site, "ar")
    page.goto(f"{site.address}/label")
    total = len(store.pair_keys())

    def press(key: str, left: int) -> str:
        page.keyboard.press(key)
        page.get_by_text(f"الأزواج المتبقية: {left}").wait_for()
        return str(page.locator("[name=key]").input_value())

    first = str(page.locator("[name=key]").input_value())
    second = press("Digit3", total - 1)
    assert second != first
    press("Numpad1", total - 2)
    assert press("KeyU", total - 1) == second
    press("KeyS", total - 1)
    page.locator("[name=note]").fill("7 s u")
    page.locator("[name=note]").press("7")
    given = labels(store.standing(), "reviewer")
    assert {key: d.relation for key, d in given.items()} == {first: "dispute"}


def test_errors_show_where_the_person_looks(page: Page, site: Site, store: Store) -> None:
    check(page, site, "en")
    page.evaluate("for (const field of document.querySelectorAll('[name=form_token]')) field.value = ''")
    page.locator(".verdict button[value=confirm]").first.click()
    page.get_by_text("This form is out of date").wait_for()
    assert store.standing() == []


def test_axe_finds_nothing_serious(page: Page, site: Site) -> None:
    from axe_playwright_python.sync_playwright import Axe

    check(page, site, "ar")
    page.evaluate("for (const fold of document.querySelectorAll('details')) fold.open = true")
    page.locator(".verdict button[value=confirm]").first.click()
    page.locator(".decided").wait_for()
    address = page.url
    found = {}
    for name in ("", "/label", "/decisions", "/history", "/nothing"):
        page.goto(site.address + name if name else address)
        violations = Axe().run(page).response["violations"]
        found |= {v["id"]: v["nodes"][0]["html"] for v in violations if v["impact"] in ("serious", "critical")}
    assert found == {}
