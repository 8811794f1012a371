"""What stands in a web dump and is no news: a classifier of lines that keeps every removed span with its kind."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise

from tabayyun import outlets
from tabayyun.configs import table
from tabayyun.spelling import fold, fold_pattern, words

_LINE = re.compile(r"[^\r\n]+")
SENTENCE_END = re.compile(r"[.!?؟…。](?:\s*[\"'»”’)\]])*$")
_STATED = re.compile(r"[.!…。](?:\s*[\"'»”’)\]])*$")
"""How a sentence ends that is no question: a question may be the headline."""
_LATIN, _OTHER_SCRIPT = re.compile(r"[A-Za-z]"), re.compile(r"[^\W\d_A-Za-z]")
HIJRI = re.compile(
    r"\d{1,2}\s+(?:محرم|صفر|ربيع (?:ال)?(?:اول|ثاني|اخر)|جمادي \w+|رجب|شعبان|رمضان|شوال|ذو ?القعده|ذو ?الحجه)\s+\d{4}"
)
_DATE_LINE = re.compile(
    r"^\W*(?:(?:ال\w+|\w+day)\W+)?\d{1,2}\W+[^\W\d]+(?:\W+[^\W\d]+){0,2}\W+\d{4}\W*\w{0,4}\W*(?:\d{1,2}[:.]\d\d.{0,12})?$"
    r"|^[\d\s/.:\-–,،|]{6,40}$"
)
_DATELINE = re.compile(
    r"^(?:[^\s.:،,\"«“/()ـ–—-]++[\s/،,()ـ–—-]{1,6}+){1,9}?[^\s.:،,\"«“/()ـ–—-]*+\s{0,3}+(?:[:：]|(?<=\))\s?[-–—])\s*+"
    r"|^[^()\n.:\"«“]{2,60}\([^()\n]{2,40}\)\s?[-–—]+\s*"
    r"|^\d{1,2}:\d\d(?:\s*[-–—])?\s+(?=\D)"
    r"|^(?:[^\W\d_]++\s?){1,2}+(?:[-–—]|ـ++)\s++(?!.*\s(?:[-–—]|ـ)\s)"
)
_DATELINE_LENGTH = 120
_DATELINE_MARK = re.compile(r"ــ|[-–—/()]")
_LONG_WORDS = 25
_HEADLINE_WORDS = 4
_CAPTION_WORDS = 45
_NEWS_PARAGRAPHS_END_A_TAIL = 3
_FRAGMENT_WORDS = 18
_HEAD_LINES, _LONGEST_HEAD = 12, 60
_NEWS_WORDS = 12
_LONGEST_PATTERN = 300
_LINKS = re.compile(
    r"[|•●○▪■▲▼★☆☰‖▸▹⋮←→⚠ⓒ👍]|\s[»«›‹>]+\s|::|>>|<<|//|\s{3,}|(?:\S\s{2,}\S.*){2}|(?:\s[./·~]\s.*){2}|(?:\s[-–—]\s.*){3}"
)
_STOPS = re.compile(r"[.!?؟](?=\s|$)")
_PICTURE = re.compile(r"^\W*(?:صور[ةه]|فيديو|بالصور|بالفيديو|تصوير|photo|picture|video|watch)\s*[:：.]", re.I)


@dataclass(frozen=True, slots=True)
class Span:
    """A part of an article's text: `start` and `end` count code points, `kind` says what it is."""

    start: int
    end: int
    kind: str


def lines_of(text: str) -> list[tuple[int, int]]:
    """The offsets of the lines of `text` that are not blank, without white space around them."""
    found = []
    for match in _LINE.finditer(text):
        line = match.group()
        if line.strip():
            start = match.start() + len(line) - len(line.lstrip())
            found.append((start, start + len(line.strip())))
    return found


def dateline(paragraph: str) -> int:
    """Return the length of a dateline such as "دمشق ــ الوطن ــ وكالات:" or "CAIRO (Reuters) -"; 0 without one.

    >>> dateline("القاهرة (رويترز) - قال")
    19
    """
    match = _DATELINE.match(paragraph[:_DATELINE_LENGTH])
    return match.end() if match and (_DATELINE_MARK.search(match.group()) or match.group()[0].isdigit()) else 0


