"""The parsers of HTML and PDF, run as a program of their own: `python parsers.py KIND FILE URL` prints JSON.

A hostile file costs this process its bounded memory and time and nothing else. It imports nothing of tabayyun, so that
it starts quickly.
"""

from __future__ import annotations

import contextlib
import json
import sys
from pathlib import Path
from typing import Any

MAX_PAGES = 60
CPU_SECONDS = 20
MEMORY = 2_000_000_000
"""Bytes of address space, of which the libraries themselves need some hundred million."""
_MAX_LENGTH = 5_000_000
_DATE_TAGS = (
    '//meta[@property="article:published_time" or @itemprop="datePublished" or @name="pubdate"]/@content',
    '//*[@itemprop="datePublished"]/@datetime',
)


def html(file: Path, url: str) -> dict[str, Any]:
    """Return text, title, outlet, address and declared dates of a web page in UTF-8, or an `error`."""
    import trafilatura
    from lxml.etree import LxmlError

    page = file.read_text(encoding="utf-8")
    try:
        tree = trafilatura.load_html(page)
        found: Any = trafilatura.bare_extraction(
            page, url=url or None, with_metadata=True, include_comments=False, include_tables=False
        )
        declared = [str(value) for path in _DATE_TAGS for value in tree.xpath(path)] if tree is not None else []
    except (LxmlError, ValueError, RecursionError) as error:
        return {"error": f"is HTML beyond reading ({error}). Save its text as .txt."}
    if found is None or not found.text:
        return {"error": "holds no article that could be found in its HTML. Save its text as .txt."}
    names = {"title": found.title, "outlet": found.sitename, "url": url or found.url}
    return {"text": found.text, "declared": declared, **{key: value or "" for key, value in names.items()}}


def pdf(file: Path, url: str) -> dict[str, Any]:
    """Return the text of a PDF, or an `error`."""
    import qalam

    try:
        pages = qalam.Document(str(file)).pages
    except (qalam.QalamError, OSError, ValueError) as error:
        return {"error": f"is a PDF that cannot be read ({error}). Save its text as .txt."}
    if len(pages) > MAX_PAGES:
        return {"error": f"has {len(pages)} pages; give those of the article ({MAX_PAGES} at most)."}
    blocks = [" ".join(block.text.split()) for page in pages for block in page.blocks if hasattr(block, "text")]
    text = "\n\n".join(filter(None, blocks))
    if not text:
        return {
            "error": "is a PDF without text: a scan, or locked. Run OCR or unlock it first, or save its text as .txt."
        }
    return {"text": text}


def main() -> None:
    """Parse the file that the command line names, within bounds."""
    with contextlib.suppress(ImportError):  # Windows knows no such bounds; there only the clock stops a parser
        import resource

        for limit, most in ((resource.RLIMIT_CPU, CPU_SECONDS), (resource.RLIMIT_AS, MEMORY)):
            hard = resource.getrlimit(limit)[1]
            resource.setrlimit(limit, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))
    kind, file, url = sys.argv[1:]
    found = {"html": html, "pdf": pdf}[kind](Path(file), url)
    if len(found.get("text", "")) > _MAX_LENGTH:
        found = {"error": "unpacks to more text than an article has. Save the article as .txt."}
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()
