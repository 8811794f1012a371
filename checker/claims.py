"""Claims: what an article asserts, clause by clause, with who says it and where it stands in the text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from tabayyun import sentences
from tabayyun.article import Article
from tabayyun.boilerplate import lines_of
from tabayyun.configs import names, table
from tabayyun.spelling import any_of, words

Voice = Literal["outlet", "reported", "quoted"]

_MIN_WORDS = 3
_HEADING_WORDS = 8
_SPEAKER_WORDS = 14
_QUOTED_SHARE = 0.6
_REPEATED = 0.85
_SENTENCE_END = re.compile(r"[.!?؟…。:][\"'»”’)\]]*$")
_QUESTION = re.compile(r"[?؟][\"'»”’)\]]*$")
_DATELINE = re.compile(
    r"^(?:[^\s.:،,\"«“/()ـ–—-]++[\s/،,()ـ–—-]{1,6}+){1,9}?[^\s.:،,\"«“/()ـ–—-]*+\s{0,3}+(?:[:：]|(?<=\))\s?[-–—])\s*+"
)
_DATELINE_LENGTH = 120
_DATELINE_MARK = re.compile(r"ــ|[-–—/()]")
_TRIM_START = re.compile(r"^(?:[\s،,؛;:.…–—)\]]|-(?!\d))+")
_TRIM_END = re.compile(r"[\s،,؛;:.…\-–—]+$")
_OPENING, _CLOSING = '"“«”', '"”»“'


@dataclass(frozen=True, slots=True)
class Claim:
    """One statement of an article: `article.text[claim.start:claim.end] == claim.text`.

    `voice` is `outlet` (the newsroom asserts it), `reported` or `quoted`; `speaker` is empty when nobody is named.
    Frame fields that were not found are empty, never guessed.
    """

    text: str
    start: int
    end: int
    sentence: tuple[int, int]
    voice: Voice = "outlet"
    speaker: str = ""
    status: str | None = None
    time: None = None
    quantities: tuple[Any, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """The claim as it stands in the report JSON."""
        return {
            "text": self.text,
            "start": self.start,
            "end": self.end,
            "voice": self.voice,
            "speaker": self.speaker,
            "status": self.status,
            "time": self.time,
            "quantities": list(self.quantities),
        }

    def to_frame(self) -> dict[str, Any]:
        """The claim with its whole frame, as `tabayyun claims --format json` prints it; what is not known is empty."""
        return {**self.to_dict(), "act": None, "polarity": None, "place": None, "entities": []}


@dataclass(frozen=True, slots=True)
class Dropped:
    """A part of the news that is no claim to check, and why."""

    start: int
    end: int
    reason: str


@dataclass(frozen=True, slots=True)
class Extraction:
    """The claims of an article and what was left out."""

    claims: tuple[Claim, ...]
    dropped: tuple[Dropped, ...]

    def to_dict(self, article: Article) -> dict[str, Any]:
        """The extraction as `tabayyun claims --format json` prints it."""
        return {
            "schema": "tabayyun.claims/1",
            "article": article.to_dict(),
            "claims": [c.to_frame() for c in self.claims],
            "dropped": [
                {"text": article.text[d.start : d.end], "start": d.start, "end": d.end, "reason": d.reason}
                for d in self.dropped
            ],
        }


@dataclass(frozen=True, slots=True)
class _Lead:
    """One way to open a clause with its speaker; `voice` is what follows, `keep` leaves the opening in the claim."""

    expression: re.Pattern[str]
    voice: Voice
    keep: bool = False


@dataclass(frozen=True, slots=True)
class _Cues:
    """The compiled cue words of one language."""

    leads: tuple[_Lead, ...]
    says: re.Pattern[str]
    adding: re.Pattern[str]
    contrast: re.Pattern[str]
    speaker_end: re.Pattern[str]


@cache
def _cues(language: str) -> _Cues:
    content = table(f"cues/{language if language in names('cues') else 'en'}")

    def part(name: str) -> str:
        return any_of(tuple(content.get(name, ())))

    say, that, pronoun = part("say_verbs"), part("that"), part("that_pronoun")
    that_then = rf"\s*[،,]?\s+{that}(?!\w)\s+"
    that_quote = rf"\s*[،,]?\s+(?:{that}|{pronoun})(?!\w)\s*[،,:]?\s*(?=[\"“”«])"
    quote_then = rf"(?:\s+(?:{that}|{pronoun})(?!\w))?\s*[،,]?\s*(?=[\"“”«])"
    if language == "ar":
        head = rf"^(?:و?{part('connectives')}\s*[،,]?\s*)?[وف]?(?:قد\s+)?{say}(?!\w)"
        late = r"^[وف]?كان(?:ت|وا)?"
        word = r"(?:[^\s:\"“”«]+|[\"“«][^\"”»]{1,40}[\"”»])[،,]?"
        speaker = rf"(?!\s*[\"“”«])(?:\s+فيه)?(?P<speaker>(?:\s+{word}){{0,{_SPEAKER_WORDS}}}?)"
        relay = rf"^[وف]?{say}(?!\w)[^:]{{1,120}}?(?<!\w){part('relay_from')}(?!\w)"
        said = rf"\s+{part('relay_said')}(?!\w)(?:\s+\w+)?"
        leads: tuple[_Lead, ...] = (
            _Lead(re.compile(rf"{relay}{speaker}{said}{quote_then}"), "quoted"),
            _Lead(re.compile(rf"{relay}{speaker}{said}\s+{that}(?!\w)\s+"), "reported"),
            _Lead(re.compile(rf"{head}(?P<speaker>[^:؛.]{{0,160}}?)\s*:\s*(?=[\"“”«])"), "quoted"),
            _Lead(re.compile(rf"{head}(?P<speaker>){quote_then}"), "quoted"),
            _Lead(re.compile(rf"{head}{speaker}{that_then}(?![\"“”«])"), "reported"),
            _Lead(re.compile(rf"{head}{speaker}{that_quote}"), "quoted"),
            _Lead(re.compile(rf"{head}{speaker}{quote_then}"), "quoted"),
            _Lead(re.compile(rf"{late}{speaker}\s+(?:قد\s+)?{say}(?!\w)[^\"“”«:]{{0,60}}?{that_then}"), "reported"),
            _Lead(re.compile(rf"{head}{speaker}\s+{pronoun}(?!\w)\s+"), "reported", keep=True),
        )
    else:
        subject = rf"^(?P<speaker>[^\s\"“”«:]+(?:\s+[^\s\"“”«:]+){{0,{_SPEAKER_WORDS}}}?)\s+{say}(?!\w)"
        leads = (
            _Lead(re.compile(rf"{subject}\s*[:,]?{quote_then}", re.I), "quoted"),
            _Lead(re.compile(rf"{subject}{that_then}", re.I), "reported"),
        )
    return _Cues(
        leads=leads,
        says=re.compile(rf"(?<!\w)[وف]?{say}(?!\w)", re.I),
        adding=re.compile(
            rf"(?<!\w)و?{part('adding')}(?!\w)(?:\s+[^\s\"“”«،,.]+){{0,2}}?"
            rf"(?:\s+{that}(?!\w)\s+|{quote_then}|\s+(?={pronoun}(?!\w)))",
            re.I,
        ),
        contrast=re.compile(rf"(?<!\w)و?{part('contrast')}(?!\w)(?:\s+{that}(?!\w))?\s+", re.I),
        speaker_end=re.compile(rf"(?:^|\s+|[،,]\s*){part('speaker_ends')}(?!\w)|\s+\(|[،,]"),
    )


def extract(article: Article) -> Extraction:
    """Return the claims of `article`, in the order of the text, and the news that is no claim with the reason."""
    claims: list[Claim] = []
    dropped: list[Dropped] = []
    seen: dict[str, list[frozenset[str]]] = {}
    noise = {(span.start, span.end) for span in article.boilerplate}
    speaker = ""
    for start, end in lines_of(article.text):
        line = article.text[start:end]
        if (start, end) in noise:
            continue
        if (start, end) == article.headline:
            dropped.append(Dropped(start, end, "headline"))
        elif len(line.split()) <= _HEADING_WORDS and not _SENTENCE_END.search(line):
            dropped.append(Dropped(start, end, "heading"))
        else:
            body = start + _dateline(line)
            for a, b in sentences.split(article.text[body:end], article.language):
                found, speaker = _sentence_claims(article, body + a, body + b, speaker)
                for item in found:
                    if isinstance(item, Dropped):
                        dropped.append(item)
                    elif _repeats(item, seen):
                        dropped.append(Dropped(item.start, item.end, "repeats an earlier claim"))
                    else:
                        claims.append(item)
    return Extraction(tuple(claims), tuple(dropped))


def _dateline(paragraph: str) -> int:
    """The length of a dateline such as "دمشق ــ الوطن ــ وكالات:" or "CAIRO (Reuters) -"; 0 without one."""
    match = _DATELINE.match(paragraph[:_DATELINE_LENGTH])
    return match.end() if match and _DATELINE_MARK.search(match.group()) else 0


def _sentence_claims(article: Article, start: int, end: int, speaker: str) -> tuple[list[Claim | Dropped], str]:
    """The claims of one sentence, and who goes on speaking when the next one drops its subject.

    A sentence in which nobody is clearly heard ends the chain: better no speaker than the wrong one.
    """
    sentence = article.text[start:end]
    if _QUESTION.search(sentence.strip()):
        a, b = _trimmed(article.text, start, end)
        return [Dropped(a, b, "question")], ""
    cues = _cues(article.language)
    found: list[Claim | Dropped] = []
    heard = False
    for a, b, continues in clauses(sentence, cues):
        offset, voice, named = _lead(sentence[a:b], cues)
        if voice != "outlet":
            speaker, heard = named or speaker, True
        elif continues and heard:
            voice = "reported"
        elif continues or cues.says.search(sentence[a:b]):
            speaker = ""
            voice = "reported" if continues else voice
        begin, stop = _trimmed(article.text, start + a + offset, start + b)
        if begin >= stop:
            continue
        if len(article.text[begin:stop].split()) < _MIN_WORDS:
            found.append(Dropped(begin, stop, "too short to check"))
            continue
        if _mostly_quoted(article.text[start + a + offset : start + b]):
            voice = "quoted"
        said_by = speaker if voice != "outlet" else ""
        found.append(Claim(article.text[begin:stop], begin, stop, (start, end), voice, said_by))
    return found, speaker if heard else ""


def clauses(sentence: str, cues: _Cues) -> list[tuple[int, int, bool]]:
    """Return the clauses of a sentence: start, end, and whether the speaker of the clause before goes on speaking."""
    quoted = sentences.quotations(sentence)
    cuts = [(m.start(), m.end(), True) for m in cues.adding.finditer(sentence)]
    cuts += [(m.start(), m.end(), False) for m in cues.contrast.finditer(sentence)]
    found: list[tuple[int, int, bool]] = []
    start, continues = 0, False
    for at, after, goes_on in sorted(cuts):
        inside = any(a < at < b - 1 for a, b in quoted)
        if inside or at < start or min(len(sentence[start:at].split()), len(sentence[after:].split())) < _MIN_WORDS:
            continue
        found.append((start, at, continues))
        start, continues = after, goes_on
    found.append((start, len(sentence), continues))
    return found


def _lead(clause: str, cues: _Cues) -> tuple[int, Voice, str]:
    """The length of "X said that" at the head of a clause, the voice, and X (empty when the subject is dropped)."""
    lead = len(clause) - len(clause.lstrip(" \t،,؛"))
    rest = clause[lead:]
    for opening in cues.leads:
        match = opening.expression.match(rest)
        if match and len(rest[match.end() :].split()) >= _MIN_WORDS:
            return lead + (0 if opening.keep else match.end()), opening.voice, _speaker(match["speaker"], cues)
    return lead, "outlet", ""


def _speaker(words_between: str, cues: _Cues) -> str:
    name = " ".join(words_between.split()).strip(" ،,:")
    cut = cues.speaker_end.search(name)
    return (name[: cut.start()] if cut else name).strip(" ،,:")


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """Offsets without the white space, commas and stops around, and without quotation marks around the whole."""
    part = text[start:end]
    opening = _TRIM_START.match(part)
    start += opening.end() if opening else 0
    closing = _TRIM_END.search(text[start:end])
    end = start + closing.start() if closing else end
    inner = text[start:end]
    if (
        len(inner) > 2
        and inner[0] in _OPENING
        and inner[-1] in _CLOSING
        and not set(inner[1:-1]) & set(_OPENING + _CLOSING)
    ):
        return _trimmed(text, start + 1, end - 1)
    return start, end


def _mostly_quoted(text: str) -> bool:
    inside = sum(b - a for a, b in sentences.quotations(text))
    return inside >= _QUOTED_SHARE * len(text.strip())


def _repeats(claim: Claim, seen: dict[str, list[frozenset[str]]]) -> bool:
    """Whether an earlier claim has nearly the same words; `seen` (claims by word) learns this one otherwise."""
    own = frozenset(words(claim.text))
    if not own:
        return False
    rarest = sorted(own, key=lambda word: (len(seen.get(word, ())), word))
    # A set that shares so much of the union lacks at most (1 - r) / r of its own words: one of the first is shared.
    for word in rarest[: int(len(own) * (1 - _REPEATED) / _REPEATED) + 1]:
        if any(len(own & other) / len(own | other) >= _REPEATED for other in seen.get(word, ())):
            return True
    for word in own:
        seen.setdefault(word, []).append(own)
    return False
