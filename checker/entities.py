"""Which countries, cities, bodies, groups and well-known persons a claim names, under one name for all their aliases.

The names stand in `configs/entities.toml`; a name that is not there is not guessed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from tabayyun.configs import language_table, table
from tabayyun.spelling import any_of, flat, fold

Kind = Literal["country", "city", "region", "body", "person", "group"]
PLACES = ("country", "city", "region")
_WORD = re.compile(r"[\w’'\"״]+")
_CLITICS = re.compile(r"^(?:[وف]?[بلك]?(?:ال|لل)?|[ובלמהש]{1,2})(?=\w{2})")
_SUFFIX = re.compile(r"['’]\w{1,6}$")
_LONGEST = 6


@dataclass(frozen=True, slots=True)
class Entity:
    """One entry of the table; `within` is the name of the country or region that holds a place."""

    name: str
    kind: Kind
    within: str = ""


@dataclass(frozen=True, slots=True)
class Named:
    """An entity and the words that name it, as offsets; `metonym` says that a place stands for who speaks for it."""

    entity: Entity
    start: int
    end: int
    metonym: bool = False

    def to_dict(self) -> dict[str, Any]:
        """The entity as it stands in the claims JSON."""
        return {"name": self.entity.name, "kind": self.entity.kind, "start": self.start, "end": self.end}


@dataclass(frozen=True, slots=True)
class _Names:
    """The table by folded words: places and others, who a capital speaks for, names that need their capitals."""

    own: dict[str, Entity]
    speaks: dict[str, Entity]
    exact: dict[str, Entity]


@cache
def _names() -> _Names:
    own: dict[str, Entity] = {}
    speaks: dict[str, Entity] = {}
    exact: dict[str, Entity] = {}
    for entry in table("entities")["entities"]:
        entity = Entity(entry["name"], entry["kind"], entry.get("in", ""))
        own.update((_key(name), entity) for name in (entry["name"], *entry.get("also", ())))
        speaks.update((_key(name), entity) for name in entry.get("speaks_as", ()))
        exact.update((name, entity) for name in entry.get("exact", ()))
    return _Names(own, speaks, exact)


def _key(name: str) -> str:
    return " ".join(_WORD.findall(_bare(fold(name))))


def _bare(word: str) -> str:
    """A folded word without what Arabic and Hebrew write in front of it."""
    return _CLITICS.sub("", word, count=1)


def find(text: str) -> tuple[Named, ...]:
    """Return the entities that `text` names, in order, the longest name first where names overlap.

    >>> [n.entity.name for n in find("وصل الوفد إلى دمشق قادما من الولايات المتحدة الأميركية")]
    ['دمشق', 'الولايات المتحدة']
    """
    plain, at = flat(text)
    words = [(m.group(), m.start(), m.end()) for m in _WORD.finditer(plain)]
    found, number = [], 0
    while number < len(words):
        hit = next(_hits(words, number), None)
        if hit is None:
            number += 1
            continue
        entity, last, metonym = hit
        found.append(Named(entity, at[words[number][1]], at[words[last][2]], metonym))
        number = last + 1
    return tuple(found)


def _hits(words: list[tuple[str, int, int]], first: int) -> Iterator[tuple[Entity, int, bool]]:
    """The entities whose names begin at the word `first`, the longest name first."""
    names = _names()
    opening = words[first][0]
    for last in range(min(len(words), first + _LONGEST) - 1, first - 1, -1):
        middle = [word for word, _, _ in words[first + 1 : last + 1]]
        if last == first and opening in names.exact:
            yield names.exact[opening], last, False
        for head in dict.fromkeys((fold(opening), _bare(fold(opening)))):
            key = " ".join([head, *map(fold, middle)])
            for written in dict.fromkeys((key, _SUFFIX.sub("", key))):
                if written in names.own:
                    yield names.own[written], last, False
                if written in names.speaks:
                    yield names.speaks[written], last, True


def place(text: str, language: str, named: tuple[Named, ...]) -> Named | None:
    """Return the first place of which `text` says that something is in it, or None.

    >>> found = find("أعلنت واشنطن أن قصفا وقع في حلب")
    >>> place("أعلنت واشنطن أن قصفا وقع في حلب", "ar", found).entity.name
    'حلب'
    """
    inside = _inside(language)
    for item in named:
        if item.entity.kind in PLACES and not item.metonym and inside.search(flat(text[: item.start])[0]):
            return item
    return None


@cache
def _inside(language: str) -> re.Pattern[str]:
    """What stands before the name of a place in which something is: "in", "in the city of"."""
    cues = language_table("cues", language)
    nouns = any_of(tuple(cues["place_nouns"]))
    return re.compile(rf"(?<!\w)[وف]?{any_of(tuple(cues['inside']))}(?:\s+{nouns}){{0,2}}\s*$", re.I)
