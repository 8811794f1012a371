"""What verdicts, claims and their frames are called in the interface, in English and Arabic.

Names, quotes and numbers stand between direction isolates (see `tabayyun.bidi`). The words are in
`configs/interface.toml`.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Literal

from tabayyun.article import Article
from tabayyun.bidi import isolated
from tabayyun.claims import Claim
from tabayyun.configs import table
from tabayyun.quantities import Quantity
from tabayyun.report import Report
from tabayyun.times import Period
from tabayyun.verdicts import Verdict

Language = Literal["en", "ar"]
Words = dict[str, dict[str, str]]
PAUSE = " · "
_NUMBER = re.compile(r"\d+")


@cache
def words_of(language: Language) -> Words:
    """The words of the interface, by group.

    >>> words_of("ar")["relation"]["dispute"]
    'خلاف'
    """
    return {
        group: {key: both[language] for key, both in entries.items()} for group, entries in table("interface").items()
    }


def name(words: Words, group: str, value: str) -> str:
    """What `value` is called; a reason that holds a number is found by the same reason with "{n}" in its place.

    >>> name(words_of("en"), "status", "not_yet"), name(words_of("en"), "status", "half_done")
    ('not yet', 'half done')
    """
    number = _NUMBER.search(value)
    if number:
        found = words[group].get(value.replace(number.group(), "{n}"))
        return found.format(n=number.group()) if found else value
    return words[group].get(value, value.replace("_", " "))


def source(article: Article, side: str, words: Words) -> str:
    """What an article is known by: its outlet, else its file, else its letter."""
    return article.outlet or article.id or words["side"][side]


def outlet(article: Article, side: str, words: Words) -> str:
    """What an article is known by, isolated."""
    return isolated(source(article, side, words))


def published(article: Article, words: Words) -> str:
    """When an article appeared and where that was found."""
    if article.published is None:
        return words["page"]["date_unknown"]
    return f"{isolated(article.published.isoformat())} ({words['date'][article.published_from]})"


def title(verdict: Verdict, words: Words) -> str:
    """What a verdict says: its relation, and what a contradiction is about when that is known."""
    relation = name(words, "relation", "uncertain" if verdict.label == "uncertain" else verdict.relation)
    about = verdict.kind not in (None, "other")
    return f"{relation}{PAUSE}{name(words, 'kind', str(verdict.kind))}" if about else relation


def why(verdict: Verdict, language: Language) -> str:
    """Why a verdict was given, and whether the two statements of an agreement are one text."""
    copied = verdict.label == "agreement" and not verdict.independent
    note = f" ({words_of(language)['page']['not_independent']})" if copied else ""
    return verdict.why_in(language) + note


def percent(probability: float) -> str:
    """A probability, isolated.

    >>> percent(0.891) == "\\u206889%\\u2069"
    True
    """
    return isolated(f"{probability:.0%}")


def voice(claim: Claim, words: Words) -> str:
    """Who says a claim: the newsroom, or somebody whom it reports or quotes."""
    if claim.voice == "outlet":
        return words["voice"]["outlet"]
    speaker = isolated(claim.speaker) if claim.speaker else words["voice"]["unnamed"]
    how = "denied" if claim.opening and claim.act == "denied" else claim.voice
    return f"{words['voice'][how]} {speaker}"


def frame(claim: Claim, words: Words) -> list[str]:
    """What else is known of a claim: how it is said, stage, negation, place, time and amounts."""
    found = []
    if claim.act and claim.act != "said":
        found.append(name(words, "act", claim.act))
    if claim.status:
        found.append(name(words, "status", claim.status))
    if claim.polarity == "negative":
        found.append(words["polarity"]["negative"])
    if claim.place:
        found.append(words["page"]["place"].format(place=isolated(claim.place.entity.name)))
    if claim.time:
        found.append(period(claim.time, words))
    return found + [amount(q, words) for q in claim.quantities]


def models(report: Report, words: Words) -> str:
    """How many pairs were judged, and by which models."""
    names = {"judge": report.judge, "embedder": report.embedder, "version": report.version}
    values = {key: isolated(value) for key, value in names.items()}
    return words["page"]["models"].format(n=isolated(str(len(report.verdicts))), **values)


def period(time: Period, words: Words) -> str:
    """The days of a period: one, a first and a last, or an open end."""
    first, last = (isolated(day.isoformat()) if day else "" for day in (time.first, time.last))
    if first == last:
        return first
    form = "between" if first and last else "since" if first else "until"
    return words["time"][form].format(first=first, last=last)


def amount(quantity: Quantity, words: Words) -> str:
    """An amount with its unit or what it counts.

    >>> amount(Quantity(30, None, "count", "ships", 0, 8), words_of("en"))
    'at least \\u206830\\u2069 \\u2068ships\\u2069'
    """
    low, high = (isolated(f"{v:,.10g}") if v is not None else "" for v in (quantity.low, quantity.high))
    if low == high:
        value = low
    else:
        form = "between" if low and high else "at_least" if low else "at_most"
        value = words["amount"][form].format(low=low, high=high)
    unit = isolated(quantity.counted) if quantity.unit == "count" else name(words, "unit", quantity.unit)
    return f"{value} {unit}" if quantity.unit != "count" or quantity.counted else value
