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
_PREPOSITIONS = ("في", "على", "من", "عن", "إلى")
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
    connective: re.Pattern[str]
    """What joins a sentence to the one before it, and tells nothing."""
    fronts: tuple[re.Pattern[str], ...]
    """ACCORDING TO X before a statement; where the group `statement` is, that is what X says."""
    tails: tuple[re.Pattern[str], ...]
    """A source behind a statement."""
    asides: tuple[re.Pattern[str], ...]
    """A source in the middle of a clause, which stays in the claim."""
    says: re.Pattern[str]
    turning: re.Pattern[str]
    """Openings that turn the sense of what follows: the judge reads them with it."""
    adding: re.Pattern[str]
    adding_object: re.Pattern[str]
    heads: re.Pattern[str]
    """Where a clause with a speaker of its own begins."""
    between_quotes: re.Pattern[str]
    """The mark behind a speaker who stands between two parts of what he is quoted with."""
    and_that: re.Pattern[str]
    """What joins a second statement to the first one, once `told` stands before it."""
    told: re.Pattern[str]
    """A verb of saying with its "that"; Arabic asks for none."""
    subordinate: re.Pattern[str]
    main: re.Pattern[str]
    """How a sentence opens that tells its main statement after the comma, and where that begins."""
    contrast: re.Pattern[str]
    before_speaker: re.Pattern[str]
    """What may stand before the name of a speaker: of what, and where."""
    denying: re.Pattern[str]
    """What opens or ends a name where nothing was said: NOBODY said; he did NOT PUBLICLY say."""
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
        self.pronoun = self("that_pronoun")
        self.that = self._that()
        self.say = rf"(?:[وف]?(?:قد\s+)?{self('say_verbs')})" if self.arabic else self.perfect("say_verbs")
        self.asked_back = (
            rf"(?:{self('asked_back')}\s+(?:{self('adverbs')}\s+)?{self('participles')}|{self('said_he')})"
        )
        self.quote_then = rf"(?:\s+(?:{self.that}|{self.pronoun})(?!\w))?\s*[،,]?\s*(?=[\"“”«])"

    def __call__(self, name: str) -> str:
        return any_of(tuple(self.words.get(name, ())))

    def perfect(self, name: str) -> str:
        """The verbs, with an auxiliary and an adverb before them: HAS REPEATEDLY SAID; A-T-IL AUSSI DIT."""
        auxiliary, adverb = self("auxiliaries"), rf"(?:{self('adverbs')}\s+)?"
        participle = rf"|(?:{auxiliary}|{self('asked_back')})\s+{adverb}{self('participles')}"
        return rf"(?:(?:{auxiliary}\s+)?{adverb}{self(name)}{participle if name == 'say_verbs' else ''})"

    def _that(self) -> str:
        """THAT, without the apostrophe that glues it to the next word."""
        every = tuple(word for name in ("that", "to_that", "on_that") for word in self.words.get(name, ()))
        elided = tuple(word for word in every if word.endswith("'"))
        whole = any_of(tuple(word for word in every if word not in elided))
        return rf"(?:{whole}|{any_of(tuple(word[:-1] for word in elided))}(?='))"

    def not_behind(self, name: str, space: str = r"\s") -> str:
        """That none of the words, with a space behind it, stands before."""
        words = [any_of((word,)) for word in self.words.get(name, ())]
        return "".join(rf"(?<!\s{word}{space})(?<!^{word}{space})" for word in words)

    def openings(self, name: str) -> str:
        """The words before a space; one that ends in a bare "ب" is glued to the next word."""
        glued = tuple(word for word in self.words[name] if word.endswith(" ب"))
        apart = tuple(word for word in self.words[name] if not word.endswith(" ب"))
        return rf"(?:{any_of(apart)}(?!\w)\s+|{any_of(glued)})"


