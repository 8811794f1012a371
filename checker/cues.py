"""Cue words: how a language says who speaks, compiled from `configs/cues/` to expressions for the reading of claims.

Each maker below stands for one way of naming a speaker; in the comments words in capitals are such parts of a sentence.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from tabayyun.configs import language_table
from tabayyun.spelling import any_of, flat

Voice = Literal["outlet", "reported", "quoted"]

_SPEAKER_WORDS = 30
_SUBJECT_WORDS = 14
_END = r"[.…،,\s]*$"
_NAME_OF_SOURCE = r"\s*(?P<speaker>[^،,.؛;]{2,90})"


@dataclass(frozen=True, slots=True)
class Lead:
    """One way to open a clause with its speaker; `voice` is what follows.

    `keep` leaves the opening in the claim, which could not be understood without it; `unnamed` says that somebody new
    speaks whose name cannot be told from what he speaks of.
    """

    expression: re.Pattern[str]
    voice: Voice
    keep: bool = False
    unnamed: bool = False


@dataclass(frozen=True, slots=True)
class Cues:
    """The compiled cue words of one language."""

    leads: tuple[Lead, ...]
    front: re.Pattern[str]
    """ACCORDING TO X before a statement."""
    tails: tuple[re.Pattern[str], ...]
    """A source behind a statement."""
    asides: tuple[re.Pattern[str], ...]
    """A source in the middle of a clause, which stays in the claim."""
    says: re.Pattern[str]
    adding: re.Pattern[str]
    adding_object: re.Pattern[str]
    heads: re.Pattern[str]
    """Where a clause with a speaker of its own begins."""
    contrast: re.Pattern[str]
    before_speaker: re.Pattern[str]
    """What may stand before the name of a speaker: of what, and where."""
    no_speaker: re.Pattern[str]
    """What begins a phrase of place or occasion, which is nobody's name."""
    speaker_end: re.Pattern[str]
    no_news: tuple[tuple[str, re.Pattern[str]], ...]
    """Reasons to leave a statement out, and what begins or holds it."""
    pronouns: frozenset[str]


class _Parts:
    """The cue words of a language as alternations; those that nearly every maker needs have names."""

    def __init__(self, language: str) -> None:
        self.words: dict[str, Any] = language_table("cues", language)
        self.arabic = language == "ar"
        self.that, self.pronoun = self("that"), self("that_pronoun")
        self.say = rf"(?:[وف]?(?:قد\s+)?{self('say_verbs')})" if self.arabic else self("say_verbs")
        self.quote_then = rf"(?:\s+(?:{self.that}|{self.pronoun})(?!\w))?\s*[،,]?\s*(?=[\"“”«])"

    def __call__(self, name: str) -> str:
        return any_of(tuple(self.words.get(name, ())))

    def openings(self, name: str) -> str:
        """The words before a space; one that ends in a bare "ب" is glued to the next word."""
        glued = tuple(word for word in self.words[name] if word.endswith(" ب"))
        apart = tuple(word for word in self.words[name] if not word.endswith(" ب"))
        return rf"(?:{any_of(apart)}(?!\w)\s+|{any_of(glued)})"


@cache
def cues_of(language: str) -> Cues:
    """The cue words of a language; those that it lacks match nothing.

    >>> bool(cues_of("en").front.match("According to the mayor, the bridge is shut"))
    True
    """
    part = _Parts(language)
    source = rf"(?:{_as_said(part) if part.arabic else '(?!)'}|{part('according')}){_NAME_OF_SOURCE}"
    tails, asides = (_arabic_sources if part.arabic else _sources)(part, source)
    return Cues(
        leads=_arabic_leads(part) if part.arabic else _leads(part),
        front=re.compile(rf"[وف]?{source}[،,]\s+", re.I),
        tails=tuple(re.compile(tail, re.I) for tail in tails),
        asides=tuple(re.compile(aside, re.I) for aside in asides),
        says=re.compile(rf"(?<!\w){part.say}(?!\w)", re.I),
        adding=re.compile(
            rf"(?<!\w)و?{part('adding')}(?!\w)(?:\s+[^\s\"“”«،,.]+){{0,2}}?"
            rf"(?:\s+{part.that}(?!\w)\s+|{part.quote_then}|\s+(?={part.pronoun}(?!\w)))",
            re.I,
        ),
        adding_object=re.compile(rf"(?<=[،,])\s+و?{part.openings('adding_object')}", re.I),
        heads=_heads(part),
        contrast=re.compile(
            rf"(?<!\w)و?{part('contrast')}(?:ها?|هم|هما)?(?!\w)(?:\s+{part.that}(?!\w))?\s+"
            if part.arabic
            else rf"(?<!\w){part('contrast')}(?!\w)\s+",
            re.I,
        ),
        before_speaker=re.compile(
            rf"\s*{part('before_speaker')}\s+(?=\w)"
            if part.arabic
            else rf"(?:{part('before_speaker')}\s+)?(?:{part('fronted')}\s[^,]{{2,60}},\s+(?=\w))?",
            re.I,
        ),
        no_speaker=re.compile(rf"{part('no_speaker')}(?!\w)", re.I),
        speaker_end=_speaker_end(part),
        no_news=(
            ("greeting", re.compile(rf"\W*{part('greetings')}(?!\w)", re.I)),
            ("opinion of the writer", re.compile(rf"\W*{part('opinions')}(?!\w)", re.I)),
            ("definition", re.compile(rf"(?:\W*+\w++){{1,6}}?\W+{part('definitions')}(?!\w)", re.I)),
        ),
        pronouns=frozenset(
            flat(word)[0] for name in ("said_pronouns", "that_pronoun") for word in part.words.get(name, ())
        ),
    )


