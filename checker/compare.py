"""What two claims' frames say of each other: stages that clash, amounts and times that differ, who is heard."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Literal

from tabayyun import entities
from tabayyun.claims import Claim
from tabayyun.configs import table
from tabayyun.entities import Named
from tabayyun.frames import NEGATIVE
from tabayyun.quantities import Quantity, units
from tabayyun.spelling import fold, openings, words, words_as_written
from tabayyun.times import Period

Relation = Literal["same", "clash", "unknown"]
Speakers = Literal["outlets", "one_outlet", "same", "different", "unknown"]
_COPIED = 0.6
_ONE_NAME, _SHORT = 0.5, 2
"""Two names that share this much of the shorter one's words are of one speaker; words so short do not count."""
_GRAM = 3
_BARE = 3
"""A document with so few words is nobody's."""
_NEAR, _LONG, _BESIDE = 7, 4, 2
_ARABIC = re.compile(r"[\u0621-\u064a]")
_OF_ANYTHING = frozenset(("percent", "second", "minute", "hour", "day", "week", "month", "year"))


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
    length: int = 0
    """The characters of both claims."""
    denial: bool = False
    """Whether one of the claims is a denial."""


def compare(a: Claim, b: Claim) -> Comparison:
    """Compare the frames of two claims."""
    number = numbers(a, b)
    return Comparison(
        statuses(a.status, b.status),
        polarities(a, b),
        number.relation,
        periods(a.time, b.time),
        places(a.place, b.place),
        speakers(a, b),
        number.spans,
        len(a.text) + len(b.text),
        "denied" in (a.status, b.status),
    )


def polarities(a: Claim, b: Claim) -> Relation:
    """Whether both claims say yes or both no; a refusal may be either, for it says no without a negation."""
    if a.polarity == b.polarity:
        return "same"
    affirmative = b if a.polarity == NEGATIVE else a
    return "unknown" if affirmative.status == "refused" else "clash"


def advances(earlier: str | None, later: str | None) -> bool:
    """Whether one event may have come from the first stage to the second.

    >>> advances("planned", "completed"), advances("completed", "planned"), advances(None, "completed")
    (True, False, False)
    """
    return [earlier, later] in table("clashes")["advances"]


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


@dataclass(frozen=True, slots=True)
class Amounts:
    """How the amounts of two claims stand to each other; where they clash, which two, and the words around both."""

    relation: Relation
    spans: tuple[tuple[int, int], tuple[int, int]] | None = None
    words: int = 0
    """How many words stand near both amounts: what they count is told by them."""


def numbers(a: Claim, b: Claim) -> Amounts:
    """How the amounts of two claims stand to each other.

    Only amounts that count the same thing are compared; shares and spans of time, which any matter has, clash only
    where words near both are the same. Two clash when neither meets any of the other claim: of a total and its parts,
    the other may tell only one. Of several that clash, those are told that share most words around them.
    """
    keyed = [[(_counted(q, claim.text), q) for q in claim.quantities] for claim in (a, b)]
    alike = [(x, y) for of_x, x in keyed[0] for of_y, y in keyed[1] if _count_the_same(of_x, of_y)]
    met = [(x, y) for x, y in alike if _meet(x, y)]
    met_a, met_b = {x.start for x, _ in met}, {y.start for _, y in met}
    apart = [(x, y) for x, y in alike if x.start not in met_a and y.start not in met_b]
    near_a = {x: _near(a.text, x) for x in dict.fromkeys(x for x, _ in apart)}
    near_b = {y: _near(b.text, y) for y in dict.fromkeys(y for _, y in apart)}
    shared = [(x, y, len(near_a[x] & near_b[y])) for x, y in apart]
    clashes = [
        Amounts("clash", ((x.start, x.end), (y.start, y.end)), common)
        for x, y, common in shared
        if common or x.unit not in _OF_ANYTHING
    ]
    return max(clashes, key=lambda clash: clash.words, default=Amounts("same" if met else "unknown"))


def _near(text: str, amount: Quantity) -> set[str]:
    """The openings of the longer words on both sides of an amount."""
    beside = words(text[: amount.start])[-_NEAR:] + words(text[amount.end :])[:_NEAR]
    return openings((word for word in beside if not word.isdecimal()), _LONG)


@dataclass(frozen=True, slots=True)
class _Counted:
    """What an amount counts: the units that it may be in, the class, the first letters of the noun, who they are."""

    units: frozenset[str]
    kind: str | None
    noun: str
    who: str | None


def _counted(amount: Quantity, text: str) -> _Counted:
    name = _name(amount.counted)
    kind = counted_class(amount.counted, text, amount.start)
    return _Counted(units(amount), kind, "".join(words(amount.counted)[:1])[:_GRAM], _counts().who.get(name))


def _count_the_same(a: _Counted, b: _Counted) -> bool:
    """Whether two amounts are of one unit, and count the same class (the dead ...) or noun (endings vary).

    Of one class the children are a part, and soldiers are other people than civilians.
    """
    if "count" not in a.units & b.units:
        return bool(a.units & b.units)
    if a.who != b.who:
        return False
    return a.kind == b.kind if a.kind and b.kind else bool(a.noun) and a.noun == b.noun and a.kind == b.kind