@cache
def cues_of(language: str) -> Cues:
    """The cue words of a language; those that it lacks match nothing.

    >>> bool(cues_of("en").fronts[0].match("According to the mayor, the bridge is shut"))
    True
    """
    part = _Parts(language)
    source = rf"(?:{_as_said(part) if part.arabic else '(?!)'}|{part('according')}){_NAME_OF_SOURCE}"
    tails, asides = (_arabic_sources if part.arabic else _sources)(part, source)
    return Cues(
        leads=_arabic_leads(part) if part.arabic else _leads(part),
        connective=re.compile(rf"و?{part('connectives')}(?!\w)\s*[،,]?\s*"),
        fronts=_fronts(part, source),
        tails=tuple(re.compile(tail, re.I) for tail in tails),
        asides=tuple(re.compile(aside, re.I) for aside in asides),
        says=re.compile(rf"(?<!\w){part.say}(?!\w)", re.I),
        adding=re.compile(
            rf"(?<!\w){part.not_behind('not_adding_behind')}و?{part('adding')}(?!\w)(?:\s+[^\s\"“”«،,.]+){{0,2}}?"
            rf"(?:\s+{part.that}(?!\w)[\s']+|{part.quote_then}|\s+(?={part.pronoun}(?!\w)))",
            re.I,
        ),
        adding_object=re.compile(rf"(?<=[،,])\s+و?{part.openings('adding_object')}", re.I),
        heads=_heads(part),
        between_quotes=_between_quotes(part),
        and_that=_and_that(part),
        told=_told(part),
        subordinate=re.compile(rf"\W*و?{part('subordinate')}(?!\w)", re.I),
        main=re.compile(rf"[،,]\s+(?={part.say}(?!\w){_follows(part)})", re.I),
        turning=re.compile(rf"(?<!\w)[وف]?(?:{part('denials')}|{part('turning')})(?!\w)", re.I),
        contrast=re.compile(
            rf"(?<!\w)و?{part('contrast')}(?:ها?|هم|هما)?(?!\w)(?:\s+{part.that}(?!\w))?\s+"
            if part.arabic
            else rf"(?<!\w){part('contrast')}(?!\w)\s+",
            re.I,
        ),
        before_speaker=re.compile(
            rf"\s*{part('before_speaker')}\s+(?=\w)"
            if part.arabic
            else rf"(?:{part('before_speaker')},?\s+){{0,2}}(?:{part('fronted')}(?:\s[^,]{{2,60}})?,\s+(?=\w))?",
            re.I,
        ),
        denying=re.compile(
            rf"\s*{part('nobody')}(?!\w)|.*(?<!\w)(?:{part('denying')}(?!\w)|\w+n't(?!\w))(?:\s+\w+)?\s*$", re.I
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

    any_verb, few = _with_object(part.words["say_verbs"]), _with_object(part.words["as_verbs"])
    said = rf"(?:{part('by_what')}\s+{any_verb}|{part('as')}\s+{few})"
    return rf"{said}(?:\s+{part('told_it')}(?!\w))*(?![^،,.؛;]*\s(?:{part.that}|{part.pronoun})(?!\w))"


def _with_object(verbs: Sequence[str]) -> str:
    """Arabic verbs with or without "it", "them" or "us" written at their end."""
    return rf"{any_of((*verbs, *(f'{verb[:-1]}ا' for verb in verbs if verb.endswith('ى'))))}(?:ها?|هم|نا)?(?!\w)"


def _and_that(part: _Parts) -> re.Pattern[str]:
    """SAID THAT the one AND THAT the other; in Arabic "although" too, which the second half keeps."""
    other = rf"{part('not_that')}(?!\w)"
    if part.arabic:
        return re.compile(rf"[،,]\s+(?:وب?ان\s+(?!\w*\s*[،,]|{other})|(?=وان\s+{other}))")
    return re.compile(rf",?\s+{part('and')}\s+{part.that}(?!\w)[\s']+(?!{other})", re.I)


def _told(part: _Parts) -> re.Pattern[str]:
    """SAID THAT, or a verb that needs no THAT; Arabic tells an "and that" by itself."""
    if part.arabic:
        return re.compile("")
    said = rf"(?:{part.say}|{part('that_verbs')})(?!\w)(?:\s+[^\s]+){{0,6}}?\s+{part.that}(?!\w)"
    return re.compile(rf"(?<!\w)(?:{said}|{part('bare_verbs')}\s)", re.I)


def _between_quotes(part: _Parts) -> re.Pattern[str]:
    """One part in quotation marks, X SAID, the other part in quotation marks."""
    name = r"[^\"“”«»:;,.]{2,60}?"
    where = rf"(?:\s{part('said_where')}\s[^\"“”,]{{2,40}})?"
    said = rf"(?:{name}\s+{part.say}|{part.say}\s+{name}|{part.asked_back})"
    return re.compile(rf"(?<=[\"”»])\s*,?\s*{said}{where}(?P<cut>[,.]\s*)(?=[\"“«])", re.I)


def _name(part: _Parts) -> str:
    """The name of a speaker behind the verb: words that open no statement."""
    other = rf"(?<!\w){part.that}(?!\w)|[،,]\s(?:{part('contrast')}|{part('adding')})(?!\w)"
    return rf"(?!.*(?:{other}))[^\"“”«»:؛;]{{2,90}}?"


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
        rf"\s+(?!{any_of(('على',))}){_as_said(part)}{_NAME_OF_SOURCE}{_END}",
        rf"\s*[،,]\s*{no_that}{behind}{_END}",
    ]
    return tails, [rf"[،,]\s*{one}[،,]" for one in (him, source, behind)]


def _sources(part: _Parts, source: str) -> tuple[list[str], list[str]]:
    """The same where the subject stands first: ACCORDING TO X; X SAID; X, Y, SAID; SAID X; X TOLD THE DISPATCH."""
    bare, told, inside = part.perfect("bare_verbs"), part("told"), part("inside")
    no_source = rf"(?!\s*{part('no_source')}\s)"
    new = rf"(?!(?:{part('and')}|{part('contrast')})\s)(?![^,]{{0,90}}\s{part.that}(?!\w))"
    short = r"[^,;:\"“”«»]{2,60}?"
    twofold = r"[^\"“”«»:;,.]{2,60},\s*[^\"“”«»:;,.]{2,40}"
    when = rf"(?:{part('listeners')}|{part('said_where')}|{inside})"
    where = rf"{when}(?!\w)(?!.*\s{part.that}\s)\s?[^\"”,]{{0,60}}"
    besides = rf"(?:,\s+{part('besides')}\s[^\"“”]{{2,90}})?{_END}"
    inverted = bare if "bare_verbs" in part.words else part.say
    person = (
        rf"(?!(?:{when}|{part('no_name')}|{part('no_statement')})(?!\w))"
        rf"(?!.*\s(?:had|was|were|would|will|has|have|is|are|been)\s){_name(part)}"
    )
    whom = rf"(?:{part('before_speaker')}\s+){{0,2}}"
    he = rf"(?P<speaker>){part.asked_back}(?:\s+{where})?"
    tails = [
        *([_told_last(part)] if "last_verbs" in part.words else []),
        rf"\s*[،,]\s*{source}{_END}",
        rf"\s*(?:,|(?<=[\"”»]))\s*{he}{_END}",
        _said_behind(part),
        rf"(?:,|(?<=[\"”»]))\s*(?P<speaker>{twofold}),\s*(?:{part.say}(?:\s+{where})?|{told}\s+[^\"”,]{{2,40}}){besides}",
        rf"\s*,?(?<=[\"”»])\s*,?\s*[—–-]?\s*(?!{told}\s){part.say}\s+{whom}(?P<speaker>{person}){_END}",
        rf"\s*,\s*[—–-]?\s*{inverted}\s+{whom}(?P<speaker>{person}){besides}",
        rf"\s*(?<=[\"”»,])\s+(?P<speaker>{no_source}{new}{short})\s+{part.say}(?:\s+{where})?{besides}",
        rf"\s*(?<=[\"”»,])\s+{new}(?P<speaker>{short})\s+{told}\s+[^\"”,]{{2,40}}{_END}",
    ]
    asides = [
        rf"[،,]\s*{source}[،,]",
        rf",{no_source}\s*(?P<speaker>{short})\s+{part.say}\s*,",
        rf",\s*{bare}\s+(?!{part('no_statement')}\s)(?P<speaker>{short})\s*,",
    ]
    return tails, asides


def _heads(part: _Parts) -> re.Pattern[str]:
    """Where another begins to speak: ", FOR SAID X THAT"; ": SAID X THAT"; ", AND X SAYS THAT"; ", WHICH X DENIED".

    A verb behind a bare comma belongs to a subject before it: "The owner, a former mayor, denied that".
    """
    conjunction = rf"(?:{part('before_saying')}\s+|(?=[وف]))" if part.arabic else rf"{part('and')}\s*"
    verb_first = rf"(?:[،,]\s+{conjunction}|(?<=\w):\s+)(?={part.say}(?!\w){_follows(part)})"
    subject = (
        r"[،,]\s+[وف](?=ال\w+(?:\s+\w+){0,6}?"
        if part.arabic
        else rf",\s+{part('and')}\s+(?=\w\S*(?:\s+[^\s,]+){{0,5}}?"
    )
    subject_first = rf"{subject}\s+{part.say}\s+{part.that}(?!\w))"
    denial = rf"[،,]\s+(?=وهو\s+(?:ما|امر)\s+{_with_object(part.words['denials'])})" if part.arabic else ""
    return re.compile("|".join((verb_first, _and_said(part), subject_first, *((denial,) if part.arabic else ()))))


def _and_said(part: _Parts) -> str:
    """The second half of "arrested three people AND SAID THAT", which has the subject of the first."""
    if part.arabic:
        name = rf"(?:\s+(?!{any_of(_PREPOSITIONS)}\s)[^\s:،,\"“”«]+){{0,3}}?"
        verb = rf"و(?!{part('at_head_only')}(?!\w)){part('say_verbs')}(?!\w)"
        return rf"(?<=\w)\s+(?={verb}{name}\s+(?:{part.that}|{part.pronoun})(?!\w))"
    bare = rf"{part('bare_verbs')}\s+(?!{part.that}(?!\w))\w"
    return rf"(?<=\w)\s+{part('and')}\s+(?={part.say}\s+{part.that}(?!\w)|{bare})"


def _fronts(part: _Parts, source: str) -> tuple[re.Pattern[str], ...]:
    """ACCORDING TO X or HIM before a statement, up to a comma or the Arabic "so" that opens it."""
    so = r"[،,]\s+(?:فان\s+)?|\s+فان\s+|\s+ف(?=قد\s)" if part.arabic else r"[،,]\s+"
    him = [] if part.arabic else [rf"{part('according_him')}(?P<speaker>)(?:{so})"]
    fronts = [rf"[وف]?{source}(?:{so})", *him, *_around(part)]
    return tuple(re.compile(front, re.I) for front in fronts)


def _around(part: _Parts) -> list[str]:
    """Where the verb stands last: X, STATEMENT SAID; BY X ANNOUNCED, STATEMENT WAS SAID; TO X ACCORDING, STATEMENT."""
    if "last_verbs" not in part.words:
        return []
    name = rf"(?P<speaker>(?:(?!{part('last_verbs')}(?!\w))[^,\"“”«:]){{2,60}}?)"
    no_case_or_verb = r"(?<!d[ae])(?<!t[ae])(?<!ğ[ıiuü]n[ıiuü])(?:(?<=[Pp]arti)|(?<![dt][ıiuü]))"
    person = rf"(?!{part('no_name')}(?!\w)){name}{no_case_or_verb}"
    no_list = rf"(?!{part('contrast')}\s|\w+(?:,\s\w+)*\s{part('and')}\s)"
    said = rf"(?:{part('last_verbs')}|{part('passive_verbs')})"
    told = rf"(?P<statement>.+?)\s*,?\s+{said}{_END}"
    stated = rf"(?P<statement>.+(?:{_behind(part, 'told_endings')}|(?<=[\"”»])))\s*,?\s+{part('last_verbs')}{_END}"
    return [
        rf"{name}{part('stated_by')},?\s+{told}",
        rf"{name}{part('name_endings')}\s+{part('according_behind')},?\s+(?P<statement>.+)$",
        rf"{person},\s+{no_list}(?![^\"“”«]*[dt][ıiuü],\s){stated}",
    ]


def _told_last(part: _Parts) -> str:
    """STATEMENT SAID, with nobody named."""
    said = rf"(?:{part('last_verbs')}|{part('passive_verbs')})"
    return rf"(?:{_behind(part, 'told_endings')}|(?<=[\"”»]),?)\s+{said}(?P<speaker>){_END}"


def _behind(part: _Parts, name: str) -> str:
    """That one of the words ends here."""
    return "(?:" + "|".join(rf"(?<={any_of((word,))})" for word in part.words[name]) + ")"


def _follows(part: _Parts) -> str:
    """What shows that a verb of saying has a statement behind it."""
    statement = rf"[,،]?\s{part.that}(?!\w)|\s{part.pronoun}(?!\w)|:\s*[\"“«]"
    return rf"(?:\s+[^\s:،,\"“”«]+){{0,8}}?\s*(?:{statement})"


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
    re.compile(r"^(?P<speaker>)[^:؛\"“”«»]{3,110}:\s*(?=[\"“«]\s?[^\"”»\s]+(?:\s[^\"”»\s]+){4})"),
    "quoted",
    unnamed=True,
)
"""A quotation of five words or more behind a colon is somebody's, whatever the words before it."""


