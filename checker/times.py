"""When something happened: the time words of a claim, resolved against the day on which the article appeared.

The words of each language stand in `configs/times/`. A time that cannot be resolved for sure is left out.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from typing import Literal

from tabayyun.configs import language_table
from tabayyun.quantities import Quantity, months
from tabayyun.spelling import any_of, flat, fold

_DIGITS = re.compile(r"(?<![\w/.-])(\d{1,2})\s?[-/.]\s?(\d{1,2})\s?[-/.]\s?((?:19|20)\d\d)(?![\w/-])")
_YEAR_FIRST = re.compile(r"(?<![\w/.-])((?:19|20)\d\d)[-/.](\d{1,2})[-/.](\d{1,2})(?!\d|[-/]\d)")
_SPANS = {"hour": 1 / 24, "day": 1, "week": 7}
_MONTHS = {"month": 1, "year": 12}
_UNITS = _SPANS.keys() | _MONTHS.keys()
_ADJACENT = re.compile(r"[\s،,()]*(?:يوم\s+)?", re.I)
Direction = Literal["past", "to come", "open"]
_NEAR = 30
_WEEK = 7
_SOON = 3
"""Of a month without a year, one that is so near is meant rather than that of the year before."""


@dataclass(frozen=True, slots=True)
class Period:
    """The days `first` to `last` (None: open), both included; offsets of the words that say so."""

    first: date | None
    last: date | None
    start: int
    end: int

    def meets(self, other: Period) -> bool:
        """Whether the two share a day."""
        latest = max(p.first or date.min for p in (self, other))
        return latest <= min(p.last or date.max for p in (self, other))

    def to_dict(self) -> dict[str, str | None]:
        """The period as it stands in the claims JSON."""
        return {
            "from": self.first.isoformat() if self.first else None,
            "to": self.last.isoformat() if self.last else None,
        }


@dataclass(frozen=True, slots=True)
class _Words:
    """The compiled table of one language."""

    months: tuple[re.Pattern[str], ...]
    weekdays: tuple[re.Pattern[str], ...]
    relative: tuple[tuple[int, re.Pattern[str]], ...]
    date: re.Pattern[str]
    date_month_first: re.Pattern[str]
    month: re.Pattern[str]
    ordinals: dict[str, int]
    spans: re.Pattern[str]
    year: re.Pattern[str]
    past_span: re.Pattern[str]
    since: re.Pattern[str]
    until: re.Pattern[str]
    ago: re.Pattern[str]
    ago_after: re.Pattern[str]
    future: re.Pattern[str]
    boundary: re.Pattern[str]
    """Where another clause begins: what is to come there says nothing of the dates before it."""
    head: re.Pattern[str]
    """What may stand in a clause before the date with which it begins."""
    verb_first: bool
    verb_last: bool
    towards: re.Pattern[str]
    """Words right before a date on which something is put off."""
    no_time: re.Pattern[str]
    """Names and phrases in which words of time tell none."""
    named_after: re.Pattern[str]
    """What stands right before a date that is part of a name."""
    span_kinds: dict[str, str]
    values: dict[str, float]


@cache
def _words(language: str) -> _Words:
    content = language_table("times", language)

    def part(name: str) -> str:
        return any_of(tuple(content[name]))

    def expression(source: str) -> re.Pattern[str]:
        return re.compile(rf"(?<!\w){source}(?!\w)", re.I)

    month = months(language)
    arabic = language == "ar"
    clitic = r"(?!باب(?!\w))[وفبل]?" if arabic else r"[ובלה]?" if language == "he" else ""
    named = rf"(?P<month>{clitic}{month})(?:\.(?=\s\d))?(?:(?:\s?[/(]\s?|\s){month}\)?)?"
    ordinal = rf"(?<!تشرين )(?<!كانون ){part('ordinals')}"
    glued = r"[وفبل]?(?:ال\u0640?\s?)?" if arabic else ""
    range_ = (
        rf"(?:(?:{part('since')}\s+)?(?P<from>\d{{1,2}})(?:\s*(?:{part('to')}|[-–—])\s*)"
        rf"|{part('between')}\s+(?P<from_b>\d{{1,2}})(?:\s*{part('and')}\s*\d{{1,2}})?\s*(?=(?:{part('and')})\s*\d))?"
    )
    year = r"(?:\s?[/,،-]?\s*(?:(?:من\s+)?(?:عام|العام|سنه)\s+)?(?P<year>(?:19|20)\d\d)(?:\s?م)?)?"
    of_year = rf"(?:\s+(?P<of_year>{part('of_year')})(?=\s+(?:{part('last')}|{part('next')}|{part('this')})))?"
    which = rf"(?:\s+(?P<last>{part('last')})|\s+(?P<next>{part('next')})|\s+(?P<this>{part('this')}))?"
    span = any_of((*content["week"], *content["month"], *content["year"]))
    adjective = rf"(?:(?P<last>{part('last')})|(?P<next>{part('next')})|(?P<this>{part('this')}))"
    before = (
        adjective.replace("?P<last>", "?P<last_b>").replace("?P<next>", "?P<next_b>").replace("?P<this>", "?P<this_b>")
    )
    units = any_of((*content["hours"], *content["days"]))
    kinds = {fold(word): kind for kind in ("week", "month", "year") for word in content[kind]}
    numbers = language_table("numbers", language)
    return _Words(
        months=tuple(re.compile(rf"{clitic}{any_of(tuple(m))}", re.I) for m in content["months"]),
        weekdays=tuple(
            expression(rf"(?:{before}\s+)?(?P<day>{clitic}{any_of(tuple(w))}){which}") for w in content["weekdays"]
        ),
        relative=tuple(
            (int(days), expression(rf"[وفبل]?{any_of(tuple(found))}"))
            for days, found in sorted(content["relative"].items(), key=lambda item: -max(map(len, item[1]), default=0))
            if found
        ),
        date=expression(
            rf"{range_}(?:{glued}(?:{part('and')}\s*)?(?P<day>\d{{1,2}})(?:(?:er|st|nd|rd|th)?\s+|\s?[/-]\s?)|(?P<ordinal>{ordinal})\s+)"
            rf"(?:{part('day_of')}\s+)?{named}{of_year}{which}{year}"
        ),
        date_month_first=expression(rf"{named}\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?{year}"),
        month=expression(rf"(?:{before}\s+)?{named}{of_year}{which}{year}"),
        ordinals={fold(word): number for number, word in enumerate(content["ordinals"], 1)},
        spans=expression(rf"(?:(?P<span>{clitic}{span})\s+{adjective}|{before}\s+(?P<span_b>{span}))"),
        year=expression(rf"{part('in_year')}\s+(?P<year>(?:19|20)\d\d)(?!\s?[-/]?\d)"),
        past_span=expression(
            rf"(?:(?P<kind>{units})\s+(?:ال\u0640?\s?)?(?P<n>\w+)\s+{part('past')}"
            rf"|{part('past')}\s+(?P<n_b>\w+)\s+(?P<kind_b>{units}))"
        ),
        since=re.compile(rf"(?<!\w)[وف]?{part('since')}\s+(?:\w+\s+)?$", re.I),
        until=re.compile(rf"(?<!\w)[وف]?{part('until')}\s+(?:\w+\s+)?$", re.I),
        ago=re.compile(rf"(?<!\w)[وف]?{part('ago')}\s+$", re.I),
        ago_after=re.compile(rf"\s+{part('ago_after')}(?!\w)", re.I),
        future=re.compile(
            rf"(?<!\w)(?!{month}(?!\w)|[وف]?(?:{part('not_future')}(?!\w)|{part('not_future_stems')}))[وف]?(?:{part('future')}(?!\w)"
            rf"|{part('future_prefixes')}\w{{2,}}|\w{{2,}}{part('future_endings')}(?!\w))",
            re.I,
        ),
        boundary=re.compile(
            rf"[،,؛;:.!?؟\"«»“”()]\s*|(?<!\w)(?:{part('clause')}(?!\w)\s*"
            rf"|(?={part('and')}\s*(?:{part('future')}(?!\w)|{part('future_prefixes')}\w\w)))",
            re.I,
        ),
        head=re.compile(rf"\W*(?:(?:{part('at')})\W+)*", re.I),
        verb_first=content["verb"] == "first",
        verb_last=content["verb"] == "last",
        towards=re.compile(rf"(?<!\w){part('towards')}\s+(?:{part('at')}\s+)?$", re.I),
        no_time=re.compile(rf"(?<!\w){part('no_time')}(?!\w)", re.I),
        named_after=re.compile(rf"(?<!\w){part('named_after')}\s+$", re.I),
        span_kinds=kinds | {fold(w): "hour" for w in content["hours"]} | {fold(w): "day" for w in content["days"]},
        values={fold(word): value for word, value in numbers["words"].items()},
    )


def find(text: str, language: str, published: date | None, quantities: Sequence[Quantity] = ()) -> tuple[Period, ...]:
    """Return the periods that `text` names, in order; words that stand side by side make one period.

    Relative words need `published`; without it only full dates and years are found.

    >>> day = date(2015, 10, 14)
    >>> [p.to_dict()["from"] for p in find("وصل الوفد مساء أمس الثلاثاء", "ar", day)]
    ['2015-10-13']
    >>> [p.to_dict() for p in find("سيوقع الاتفاق يوم الخميس", "ar", day)]
    [{'from': '2015-10-15', 'to': '2015-10-15'}]
    """
    words = _words(language)
    plain, at = flat(text)
    back = {place: number for number, place in enumerate(at)}
    amounts = [replace(q, start=back[q.start], end=back[q.end]) for q in quantities]
    found: list[Period] = []
    phrases = [phrase.span() for phrase in words.no_time.finditer(plain)]
    told = (period for period in _all(plain, words, published, amounts) if not _is_name(plain, period, phrases, words))
    for period in sorted(told, key=lambda p: (p.start, -(p.end - p.start))):
        if not found or period.start >= found[-1].end:
            gap = plain[found[-1].end : period.start] if found else "-"
            if _ADJACENT.fullmatch(gap) and found[-1].meets(period):
                found[-1] = _narrower(found[-1], period)
            else:
                found.append(period)
    bounded = (_bounded(plain, period, words) for period in found)
    return tuple(replace(period, start=at[period.start], end=at[period.end]) for period in bounded)


@dataclass(frozen=True, slots=True)
class Anchor:
    """Words such as "today, Saturday": `days` from the day of publication, the weekday (Monday 0) if it is named."""

    days: int
    weekday: int | None
    start: int
    end: int


def anchors(text: str, language: str) -> tuple[Anchor, ...]:
    """Return the words that tie `text` to the day on which it was published, in order.

    >>> [(a.days, a.weekday) for a in anchors("أعلن الكرملين أمس الجمعة", "ar")]
    [(-1, 4)]
    """
    words = _words(language)
    plain, at = flat(text)
    found: dict[int, Anchor] = {}
    for days, expression in words.relative:
        for match in expression.finditer(plain):
            if any(a.start <= match.start() < a.end for a in found.values()):
                continue
            named = ((n, w.match(plain, _next_word(plain, match.end()))) for n, w in enumerate(words.weekdays))
            weekday = next(((n, m.end()) for n, m in named if m), (None, match.end()))
            found[match.start()] = Anchor(days, weekday[0], match.start(), weekday[1])
    return tuple(replace(a, start=at[a.start], end=at[a.end]) for _, a in sorted(found.items()))


def weekdays(text: str, language: str) -> tuple[int, ...]:
    """Return the weekdays (Monday 0) that `text` names, in order.

    >>> weekdays("رفض البنتاغون الجمعة مقترحا", "ar")
    (4,)
    """
    plain, _ = flat(text)
    hits = ((m.start(), n) for n, w in enumerate(_words(language).weekdays) for m in w.finditer(plain))
    return tuple(number for _, number in sorted(hits))


def _is_name(text: str, period: Period, phrases: Sequence[tuple[int, int]], words: _Words) -> bool:
    """Whether words of time are part of a name, or of one of the phrases that tell no time."""
    if any(start < period.end and period.start < end for start, end in phrases):
        return True
    return bool(words.named_after.search(text[max(0, period.start - _NEAR) : period.start]))


def _direction(text: str, start: int, end: int, words: _Words) -> Direction:
    """Whether the date at `start` to `end` is past or to come, as far as the words around it tell.

    Words for what is to come count when they stand in the clause of the date: before it, or behind it when the clause
    begins with the date or ends with its verb.
    """
    before = text[max(0, start - _NEAR) : start]
    if words.since.search(before):
        return "past"
    if words.towards.search(before):
        return "to come"
    told = [m.span() for m in words.future.finditer(text, 0, start)]
    bounds = words.boundary.finditer(text, 0, start)
    begin = max((m.end() for m in bounds if not any(a < m.start() <= b + 1 for a, b in told)), default=0)
    after = words.boundary.search(text, end)
    rest = text[end : after.start() if after else len(text)]
    if any(b > begin for _, b in told):
        ahead = True
    elif words.verb_last or words.head.fullmatch(text[begin:start]):
        ahead = bool(words.future.search(rest))
    else:
        ahead = not words.verb_first and bool(words.future.match(rest.lstrip()))
    return "to come" if ahead else "open"


def _next_word(text: str, at: int) -> int:
    match = _ADJACENT.match(text, at)
    return match.end() if match else at


def _all(text: str, words: _Words, day: date | None, quantities: Sequence[Quantity]) -> Iterator[Period]:
    dates = list(_dates(text, words, day))
    yield from dates
    for match in words.year.finditer(text):
        year = _year(int(match["year"]), *match.span())
        yield replace(year, last=None) if words.since.match(match.group()[: -len(match["year"])]) else year
    if day is None:
        return
    near = [
        Period(day + timedelta(days), day + timedelta(days), *match.span())
        for days, expression in words.relative
        for match in expression.finditer(text)
    ]
    yield from near
    days_told = [*dates, *near]
    for number, expression in enumerate(words.weekdays):
        for match in expression.finditer(text):
            if any(_beside(text, match, one) and one.first.weekday() == number for one in days_told if one.first):
                continue
            ahead = _direction(text, *match.span(), words) == "to come"
            that = _weekday(number, day, match.groupdict(), ahead=ahead)
            yield Period(that, that, match.start("day"), match.end())  # "last" before it may belong to "last week"
    for match in words.spans.finditer(text):
        yield _span(match, words, day)
    for match in words.past_span.finditer(text):
        amount = _number(match["n"] or match["n_b"], words)
        kind = words.span_kinds.get(fold(match["kind"] or match["kind_b"]), "")
        if amount and kind:
            yield Period(min(_earlier(day, amount, kind), day - timedelta(1)), day, *match.span())
    yield from _by_amounts(text, words, day, quantities)


def _beside(text: str, match: re.Match[str], told: Period) -> bool:
    """Whether the words of a match stand right before or behind those of one day."""
    end, start = sorted((match.span(), (told.start, told.end)))[0][1], max(match.start(), told.start)
    return told.first == told.last and end <= start and bool(_ADJACENT.fullmatch(text, end, start))


def _by_amounts(text: str, words: _Words, day: date, quantities: Sequence[Quantity]) -> Iterator[Period]:
    """Times that an amount tells: "three days ago", "for three months now"."""
    for quantity in quantities:
        if quantity.unit in _UNITS and quantity.low == quantity.high and quantity.low is not None:
            since, before = words.since.search(text[: quantity.start]), words.ago.search(text[: quantity.start])
            after = words.ago_after.match(text, quantity.end)
            that = _earlier(day, quantity.low, quantity.unit)
            if since:
                yield Period(that, None, since.start(), quantity.end)
            elif (before or after) and quantity.unit in _SPANS:
                start = before.start() if before else quantity.start
                yield Period(that, that, start, after.end() if after else quantity.end)


def _earlier(day: date, amount: float, unit: str) -> date:
    """The day that lies so many hours, days, weeks, months or years before `day`, in the year 1 at the earliest."""
    if unit in _SPANS:
        return day - timedelta(round(min(amount * _SPANS[unit], day.toordinal() - 1)))
    index = day.year * 12 + day.month - 1
    index -= round(min(amount * _MONTHS[unit], index - 12))
    year, month = index // 12, index % 12 + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def _dates(text: str, words: _Words, day: date | None) -> Iterator[Period]:
    for expression, order in ((_DIGITS, (3, 2, 1)), (_YEAR_FIRST, (1, 2, 3))):
        for match in expression.finditer(text):
            try:
                that = date(*(int(match[group]) for group in order))
            except ValueError:
                continue
            yield Period(that, that, *match.span())
    taken: list[tuple[int, int]] = []
    for expression in (words.date, words.date_month_first, words.month):
        for match in expression.finditer(text):
            if any(a < match.end() and match.start() < b for a, b in taken):
                continue
            period = _written(match, words, day, _direction(text, *match.span(), words))
            if period:
                taken.append(match.span())
                yield period


def _written(match: re.Match[str], words: _Words, day: date | None, direction: Direction) -> Period | None:
    """The period of a written month, with or without a day and a year; None when the year cannot be known."""
    month = next(n for n, m in enumerate(words.months, 1) if m.fullmatch(match["month"]))
    groups = match.groupdict()
    number = int(groups["day"]) if groups.get("day") else words.ordinals.get(fold(groups.get("ordinal") or ""))
    year = int(groups["year"]) if groups.get("year") else None
    if year is None:
        if day is None:
            return None
        year = _year_of(month, number, day, groups, direction)
    try:
        if number:
            that = date(year, month, number)
            first = int(groups.get("from") or groups.get("from_b") or number)
            return Period(date(year, month, first) if first < number else that, that, *match.span())
        return Period(date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1]), *match.span())
    except ValueError:
        return None


def _year_of(month: int, number: int | None, day: date, groups: dict[str, str | None], direction: Direction) -> int:
    """The year of a month, or of a day in it, that was written without one."""
    over = month < day.month or (number is not None and month == day.month and number < day.day)
    to_come = month > day.month or (number is not None and month == day.month and number > day.day)
    if _says(groups, "this"):
        return day.year
    if groups.get("of_year"):
        return day.year + (1 if _says(groups, "next") else -1)
    if _says(groups, "last"):
        return day.year if over else day.year - 1
    if _says(groups, "next"):
        return day.year if to_come else day.year + 1
    if direction == "to come":
        return day.year + 1 if month < day.month else day.year
    soon = 0 if direction == "past" else _SOON
    return day.year - 1 if month > day.month + soon else day.year


def _year(year: int, start: int, end: int) -> Period:
    return Period(date(year, 1, 1), date(year, 12, 31), start, end)


def _says(groups: dict[str, str | None], which: str) -> bool:
    """Whether "last", "next" or "this" stands before or behind the name of a time."""
    return bool(groups.get(which) or groups.get(f"{which}_b"))


def _weekday(number: int, day: date, groups: dict[str, str | None], *, ahead: bool) -> date:
    """The nearest such weekday; `day` itself unless "last" or "next" is written."""
    last, following = _says(groups, "last"), _says(groups, "next")
    step = 1 if following or (ahead and not last) else -1
    days = step * (number - day.weekday()) % _WEEK
    return day + timedelta(step * (days or (_WEEK if last or following else 0)))


def _span(match: re.Match[str], words: _Words, day: date) -> Period:
    groups = match.groupdict()
    written = fold(groups["span"] or groups["span_b"] or "")
    kind = next(k for word, k in words.span_kinds.items() if written.endswith(word))
    step = -1 if _says(groups, "last") else 1 if _says(groups, "next") else 0
    if kind == "week":
        first = day - timedelta(_WEEK) if step < 0 else day + timedelta(1) if step else day - timedelta(day.weekday())
        return Period(first, first + timedelta(6), *match.span())
    if kind == "year":
        return _year(day.year + step, *match.span())
    index = day.year * 12 + day.month - 1 + step
    year, month = index // 12, index % 12 + 1
    return Period(date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1]), *match.span())


def _number(written: str, words: _Words) -> float | None:
    folded = fold(written).removeprefix("ال")
    return float(folded) if folded.isdecimal() else words.values.get(folded)


def _narrower(first: Period, second: Period) -> Period:
    """The shorter of two periods that are named side by side ("Tuesday, 13 October")."""

    def days(period: Period) -> float:
        return (period.last - period.first).days if period.first and period.last else float("inf")

    explicit = second if days(second) < days(first) else first
    return replace(explicit, start=first.start, end=second.end)


def _bounded(text: str, period: Period, words: _Words) -> Period:
    """Open one end after "since" or "until"."""
    before = text[max(0, period.start - _NEAR) : period.start]
    since, until = words.since.search(before), words.until.search(before)
    if since:
        return replace(period, last=None, start=period.start - (len(before) - since.start()))
    if until:
        return replace(period, first=None, start=period.start - (len(before) - until.start()))
    return period
