"""Sentences of a text, as offsets: nothing lost, nothing moved."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

_YASBD = frozenset({"ar", "en", "fr", "ru", "tr", "fa"})
_GLUED_STOP = re.compile(r"(?<=[^\W\d_])[\"”»]?[.؟!…]+(?=[\u0621-\u064a][\u0621-\u064a])")
"""A full stop between Arabic letters: the space behind it was lost (never so in numbers or abbreviations)."""
_ONLY_CLOSING = re.compile(r"^[\s\"”»’')\]،,.؛]+$")
_INITIALS = re.compile(r"\b[A-Z]\.[A-Z]\.(?=\s[A-Z][a-z]+[\s-][A-Z])")
"""The initials of a longer name, "The U.N. Security Council", which end no sentence."""
_RUN = re.compile(r"\d{20,}|\({20,}|(?:\.\s?){20,}")
"""Over such a run (dots lead to a page number) `yasbd` takes time that grows with the square of its length; no sentence
ends in one, and letters in its place move nothing."""
_QUOTES = (('"', '"'), ("“", "”"), ("«", "»"), ("”", "“"), ("„", "“"))

_OPENS = re.compile(r"(?<!\w)(?:[\"“„](?=\w)|«)")
_CLOSES = re.compile(r"(?:(?<=\S)[\"“”]|»)(?!\w)")
_LONGEST_QUOTATION = 1500


@lru_cache(maxsize=8)
def _splitter(language: str) -> Any:
    import yasbd

    return yasbd.BoundaryDetector(language)


def split(text: str, language: str) -> list[tuple[int, int]]:
    """Return the offsets of the sentences of one paragraph; joined, they give `text` back.

    Uses `yasbd`, and `sentencex` for languages that it does not know (Hebrew).

    >>> split("وصل الوفد.وبدأت المحادثات.", "ar")
    [(0, 10), (10, 26)]
    """
    ends = sorted({*_library_ends(text, language), *(m.end() for m in _GLUED_STOP.finditer(text)), len(text)} - {0})
    spans: list[tuple[int, int]] = []
    start = 0
    for end in ends:
        if spans and (_ONLY_CLOSING.match(text[start:end]) or not text[start:end].strip()):
            spans[-1] = (spans[-1][0], end)
        else:
            spans.append((start, end))
        start = end
    return spans


def _library_ends(text: str, language: str) -> list[int]:
    if language in _YASBD:
        text = _INITIALS.sub("xxxx", text)
        plain = _RUN.sub(lambda run: "x" * len(run.group()), text)
        return [int(end) for end in _splitter(language).detect(plain)]
    import sentencex

    ends, at = [], 0
    for sentence in sentencex.segment(language, text):
        at = text.find(sentence, at) + len(sentence)
        ends.append(at)
    return ends


def crossing(text: str, spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the offsets of quotations in a paragraph that go on over the end of a sentence, marks included.

    Straight marks open and close alike, so one is only believed that stands before a word and is closed behind one.

    Args:
        spans: the sentences of the paragraph, as `split` finds them.

    >>> text = "“We left. Nothing is there,” he said."
    >>> crossing(text, [(0, 10), (10, 37)])
    [(0, 28)]
    """
    ends = [end for _, end in spans]
    return [
        (start, end)
        for start, end in quotations(text)
        if end - start <= _LONGEST_QUOTATION
        and any(start < stop < end - 1 for stop in ends)
        and _OPENS.match(text, start)
        and _CLOSES.match(text, end - 1)
    ]


def quotations(text: str) -> list[tuple[int, int]]:
    """Return the offsets of the quoted parts of `text`, marks included; an unclosed quotation runs to the end.

    >>> quotations('قال "نعم" ثم «لا»')
    [(4, 9), (13, 17)]
    """
    found = []
    at = 0
    while at < len(text):
        closing = next((close for opening, close in _QUOTES if text[at] == opening), None)
        if closing is None:
            at += 1
            continue
        end = text.find(closing, at + 1)
        end = len(text) if end < 0 else end + 1
        found.append((at, end))
        at = end
    return found
