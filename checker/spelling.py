"""Spellings that mean the same word: folding for comparison, and patterns that match every spelling in place.

Folding loses offsets, so texts are only folded to be compared or classified; whatever must be found in a text is
found with `pattern`, whose matches are offsets into the text as it stands.
"""

from __future__ import annotations

import re
from functools import cache

from tabayyun.models.text import normalise

MARKS = "\u0640\u064b-\u0652\u0670"
"""Tatweel and diacritics, as the inside of a character class."""

_FOLDED = str.maketrans({"أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ة": "ه", "ى": "ي", "ئ": "ي", "ؤ": "و", "گ": "ك"})
_CLASSES = ("اأإآٱ", "هة", "يىیئ", "وؤ", "كک")


def fold(text: str) -> str:
    """Return `text` in one spelling, for comparison only: normal form, alef and yeh forms merged, lower case.

    >>> fold("إضــافةُ تعليقٍ") == fold("اضافه تعليق")
    True
    """
    return normalise(text).translate(_FOLDED).lower()


def fold_pattern(expression: str) -> str:
    """Return a regular expression written in any spelling as one that matches folded text.

    >>> bool(re.fullmatch(fold_pattern("الرئيسية|إعلان"), fold("إعلان")))
    True
    """
    return expression.translate(_FOLDED)


def pattern(word: str) -> str:
    """Return a regular expression that matches `word` in all its spellings, with or without diacritics.

    >>> bool(re.fullmatch(pattern("أكد"), "اكّد"))
    True
    """
    return f"[{MARKS}]*".join(_letter(char) for char in word) + f"[{MARKS}]*"


def _letter(char: str) -> str:
    if char == " ":
        return r"\s+"
    for letters in _CLASSES:
        if char in letters:
            return f"[{letters}]"
    return re.escape(char)


@cache
def any_of(words: tuple[str, ...]) -> str:
    """Return an alternation of the words in all their spellings, the longest first; matches nothing when empty."""
    if not words:
        return r"(?!)"
    return "(?:" + "|".join(pattern(word) for word in sorted(words, key=len, reverse=True)) + ")"


_WORD = re.compile(r"\w+")
_PREFIXES = ("وال", "بال", "كال", "فال", "لل", "ال", "و", "ف", "ب", "ل", "ك")


def words(text: str) -> list[str]:
    """The folded words of `text`, without the article and one-letter clitics where at least three letters stay.

    >>> words("وبالمحادثات في الأجواء")
    ['محادثات', 'في', 'اجواء']
    """
    return [_bare(word) for word in _WORD.findall(fold(text))]


def _bare(word: str) -> str:
    for _ in range(2):
        for prefix in _PREFIXES:
            if word.startswith(prefix) and len(word) - len(prefix) >= 3:
                word = word[len(prefix) :]
                break
        else:
            break
    return word