def _arabic_leads(part: _Parts) -> tuple[Lead, ...]:
    """VERB SPEAKER THAT, agency relays, and SPEAKER VERB THAT."""
    that, pronoun, quote_then = part.that, part.pronoun, part.quote_then
    no_conjunction = part.not_behind("no_that_after", "")
    that_quote = rf"\s*[،,]?\s+(?:{that}|{pronoun})(?!\w)\s*[،,:]?\s*(?=[\"“”«])"
    where = r"(?!ان\s)(?:[^،:]{2,60}[،,]\s*(?:حيث\s[^،:]{2,60}[،,]\s*)?|[^\s،:\"“”«]+(?:\s+[^\s،:\"“”«]+)?\s+)"
    fronted = rf"[وف]?{part('fronted')}\s+{where}"
    topic = rf"^[وف]?{part.openings('topics')}[^،:\"“”«]{{2,90}}[،,]\s*"
    late = r"^[وف]?كان(?:ت|وا)?"
    marked = r"[\"“«][^\"”»]{1,40}[\"”»][،,]?"
    word, plain = (rf"(?:[^\s:{commas}\"“”«]++(?:{marked})?|{marked})" for commas in ("", "،,"))
    near = rf"(?:\s+{plain}){{0,4}}?"
    speaker = rf"(?!\s*[\"“”«])(?:\s+فيه)?(?P<speaker>(?:\s+(?!{pronoun}(?!\w)){word}){{0,{_SPEAKER_WORDS}}}?)"
    no_name = rf"(?:{part.say}|{that}|{pronoun})(?!\w)"
    named = rf"(?![وف]?{part('not_said')}\s)(?:(?!{no_name}){word}\s+){{1,9}}?"
    learnt = rf"^[وف]?(?:قد\s+)?{part('learnt')}(?!\w){near}\s+{part('learnt_from')}(?!\w)"
    said = rf"\s+{part('relay_said')}(?!\w)(?:\s+\w+){{0,4}}?"
    news = rf"(?:\d{{1,2}}[:.]\d\d\s*[-–|]?\s*)?(?:{part('news_head')}\s*[|:.]*\s*)?(?:{plain}\s+عن\s+)?"
    office = rf"(?:\s+(?!{no_name}){plain}){{0,7}}?"

    def head(verbs: str) -> str:
        return rf"^(?:و?{part('connectives')}\s*[،,]?\s*|{fronted})?{verbs}(?!\w)"

    def subject(verbs: str) -> str:
        before = rf"(?!{part('at_head_only')}(?!\w)){part.not_behind('relative')}"
        return rf"^(?:و(?!{part('after_own_and')}(?!\w))|لكن\s+)?(?P<speaker>{named}){before}{verbs}(?!\w)"

    def that_then(conjunction: str, before: str = "") -> str:
        return rf"{no_conjunction}{before}\s*[،,]?\s+{conjunction}(?!\w)\s+"

    def relay(verbs: str) -> str:
        return rf"^{verbs}(?!\w)[^:]{{1,120}}?(?<!\w){part('relay_from')}(?!\w)"

    plainly, with_to, with_on, relayed = (
        rf"(?:[وف]?(?:قد\s+)?{part(name)})" for name in ("plain_verbs", "to_that_verbs", "on_that_verbs", "relay_verbs")
    )
    say, plain_that = part.say, part("that")
    not_on = part.not_behind("after_on", "")
    kinds = (
        (plainly, that_then(plain_that)),
        (say, that_then(plain_that, not_on)),
        (with_to, that_then(part("to_that"))),
        (with_on, that_then(part("on_that"))),
    )
    return (
        Lead(re.compile(rf"{relay(say)}{speaker}{said}{quote_then}"), "quoted"),
        Lead(re.compile(rf"{relay(say)}{speaker}{said}\s+{that}(?!\w)\s+"), "reported"),
        Lead(re.compile(rf"{relay(relayed)}{speaker}{that_then(plain_that)}"), "reported"),
        Lead(re.compile(rf"{head(say)}(?P<speaker>[^:؛.]{{0,160}}?)\s*:\s*(?=[\"“”«])"), "quoted"),
        Lead(re.compile(rf"{head(say)}(?P<speaker>){quote_then}"), "quoted"),
        Lead(
            re.compile(rf"{topic}{say}(?!\w){speaker}(?:{that_then(that)}|\s+{pronoun}(?!\w)\s+)"),
            "reported",
            keep=True,
        ),
        *(
            Lead(re.compile(rf"{head(verbs)}{speaker}{that_comes}(?![\"“”«])"), "reported")
            for verbs, that_comes in kinds
        ),
        Lead(re.compile(rf"{head(say)}{speaker}{that_quote}"), "quoted"),
        Lead(re.compile(rf"{head(say)}{speaker}{quote_then}"), "quoted"),
        Lead(re.compile(rf"{late}{speaker}\s+(?:قد\s+)?{say}(?!\w)[^\"“”«:]{{0,60}}?{that_then(that)}"), "reported"),
        Lead(
            re.compile(
                rf"{late}(?P<speaker>(?:\s+(?!قد\s|{no_name}){plain}){{1,7}}?)\s+قد\s+{part('object_verbs')}(?!\w)\s+"
            ),
            "reported",
            keep=True,
        ),
        Lead(re.compile(rf"{head(say)}{speaker}\s+{pronoun}(?!\w)\s+"), "reported", keep=True),
        Lead(re.compile(rf"^[وف]?{part('written')}\s+في\s+(?P<speaker>(?:{plain}\s+){{1,8}}?)ان(?!\w)\s+"), "reported"),
        Lead(
            re.compile(rf"^(?:و?{part('connectives')}\s*[،,]?\s*)?[وف]?{part('object_verbs')}(?!\w)(?P<speaker>)\s+"),
            "reported",
            keep=True,
            unnamed=True,
        ),
        *(Lead(re.compile(rf"{subject(verbs)}{near}{that_comes}"), "reported") for verbs, that_comes in kinds),
        Lead(re.compile(rf"{subject(say)}\s+{pronoun}(?!\w)\s+"), "reported", keep=True),
        Lead(re.compile(rf"{learnt}{speaker}{that_then(plain_that)}"), "reported"),
        Lead(re.compile(rf"{subject(say)}\s*:\s*(?=[\"“”«])"), "quoted"),
        Lead(re.compile(rf"{head(say)}(?P<speaker>[^:؛.،\"“”«]{{0,100}}?)\s*:\s+"), "reported"),
        Lead(re.compile(rf"^(?P<speaker>{plain}{near})\s+{part('told_it')}\s*:\s+"), "reported"),
        Lead(re.compile(rf"^{news}(?P<speaker>{part('who')}(?!\w){office})\s*:\s+(?=\w+\s+\w)"), "reported"),
        _COLON_QUOTE,
    )


