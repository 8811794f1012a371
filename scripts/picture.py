"""Take the pictures of a report for the README, with Debian's chromium: `python scripts/picture.py docs`."""

from __future__ import annotations

import io
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright
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
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