def find_title(text: str, title: str = "") -> tuple[int, int] | None:
    """Return the offsets of the headline: the given title, a line that stands twice, or the one that the news takes up.

    A headline stands above the first paragraph of news, does not end like a statement, is no row of links, and of the
    lines that can be one it shares most words with the news (then it is no question, then the longest).
    """
    everything = lines_of(text)
    news = {word for a, b in everything if len(text[a:b].split()) >= _LONG_WORDS for word in words(text[a:b])}
    lines = head(text, everything)
    folded = [fold(text[a:b]).strip(" .") for a, b in lines]
    if title:
        wanted = fold(title).strip(" .")
        return next((span for span, line in zip(lines, folded, strict=True) if line == wanted), None)
    candidates = []
    for span, line in zip(lines, folded, strict=True):
        length = len(line.split())
        if folded.count(line) > 1 and length >= _HEADLINE_WORDS:
            return span
        if length > _LONG_WORDS or (length >= _HEADLINE_WORDS and _STATED.search(text[slice(*span)])):
            break
        if (
            length >= _HEADLINE_WORDS
            and not _line_kind(line)
            and not _self_reference(line)
            and _can_be_headline(text[slice(*span)])
        ):
            asks = bool(SENTENCE_END.search(text[slice(*span)]))
            candidates.append((len(set(words(line)) & news), not asks, length, -span[0], span))
    return max(candidates)[-1] if candidates else None


