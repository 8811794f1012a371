"""Take the pictures of a report for the README, with Debian's chromium: `python scripts/picture.py docs`."""

from __future__ import annotations

import io
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright
from rich.console import Console

from tabayyun import Checker, Report, read
from tabayyun.html import report_page
from tabayyun.render import show

EXAMPLES = Path(__file__).parent.parent / "examples"
PAGE = """<!DOCTYPE html><html><head><meta charset="utf-8"><style>
body {{ margin: 0; padding: 16px; background: #fff; width: max-content; }}
pre {{ margin: 0; font: 14px/1.5 "DejaVu Sans Mono", monospace; }}
{stylesheet}</style></head><body><pre>{code}</pre></body></html>"""


def terminal(report: Report) -> str:
    """The terminal's report as a page."""
    console = Console(record=True, width=110, highlight=False, file=io.StringIO(), force_terminal=True)
    show(report, console)
    return console.export_html(code_format=PAGE)


def review_page(browser: Browser, report: Report, path: Path) -> None:
    """The report on the review page, in Arabic, its first verdict confirmed."""
    site = "http://127.0.0.1:8799"
    with tempfile.TemporaryDirectory() as here:
        taken = Path(here) / "report.json"
        taken.write_text(report.to_json(), encoding="utf-8")
        command = [
            sys.executable,
            "-m",
            "tabayyun",
            "review",
            taken,
            "--store",
            f"{here}/review.sqlite",
            "--port",
            "8799",
        ]
        server = subprocess.Popen(command)
        try:
            _wait_for(f"{site}/api/health")
            page = browser.new_page(viewport={"width": 1440, "height": 860})
            page.context.add_cookies([{"name": "tabayyun-language", "value": "ar", "url": site}])
            page.goto(site)
            page.locator("a[href^='/reports/']").first.click()
            page.locator("button[value='confirm']").first.click()
            page.wait_for_timeout(1000)
            page.screenshot(path=path)
        finally:
            server.terminate()
            server.wait()


def _wait_for(address: str) -> None:
    for _ in range(60):
        try:
            urllib.request.urlopen(address).close()  # noqa: S310  our own server
        except urllib.error.URLError:
            time.sleep(1)
        else:
            return
    raise SystemExit(f"{address} does not answer")


def main(folder: Path) -> None:
    a = read(EXAMPLES / "port-strike-a.txt", outlet="شبكة الساحل")
    b = read(EXAMPLES / "port-strike-b.txt", outlet="صوت العمال")
    report = Checker().check(a, b)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        page = browser.new_page(reduced_motion="reduce")
        page.set_content(terminal(report))
        page.locator("body").screenshot(path=folder / "report.png")
        page.set_viewport_size({"width": 1360, "height": 860})
        for language, name in (("en", "report-html.png"), ("ar", "report-html-ar.png")):
            page.set_content(report_page(report, language=language))
            page.keyboard.press("j")
            page.screenshot(path=folder / name)
        review_page(browser, report, folder / "review.png")
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
