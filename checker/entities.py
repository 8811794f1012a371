"""Which countries, cities, bodies, groups and well-known persons a claim names, under one name for all their aliases.

The names stand in `configs/entities.toml`; a name that is not there is not guessed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from tabayyun.configs import language_table, names, table
from tabayyun.spelling import any_of, flat, fold

Kind = Literal["country", "city", "region", "body", "person", "group"]
PLACES = ("country", "city", "region")
_WORD = re.compile(r"\w+(?:(?:[’'״]|(?<=[א-ת])\"(?=[א-ת]))\w+)*")
"""A word with the marks inside it; the straight quotation mark is one only in Hebrew abbreviations."""
_CLITICS = re.compile(r"[وف]?(?:[بلك]?(?:ال)?|لل)|[ובלמהש]{1,2}")
_EXACT = "="
"""Stands before a name that counts only as it is written ("US")."""
_OPENED = "[\"'“‘«]?"
_SUFFIX = re.compile(r"['’]\w{1,6}$")
_ELISION = re.compile(r"^(?:l|d|s|n|qu|jusqu)['’](?=\w\w)", re.I)
_OTHER_MARKS = re.compile(r"(?<!ع)[\u064b-\u0652\u0640]")
_BEFORE_MARKED = re.compile(r"^[وف]?[بلك]?(?=ع)")


@dataclass(frozen=True, slots=True)
class Entity:
    """One entry of the table; `within` is the name of the country or region that holds a place."""

    name: str
    kind: Kind
    within: str = ""


@dataclass(frozen=True, slots=True)
class Named:
    """An entity and the words that name it, as offsets.

    `metonym` says that a place stands for who speaks for it, `inside` that "in" is written together with its name.
    """

    entity: Entity
    start: int
    end: int
    metonym: bool = False
    inside: bool = False

    def to_dict(self) -> dict[str, Any]:
        """The entity as it stands in the claims JSON."""
        return {"name": self.entity.name, "kind": self.entity.kind, "start": self.start, "end": self.end}


@dataclass(frozen=True, slots=True)
class _Name:
    """A name behind its first word."""

    rest: tuple[str, ...]
    entity: Entity
    metonym: bool


@cache
def _names() -> dict[str, tuple[_Name, ...]]:
    """The names of the table by their first word, folded and without its article; exact and marked ones as they are."""
    found: dict[str, list[_Name]] = {}
    for entry in table("entities")["entities"]:
        entity = _by_name()[entry["name"]]
        own = [(name, False) for name in (entry["name"], *entry.get("also", ()))]
        for name, metonym in own + [(name, True) for name in entry.get("speaks_as", ())]:
            first, *rest = _WORD.findall(fold(name))
            found.setdefault(first.removeprefix("ال"), []).append(_Name(tuple(rest), entity, metonym))
        for name in (*entry.get("exact", ()), *entry.get("marked", ())):
            found.setdefault(_EXACT + name, []).append(_Name((), entity, False))
    return {word: tuple(names) for word, names in found.items()}


def _glued(word: str) -> str:
    """What Arabic and Hebrew write in front of a name, the least that leaves one: "وب" in "وبحلب"."""
    return next((word[:n] for n in range(5) if word[n:] in _names() and _CLITICS.fullmatch(word[:n])), "")


def find(text: str) -> tuple[Named, ...]:
    """Return the entities that `text` names, in order, the longest name first where names overlap.

    >>> [n.entity.name for n in find("وصل الوفد إلى دمشق قادما من الولايات المتحدة الأميركية")]
    ['دمشق', 'الولايات المتحدة']
    """
    plain, at = flat(text)
    spans = [(m.start(), m.end()) for m in _WORD.finditer(plain)]
    written = [plain[a:b] for a, b in spans]
    folded = [fold(word) for word in written]
    found, number = [], 0
    while number < len(spans):
        glued = _glued(folded[number])
        inside = "ب" in glued or "ב" in glued
        as_place = inside or bool(_before_city().search(plain[: spans[number][0]]))
        marked = text[at[spans[number][0]] : at[spans[number][1]]]
        name = _marked(marked) or _name_at(written, folded, number, glued, as_place=as_place)
        last = number + (len(name.rest) if name else 0)
        if name:
            found.append(Named(name.entity, at[spans[number][0]], at[spans[last][1]], name.metonym, inside))
        number = last + 1
    return tuple(found)


def _marked(word: str) -> _Name | None:
    """The name that counts only with the vowel of its first letter: Oman, with a u behind its ayn, is no Amman."""
    if flat(word)[0] == word:
        return None
    bare = _BEFORE_MARKED.sub("", _OTHER_MARKS.sub("", word))
    return next(iter(_names().get(_EXACT + bare, ())), None)


def _name_at(written: list[str], folded: list[str], first: int, glued: str, *, as_place: bool) -> _Name | None:
    """The longest name that begins at the word `first`; a capital is a city `as_place`, else who governs there."""
    word = folded[first]
    heads = [
        _EXACT + _SUFFIX.sub("", written[first]),
        word,
        word[len(glued) :],
        _SUFFIX.sub("", word),
        _ELISION.sub("", word),
        _EXACT + _ELISION.sub("", written[first]),
    ]
    known = [name for head in dict.fromkeys(heads) for name in _names().get(head, ())]
    for name in sorted(known, key=lambda n: (-len(n.rest), n.metonym == as_place)):
        following = folded[first + 1 : first + 1 + len(name.rest)]
        if following and _SUFFIX.sub("", following[-1]) == name.rest[-1]:
            following[-1] = name.rest[-1]
        if tuple(following) == name.rest:
            return name
    return None


def around(entity: Entity) -> tuple[Entity, ...]:
    """Return the entity itself and the places that hold it, the narrowest first.

    >>> [place.name for place in around(find("حلب")[0].entity)]
    ['حلب', 'سوريا']
    """
    found = [entity]
    while found[-1].within:
        found.append(_by_name()[found[-1].within])
    return tuple(found)


@cache
def _by_name() -> dict[str, Entity]:
    return {e["name"]: Entity(e["name"], e["kind"], e.get("in", "")) for e in table("entities")["entities"]}


@cache
def _before_city() -> re.Pattern[str]:
    """What says that the name of a capital behind it means the city, in any language."""
    cues = [language_table("cues", language) for language in names("cues")]
    listed = any_of(tuple(word for table in cues for part in ("inside", "toward") for word in table[part]))
    return re.compile(rf"(?<!\w)[وف]?{listed}\s+{_OPENED}$", re.I)


def place(text: str, language: str, named: tuple[Named, ...]) -> Named | None:
    """Return the first place of which `text` says that something is in it, or None; the narrower one inside it, if any.

    >>> found = find("أعلنت واشنطن أن قصفا وقع في حلب")
    >>> place("أعلنت واشنطن أن قصفا وقع في حلب", "ar", found).entity.name
    'حلب'
    """
    inside = _inside(language)
    found: Named | None = None
    for item in named:
        if item.entity.kind not in PLACES or item.metonym:
            continue
        glued = item.inside and item.entity.kind != "country"  # "ب" before a country is as often its object
        narrower = found is None or (found.entity != item.entity and found.entity in around(item.entity))
        if narrower and (glued or inside.search(flat(text[: item.start])[0])):
            found = item
    return found


@cache
def _inside(language: str) -> re.Pattern[str]:
    """What stands before the name of a place in which something is: "in", "in the city of"."""
    cues = language_table("cues", language)
    nouns = any_of(tuple(cues["place_nouns"]))
    return re.compile(rf"(?<!\w)[وف]?{any_of(tuple(cues['inside']))}(?:\s+{nouns}){{0,2}}\s*{_OPENED}$", re.I)
