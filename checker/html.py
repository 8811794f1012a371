"""Reports and claims as one self-contained HTML page: no request leaves it, and no article can put code into it."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tabayyun import wording
from tabayyun.article import Article
from tabayyun.bidi import direction, harmless
from tabayyun.claims import Claim, Extraction
from tabayyun.marked import ALONE, CLAIM, DROPPED, UNCHECKED, Mark, Piece, lines, pieces
from tabayyun.report import Report, verdict_key
from tabayyun.verdicts import Verdict
from tabayyun.wording import Language, words_of

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup

TEMPLATES = Path(__file__).parent / "templates"


@dataclass(frozen=True, slots=True)
class Item:
    """One entry of the list beside the texts: a verdict, a claim, or something that was not looked at."""

    number: int
    tone: str
    claims: dict[str, Claim]
    verdict: Verdict | None = None
    reason: str = ""
    span: tuple[int, int] | None = None
    """Where it stands, when it is no claim."""

    @property
    def key(self) -> str:
        """The key of its verdict."""
        return verdict_key(self.verdict) if self.verdict else ""


def report_page(report: Report, *, language: Language = "en", all_verdicts: bool = False) -> str:
    """Return the report as a whole HTML document; neutral verdicts only with `all_verdicts`."""
    return environment().get_template("report.html").render(report_data(report, language, all_verdicts=all_verdicts))


def claims_page(article: Article, extraction: Extraction, *, language: Language = "en") -> str:
    """Return an article with its claims and their frames as a whole HTML document."""
    words, numbers = words_of(language), count(1)
    items = [Item(next(numbers), CLAIM, {"a": claim}) for claim in extraction.claims]
    dropped = [Item(next(numbers), DROPPED, {}, reason=d.reason, span=(d.start, d.end)) for d in extraction.dropped]
    data = _shared(language) | {
        "title": f"{words['page']['claims']}: {wording.outlet(article, 'a', words)}",
        "items": items,
        "dropped": dropped,
        "panes": [_pane(article, "a", [*items, *dropped])],
        "article": article,
        "removed": len(article.boilerplate),
    }
    return environment().get_template("claims.html").render(data)


def report_data(report: Report, language: Language, *, all_verdicts: bool = False) -> dict[str, Any]:
    """What the template `report.html` needs, for pages that extend it."""
    numbers = count(1)
    sections = {
        section: [Item(next(numbers), section, {"a": v.a, "b": v.b}, v) for v in verdicts]
        for section, verdicts in report.sections().items()
        if all_verdicts or section != "neutral"
    }
    only = {
        side: [Item(next(numbers), ALONE, {side: claim}) for claim in claims]
        for side, claims in (("a", report.only_in_a), ("b", report.only_in_b))
    }
    unchecked = [Item(next(numbers), UNCHECKED, {"a": n.a, "b": n.b}, reason=n.reason) for n in report.not_checked]
    items = [item for group in (*sections.values(), *only.values(), unchecked) for item in group]
    outlets = " / ".join(wording.outlet(article, side, words_of(language)) for side, article in _sides(report))
    return _shared(language) | {
        "title": f"{words_of(language)['page']['report']}: {outlets}",
        "report": report,
        "sections": sections,
        "kinds": sorted({v.kind for v in report.verdicts if v.kind}),
        "only": only,
        "unchecked": unchecked,
        "panes": [_pane(article, side, items) for side, article in _sides(report)],
        "articles": dict(_sides(report)),
        "removed": len(report.a.boilerplate) + len(report.b.boilerplate),
    }


def _sides(report: Report) -> tuple[tuple[str, Article], tuple[str, Article]]:
    return ("a", report.a), ("b", report.b)


def _pane(article: Article, side: str, items: Iterable[Item]) -> dict[str, Any]:
    return {"side": side, "article": article, "lines": lines(article, marks(items, side))}


def marks(items: Iterable[Item], side: str) -> list[Mark]:
    """Return where the items stand in the text of one side, and their evidence."""
    found: list[Mark] = []
    for item in items:
        if side in item.claims:
            claim = item.claims[side]
            found.append(Mark(claim.start, claim.end, item.number, item.tone))
        if item.verdict:
            found += [
                Mark(start, end, item.number, item.tone, True) for start, end in item.verdict.spans["ab".index(side)]
            ]
        if item.span:
            found.append(Mark(*item.span, item.number, item.tone))
    return found


def _quote(article: Article, item: Item, side: str) -> list[Piece]:
    """The words of an item's claim on one side, with the evidence marked unless it is the whole claim."""
    claim = item.claims[side]
    evidence = [m for m in marks([item], side) if m.words and (m.start, m.end) != (claim.start, claim.end)]
    return pieces(article.text, claim.start, claim.end, evidence)


def _markup(text: str) -> Markup:
    """Return text of `tabayyun.wording` as HTML: what it isolates stands in `<bdi>`."""
    from markupsafe import Markup, escape

    return Markup(escape(text).replace("\u2068", Markup("<bdi>")).replace("\u2069", Markup("</bdi>")))  # noqa: S704


def _shared(language: Language) -> dict[str, Any]:
    """What every page needs: its words and the functions that word things in its language."""
    words = words_of(language)
    return {
        "language": language,
        "direction": direction(language),
        "t": words,
        "w": wording,
        "direction_of": direction,
        "quote": _quote,
    }


@cache
def environment() -> Environment:
    """The Jinja2 environment of the pages: everything is escaped, a name that is missing is an error."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined
    from markupsafe import Markup

    found = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.filters |= {"markup": _markup, "harmless": harmless}
    for kind in ("css", "js"):
        source = (TEMPLATES / f"page.{kind}").read_text(encoding="utf-8")
        digest = base64.b64encode(hashlib.sha256(source.encode()).digest()).decode()
        found.globals |= {kind: Markup(source), f"{kind}_hash": f"sha256-{digest}"}  # noqa: S704
    return found
