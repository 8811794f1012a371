"""When an article was published, as far as its own text tells; a date of something else is worse than none.

Sources in the order of trust: a line that is a date, a line with a label such as "Published", the dateline, "today,
14 October 2015" in the news, a caption's date beside "today" or a weekday. The date of a page header (a line that
names the Hijri date too, or stands over the menu) is that of the visit, and is never taken.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from tabayyun import times
from tabayyun.boilerplate import HIJRI, SENTENCE_END, Span, dateline, head, lines_of
from tabayyun.spelling import fold

_OTHER_LETTERS = 24
_LABELLED_WORDS = 14
_BAR = re.compile(r"[|،,]|\s[-–—]\s")
_BETWEEN = re.compile(r"[\s،,(\-–/]*(?:الموافق|الموافقة)?[\s،,(]*")
_WEEK = 7
_PUBLISHED = re.compile(
    r"(?<!\w)(?:ال)?نشر|(?<!\w)حرر|published|posted|publie|yayin|giris|опубликован|פורסם|منتشر شده|تاريخ انتشار"
)
_UPDATED = re.compile("تحديث|updated|mis a jour|guncelleme|обновлен|עודכן")


@dataclass(frozen=True, slots=True)
class Dated:
    """The day of publication and the words that tell it, as offsets into the text."""

    day: date
    start: int
    end: int


def find(text: str, language: str, headline: tuple[int, int] | None, noise: Sequence[Span]) -> Dated | None:
    """Return when the article was published, or None when its text does not tell.

    >>> find("عنوان\\n\\n14-10-2015\\n\\nمتن الخبر هنا.", "ar", None, ()).day
    datetime.date(2015, 10, 14)
    >>> find("وصل الوفد اليوم الأربعاء 14 أكتوبر 2015 إلى جنيف.", "ar", None, ()).day
    datetime.date(2015, 10, 14)
    """
    lines = lines_of(text)
    kinds = {(span.start, span.end): span.kind for span in noise}
    return next(
        (
            found
            for source in (_date_line, _labelled, _dateline, _anchored, _captioned)
            for found in source(text, language, lines, kinds, headline)
        ),
        None,
    )


_Lines = Sequence[tuple[int, int]]
_Kinds = dict[tuple[int, int], str]
_Headline = tuple[int, int] | None


def _whole_days(text: str, language: str, start: int, end: int) -> list[Dated]:
    """The days that a part of the text names with their year."""
    periods = times.find(text[start:end], language, None)
    return [Dated(p.first, start + p.start, start + p.end) for p in periods if p.first and p.first == p.last]


def _date_line(text: str, language: str, lines: _Lines, kinds: _Kinds, headline: _Headline) -> Iterator[Dated]:
    top = head(text, list(lines))
    for number, (start, end) in enumerate(top):
        over_the_menu = any(kinds.get(line) == "menu" for line in top[number + 1 :] if headline and line < headline)
        page_header = HIJRI.search(fold(text[start:end])) and not (headline and headline < (start, end))
        caption = kinds.get((start, end)) == "caption"
        update = _UPDATED.search(fold(text[start:end]))
        if page_header or over_the_menu or caption or update or SENTENCE_END.search(text[start:end]):
            continue
        found = _days_in_any(text, language, start, end)
        if len(found) == 1 and _stands_alone(text, found[0], start, end):
            yield found[0]


def _stands_alone(text: str, dated: Dated, start: int, end: int) -> bool:
    """Whether hardly anything stands with a date between the bars, dashes and commas of its line."""
    before, after = _BAR.split(text[start : dated.start])[-1], _BAR.split(text[dated.end : end])[0]
    return len([char for char in before + after if char.isalpha()]) <= _OTHER_LETTERS


def _labelled(text: str, language: str, lines: _Lines, kinds: _Kinds, headline: _Headline) -> Iterator[Dated]:
    """Lines with a label, above the news before below it; the day of an update only where no other is told there."""
    top = head(text, list(lines))
    for part in (top, lines[len(top) :]):
        for label in (_PUBLISHED, _UPDATED):
            for start, end in part:
                line = fold(text[start:end])
                if len(line.split()) <= _LABELLED_WORDS and label.search(line) and not HIJRI.search(line):
                    yield from _whole_days(text, language, start, end)


def _news(lines: _Lines, kinds: _Kinds, headline: _Headline) -> Iterator[tuple[int, int]]:
    return (line for line in lines if line not in kinds and line != headline)


def _dateline(text: str, language: str, lines: _Lines, kinds: _Kinds, headline: _Headline) -> Iterator[Dated]:
    for start, end in _news(lines, kinds, headline):
        yield from _days_in_any(text, language, start, start + dateline(text[start:end]))


def _anchored(text: str, language: str, lines: _Lines, kinds: _Kinds, headline: _Headline) -> Iterator[Dated]:
    for start, end in _news(lines, kinds, headline):
        days = _whole_days(text, language, start, end)
        for anchor in times.anchors(text[start:end], language) if days else ():
            for dated in days:
                between = text[start + anchor.end : dated.start]
                if start + anchor.start <= dated.start and _BETWEEN.fullmatch(between):
                    yield Dated(dated.day - timedelta(anchor.days), start + anchor.start, dated.end)


def _captioned(text: str, language: str, lines: _Lines, kinds: _Kinds, headline: _Headline) -> Iterator[Dated]:
    """A caption shows what happened on or shortly before the day of publication."""
    captions = [line for line in lines if kinds.get(line) == "caption"]
    pictured = [dated for line in captions for dated in _days_in_any(text, language, *line)]
    if not pictured:
        return
    latest = max(pictured, key=lambda dated: dated.day)
    today = any(anchor.days == 0 for a, b in captions for anchor in times.anchors(text[a:b], language))
    lead = next(_news(lines, kinds, headline), None)
    named = set(_days_of_publication(text[slice(*lead)], language)) if lead else set()
    if len(named) == 1:
        ahead = (named.pop() - latest.day.weekday()) % _WEEK
        yield Dated(latest.day + timedelta(ahead), latest.start, latest.end)
    elif today and not named:
        yield latest


def _days_in_any(text: str, language: str, start: int, end: int) -> list[Dated]:
    """The days that a line names in the language of the article or, as pages do, in English."""
    return _whole_days(text, language, start, end) or _whole_days(text, "en", start, end)


def _days_of_publication(lead: str, language: str) -> Iterator[int]:
    """The weekdays of publication that a lead tells; a bare weekday in the news is that day."""
    anchors = [anchor for anchor in times.anchors(lead, language) if anchor.weekday is not None]
    for anchor in anchors:
        yield ((anchor.weekday or 0) - anchor.days) % _WEEK
    if not anchors:
        yield from times.weekdays(lead, language)
