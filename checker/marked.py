"""The running text of an article, cut into pieces so that claims, evidence and noise can be coloured in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from tabayyun.article import Article
from tabayyun.bidi import direction, harmless
from tabayyun.boilerplate import lines_of
from tabayyun.report import SECTIONS

CLAIM, ALONE, UNCHECKED, DROPPED = "claim", "alone", "unchecked", "dropped"
_RANK = {tone: rank for rank, tone in enumerate((*SECTIONS, CLAIM, ALONE, UNCHECKED, DROPPED))}


@dataclass(frozen=True, slots=True)
class Mark:
    """A part of an article's text that belongs to an item; `words` marks its evidence."""

    start: int
    end: int
    item: int
    tone: str
    words: bool = False


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text with the same marks; `items` and `words` are the numbers of the items that it belongs to."""

    text: str
    tone: str = ""
    items: tuple[int, ...] = ()
    words: tuple[int, ...] = ()
    removed: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of an article; `removed` when none of it is news."""

    pieces: tuple[Piece, ...]
    direction: str
    headline: bool
    removed: bool


def lines(article: Article, marked: Sequence[Mark]) -> list[Line]:
    """Return the lines of an article that are not blank, cut into pieces; what was removed as no news says its kind."""
    removed = [Mark(span.start, span.end, 0, span.kind) for span in article.boilerplate]
    found = []
    for start, end in lines_of(article.text):
        inside = [mark for mark in marked if mark.start < end and mark.end > start]
        gone = [mark for mark in removed if mark.start < end and mark.end > start]
        cut = pieces(article.text, start, end, inside, gone)
        found.append(
            Line(
                pieces=tuple(cut),
                direction=direction(article.language, article.text[start:end]),
                headline=(start, end) == article.headline,
                removed=all(piece.removed or not piece.text.strip() for piece in cut),
            )
        )
    return found


def pieces(text: str, start: int, end: int, marked: Sequence[Mark], removed: Sequence[Mark] = ()) -> list[Piece]:
    """Return `text[start:end]` cut wherever a mark begins or ends; a piece takes the tone of its gravest mark.

    >>> [p.text for p in pieces("one two three", 0, 13, [Mark(4, 7, 1, "dispute")])]
    ['one ', 'two', ' three']
    """
    bounds = {start, end, *(at for m in (*marked, *removed) for at in (m.start, m.end) if start < at < end)}
    found = []
    for a, b in pairwise(sorted(bounds)):
        here = [mark for mark in marked if mark.start <= a and b <= mark.end]
        gone = [mark.tone for mark in removed if mark.start <= a and b <= mark.end]
        found.append(
            Piece(
                text=harmless(text[a:b]),
                tone=min((mark.tone for mark in here), key=_RANK.__getitem__, default=""),
                items=tuple(dict.fromkeys(mark.item for mark in here)),
                words=tuple(dict.fromkeys(mark.item for mark in here if mark.words)),
                removed=gone[0] if gone else "",
            )
        )
    return found