def _as_said(part: _Parts) -> str:
    """BY WHAT [he] SAID and AS SAID, up to the name; "AS SAID X THAT" opens a second statement instead."""

    def it(verbs: Sequence[str]) -> str:
        return rf"{any_of((*verbs, *(f'{verb[:-1]}ا' for verb in verbs if verb.endswith('ى'))))}(?:ها?|هم|نا)?(?!\w)"

    said = rf"(?:{part('by_what')}\s+{it(part.words['say_verbs'])}|{part('as')}\s+{it(part.words['as_verbs'])})"
    return rf"{said}(?:\s+{part('told_it')}(?!\w))*(?![^،,.؛;]*\s(?:{part.that}|{part.pronoun})(?!\w))"


def _name(part: _Parts) -> str:
    """The name of a speaker behind the verb: words that open no statement."""
    return rf"(?!.*(?<!\w){part.that}(?!\w))[^\"“”«»:؛;]{{2,90}}?"


def _said_behind(part: _Parts) -> str:
    """A quotation, SAID X."""
    return rf"(?<=[\"”»])\s*[،,]?\s*[—–-]?\s*{part.say}\s+(?P<speaker>{_name(part)}){_END}"


def _arabic_sources(part: _Parts, source: str) -> tuple[list[str], list[str]]:
    """What names the source behind a statement, and in the middle of one: ACCORDING TO X; AS HE PUTS IT; SAYS X."""
    him = rf"{part('according_him')}(?P<speaker>)"
    behind = rf"{part('behind')}\s+(?P<speaker>[^،,؛;:\"“”«]{{2,60}}?)"
    no_that = rf"(?!.*(?<!\w)(?:{part.that}|{part.pronoun})(?!\w))"
    tails = [
        rf"\s*[،,]\s*{him}{_END}",
        rf"\s*[،,]\s*{source}{_END}",
        _said_behind(part),
        rf"\s+(?!على){_as_said(part)}{_NAME_OF_SOURCE}{_END}",
        rf"\s*[،,]\s*{no_that}{behind}{_END}",
    ]
    return tails, [rf"[،,]\s*{one}[،,]" for one in (him, source, behind)]


def _sources(part: _Parts, source: str) -> tuple[list[str], list[str]]:
    """The same where the subject stands first: ACCORDING TO X; X SAID; X, Y, SAID; SAID X; X TOLD THE DISPATCH."""
    bare, told, inside = part("bare_verbs"), part("told"), part("inside")
    new = rf"(?!(?:{part('and')}|{part('contrast')})\s)"
    short = r"[^,;:\"“”«»]{2,60}?"
    twofold = r"[^\"“”«»:;,.]{2,60},\s*[^\"“”«»:;,.]{2,40}"
    person = rf"(?!{inside}\s)(?!.*\s(?:had|was|were|would|will|has|have|is|are|been)\s){_name(part)}"
    tails = [
        *([rf"\s+{part('last_verbs')}(?P<speaker>){_END}"] if "last_verbs" in part.words else []),
        rf"\s*[،,]\s*{source}{_END}",
        _said_behind(part),
        rf",\s*(?P<speaker>{twofold}),\s*{part.say}(?:\s+{inside}\s[^\"“”]{{2,80}}?)?{_END}",
        rf"\s*,?(?<=[\"”»,])\s*[—–-]?\s*(?!{told}\s){part.say}\s+(?P<speaker>{person}){_END}",
        rf"\s*(?<=[\"”»,])\s+(?P<speaker>{short})\s+{part.say}(?:\s+{part('listeners')}\s?[^\"”,]{{0,40}})?{_END}",
        rf"\s*(?<=[\"”»,])\s+{new}(?P<speaker>{short})\s+{told}\s+[^\"”,]{{2,40}}{_END}",
    ]
    asides = [
        rf"[،,]\s*{source}[،,]",
        rf",\s*(?P<speaker>{short})\s+{part.say}\s*,",
        rf",\s*{bare}\s+(?P<speaker>{short})\s*,",
    ]
    return tails, asides


