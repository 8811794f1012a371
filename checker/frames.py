"""How far an event has come, whether it is denied, and what kind of saying it was: cue tables over a claim's words.

The tables stand in `configs/frames/`, one a language. What no cue tells stays empty.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache

from tabayyun.configs import language_table
from tabayyun.spelling import any_of, flat, fold
from tabayyun.times import Period

AFFIRMATIVE, NEGATIVE = "affirmative", "negative"
_WORD = re.compile(r"[^\W\d_][\w'\u200c]*")


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
            frozenset(fold(v) + ending for v in done["verbs"] for ending in (("", "ا") if language == "ar" else ("",))),
            tuple(done.get("followed_by_suffixes", ())),
            frozenset(map(fold, done["no_stage"])),
            done["within"],
        ),
    )


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


def polarity(text: str, language: str, said: str = "") -> str:
    """Whether the main predicate of a claim is negated; a denied claim is negative as a whole.

    >>> polarity("لم يوقع الطرفان الاتفاق", "ar"), polarity("ما لا يقل عن 40 قتلوا", "ar")
    ('negative', 'affirmative')
    """
    words = _words(language)
    text, _ = flat(text)
    end = words.ends.search(text)
    main = text[: end.start()] if end and end.start() else text
    main = words.no_negation.sub(" ", main)
    negated = bool(words.negation.search(main))
    if negated and words.cancels.search(main):
        negated = False
    return NEGATIVE if negated != (said == "denied") else AFFIRMATIVE


def status(
    text: str,
    language: str,
    *,
    said: str = "",
    voice: str = "outlet",
    time: Period | None = None,
    today: date | None = None,
) -> str | None:
    """How far the event of a claim has come, or None when it tells of none.

    >>> status("لم ينجز شيء بعد", "ar"), status("سيوقع الوزيران الاتفاق", "ar"), status("تدمير الجسر", "ar")
    ('not_yet', 'planned', None)
    """
    if said == "denied":
        return "denied"
    words = _words(language)
    text, _ = flat(text)
    bare = [(m.start(), fold(m.group())) for m in _WORD.finditer(text)]
    for rule in words.rules:
        if _holds(rule, words, text, bare):
            return rule.status
    if said == "called_for":
        return "proposed"
    if voice != "outlet" and words.denied_past.search(text) and polarity(text, language) == NEGATIVE:
        return "denied"
    if time and today and time.first and time.first > today:
        return "planned"
    return "completed" if _is_completed(bare, words.completed) else None


def _holds(rule: _Rule, words: _Words, text: str, bare: Sequence[tuple[int, str]]) -> bool:
    limit = bare[rule.within][0] if len(bare) > rule.within else len(text)
    at = 0
    for number, expression in enumerate(rule.has):
        match = expression.search(text, at)
        if match is None or (number == 0 and match.start() >= limit):
            return False
        at = match.end()
    if rule.next_prefixes:
        following = next((word for start, word in bare if start >= at), "")
        perfect = following in words.completed.verbs or following.endswith("ت")
        return following.startswith(rule.next_prefixes) and len(following) > 3 and not perfect
    if rule.prefixes:
        return any(w.startswith(rule.prefixes) and len(w) > 4 and _unlisted(w, rule) for _, w in bare[: rule.within])
    if rule.suffixes:
        return any(w.endswith(rule.suffixes) and len(w) > 4 and _unlisted(w, rule) for _, w in bare[: rule.within])
    return bool(rule.has)


def _unlisted(word: str, rule: _Rule) -> bool:
    return word not in rule.not_words and word.removeprefix("و") not in rule.not_words


def _is_completed(bare: Sequence[tuple[int, str]], words: _Completed) -> bool:
    """Whether one of the first words is a verb of the past that tells an event."""
    inside = [word for _, word in bare[: words.within]]
    for number, word in enumerate(inside):
        stem = word.removeprefix("و").removeprefix("ف") if len(word) > 4 else word
        following = inside[number + 1] if number + 1 < len(inside) else ""
        if stem in words.no_stage:
            return False
        if {word, stem} & words.verbs:
            return not words.follow or following.endswith(words.follow)
        ends = word.endswith(words.endings) if words.endings else False
        listed = word in words.not_words or stem in words.not_words
        if (
            ends
            and not listed
            and len(stem) > 3
            and not word.startswith(("ال", "وال", "بال", "لل"))
            and not word.endswith("ات")
        ):
            return True
    return False
