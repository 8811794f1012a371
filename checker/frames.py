"""How far an event has come, whether it is denied, and what kind of saying it was: cue tables over a claim's words.

The tables stand in `configs/frames/`, one a language. What no cue tells stays empty.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache

from tabayyun.configs import language_table
from tabayyun.spelling import any_of, flat, fold
from tabayyun.times import Period

AFFIRMATIVE, NEGATIVE = "affirmative", "negative"
_WORD = re.compile(r"[^\W\d_][\w'\u200c]*")


@dataclass(frozen=True, slots=True)
class Told:
    """A field of a frame and the words that tell it, as offsets into the claim (empty when no words of it do)."""

    value: str
    start: int = 0
    end: int = 0


@dataclass(frozen=True, slots=True)
class _Rule:
    """One way to tell a status."""

    status: str
    has: tuple[re.Pattern[str], ...]
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
    within: int


@dataclass(frozen=True, slots=True)
class _Words:
    """The compiled table of one language."""

    negation: re.Pattern[str]
    no_negation: re.Pattern[str]
    cancels: re.Pattern[str]
    ends: re.Pattern[str]
    denied_past: re.Pattern[str]
    acts: tuple[tuple[str, re.Pattern[str]], ...]
    rules: tuple[_Rule, ...]
    completed: _Completed


@cache
def _words(language: str) -> _Words:
    content = language_table("frames", language)
    opening = r"(?<!\w)[وف]?" if language in ("ar", "he") else r"(?<!\w)"

    def phrases(listed: Sequence[str]) -> re.Pattern[str]:
        return re.compile(rf"{opening}{any_of(tuple(listed))}(?!\w)", re.I)

    done = content["completed"]
    return _Words(
        negation=re.compile(rf"(?:{opening}|(?<=\w)(?=n['’]t)){any_of(tuple(content['negation']))}(?!\w)", re.I),
        no_negation=phrases(content["no_negation"]),
        cancels=phrases(content["negation_cancels"]),
        ends=phrases(content["negation_ends"]),
        denied_past=phrases(content.get("denied_past", [])),
        acts=tuple((act, phrases(listed)) for act, listed in content["acts"].items()),
        rules=tuple(
            _Rule(
                rule["status"],
                tuple(phrases(listed) for listed in rule.get("has", ())),
                tuple(fold(p) for p in rule.get("next_prefixes", ())),
                tuple(fold(p) for p in rule.get("prefixes", ())),
                tuple(fold(p) for p in rule.get("suffixes", ())),
                frozenset(map(fold, rule.get("not_words", ()))),
                rule.get("within", 1000),
            )
            for rule in content.get("status", ())
        ),
        completed=_Completed(
            tuple(fold(e) for e in done["endings"]),
            frozenset(map(fold, done["not_words"])),
            frozenset(fold(v) + ending for v in done["verbs"] for ending in _dual_too(v, language)),
            tuple(done.get("followed_by_suffixes", ())),
            frozenset(map(fold, done["no_stage"])),
            done["within"],
        ),
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
    words = _words(language)
    plain, at = flat(text)
    end = words.ends.search(plain)
    main = plain[: end.start()] if end and end.start() else plain
    main = words.no_negation.sub(lambda match: " " * len(match.group()), main)
    negation = words.negation.search(main)
    if negation and words.cancels.search(main):
        negation = None
    value = NEGATIVE if bool(negation) != (said == "denied") else AFFIRMATIVE
    return Told(value, at[negation.start()], at[negation.end()]) if negation else Told(value)


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
    bare = [(m.start(), m.end(), fold(m.group())) for m in _WORD.finditer(plain)]
    for rule in words.rules:
        span = _holds(rule, words, plain, bare)
        if span:
            return Told(rule.status, at[span[0]], at[span[1]])
    if said == "called_for":
        return Told("proposed")
    if voice != "outlet" and words.denied_past.search(plain):
        denial = polarity(text, language)
        if denial.value == NEGATIVE:
            return replace(denial, value="denied")
    if time and today and time.first and time.first > today:
        return Told("planned", time.start, time.end)
    span = _completed(bare, words.completed)
    return Told("completed", at[span[0]], at[span[1]]) if span else None


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
    return word not in rule.not_words and word.removeprefix("و") not in rule.not_words


def _completed(bare: _Bare, words: _Completed) -> tuple[int, int] | None:
    """Where a verb of the past that tells an event stands among the first words; None without one."""
    inside = [word for _, _, word in bare[: words.within]]
    for number, word in enumerate(inside):
        span = bare[number][:2]
        stem = word.removeprefix("و").removeprefix("ف") if len(word) > 4 else word
        following = inside[number + 1] if number + 1 < len(inside) else ""
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
        ):
            return span
    return None
