"""Settings, cue words and training recipes: data, not code."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent


@cache
def table(name: str) -> dict[str, Any]:
    """Return the TOML table `name` of this folder (for example "boilerplate" or "cues/ar"), read once.

    >>> sorted(table("boilerplate"))[:2]
    ['anywhere', 'at_the_end']
    """
    return tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))


@cache
def names(folder: str) -> tuple[str, ...]:
    """The names of the tables in a subfolder, in order."""
    return tuple(sorted(path.stem for path in (FOLDER / folder).glob("*.toml")))


def language_table(folder: str, language: str) -> dict[str, Any]:
    """Return the table of a language in a subfolder, or the English one for a language that has none.

    >>> language_table("cues", "xx") is language_table("cues", "en")
    True
    """
    return table(f"{folder}/{language if language in names(folder) else 'en'}")