def _heads(part: _Parts) -> re.Pattern[str]:
    """Where another begins to speak: ", FOR SAID X THAT"; ", AND SAID X THAT"; ": SAID X THAT"; ", AND X SAYS THAT".

    A verb behind a bare comma belongs to a subject before it: "The owner, a former mayor, denied that".
    """
    follows = rf"(?:\s+[^\s:،,\"“”«]+){{0,8}}?\s*(?:[,،]?\s{part.that}(?!\w)|\s{part.pronoun}(?!\w)|:\s*[\"“«])"
    conjunction = rf"(?:{part('before_saying')}\s+|(?=[وف]))" if part.arabic else rf"{part('and')}\s*"
    verb_first = rf"(?:[،,]\s+{conjunction}|(?<=\w):\s+)(?={part.say}(?!\w){follows})"
    subject_first = rf"[،,]\s+[وف](?=ال\w+(?:\s+\w+){{0,6}}?\s+{part.say}\s+{part.that}(?!\w))"
    return re.compile(rf"{verb_first}|{subject_first}" if part.arabic else verb_first)


def _speaker_end(part: _Parts) -> re.Pattern[str]:
    """Where the name of a speaker is over."""
    if not part.arabic:
        return re.compile(rf"{part('speaker_ends')}(?!\w)|\s+\(", re.I)
    ends = (
        rf"(?:^|\s+|[،,]\s*){part('speaker_ends')}(?!\w)",
        r"\s+\(",
        rf"(?:^|\s+)في\s+(?:ال)?{part('occasions')}(?!\w)",
        rf"[،,](?!\s*{part('titles')}(?!\w))",
    )
    return re.compile("|".join(ends), re.I)


_COLON_QUOTE = Lead(
    re.compile(r"^(?P<speaker>)[^:؛\"“”«»]{3,110}:\s*(?=[\"“«][^\"”»\s]+(?:\s[^\"”»\s]+){4})"), "quoted", unnamed=True
)
"""A quotation of five words or more behind a colon is somebody's, whatever the words before it."""


