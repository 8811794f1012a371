"""Spellings that mean the same word: folding for comparison, and flat text for finding.

Folding loses offsets, so texts are only folded to be compared or classified; whatever must be found in a text is
found in its flat form, which remembers where its characters stand.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache, lru_cache

from tabayyun.models.text import normalise

_MARKS = (0x0640, 0x0670, *range(0x064B, 0x0656))
_DIRECTION = (0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A))
_DROPPED = frozenset(map(chr, _MARKS + _DIRECTION))
_FOLDED = str.maketrans(
    {"أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ة": "ه", "ى": "ي", "ئ": "ي", "ؤ": "و", "گ": "ك", "İ": "i"}
)
_FLAT = {
    **_FOLDED,
    **{ord("ی"): "ي", ord("ک"): "ك", ord("’"): "'"},
    **{start + digit: str(digit) for start in (0x0660, 0x06F0) for digit in range(10)},
}


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


def flat(text: str) -> tuple[str, list[int]]:
    """Return `text` in one spelling for patterns of `any_of`, and where each of its characters stands in `text`.

    Without diacritics, hamza marks, tatweel and direction marks, alef and yeh forms merged, digits as 0-9. The list has
    one entry more than the flat text has characters, so that it maps ends too.

    >>> flat("قَصفٌ إلى")
    ('قصف الي', [0, 2, 3, 5, 6, 7, 8, 9])
    """
    kept = [(place, char) for place, char in enumerate(text) if char not in _DROPPED]
    return "".join(char for _, char in kept).translate(_FLAT), [place for place, _ in kept] + [len(text)]


@cache
def any_of(words: tuple[str, ...]) -> str:
    """Return an alternation of the words, the longest first, that matches flat text; matches nothing when empty.

    >>> bool(re.search(any_of(("إلا أن",)), flat("الا  أنّ")[0]))
    True
    """
    if not words:
        return r"(?!)"
    spelled = {flat(word)[0] for word in words}
    ordered = sorted(spelled, key=lambda word: (-len(word), word))
    return "(?:" + "|".join(r"\s+".join(map(re.escape, word.split(" "))) for word in ordered) + ")"


_WORD = re.compile(r"\w+")
_OPENING = 4
_PREFIXES = ("وال", "بال", "كال", "فال", "لل", "ال", "و", "ف", "ب", "ل", "ك")


def words_as_written(text: str) -> list[str]:
    """The folded words of `text`, with "and" taken off where it is written together with its word.

    >>> words_as_written("وأصيب ستة")
    ['اصيب', 'سته']
    """
    return [w[1:] if w[0] in "وف" and len(w) > 3 else w for w in _WORD.findall(fold(text))]


def words(text: str) -> list[str]:
    """The folded words of `text`, without the article and one-letter clitics where at least three letters stay.

    >>> words("وبالمحادثات في الأجواء")
    ['محادثات', 'في', 'اجواء']
    """
    return [_bare(word) for word in _WORD.findall(fold(text))]


def openings(found: Iterable[str], shortest: int) -> set[str]:
    """The first four letters of those words that have at least `shortest`: endings vary, short words are everywhere.

    >>> openings(words("انتهت الهدنة في حلب"), 4) == {"انته", "هدنه"}
    True
    """
    return {word[:_OPENING] for word in found if len(word) >= shortest}


@lru_cache(maxsize=100_000)
def _bare(word: str) -> str:
    for _ in range(2):
        for prefix in _PREFIXES:
            if word.startswith(prefix) and len(word) - len(prefix) >= 3:
                word = word[len(prefix) :]
                break
        else:
            break
    return word
