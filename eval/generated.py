"""Articles made from templates, with events, copies and contradictions: for tests and for measurements of speed."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from tabayyun.configs import table

_FIRST_DAY = date(2024, 1, 1)
_FACTS = (14, 22)
_KEPT, _CONTRADICTED, _COPIED = 0.75, 0.08, 0.25
_EVENT_SIZES = (1, 1, 2, 2, 3, 4, 6, 9)


@dataclass(frozen=True, slots=True)
class _Fact:
    """One thing that happened, in the words of the templates; `cost` says whether it is about money."""

    slots: dict[str, str]
    cost: bool
    number: int


def rows(count: int, *, per_day: int = 200, seed: int = 0) -> Iterator[dict[str, Any]]:
    """Return `count` articles as the JSON fields of an article file, `per_day` of them on each day, with their event.

    An event has one to nine reports. One report in four is a copy of another, cut short or with one statement changed;
    the others tell three quarters of its facts, one in twelve of them otherwise.

    >>> first, second = rows(2)
    >>> first["published"], first["outlet"] == second["outlet"]
    ('2024-01-01', False)
    """
    chance = random.Random(seed)
    made = 0
    for event in itertools.count():
        if made >= count:
            return
        published = _FIRST_DAY + timedelta(days=made // per_day)
        facts = _facts(chance)
        outlets = chance.sample(table("generated")["outlets"], _EVENT_SIZES[event % len(_EVENT_SIZES)])
        told: list[list[str]] = []
        for outlet in outlets[: count - made]:
            if told and chance.random() < _COPIED:
                sentences = _copy(chance.choice(told), facts, chance)
            else:
                sentences = _report(facts, chance)
                told.append(sentences)
            day = published + timedelta(days=chance.choice((0, 0, 0, 1)))
            title = _fill("titles", facts[0], chance)
            text = f"{title}\n\n" + "\n\n".join(sentences)
            yield {
                "id": f"g{made:06}",
                "outlet": outlet,
                "published": day.isoformat(),
                "title": title,
                "text": text,
                "event": event,
            }
            made += 1


def _facts(chance: random.Random) -> list[_Fact]:
    words = table("generated")
    places, actors = chance.sample(words["places"], 2), chance.sample(words["actors"], 4)
    people = [f"{chance.choice(words['first_names'])} {chance.choice(words['last_names'])}" for _ in range(3)]
    objects = chance.sample(words["objects"], chance.randint(*_FACTS))
    facts = []
    for thing in objects:
        told, not_done, noun = chance.choice(words["deeds"])
        slots = {
            "told": told,
            "not_done": not_done,
            "noun": noun,
            "object": thing,
            "actor": chance.choice(actors),
            "place": chance.choice(places),
            "person": chance.choice(people),
            "day": chance.choice(words["days"]),
            "reason": chance.choice(words["reasons"]),
        }
        facts.append(_Fact(slots, chance.random() < 0.2, chance.randint(2, 60)))
    return facts


def _report(facts: list[_Fact], chance: random.Random) -> list[str]:
    kept = [fact for fact in facts if chance.random() < _KEPT] or facts[:1]
    return [_sentence(fact, chance, otherwise=chance.random() < _CONTRADICTED) for fact in kept]


def _copy(sentences: list[str], facts: list[_Fact], chance: random.Random) -> list[str]:
    copied = sentences[: max(4, int(len(sentences) * chance.choice((0.7, 1, 1))))]
    if chance.random() < 0.5:
        copied[chance.randrange(len(copied))] = _sentence(chance.choice(facts), chance, otherwise=True)
    return copied


def _sentence(fact: _Fact, chance: random.Random, *, otherwise: bool) -> str:
    if fact.cost:
        number = fact.number * (3 if otherwise else 1)
        return _fill("cost", fact, chance, number=str(number))
    return _fill("denied" if otherwise else "told", fact, chance)


def _fill(wording: str, fact: _Fact, chance: random.Random, **more: str) -> str:
    template: str = chance.choice(table("generated")["wordings"][wording])
    return template.format(**fact.slots, **more)
