"""A report as Markdown, for notes, wikis and issue trackers."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tabayyun import wording
from tabayyun.article import Article
from tabayyun.bidi import isolated
from tabayyun.claims import Claim
from tabayyun.report import Report
from tabayyun.verdicts import Verdict
from tabayyun.wording import Language, Words, words_of

_SPECIAL = re.compile(r"[\\`*_\[\]<>&#|~$:@]|(?<=www)\.", re.I)


def escaped(text: str) -> str:
    """Return `text` so that Markdown shows it as it is: no markup, no HTML, no link.

    >>> print(escaped("<b> [here](javascript:x) www.example.org"))
    \\<b\\> \\[here\\](javascript\\:x) www\\.example.org
    """
    return _SPECIAL.sub(r"\\\g<0>", text)


def markdown(report: Report, *, language: Language = "en", all_verdicts: bool = False) -> str:
    """Return the report as Markdown; uncertain and neutral verdicts and lone claims only with `all_verdicts`."""
    body = "\n".join(_lines(report, words_of(language), language, all_verdicts=all_verdicts))
    return f'<div dir="rtl">\n\n{body}\n</div>\n' if language == "ar" else body


def _lines(report: Report, words: Words, language: Language, *, all_verdicts: bool) -> Iterator[str]:
    articles = {"a": report.a, "b": report.b}
    yield f"# {words['page']['report']}\n"
    for side, article in articles.items():
        yield (
            f"- **{words['side'][side]}** {escaped(wording.outlet(article, side, words))}, "
            f"{wording.published(article, words)}: {escaped(isolated(article.title))}"
        )
    yield f"\n{words['page']['lead']}\n"
    for section, verdicts in report.sections().items():
        if verdicts and (all_verdicts or section not in ("uncertain", "neutral")):
            yield f"## {words['section'][section]} ({len(verdicts)})\n"
            for verdict in verdicts:
                yield from _verdict(verdict, articles, words, language)
    if not report.contradictions:
        yield f"{words['page']['no_contradiction']}\n"
    if all_verdicts:
        for side, claims in (("a", report.only_in_a), ("b", report.only_in_b)):
            yield f"## {words['page']['only_in'].format(side=words['side'][side])} ({len(claims)})\n"
            yield from (f"- {escaped(isolated(claim.text))}" for claim in claims)
            yield ""
    if report.not_checked:
        yield f"{words['page']['not_checked']}: {len(report.not_checked)}\n"
    yield f"{escaped(wording.models(report, words))}"


def _verdict(verdict: Verdict, articles: dict[str, Article], words: Words, language: Language) -> Iterator[str]:
    yield f"### {wording.title(verdict, words)} · {wording.percent(verdict.probability)}\n"
    for side, claim in (("a", verdict.a), ("b", verdict.b)):
        yield from _quote(claim, articles[side], side, words)
    yield f"{wording.why(verdict, language)}\n"


def _quote(claim: Claim, article: Article, side: str, words: Words) -> Iterator[str]:
    source = f"{wording.outlet(article, side, words)} {wording.voice(claim, words)}"
    yield f"> **{words['side'][side]}** {escaped(isolated(claim.text))}"
    yield ">"
    yield f"> {escaped(wording.PAUSE.join((source, *wording.frame(claim, words))))}\n"