def _leads(part: _Parts) -> tuple[Lead, ...]:
    """SPEAKER VERB THAT, in the languages with the subject first; some leave "that" away after a bare verb."""
    that = rf"{part.that}(?!\w)[\s']*"
    say = rf"{part.not_behind('not_before')}{part.say}"
    bare = rf"{part.not_behind('not_before')}{part.perfect('bare_verbs')}"
    clause = rf"(?!(?i:{part('not_said')})\s[^,]*?\s(?:{part.say}|{part('that_verbs')})(?!\w))"
    word = rf"(?!{part.say}(?!\w))[^\s\"“”«:]+"
    name = rf"^(?P<speaker>{clause}{word}(?:\s+{word}){{0,{_SUBJECT_WORDS}}}?)\s+"
    subject = rf"{name}{say}(?!\w)"
    only = rf"{part.not_behind('not_before')}{part('that_verbs')}(?!\w)"
    named = r"\w" if part.words.get("caseless") else r"[A-Z\u00c0-\u00de\u0410-\u042fЁİŞĞŒ]"
    opening = rf"(?:{named}|(?i:{part('articles')})[\s'])"
    fronted = rf"(?i:(?:{part('fronted')}(?:\s[^,\"“”«:]{{2,60}})?,\s+)?)"
    whom = rf"(?:{part('listeners')}|us|me|(?:the|this)\s\w+|[A-Z]\w+(?:\s[A-Z]\w+)*)"
    date = r"(?:[A-Z][a-z]+day|yesterday|today)"
    when = rf"(?:(?:(?:late|early|earlier)\s)?(?:on\s)?{date}|{part('said_in')})\s(?=\w)(?!{part('not_that')}(?!\w))"
    words = rf"(?=\w)(?!{date}(?!\w)|{part('no_statement')}(?!\w))"
    between = (
        rf"(?:\s+{part('said_in')}|\s+\w?\"[^\"]{{2,30}}\")?(?:\s+(?!{part('own_subject')}(?!\w))[^\s\"“”«:,]+){{0,6}}?"
    )
    citing = rf"(?:,\s+{part('besides')}\s[^,\"“”«:]{{2,60}})?"
    aside = r"(?:(?!\s(?:after|before|because|when)\s)[^,\"“”«:]){1,90}?(?:,[^,\"“”«:]{1,60},)?"
    plain = r"[^,\"“”«:]{1,60}?"
    objects = rf"(?:{part('auxiliaries')}\s+)?(?:{part('adverbs')}\s+)?{part('object_verbs')}(?!\w)"
    dropped = rf"^(?P<speaker>){part.say}(?!\w)(?:\s+[^\s\"“”«:,]+){{0,4}}?\s*,?\s+{that}"
    others = rf"{part.not_behind('not_before')}{part('was_quoted')}"
    quoted = rf"{part('quoted_as')}\s+(?:{that})?(?=\w)"
    glued = rf"{part('glued_that')}(?=ה\w\w|{part('glued_before')}(?!\w))"
    infinitive = rf"{part('infinitives')}(?!\w)"
    return (
        Lead(re.compile(rf"^(?P<speaker>[^,\"“”«:]{{2,60}}?)\s+{others}\s+{quoted}", re.I), "reported"),
        Lead(
            re.compile(rf"^{part('impersonal')}\s+(?P<speaker>){part.say}(?!\w)\s+{that}", re.I),
            "reported",
            unnamed=True,
        ),
        Lead(re.compile(rf"^[^,\"“”«:]{{2,60}}?\s+{part('quoted')}\s+(?P<speaker>{plain})\s+{quoted}"), "reported"),
        Lead(re.compile(dropped, re.I), "reported"),
        Lead(re.compile(rf"^(?P<speaker>){part.perfect('bare_verbs')}\s+(?:{when})?(?=\w+\s\w)"), "reported"),
        Lead(
            re.compile(rf"^{clause}(?P<speaker>{opening}{plain})\s+{objects}\s+(?!{part.that}(?!\w))"),
            "reported",
            keep=True,
        ),
        Lead(re.compile(rf"{subject}\s*[:,]?{part.quote_then}", re.I), "quoted"),
        Lead(re.compile(rf"{name}(?:{say}(?!\w){between}{citing}|{only})\s*,?\s+{that}", re.I), "reported"),
        Lead(re.compile(rf"{subject}\s+{glued}"), "reported"),
        Lead(re.compile(rf"(?!^[^:]*,){subject}\s*:\s+(?=\w\S*\s+\w)", re.I), "reported"),
        Lead(re.compile(rf"{subject}(?:\s+\w+)?\s+{infinitive}", re.I), "reported", keep=True),
        Lead(
            re.compile(rf"^{clause}(?P<speaker>{opening}[^\"“”«:]{{1,90}}?)\s+{part('told')}\s+{whom}\s+(?=\w)"),
            "reported",
        ),
        Lead(re.compile(rf"^{clause}{fronted}(?P<speaker>{opening}{aside})\s+{bare}\s+(?:{when})*{words}"), "reported"),
        _COLON_QUOTE,
    )
