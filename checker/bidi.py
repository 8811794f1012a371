"""Text of two directions side by side: what is put between isolates cannot turn the words around it."""

from __future__ import annotations

import json
import re
from typing import Any, Literal

RTL_LANGUAGES = frozenset({"ar", "fa", "he"})
_ISOLATE, _END_ISOLATE = "\u2068", "\u2069"
_HARMFUL = {
    **dict.fromkeys((*range(0, 9), *range(11, 32), *range(127, 160))),
    **{ord(mark): None for mark in "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c"},
    **dict.fromkeys(map(ord, "\u2028\u2029"), " "),
    **dict.fromkeys((*range(0x206A, 0x2070), *range(0xFFF9, 0xFFFC), *range(0xE0000, 0xE0080))),
}
"""Characters that could move the cursor, colour the screen or turn text round: never shown as they came."""
_HARMFUL_IN_JSON = re.compile(f"[{''.join(re.escape(chr(code)) for code in _HARMFUL)}]")
_RTL_LETTER = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]")


def harmless(text: str) -> str:
    """Return `text` without the characters that could do more than be read.

    >>> harmless("a\\u202eb\\x1b[31mc")
    'ab[31mc'
    """
    return text.translate(_HARMFUL)


def safe_json(data: Any, indent: int | None = None) -> str:
    """Return `data` as JSON text, Arabic readable; what is not harmless on a screen stands as its number.

    >>> safe_json({"a": "نص\u202e\x9b"})
    '{"a": "نص\\\\u202e\\\\u009b"}'
    """
    text = json.dumps(data, ensure_ascii=False, indent=indent)
    return _HARMFUL_IN_JSON.sub(lambda found: json.dumps(found.group())[1:-1], text)


def isolated(text: str) -> str:
    """Return `text` on one line, harmless, between U+2068 (first strong isolate) and U+2069.

    >>> isolated("نص\\nفي سطرين") == "\\u2068نص في سطرين\\u2069"
    True
    """
    return f"{_ISOLATE}{' '.join(harmless(text).split())}{_END_ISOLATE}"


def direction(language: str, line: str | None = None) -> Literal["rtl", "ltr"]:
    """The direction of a language, or of a line in an article of it.

    A line of a right-to-left article that holds no letter of such a script (an English caption) runs left to right; one
    that only opens with a Latin name or a number does not.

    >>> direction("ar"), direction("ar", "NATO تنفي"), direction("ar", "Reuters photo")
    ('rtl', 'rtl', 'ltr')
    """
    rtl = language in RTL_LANGUAGES
    letters = [bool(_RTL_LETTER.match(char)) for char in line or "" if char.isalpha()]
    if letters:
        rtl = any(letters) if rtl else all(letters)
    return "rtl" if rtl else "ltr"
