"""Take the picture of a report for the README, with Debian's chromium: `python scripts/picture.py docs/report.png`."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from rich.console import Console

from tabayyun import Checker, read
from tabayyun.render import show

EXAMPLES = Path(__file__).parent.parent / "examples"
PAGE = """<!DOCTYPE html><html><head><meta charset="utf-8"><style>
body {{ margin: 16px; background: #fff; }}
pre {{ font: 14px/1.5 "DejaVu Sans Mono", monospace; }}
{stylesheet}</style></head><body><pre>{code}</pre></body></html>"""


def main(target: Path) -> None:
    a = read(EXAMPLES / "port-strike-a.txt", outlet="شبكة الساحل")
    b = read(EXAMPLES / "port-strike-b.txt", outlet="صوت العمال")
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "report.html"
        with (Path(folder) / "terminal").open("w", encoding="utf-8") as quiet:
            console = Console(record=True, width=110, highlight=False, file=quiet, force_terminal=True)
            show(Checker().check(a, b), console)
        page.write_text(console.export_html(code_format=PAGE), encoding="utf-8")
        command = ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        command += ["--hide-scrollbars", "--window-size=1020,745", f"--user-data-dir={folder}/profile"]
        command += [f"--screenshot={target.resolve()}"]
        subprocess.run([*command, page.as_uri()], check=True, capture_output=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