def head(text: str, lines: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The lines in which headline and date may stand: the first ones, and all above the first paragraph of news."""
    above = next((n for n, (a, b) in enumerate(lines) if _tells(text[a:b])), 0)
    return lines[: min(max(above, _HEAD_LINES), _LONGEST_HEAD)]


def _can_be_headline(line: str) -> bool:
    return not (
        _STATED.search(line) or _is_caption(line, fold(line), False) or _LINKS.search(line) or _PICTURE.match(line)
    )


def find_boilerplate(text: str, headline: tuple[int, int] | None) -> tuple[Span, ...]:
    """Return the spans of `text` that are no news, in order, each with its kind.

    Kinds: menu, caption, ad, tags, comment_form, credit, other. A line counts as noise when it matches the table
    `configs/boilerplate.toml`, stands before the headline, repeats the headline, is a caption, follows a line that
    opens the end of the page (comment form, tags) with hardly any news after it, or is a short line without a
    sentence's end in an article that ends its sentences (bylines, links, subheads).
    """
    lines = lines_of(text)
    title = fold(text[slice(*headline)]).strip(" .") if headline else None
    arabic = len(_OTHER_SCRIPT.findall(text)) > len(_LATIN.findall(text))
    tail = _tail(text, lines)
    last = max((n for n, (a, b) in enumerate(lines) if _tells(text[a:b]) and not _of_author(text[a:b])), default=0)
    punctuated = _ends_its_sentences(text, lines)
    found = []
    for number, (start, end) in enumerate(lines):
        line = text[start:end]
        if (start, end) == headline:
            continue
        before = bool(headline and start < headline[0])
        kind = tail.get(number) or _kind(line, before=before, foreign=arabic, title=title)
        kind = kind or (_of_author(line) if number > last else None)
        kind = kind or (_fragment(line) if punctuated else None)
        if kind:
            found.append(Span(start, end, kind))
    return tuple(found)


def _ends_its_sentences(text: str, lines: list[tuple[int, int]]) -> bool:
    long = [text[a:b] for a, b in lines if len(text[a:b].split()) >= _LONG_WORDS]
    return bool(long) and sum(bool(SENTENCE_END.search(line)) for line in long) > len(long) / 2


def _fragment(line: str) -> str | None:
    """The kind of a line that is no sentence: a row of links, a picture's note, a byline, a subhead."""
    if _PICTURE.match(line):
        return "caption"
    if _LINKS.search(line) and not SENTENCE_END.search(line):
        return "menu"
    short = len(line.split()) <= _FRAGMENT_WORDS and not SENTENCE_END.search(line)
    return "other" if short else None


def _kind(line: str, *, before: bool, foreign: bool, title: str | None) -> str | None:
    folded = fold(line).strip()
    known = _line_kind(folded) or _self_reference(folded)
    if known:
        return known
    if title and folded.strip(" .") == title:
        return "other"
    if title and folded.endswith(title) and ("/" in line or ">" in line or "»" in line):
        return "menu"
    if _is_caption(line, folded, foreign):
        return "caption"
    if before and not SENTENCE_END.search(line):
        return "menu"
    return None


def _line_kind(folded: str) -> str | None:
    """The kind of a folded line by the tables alone."""
    if len(folded) > _LONGEST_PATTERN or (SENTENCE_END.search(folded) and len(folded.split()) >= _HEADLINE_WORDS):
        return None
    stripped = folded.strip(" .،,:؛•·*()[]")
    for kind, expression in (*_tables()["lines"].items(), *_tables()["from_here"].items()):
        if expression.fullmatch(folded) or expression.fullmatch(stripped):
            return kind
    if _is_agency_line(stripped):
        return "credit"
    if _DATE_LINE.match(folded) or (HIJRI.search(folded) and re.search(r"\d{4}", folded) and len(folded.split()) <= 14):
        return "other"
    return None


def _self_reference(folded: str) -> str | None:
    """The kind of a line in which the page speaks of itself, whether it ends like a sentence or not."""
    return _held(folded, "anywhere")


def _of_author(line: str) -> str | None:
    """The kind of a line that is said of an author, if no news follows it."""
    return _held(fold(line).strip(), "at_the_end")


@lru_cache(maxsize=1024)
def _held(folded: str, part: str) -> str | None:
    """The kind of a line that holds words of that part of the table."""
    if len(folded) > _LONGEST_PATTERN or len(folded.split()) > _LONG_WORDS:
        return None
    return next((kind for kind, expression in _tables()[part].items() if expression.search(folded)), None)


@cache
def _tables() -> dict[str, dict[str, re.Pattern[str]]]:
    content = table("boilerplate")
    return {
        part: {
            kind: re.compile("|".join(f"(?:{fold_pattern(p)})" for p in patterns))
            for kind, patterns in content[part].items()
        }
        for part in ("lines", "from_here", "anywhere", "at_the_end")
    }


@cache
def _credits() -> frozenset[str]:
    """Who a line of credit names, in the normal form: outlets, picture agencies, "agencies"."""
    return outlets.names() | {fold(name) for name in table("boilerplate")["credits"]}


def _is_agency_line(folded: str) -> bool:
    parts = [part.strip(" .()[]") for part in re.split(r"\s*[+،,/|–—\-]\s*|\s+و(?=\S)", folded)]
    return all(part in _credits() for part in parts)


def _is_caption(line: str, folded: str, arabic: bool) -> bool:
    credit = re.search(r"[(\[]([^()\[\]]{2,40})[)\]]$", folded) or re.search(r"\s[-–—]\s([^-–—]{2,20})$", folded)
    if credit and len(folded.split()) <= _CAPTION_WORDS and len(_STOPS.findall(folded[: credit.start()])) <= 1:
        return all(part.strip() in _credits() for part in re.split(r"[+،,/–\-]|\s+و(?=\S)", credit.group(1)))
    latin, other = len(_LATIN.findall(line)), len(_OTHER_SCRIPT.findall(line))
    return arabic and latin > 20 and latin > 4 * other


def _tail(text: str, lines: list[tuple[int, int]]) -> dict[int, str]:
    """The kinds of the lines from the first one that opens the end of the page, by line number.

    Such words in the menu, above all news, open nothing.
    """
    folded = [fold(text[a:b]).strip(" .*") for a, b in lines]
    begun = next((n for n, (a, b) in enumerate(lines) if _tells(text[a:b])), 0)
    opening = {
        n: kind
        for n, line in enumerate(folded[begun:], begun)
        for kind, p in _tables()["from_here"].items()
        if p.fullmatch(line)
    }
    for first in sorted(opening):
        news = sum(1 for a, b in lines[first + 1 :] if _reads_like_news(text[a:b]))
        if news < _NEWS_PARAGRAPHS_END_A_TAIL:
            kinds = {}
            marks = [*sorted(n for n in opening if n >= first), len(lines)]
            for here, following in pairwise(marks):
                kinds.update({n: opening[here] if n == here else _after(opening[here]) for n in range(here, following)})
            return {n: _line_kind(folded[n]) or kind for n, kind in kinds.items()}
    return {}


def _after(opening: str) -> str:
    return "other" if opening == "tags" else opening


def _tells(line: str) -> bool:
    """Whether a line is a paragraph of news, be it a short one; the page does not speak of itself in it."""
    length = len(line.split())
    tells = length >= _LONG_WORDS or (length >= _NEWS_WORDS and bool(SENTENCE_END.search(line)))
    return tells and not _self_reference(fold(line).strip())


def _reads_like_news(line: str) -> bool:
    return len(line.split()) >= _LONG_WORDS and bool(SENTENCE_END.search(line))