def counted_class(noun: str, text: str, at: int = 0) -> str | None:
    """Return the class (`configs/counts.toml`) that an amount at `at` in `text` counts, or None.

    People are of the class of the only verb there is, or of the last one before them where verbs stand before their
    nouns; a number without a noun is of the class of what it stands right behind.

    >>> counted_class("قتيلا", ""), counted_class("people", "12 people were killed"), counted_class("قصيدة", "")
    ('dead', 'dead', None)
    >>> counted_class("آخرين", "مقتل شخصين وإصابة 3 آخرين", 18), counted_class("", "مقتل 4 وإصابة 12 في هجوم", 5)
    ('wounded', 'dead')
    """
    counts, name = _counts(), _name(noun)
    if name in counts.nouns:
        return counts.nouns[name]
    before = words_as_written(text[:at])
    if not name:
        beside = next((word for word in reversed(before[-_BESIDE:]) if word not in counts.between), "")
        return counts.verbs.get(beside) or counts.nouns.get(beside.removeprefix("ال"))
    if name not in counts.people:
        return None
    every = {counts.verbs[word] for word in words_as_written(text) if word in counts.verbs}
    told = [counts.verbs[word] for word in before if word in counts.verbs and _ARABIC.match(word)]
    return every.pop() if len(every) == 1 else told[-1] if told else None


def _name(noun: str) -> str:
    return fold(noun).removeprefix("ال")


@dataclass(frozen=True, slots=True)
class _Counts:
    """The table of what is counted, folded."""

    people: frozenset[str]
    between: frozenset[str]
    who: dict[str, str]
    nouns: dict[str, str]
    verbs: dict[str, str]


@cache
def _counts() -> _Counts:
    content = table("counts")
    classes = {name: part for name, part in content.items() if isinstance(part, dict) and name != "who"}
    return _Counts(
        people=frozenset(map(fold, content["people"])),
        between=frozenset(map(fold, content["between"])),
        who={fold(word): name for name, listed in content["who"].items() for word in listed},
        nouns={fold(word): name for name, part in classes.items() for word in part["nouns"]},
        verbs={fold(word): name for name, part in classes.items() for word in part["verbs"]},
    )


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

    Whether a city lies in a region is not always known, nor are the bounds of seas and continents.

    >>> aleppo, homs, syria = (entities.find(name)[0] for name in ("حلب", "حمص", "سوريا"))
    >>> places(aleppo, syria), places(aleppo, homs), places(aleppo, None)
    ('same', 'clash', 'unknown')
    """
    if a is None or b is None:
        return "unknown"
    around_a, around_b = entities.around(a.entity), entities.around(b.entity)
    if a.entity in around_b or b.entity in around_a:
        return "same"
    region = "region" in (a.entity.kind, b.entity.kind) and a.entity.kind != b.entity.kind
    near = around_a[-1] == around_b[-1] or any(e.kind == "region" and not e.within for e in (a.entity, b.entity))
    return "unknown" if region and near else "clash"


def speakers(a: Claim, b: Claim) -> Speakers:
    """Who is heard in two claims: both newsrooms, one of them, the same speaker, different ones."""
    own = tuple(claim.voice == "outlet" or of_newsroom(claim.speaker) for claim in (a, b))
    if all(own):
        return "outlets"
    if any(own):
        return "one_outlet"
    first, second = ({word for word in words(claim.speaker) if len(word) > _SHORT} for claim in (a, b))
    if not first or not second:
        return "unknown"
    return "same" if len(first & second) >= _ONE_NAME * min(len(first), len(second)) else "different"


def of_newsroom(speaker: str) -> bool:
    """Whether a speaker is the newsroom's own witness, or a bare document, which it read itself.

    >>> of_newsroom("مراسلنا في بيروت"), of_newsroom("سجل برج المطار"), of_newsroom("سجل نقابة المحامين في بيروت")
    (True, True, False)
    """
    heard = words(speaker)
    own, documents = _of_newsroom()
    return " ".join(heard).startswith(own) or (len(heard) <= _BARE and not documents.isdisjoint(heard[:1]))


@cache
def _of_newsroom() -> tuple[tuple[str, ...], frozenset[str]]:
    """How its own witnesses are called, and documents, folded."""
    content = table("clashes")
    return tuple(" ".join(words(name)) for name in content["own_witnesses"]), frozenset(map(fold, content["documents"]))


def copied(a: str, b: str) -> bool:
    """Whether two statements share most of their runs of three words: one text behind both, not two sources."""
    first, second = (_grams(words(text)) for text in (a, b))
    return bool(first and second) and len(first & second) >= _COPIED * min(len(first), len(second))


def contained(a: str, b: str) -> bool:
    """Whether all words of one statement stand in the other, in the same order.

    >>> contained("وصل الوفد", "وصل الوفد صباح اليوم"), contained("هاجم الجيش المعارضة", "هاجم المعارضة الجيش")
    (True, False)
    """
    short, long = sorted((words(a), words(b)), key=len)
    rest = iter(long)
    return bool(short) and all(word in rest for word in short)


def _grams(found: list[str]) -> set[tuple[str, ...]]:
    return set(zip(*(found[i:] for i in range(_GRAM)), strict=False))
