"""A report for other programs: a CSV table, and drafts of ClaimReview records (https://schema.org/ClaimReview)."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from typing import Any

from tabayyun import wording
from tabayyun.article import Article
from tabayyun.bidi import harmless, safe_json
from tabayyun.claims import Claim
from tabayyun.report import Report, section_of, verdict_key
from tabayyun.verdicts import Verdict
from tabayyun.wording import Language, words_of

COLUMNS = (
    "key", "label", "relation", "kind", "probability", "independent", "why",
    "a_outlet", "a_published", "a_voice", "a_speaker", "a_status", "a_text", "a_start", "a_end",
    "b_outlet", "b_published", "b_voice", "b_speaker", "b_status", "b_text", "b_start", "b_end",
)  # fmt: skip
_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠")


def csv_table(report: Report, *, language: Language = "en", all_verdicts: bool = False) -> str:
    """Return the verdicts as CSV with the header `COLUMNS`; neutral ones only with `all_verdicts`.

    A text that a spreadsheet would take for a formula stands behind an apostrophe.
    """
    stream = io.StringIO()
    table = csv.writer(stream, lineterminator="\n")
    table.writerow(COLUMNS)
    for verdict in report.verdicts:
        if all_verdicts or verdict.label != "neutral":
            what = (verdict_key(verdict), verdict.label, verdict.relation, verdict.kind or "")
            sure = (f"{verdict.probability:.4f}", str(verdict.independent).lower(), verdict.why_in(language))
            row = (*what, *sure, *_side(verdict.a, report.a), *_side(verdict.b, report.b))
            table.writerow([defused(harmless(cell)) for cell in row])
    return stream.getvalue()


def _side(claim: Claim, article: Article) -> tuple[str, ...]:
    published = article.published.isoformat() if article.published else ""
    said = (claim.voice, claim.speaker, claim.status or "", claim.text, str(claim.start), str(claim.end))
    return (article.outlet or article.id, published, *said)


def defused(cell: str) -> str:
    """Return `cell` so that no spreadsheet takes it for a formula.

    >>> defused("=1+1"), defused("12 ships")
    ("'=1+1", '12 ships')
    """
    return f"'{cell}" if cell.lstrip().startswith(_FORMULA) or cell.startswith(("\t", "\r", "\n")) else cell


def claim_reviews(report: Report, verdicts: Iterable[Verdict], *, language: Language = "en") -> dict[str, Any]:
    """Return JSON-LD with two ClaimReview drafts for each verdict, one about each of its statements.

    tabayyun says that two statements clash or agree, not which of them is true: the rating has a name and no value, and
    author, date and address of the review are left to the fact-checker.
    """
    words = words_of(language)
    graph = []
    for verdict in verdicts:
        sides = (("a", verdict.a, report.a), ("b", verdict.b, report.b))
        for (_, claim, article), (side, other, other_article) in (sides, sides[::-1]):
            source = wording.source(other_article, side, words)
            graph.append(
                {
                    "@type": "ClaimReview",
                    "identifier": verdict_key(verdict),
                    "creativeWorkStatus": "Draft",
                    "inLanguage": language,
                    "claimReviewed": claim.text,
                    "itemReviewed": _claim(claim, article),
                    "reviewRating": {
                        "@type": "Rating",
                        "alternateName": words["rating"][section_of(verdict)].format(source=source),
                    },
                    "reviewBody": f"{verdict.why_in(language)} {source}: «{other.text}»",
                    "citation": _appearance(other_article),
                }
            )
    return {"@context": "https://schema.org", "@graph": graph}


def claim_reviews_json(report: Report, *, language: Language = "en") -> str:
    """The contradictions of a report as ClaimReview drafts, as JSON text."""
    return safe_json(claim_reviews(report, report.contradictions, language=language), indent=1)


def _claim(claim: Claim, article: Article) -> dict[str, Any]:
    found: dict[str, Any] = {"@type": "Claim", "text": claim.text, "appearance": _appearance(article)}
    if claim.speaker:
        found["author"] = {"@type": "Thing", "name": claim.speaker}
    elif claim.voice == "outlet" and article.outlet:
        found["author"] = {"@type": "Organization", "name": article.outlet}
    return found


def _appearance(article: Article) -> dict[str, Any]:
    """The article as schema.org tells it, without what is not known."""
    found = {
        "headline": article.title,
        "url": article.url if article.url.startswith(("http://", "https://")) else "",
        "datePublished": article.published.isoformat() if article.published else "",
        "inLanguage": article.language,
    }
    publisher = {"publisher": {"@type": "Organization", "name": article.outlet}} if article.outlet else {}
    return {"@type": "NewsArticle", **{key: value for key, value in found.items() if value}, **publisher}
