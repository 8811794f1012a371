"""How far an event has come, whether it is denied, and what kind of saying it was: cue tables over a claim's words.

The tables stand in `configs/frames/`, one a language. What no cue tells stays empty.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from tabayyun.configs import language_table
from tabayyun.spelling import any_of, flat, fold
from tabayyun.times import Period

AFFIRMATIVE, NEGATIVE = "affirmative", "negative"
_WORD = re.compile(r"[^\W\d_][\w'\u200c]*")
_ANYWHERE = frozenset(("denied", "unconfirmed", "conditional", "not_yet"))
"""Stages that are told wherever their words stand; of the others the one that is told first counts."""
_FREE_OF_NEGATION = _ANYWHERE | {"planned", "under_way"}
"""Stages that a negation before their words does not undo: it is one of the words, or they hold beside it."""
_NEAR = 3


@dataclass(frozen=True, slots=True)
class Told:
    """A field of a frame and the words that tell it, as offsets into the claim (empty when no words of it do)."""

    value: str
    start: int = 0
    end: int = 0


@dataclass(frozen=True, slots=True)
class _Rule:
    """One way to tell a status: the words of `has` in this order, the last two at most `between` words apart."""

    status: str
    has: tuple[re.Pattern[str], ...]
    between: int
    next_prefixes: tuple[str, ...]
    prefixes: tuple[str, ...]
    suffixes: tuple[str, ...]
    not_words: frozenset[str]
    within: int


@dataclass(frozen=True, slots=True)
class _Completed:
    """How finished events are told."""

    endings: tuple[str, ...]
    not_words: frozenset[str]
    verbs: frozenset[str]
    follow: tuple[str, ...]
    no_stage: frozenset[str]
    particles: frozenset[str]
    """Verbs that are particles before another one."""
    passive: frozenset[str]
    """Words before a participle that ends in "ed" or is among the verbs."""
    within: int


@dataclass(frozen=True, slots=True)
class _Words:
    """The compiled table of one language."""

    negations: tuple[re.Pattern[str], ...]
    """Ways to negate; where more is needed to tell, the group `no` holds the negation itself."""
    no_negation: re.Pattern[str]
    cancels: re.Pattern[str]
    ends: re.Pattern[str]
    aside: re.Pattern[str]
    relative: re.Pattern[str]
    """What opens a clause about a noun: a stage in it is not that of the event."""
    no_cue: re.Pattern[str]
    """What holds cue words and tells no stage."""
    verb_first: bool
    that: re.Pattern[str]
    denied_past: re.Pattern[str]
    acts: tuple[tuple[str, re.Pattern[str]], ...]
    rules: tuple[_Rule, ...]
    completed: _Completed


@cache
def _words(language: str) -> _Words:
    content = language_table("frames", language)
    opening = r"(?<!\w)[وف]?" if language in ("ar", "he") else r"(?<!\w)"

    def phrases(listed: Sequence[str], behind: str = "") -> re.Pattern[str]:
        return re.compile(rf"{opening}{_whole(listed)}{behind}", re.I)

    def rule(told: Mapping[str, Any]) -> _Rule:
        has = tuple(told.get("has", ()))
        behind = rf"(?!\s+(?:{_whole(told['no_follower'])}|\d))" if "no_follower" in told else ""
        return _Rule(
            told["status"],
            tuple(phrases(listed, behind if listed is has[-1] else "") for listed in has),
            told.get("between", 1000),
            tuple(fold(p) for p in told.get("next_prefixes", ())),
            tuple(fold(p) for p in told.get("prefixes", ())),
            tuple(fold(p) for p in told.get("suffixes", ())),
            frozenset(map(fold, told.get("not_words", ()))),
            told.get("within", 1000),
        )

    done = content["completed"]
    return _Words(
        negations=_negations(content, opening),
        no_negation=phrases(content["no_negation"]),
        cancels=phrases(content["negation_cancels"]),
        ends=phrases(content["negation_ends"]),
        aside=re.compile(rf"[،,]\s*{_whole(content.get('relative', ()))}[^،,]*(?=[،,])", re.I),
        relative=phrases(content.get("relative", ())),
        no_cue=re.compile(
            rf"{opening}(?:(?i:{_whole(content.get('no_cue', ()))})|(?<=[^.!?\"“]\s){_whole(content.get('names', ()))})"
        ),
        verb_first=bool(content.get("verb_first", False)),
        that=re.compile(rf"[وفبل]?{any_of(tuple(content.get('that', ())))}(?:ها?|هم|هما|هن|نا|ي|كم|ني)?"),
        denied_past=phrases(content.get("denied_past", ())),
        acts=tuple((act, phrases(listed)) for act, listed in content["acts"].items()),
        rules=tuple(map(rule, content.get("status", ()))),
        completed=_Completed(
            tuple(fold(e) for e in done["endings"]),
            frozenset(map(fold, done["not_words"])),
            frozenset(fold(v) + ending for v in done["verbs"] for ending in _dual_too(v, language)),
            tuple(done.get("followed_by_suffixes", ())),
            frozenset(map(fold, done["no_stage"])),
            frozenset(map(fold, done.get("particles", ()))),
            frozenset(map(fold, done.get("passive", ()))),
            done["within"],
        ),
    )


def _whole(listed: Sequence[str]) -> str:
    """The words as whole ones; what ends in an apostrophe goes on in the next word."""
    elided = tuple(word for word in listed if word.endswith("'"))
    return rf"(?:{any_of(tuple(word for word in listed if word not in elided))}(?!\w)|{any_of(elided)})"


def _negations(content: Mapping[str, Any], opening: str) -> tuple[re.Pattern[str], ...]:
    """How a language negates: by a word; within a verb; by "un-" as a predicate; by the lack of what is decided."""

    def part(name: str) -> str:
        return any_of(tuple(content.get(name, ())))

    elsewhere = "".join(rf"(?<!{any_of((word,))}\s)" for word in content.get("lack_of_cause", ()))
    return tuple(
        re.compile(expression, re.I)
        for expression in (
            rf"(?:{opening}|(?<=\w)(?=n't)){_whole(content['negation'])}",
            rf"(?<!\w)(?!{part('not_negated')})"
            rf"(?:{part('negation_prefixes')}[\w\u200c]+|\w+{part('negation_inside')}\w*)",
            rf"(?<!\w)(?:{part('subjects')}|ال\w+)\s+[\"“«]?(?P<no>{part('un')})\s+(?!ال)",
            rf"^[وف]?(?:{part('decides')}(?!\w)(?:\s+[^\s،,.]+){{0,7}}?\s+){elsewhere}[بل]?(?P<no>{part('lack')})(?!\w)",
            rf"^\W*(?P<no>{part('lack')})(?!\w)(?!.*\s(?:ي|سي|ست)\w{{3}})",
        )
    )


def _dual_too(verb: str, language: str) -> tuple[str, ...]:
    """The endings of an Arabic verb for one and two; what begins with taa would be its own noun in the accusative."""
    return ("", "ا") if language == "ar" and not verb.startswith("ت") else ("",)


def act(saying: str, language: str) -> str:
    """The kind of saying that a reporting verb tells; `said` when it is a plain one.

    >>> act("نفت", "ar"), act("قال", "ar")
    ('denied', 'said')
    """
    plain, _ = flat(saying)
    for name, expression in _words(language).acts:
        if expression.search(plain):
            return name
    return "said"


def polarity(text: str, language: str, said: str = "") -> Told:
    """Whether the main predicate of a claim is negated; a denied claim is negative as a whole.

    >>> polarity("لم يوقع الطرفان الاتفاق", "ar").value, polarity("ما لا يقل عن 40 قتلوا", "ar").value
    ('negative', 'affirmative')
    """
    plain, at = flat(text)
    negated = _denials(plain, _words(language))
    value = NEGATIVE if bool(negated) != (said == "denied") else AFFIRMATIVE
    return Told(value, at[negated[0][0]], at[negated[0][1]]) if negated else Told(value)


def _denials(text: str, words: _Words) -> list[tuple[int, int]]:
    """Where negations of the main predicate stand in flat text, the first one first."""
    text = _without(words.no_negation, text)
    end = words.ends.search(text, 1)
    main = text[: end.start()] if end else text
    negated = [] if words.cancels.search(main) else _negated(main, words)
    aside = bool(negated) and words.verb_first and _beside(main, negated[0][0], words)
    return [] if aside else negated


def _beside(text: str, at: int, words: _Words) -> bool:
    """Whether the negation at `at` only describes a noun without an article: the claim opens with what happened."""
    before = text[:at].split()
    opening = [(m.start(), m.end(), fold(m.group())) for m in _WORD.finditer(text)][:1]
    described = len(before) > 1 and not fold(before[-1]).startswith(("ال", "لل", "بال"))
    return described and bool(_completed(opening, words.completed)) and not any(map(words.that.fullmatch, before[1:]))


def _negated(text: str, words: _Words) -> list[tuple[int, int]]:
    """Where negations stand in flat text, the first one first."""
    found = (match for expression in words.negations for match in expression.finditer(text))
    return sorted(match.span("no" if "no" in match.re.groupindex else 0) for match in found)


def status(
    text: str,
    language: str,
    *,
    said: str = "",
    voice: str = "outlet",
    time: Period | None = None,
    today: date | None = None,
) -> Told | None:
    """How far the event of a claim has come and which words tell it, or None when it tells of none.

    >>> [status(t, "ar").value for t in ("لم ينجز شيء بعد", "سيوقع الوزيران الاتفاق")], status("تدمير الجسر", "ar")
    (['not_yet', 'planned'], None)
    """
    if said == "denied":
        return Told("denied")
    words = _words(language)
    plain, at = flat(text)
    plain = _without(words.aside, plain)
    relative = words.relative.search(plain, 1)
    coming = (0, 0)
    if time and today and time.first and time.first > today:
        coming = (bisect_left(at, time.start), bisect_left(at, time.end))
    for end in dict.fromkeys((relative.start() if relative else len(plain), len(plain))):
        told = _stage(plain[:end], words, said, voice, coming, relative.start() if relative else end)
        if told:
            return Told(told.value, at[told.start], at[told.end]) if told.end else told
    return None


def _stage(text: str, words: _Words, said: str, voice: str, coming: tuple[int, int], main: int) -> Told | None:
    """The stage that flat text tells.

    `coming` is where a day to come stands, if one does; `main` where the main clause ends: a negation behind it only
    undoes the word after it.
    """
    text = _without(words.no_cue, text)
    bare = [(m.start(), m.end(), fold(m.group())) for m in _WORD.finditer(text)]
    negated = _negated(_without(words.no_negation, text), words)
    planned = Told("planned", *coming) if 0 < coming[1] <= len(text) else None
    told = _by_rules(words, text, bare, negated, main)
    if told and not (told.value == "under_way" and planned):
        return told
    if said == "called_for":
        return Told("proposed")
    denials = _denials(text, words) if voice != "outlet" and words.denied_past.search(text) else []
    if denials:
        return Told("denied", *denials[0])
    span = _completed(bare, words.completed)
    if planned or span is None or _undone(span, negated, text, main):
        return planned
    return None if any(start < min(span[1], main) for start, _ in negated) else Told("completed", *span)


def _without(expression: re.Pattern[str], text: str) -> str:
    """The text with spaces in place of what the expression finds, so that offsets hold."""
    return expression.sub(lambda match: " " * len(match.group()), text)


def _undone(span: tuple[int, int], negated: Sequence[tuple[int, int]], text: str, main: int) -> bool:
    """Whether a negation stands in the words of a stage or shortly before them, behind `main` right before them."""
    return any(
        start < span[1] and (end > span[0] or len(text[end : span[0]].split()) < (_NEAR if start < main else 1))
        for start, end in negated
    )


def _by_rules(words: _Words, text: str, bare: _Bare, negated: Sequence[tuple[int, int]], main: int) -> Told | None:
    """The stage of the first rule that holds, if its stage is told anywhere, else of the one whose words stand first.

    The tables list the rules of stages that are told anywhere before the others.
    """
    found: list[Told] = []
    for rule in words.rules:
        span = _holds(rule, words, text, bare)
        if span is None or (
            rule.status not in _FREE_OF_NEGATION and not rule.next_prefixes and _undone(span, negated, text, main)
        ):
            continue
        if rule.status in _ANYWHERE:
            return Told(rule.status, *span)
        found.append(Told(rule.status, *span))
    return min(found, key=lambda told: told.start, default=None)


_Bare = Sequence[tuple[int, int, str]]
"""The words of a claim: where they begin and end in its flat text, and their folded form."""


def _holds(rule: _Rule, words: _Words, text: str, bare: _Bare) -> tuple[int, int] | None:
    """Where the words stand by which a rule holds; None when it does not."""
    limit = bare[rule.within][0] if len(bare) > rule.within else len(text)
    first = at = 0
    for number, expression in enumerate(rule.has):
        match = expression.search(text, at)
        if match is None or (number == 0 and match.start() >= limit):
            return None
        if number and len(text[at : match.start()].split()) > rule.between:
            return None
        first, at = first if number else match.start(), match.end()
    if rule.next_prefixes:
        _, end, following = next(((a, b, word) for a, b, word in bare if a >= at), (0, 0, ""))
        perfect = following in words.completed.verbs or following.endswith("ت")
        holds = following.startswith(rule.next_prefixes) and len(following) > 3 and not perfect
        return (first, end) if holds else None
    if rule.prefixes or rule.suffixes:
        return next(
            (
                (a, b)
                for a, b, word in bare[: rule.within]
                if (word.startswith(rule.prefixes) if rule.prefixes else word.endswith(rule.suffixes))
                and len(word) > 4
                and _unlisted(word, rule)
            ),
            None,
        )
    return (first, at) if rule.has else None


def _unlisted(word: str, rule: _Rule) -> bool:
    return not {word, word.removeprefix("و"), word.rpartition("'")[2]} & rule.not_words


def _completed(bare: _Bare, words: _Completed) -> tuple[int, int] | None:
    """Where a verb of the past that tells an event stands among the first words; None without one."""
    inside = [word for _, _, word in bare[: words.within]]
    for number, word in enumerate(inside):
        span = bare[number][:2]
        stem = word.removeprefix("و").removeprefix("ف") if len(word) > 4 else word
        following = inside[number + 1] if number + 1 < len(inside) else ""
        if word in words.passive and (following in words.verbs or following.endswith("ed")):
            return None if following in words.not_words else (span[0], bare[number + 1][1])
        if stem in words.particles and (following in words.verbs or following.endswith(words.endings)):
            continue
        if stem in words.no_stage:
            return None
        if {word, stem} & words.verbs:
            return span if not words.follow or following.endswith(words.follow) else None
        ends = word.endswith(words.endings) if words.endings else False
        listed = word in words.not_words or stem in words.not_words
        if (
            ends
            and not listed
            and len(stem) > 3
            and not word.startswith(("ال", "وال", "بال", "لل"))
            and not word.endswith("ات")
            and not word.startswith("ي")
            and (not word.endswith("نا") or stem[:-2] in words.verbs)
        ):
            return span
    return None
