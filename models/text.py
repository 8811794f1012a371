"""Spelling that must not change what a model says: one normal form for every text that reaches a judge."""

from __future__ import annotations

import unicodedata

_DROPPED = (
    "\u0640"  # tatweel
    "\u064b\u064c\u064d\u064e\u064f\u0650\u0651\u0652\u0653\u0654\u0655\u0656\u0657\u0658\u065f\u0670"  # diacritics
    "\u06d6\u06d7\u06d8\u06d9\u06da\u06db\u06dc\u06df\u06e0\u06e1\u06e2\u06e3\u06e4\u06e7\u06e8\u06ea\u06eb\u06ec\u06ed"
    "\u200b\u200c\u200d\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e"  # invisible
    "\u2066\u2067\u2068\u2069\ufeff\u00ad"
)
_REPLACED = {
    "\u066b": ".",  # Arabic decimal separator
    "\u066a": "%",
    "\u06a9": "\u0643",  # Persian kaf, which Arabic web pages use for kaf
    "\u06cc": "\u064a",  # Persian yeh
    "\u201c": '"',
    "\u201d": '"',
    "\u201e": '"',
    "\u00ab": '"',
    "\u00bb": '"',
    "\u2018": "'",
    "\u2019": "'",
}
_DIGITS = {start + i: str(i) for start in (0x0660, 0x06F0) for i in range(10)}
_TABLE = {ord(char): "" for char in _DROPPED} | {ord(a): b for a, b in _REPLACED.items()} | _DIGITS


def normalise(text: str) -> str:
    """Return `text` in the form in which every judge reads it (idempotent).

    NFC; without diacritics, tatweel and invisible characters; digits as 0-9; one kind of quotation mark; Persian
    kaf and yeh as their Arabic twins; runs of white space as one space.

    >>> normalise("قَصَفَ ٤٠ هــدفاً")
    'قصف 40 هدفا'
    """
    composed = unicodedata.normalize("NFC", text)
    return " ".join(unicodedata.normalize("NFC", composed.translate(_TABLE)).split())


_MOST_DAYS = 30


def date_gap(a: str, b: str, days: int | None) -> tuple[str, str]:
    """Return two statements in the form in which a judge learns how far apart their reports are.

    The statement of the later report opens with "[+days]" (30 at most). Reports of one day, or of unknown days (None),
    stay as they are; negative `days` say that the second report is the older one.

    >>> date_gap("Talks go on.", "A deal was signed.", 4)
    ('Talks go on.', '[+4] A deal was signed.')
    """
    if not days:
        return a, b
    mark = f"[+{min(abs(days), _MOST_DAYS)}] "
    return (a, mark + b) if days > 0 else (mark + a, b)