def _arabic_leads(part: _Parts) -> tuple[Lead, ...]:
    """VERB SPEAKER THAT, agency relays, and SPEAKER VERB THAT."""
    say, that, pronoun, quote_then = part.say, part.that, part.pronoun, part.quote_then
    no_conjunction = "".join(rf"(?<!\s{any_of((word,))})" for word in part.words["no_that_after"])
    that_then = rf"{no_conjunction}\s*[،,]?\s+{that}(?!\w)\s+"
    that_quote = rf"\s*[،,]?\s+(?:{that}|{pronoun})(?!\w)\s*[،,:]?\s*(?=[\"“”«])"
    where = r"(?:[^،:]{2,60}[،,]\s*(?:حيث\s[^،:]{2,60}[،,]\s*)?|[^\s،:\"“”«]+(?:\s+[^\s،:\"“”«]+)?\s+)"
    fronted = rf"[وف]?{part('fronted')}\s+{where}"
    head = rf"^(?:و?{part('connectives')}\s*[،,]?\s*|{fronted})?{say}(?!\w)"
    topic = rf"^[وف]?{part.openings('topics')}[^،:\"“”«]{{2,90}}[،,]\s*"
    late = r"^[وف]?كان(?:ت|وا)?"
    marked = r"[\"“«][^\"”»]{1,40}[\"”»][،,]?"
    word, plain = (rf"(?:[^\s:{commas}\"“”«]++(?:{marked})?|{marked})" for commas in ("", "،,"))
    near = rf"(?:\s+{plain}){{0,4}}?"
    speaker = rf"(?!\s*[\"“”«])(?:\s+فيه)?(?P<speaker>(?:\s+{word}){{0,{_SPEAKER_WORDS}}}?)"
    relay = rf"^{say}(?!\w)[^:]{{1,120}}?(?<!\w){part('relay_from')}(?!\w)"
    learnt = rf"^[وف]?(?:قد\s+)?{part('learnt')}(?!\w){near}\s+{part('learnt_from')}(?!\w)"
    said = rf"\s+{part('relay_said')}(?!\w)(?:\s+\w+){{0,4}}?"
    named = rf"(?!{part('not_said')}\s)(?:(?!{say}(?!\w)){word}\s+){{1,9}}?"
    subject = rf"^(?:و(?!{part('after_own_and')}(?!\w))|لكن\s+)?(?P<speaker>{named}){say}(?!\w)"
    return (
        Lead(re.compile(rf"{relay}{speaker}{said}{quote_then}"), "quoted"),
        Lead(re.compile(rf"{relay}{speaker}{said}\s+{that}(?!\w)\s+"), "reported"),
        Lead(re.compile(rf"{head}(?P<speaker>[^:؛.]{{0,160}}?)\s*:\s*(?=[\"“”«])"), "quoted"),
        Lead(re.compile(rf"{head}(?P<speaker>){quote_then}"), "quoted"),
        Lead(re.compile(rf"{topic}{say}(?!\w){speaker}(?:{that_then}|\s+{pronoun}(?!\w)\s+)"), "reported", keep=True),
        Lead(re.compile(rf"{head}{speaker}{that_then}(?![\"“”«])"), "reported"),
        Lead(re.compile(rf"{head}{speaker}{that_quote}"), "quoted"),
        Lead(re.compile(rf"{head}{speaker}{quote_then}"), "quoted"),
        Lead(re.compile(rf"{late}{speaker}\s+(?:قد\s+)?{say}(?!\w)[^\"“”«:]{{0,60}}?{that_then}"), "reported"),
        Lead(re.compile(rf"{head}{speaker}\s+{pronoun}(?!\w)\s+"), "reported", keep=True),
        Lead(
            re.compile(rf"^(?:و?{part('connectives')}\s*[،,]?\s*)?[وف]?{part('object_verbs')}(?!\w)(?P<speaker>)\s+"),
            "reported",
            keep=True,
            unnamed=True,
        ),
        Lead(re.compile(rf"{subject}{near}{that_then}"), "reported"),
        Lead(re.compile(rf"{subject}\s+{pronoun}(?!\w)\s+"), "reported", keep=True),
        Lead(re.compile(rf"{learnt}{speaker}{that_then}"), "reported"),
        Lead(re.compile(rf"{subject}\s*:\s*(?=[\"“”«])"), "quoted"),
        Lead(re.compile(rf"{head}(?P<speaker>[^:؛.،\"“”«]{{0,100}}?)\s*:\s+"), "reported"),
        Lead(re.compile(rf"^(?P<speaker>{plain}{near})\s+{part('told_it')}\s*:\s+"), "reported"),
        _COLON_QUOTE,
    )


def _leads(part: _Parts) -> tuple[Lead, ...]:
    """SPEAKER VERB THAT, in the languages with the subject first; English leaves "that" away after a bare verb."""
    say, that, quote_then = part.say, part.that, part.quote_then
    dropped = rf"^(?P<speaker>){say}(?!\w)(?:\s+[^\s\"“”«:,]+){{0,4}}?\s*,?\s+{that}(?!\w)\s*"
    subject = rf"^(?P<speaker>[^\s\"“”«:]+(?:\s+[^\s\"“”«:]+){{0,{_SUBJECT_WORDS}}}?)\s+{say}(?!\w)"
    opening = r"(?:[A-Z]|(?:an?|the|one|two|three|four|five|several|some)\s)"
    whom = rf"(?:{part('listeners')}|us|me|(?:the|this)\s\w+|[A-Z]\w+(?:\s[A-Z]\w+)*)"
    words = r"(?=\w)(?!(?:[A-Z][a-z]+day|yesterday|today)(?!\w))"
    return (
        Lead(re.compile(dropped, re.I), "reported"),
        Lead(re.compile(rf"{subject}\s*[:,]?{quote_then}", re.I), "quoted"),
        Lead(re.compile(rf"{subject}(?:\s+[^\s\"“”«:,]+){{0,6}}?\s*,?\s+{that}(?!\w)\s*", re.I), "reported"),
        Lead(re.compile(rf"^(?P<speaker>{opening}[^\"“”«:]{{1,90}}?)\s+{part('told')}\s+{whom}\s+(?=\w)"), "reported"),
        Lead(
            re.compile(
                rf"^(?P<speaker>{opening}[^,\"“”«:]{{1,90}}?(?:,[^,\"“”«:]{{1,60}},)?)(?<!\sto)\s+{part('bare_verbs')}\s+{words}"
            ),
            "reported",
        ),
        _COLON_QUOTE,
    )
