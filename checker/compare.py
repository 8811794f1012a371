"""What two claims' frames say of each other: stages that clash, amounts and times that differ, who is heard."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Literal

from tabayyun import entities
from tabayyun.claims import Claim
from tabayyun.configs import table
from tabayyun.entities import Named
from tabayyun.frames import NEGATIVE
from tabayyun.quantities import Quantity
from tabayyun.spelling import fold, words, words_as_written
from tabayyun.times import Period

Relation = Literal["same", "clash", "unknown"]
Speakers = Literal["outlets", "one_outlet", "same", "different", "unknown"]
_COPIED = 0.6
_GRAM = 3


@dataclass(frozen=True, slots=True)
class Comparison:
    """How the frames of two claims stand to each other; `unknown` where one of them is silent."""

    status: Relation
    polarity: Relation
    number: Relation
    time: Relation
    place: Relation
    speakers: Speakers
    number_spans: tuple[tuple[int, int], tuple[int, int]] | None = None


def compare(a: Claim, b: Claim) -> Comparison:
    """Compare the frames of two claims."""
    number, spans = numbers(a, b)
    return Comparison(
        statuses(a.status, b.status),
        polarities(a, b),
        number,
        periods(a.time, b.time),
        places(a.place, b.place),
        speakers(a, b),
        spans,
    )


def polarities(a: Claim, b: Claim) -> Relation:
    """Whether both claims say yes or both no; a refusal may be either, for it says no without a negation."""
    if a.polarity == b.polarity:
        return "same"
    affirmative = b if a.polarity == NEGATIVE else a
    return "unknown" if affirmative.status == "refused" else "clash"


@cache
def _clashes() -> frozenset[frozenset[str]]:
    return frozenset(frozenset(pair) for pair in table("clashes")["status"])


def statuses(a: str | None, b: str | None) -> Relation:
    """How two stages of one event stand to each other.

    >>> statuses("not_yet", "agreed"), statuses("planned", "under_way"), statuses(None, "agreed")
    ('clash', 'unknown', 'unknown')
    """
    if a is None or b is None:
        return "unknown"
    if a == b:
        return "same"
    return "clash" if frozenset((a, b)) in _clashes() else "unknown"


def numbers(a: Claim, b: Claim) -> tuple[Relation, tuple[tuple[int, int], tuple[int, int]] | None]:
    """How the amounts of two claims stand to each other, and the first two spans that clash.

    Only amounts that count the same thing are compared; they clash when their intervals do not meet. In a clash each
    claim has an amount that meets none of the other: of a total and its parts, the other may tell only one.
    """
    one_way, spans = _numbers(a, b)
    other_way, _ = _numbers(b, a)
    return (one_way, spans) if one_way == other_way else ("same", None)


def _numbers(a: Claim, b: Claim) -> tuple[Relation, tuple[tuple[int, int], tuple[int, int]] | None]:
    """The same, as the amounts of `a` tell it."""
    result: Relation = "unknown"
    clash = None
    others = [(_counted(other, b.text), other) for other in b.quantities]
    for one in a.quantities:
        own = _counted(one, a.text)
        comparable = [other for counted, other in others if _count_the_same(own, counted)]
        if not comparable:
            continue
        if any(_meet(one, other) for other in comparable):
            result = "same" if clash is None else result
        elif clash is None:
            clash = ((one.start, one.end), (comparable[0].start, comparable[0].end))
    return ("clash", clash) if clash else (result, None)


_Counted = tuple[str, str | None, str]
"""The unit of an amount, the class and the first letters of what it counts."""


def _counted(quantity: Quantity, text: str) -> _Counted:
    return quantity.unit, counted_class(quantity.counted, text), "".join(words(quantity.counted)[:1])[:_GRAM]


def _count_the_same(a: _Counted, b: _Counted) -> bool:
    """Whether two amounts are of one unit, and count the same class (the dead ...) or noun (endings vary)."""
    (unit, kind, noun), (other_unit, other_kind, other_noun) = a, b
    if unit != other_unit or unit != "count":
        return unit == other_unit
    return kind == other_kind if kind and other_kind else bool(noun) and noun == other_noun


def counted_class(noun: str, text: str) -> str | None:
    """Return the class that an amount in `text` counts (`configs/counts.toml`), or None.

    >>> counted_class("قتيلا", ""), counted_class("people", "12 people were killed"), counted_class("سفينة", "")
    ('dead', 'dead', None)
    """
    people, nouns, verbs = _counts()
    name = fold(noun).removeprefix("ال")
    if name in nouns:
        return nouns[name]
    told = {verbs[word] for word in words_as_written(text) if word in verbs} if name in people else set()
    return told.pop() if len(told) == 1 else None


@cache
def _counts() -> tuple[frozenset[str], dict[str, str], dict[str, str]]:
    content = table("counts")
    classes = {name: part for name, part in content.items() if name != "people"}
    nouns = {fold(word): name for name, part in classes.items() for word in part["nouns"]}
    verbs = {fold(word): name for name, part in classes.items() for word in part["verbs"]}
    return frozenset(map(fold, content["people"])), nouns, verbs


def _meet(a: Quantity, b: Quantity) -> bool:
    low = max(q.low if q.low is not None else float("-inf") for q in (a, b))
    return low <= min(q.high if q.high is not None else float("inf") for q in (a, b))


def periods(a: Period | None, b: Period | None) -> Relation:
    """How two times stand to each other: the same when they share a day."""
    if a is None or b is None:
        return "unknown"
    return "same" if a.meets(b) else "clash"


def places(a: Named | None, b: Named | None) -> Relation:
    """How two places stand to each other: the same when one lies in the other.

    >>> aleppo, homs, syria = (entities.find(name)[0] for name in ("حلب", "حمص", "سوريا"))
    >>> places(aleppo, syria), places(aleppo, homs), places(aleppo, None)
    ('same', 'clash', 'unknown')
    """
    if a is None or b is None:
        return "unknown"
    return "same" if a.entity in entities.around(b.entity) or b.entity in entities.around(a.entity) else "clash"


def speakers(a: Claim, b: Claim) -> Speakers:
    """Who is heard in two claims: both newsrooms, one of them, the same speaker, different ones."""
    own = (a.voice == "outlet", b.voice == "outlet")
    if all(own):
        return "outlets"
    if any(own):
        return "one_outlet"
    first, second = set(words(a.speaker)), set(words(b.speaker))
    if not first or not second:
        return "unknown"
    return "same" if first & second else "different"


def copied(a: str, b: str) -> bool:
    """Whether two statements share most of their runs of three words: one text behind both, not two sources."""
    first, second = (_grams(words(text)) for text in (a, b))
    return bool(first and second) and len(first & second) >= _COPIED * min(len(first), len(second))


def contained(a: str, b: str) -> bool:
    """Whether every word of the shorter statement stands in the longer one: then they cannot clash.

    >>> contained("وصل الوفد", "وصل الوفد صباح اليوم"), contained("وصل الوفد", "غادر الوفد")
    (True, False)
    """
    first, second = set(words(a)), set(words(b))
    return bool(first and second) and (first <= second or second <= first)


def _grams(found: list[str]) -> set[tuple[str, ...]]:
    return set(zip(*(found[i:] for i in range(_GRAM)), strict=False))
