"""Claims: what an article asserts, clause by clause, with who says it and where it stands in the text."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from tabayyun import entities, frames, quantities, sentences, times
from tabayyun.article import Article
from tabayyun.boilerplate import dateline, lines_of
from tabayyun.cues import Cues, Voice, cues_of
from tabayyun.entities import Named
from tabayyun.quantities import Quantity
from tabayyun.spelling import flat, words
from tabayyun.times import Period

_MIN_WORDS = 3
_LONGEST_SENTENCE = 4000
_HEADING_WORDS = 8
_MIN_QUOTED_WORDS = 2
_QUOTED_SHARE = 0.6
_REPEATED = 0.85
_SENTENCE_END = re.compile(r"[.!?؟…。:](?:\s*[\"'»”’)\]])*$")
_GERSHAYIM = re.compile(r"(?<=[א-ת])(?:(?<!\b[בלמכהוש])|(?=.[א-ת](?![א-ת])))[\"״](?=[א-ת])")
"""A quotation mark within a Hebrew abbreviation; behind one glued preposition it opens a quotation."""
_HEBREW_QUOTE = re.compile(r"(?<![א-ת])״|״(?![א-ת])|(?<=\b[בלמכהוש])״(?=[א-ת]{2})")
_MARKS = re.compile(r"[ ،,:]*")
_SEMICOLON = re.compile(r"\s*[؛;]\s+")
_STOP = re.compile(r"(?<=\w\w)[.!؟?…]+\s+(?=\w)")
_QUESTION = re.compile(r"[?؟](?:\s*[\"'»”’)\]])*$")
_TRIM_START = re.compile(r"^(?:[\s،,؛;:.…–—)\]]|-(?!\d))+")
_TRIM_END = re.compile(r"[\s،,؛;:.…\-–—]+$")
_LINK_END = re.compile(r"\s\(?https?://\S+\s*$")
_TRIM = " \t\u00a0،,؛;:.…–—-"
_OPENING, _CLOSING = '"“«”„״', '"”»“״'
_NOBODY = (0, 0)
"""The span of a speaker where nobody is heard; that of a pronoun is empty too, but stands where the pronoun does."""


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
    opening: str = ""
    """The words of saying before the claim where they turn its sense: "denied that", "ruled out that"."""
    act: str = ""
    status: str | None = None
    status_at: tuple[int, int] | None = None
    """Where in the claim the words stand that tell its status."""
    polarity: str = frames.AFFIRMATIVE
    negation_at: tuple[int, int] | None = None
    quantities: tuple[Quantity, ...] = ()
    time: Period | None = None
    place: Named | None = None
    entities: tuple[Named, ...] = ()

    @property
    def in_full(self) -> str:
        """The claim with its opening: what its source says, in one reading."""
        return f"{self.opening} {self.text}" if self.opening else self.text

    def to_dict(self) -> dict[str, Any]:
        """The claim as it stands in the report JSON."""
        return {
            "text": self.text,
            "start": self.start,
            "end": self.end,
            "voice": self.voice,
            "speaker": self.speaker,
            "status": self.status,
            "time": self.time.to_dict() if self.time else None,
            "quantities": [q.to_dict(self.start) for q in self.quantities],
        }

    def to_frame(self) -> dict[str, Any]:
        """The claim with its whole frame, as `tabayyun claims --format json` prints it; what is not known is empty."""
        named = [{**n.to_dict(), "start": self.start + n.start, "end": self.start + n.end} for n in self.entities]
        place = self.place.entity.name if self.place else None
        return {**self.to_dict(), "act": self.act, "polarity": self.polarity, "place": place, "entities": named}


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
            body = start + dateline(line)
            paragraph = article.text[body:end]
            spans = sentences.split(paragraph, article.language)
            long_quotes = [(body + a, body + b) for a, b in sentences.crossing(paragraph, spans)]
            for a, b in spans:
                if b - a > _LONGEST_SENTENCE:
                    dropped.append(Dropped(body + a, body + b, "too long to check"))
                    continue
                found, speaker = _sentence_claims(article, body + a, body + b, speaker, long_quotes)
                for item in found:
                    if isinstance(item, Dropped):
                        dropped.append(item)
                    elif _repeats(item, seen):
                        dropped.append(Dropped(item.start, item.end, "repeats an earlier claim"))
                    else:
                        claims.append(item)
    return Extraction(tuple(claims), tuple(dropped))


def single(text: str, language: str = "", published: str | None = None) -> Claim:
    """Read one sentence that stands alone as one claim, with its frame; its text stays whole.

    >>> single("وقال الوزير إن الاتفاق لم يوقع بعد", "ar").status
    'not_yet'
    """
    article = Article.from_text(text, language=language, published=published)
    text = article.text
    found, _ = _sentence_claims(article, 0, len(text), "")
    claims = [item for item in found if isinstance(item, Claim)]
    whole = Claim(text, 0, len(text), (0, len(text)))
    if not claims:
        return whole
    first = claims[0]
    framed = _framed(replace(whole, voice=first.voice, speaker=first.speaker), "", article)
    return replace(
        framed, act=first.act, status=first.status, polarity=first.polarity, status_at=None, negation_at=None
    )


@dataclass(frozen=True, slots=True)
class _Speech:
    """Who tells a clause: its voice, the words of saying, the speaker, and whether somebody is clearly heard.

    `opening` are the words of saying before the clause, as they are written.
    """

    voice: Voice = "outlet"
    saying: str = ""
    speaker: str = ""
    heard: bool = False
    opening: str = ""


def _sentence_claims(
    article: Article, start: int, end: int, speaker: str, long_quotes: Sequence[tuple[int, int]] = ()
) -> tuple[list[Claim | Dropped], str]:
    """The claims of one sentence, and who goes on speaking when the next one drops its subject.

    A sentence in which nobody is clearly heard ends the chain: better no speaker than the wrong one. But whoever is
    quoted goes on until the quotation ends: `long_quotes` are the places of those that are longer than a sentence.
    """
    written = article.text[start:end]
    sentence, at = flat(_HEBREW_QUOTE.sub('"', _GERSHAYIM.sub("\u05f4", written)))
    if _QUESTION.search(sentence.strip()):
        a, b = _trimmed(article.text, start, end)
        return [Dropped(a, b, "question")], ""
    cues = cues_of(article.language)
    inside = _quotations(sentence, [start + place for place in at], long_quotes)
    quoted = [(start + at[x], start + at[y]) for x, y in inside]
    going_on = any(a < end < b for a, b in long_quotes)

    def named(span: tuple[int, int], offset: int = 0) -> str:
        begin, stop = (at[offset + place] for place in span)
        name = " ".join(written[begin:stop].split())
        glued = begin < stop and written[begin - 1 : begin + 1] == "لل"
        return f"ا{name}" if glued else name

    first, last, place = _attribution(sentence, cues)
    source = named(place) or (speaker if place != _NOBODY else "")
    told = _Speech(speaker=speaker)
    if place != _NOBODY:
        told = _Speech("reported", sentence[last : place[0]] or sentence[last:], source, bool(source))
    speech = told
    found: list[Claim | Dropped] = []
    for a, b, continues, opening in clauses(sentence, cues, inside, first, last):
        clause = sentence[a:b]
        lead = _lead(clause, cues)
        if lead.voice != "outlet":
            name = (
                ""
                if lead.unnamed
                else named(lead.speaker, a) or ("" if found and speech.voice == "outlet" else speech.speaker)
            )
            said = named((0, lead.length), a).strip(_TRIM)
            speech = _Speech(lead.voice, lead.saying, name, not lead.unnamed, said)
        else:
            speech = _going_on(speech, told, clause, opening, cues, continues=continues, sourced=bool(source))
            if speech.saying and speech.saying == opening:
                speech = replace(speech, opening=named((-len(opening), 0), a).strip(_TRIM))
        begins, ends = lead.length, len(clause)
        x, y, place = (0, ends, _NOBODY) if source else _attribution(clause, cues)
        if place != _NOBODY:
            begins, ends = max(begins, x), y
            speech = _Speech("reported", clause[y : place[0]], named(place, a) or speech.speaker, heard=True)
        begin, stop = _trimmed(article.text, start + at[a + begins], start + at[a + ends])
        if begin < stop:
            statement = Claim(article.text[begin:stop], begin, stop, (start, end))
            asides = cues.asides if speech.voice == "outlet" else ()
            aside = next(filter(None, (one.search(clause) for one in asides)), None)
            own = speech
            if aside:
                own = _Speech("reported", aside.group(), named(_speaker(clause, aside.span("speaker"), cues), a))
            found.append(_as_claim(statement, own, clause[lead.length :], quoted, article, cues))
    return found, speech.speaker if speech.heard or going_on else ""


def _quotations(sentence: str, at: Sequence[int], long_quotes: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The quoted parts of a sentence, whose characters stand `at` such places of the article."""
    over = [(bisect_left(at, a), bisect_left(at, b)) for a, b in long_quotes if a < at[-1] and b > at[0]]
    own = sentences.quotations(sentence)
    return [(x, min(y, len(sentence))) for x, y in over] + [
        (a, b) for a, b in own if not any(x <= a < y for x, y in over)
    ]


def _going_on(
    speech: _Speech, told: _Speech, clause: str, opening: str, cues: Cues, *, continues: bool, sourced: bool
) -> _Speech:
    """Who tells a clause that opens with no speaker of its own, after what `speech` told.

    `told` is who tells the sentence, `sourced` whether it names its source, `opening` what stands before the clause.
    """
    if continues and speech.heard:
        added = cues.adding.search(opening) or cues.adding_object.search(opening)
        return replace(speech, voice="reported", saying=opening if added else speech.saying)
    if continues and not any(map(str.isalpha, opening)):
        return speech
    if continues or (not sourced and cues.says.search(clause)):
        return replace(speech, voice="reported" if continues else "outlet", saying="", speaker="", opening="")
    return speech if sourced else replace(speech, voice=told.voice, saying=told.saying, opening="")


def _as_claim(
    statement: Claim,
    speech: _Speech,
    clause: str,
    quoted: list[tuple[int, int]],
    article: Article,
    cues: Cues,
) -> Claim | Dropped:
    """The statement as a claim of its speaker with its frame, or why it is nothing to check."""
    begin, stop = statement.start, statement.end
    reason = _no_news(clause, speech.voice, cues)
    if reason:
        return Dropped(begin, stop, reason)
    inside = sum(max(0, min(stop, y) - max(begin, x)) for x, y in quoted)
    in_quotes = inside >= _QUOTED_SHARE * (stop - begin)
    least = _MIN_QUOTED_WORDS if in_quotes or speech.voice != "outlet" else _MIN_WORDS
    if len(statement.text.split()) < least or not any(map(str.isalpha, statement.text)):
        return Dropped(begin, stop, "too short to check")
    voice = "quoted" if in_quotes else speech.voice
    speaker = speech.speaker if voice != "outlet" else ""
    turned = voice != "outlet" and cues.turning.search(flat(speech.opening)[0])
    opening = speech.opening if turned else ""
    return _framed(replace(statement, voice=voice, speaker=speaker, opening=opening), speech.saying, article)


def _no_news(clause: str, voice: Voice, cues: Cues) -> str | None:
    """Why a clause is nothing to check, or None; what somebody else thinks or defines is news."""
    if voice != "outlet":
        return None
    return next((reason for reason, expression in cues.no_news if expression.match(clause)), None)


def _attribution(sentence: str, cues: Cues) -> tuple[int, int, tuple[int, int]]:
    """Where the statement begins and ends when its source stands before or behind it, and the span of the source."""
    start = len(sentence) - len(sentence.lstrip())
    match = next(filter(None, (front.match(sentence, start) for front in cues.fronts)), None)
    if match:
        whole = (match.end(), len(sentence))
        first, last = match.span("statement") if "statement" in match.re.groupindex else whole
        return first, last, _speaker(sentence, match.span("speaker"), cues)
    for tail in cues.tails:
        match = tail.search(sentence)
        if match and match.start() > 0:
            return 0, match.start(), _speaker(sentence, match.span("speaker"), cues)
    return 0, len(sentence), _NOBODY


def _framed(claim: Claim, saying: str, article: Article) -> Claim:
    """The claim with its act, status, polarity, quantities and time."""
    language = article.language
    act = frames.act(saying, language) if claim.voice != "outlet" else ""
    amounts = quantities.in_currency_of(article.text, quantities.find(claim.text, language), language)
    periods = times.find(claim.text, language, article.published, amounts)
    time = periods[0] if periods else None
    stage = frames.status(claim.text, language, said=act, voice=claim.voice, time=time, today=article.published)
    sense = frames.polarity(claim.text, language, act)
    named = entities.find(claim.text)
    return replace(
        claim,
        act=act,
        status=stage.value if stage else None,
        status_at=(stage.start, stage.end) if stage and stage.end else None,
        polarity=sense.value,
        negation_at=(sense.start, sense.end) if sense.end else None,
        quantities=amounts,
        time=time,
        place=entities.place(claim.text, language, named),
        entities=named,
    )


def clauses(
    sentence: str, cues: Cues, quoted: Sequence[tuple[int, int]], first: int, last: int
) -> list[tuple[int, int, bool, str]]:
    """Return the clauses of a sentence, parts of which are `quoted`, from `first` to `last`.

    Each has its start, its end, whether the speaker of the one before goes on speaking, and the words between the two.
    """

    def inside(at: int) -> bool:
        return any(a < at < b - 1 for a, b in quoted)

    cuts = [(m.start(), m.end(), True) for m in cues.adding.finditer(sentence) if not inside(m.start())]
    cuts += [(m.start() - 1, m.end(), True) for m in cues.adding_object.finditer(sentence) if not inside(m.start())]
    cuts += [(m.start(), m.end(), False) for m in cues.heads.finditer(sentence) if not inside(m.start())]
    cuts += [(m.start(), m.end(), inside(m.start())) for m in cues.contrast.finditer(sentence)]
    if cues.subordinate.match(sentence):
        cuts += [(m.start(), m.end(), False) for m in cues.main.finditer(sentence) if not inside(m.start())]
    cuts += [
        (m.start(), m.end(), True)
        for m in cues.and_that.finditer(sentence)
        if not inside(m.start()) and cues.told.search(sentence, 0, m.start())
    ]
    cuts += [(*m.span("cut"), True) for m in cues.between_quotes.finditer(sentence)]
    cuts += [(m.start(), m.end(), inside(m.start())) for m in _SEMICOLON.finditer(sentence)]
    cuts += [(m.start(), m.end(), True) for m in _STOP.finditer(sentence) if inside(m.start())]
    found: list[tuple[int, int, bool, str]] = []
    start, continues, opening = first, False, ""
    for at, after, goes_on in sorted(cuts):
        if not sentence[start:at].strip(_TRIM):
            opening += sentence[start : max(start, after)]
            start = max(start, after)  # a cut may stand within the words that name the source
            continue
        least = _MIN_QUOTED_WORDS if inside(at) else _MIN_WORDS
        if after > last or min(len(sentence[start:at].split()), len(sentence[after:last].split())) < least:
            continue
        found.append((start, at, continues, opening))
        start, continues, opening = after, goes_on, sentence[at:after]
    found.append((start, last, continues, opening))
    return found


@dataclass(frozen=True, slots=True)
class _Opening:
    """How a clause opens: the length of "X said that", what voice follows, the span of X, the words of saying."""

    length: int
    voice: Voice = "outlet"
    speaker: tuple[int, int] = _NOBODY
    saying: str = ""
    unnamed: bool = False


def _lead(clause: str, cues: Cues) -> _Opening:
    space = len(clause) - len(clause.lstrip(" \t،,؛"))
    rest = clause[space:]
    for lead in cues.leads:
        match = lead.expression.match(rest)
        if match and cues.denying.match(match["speaker"]):
            continue
        if match and len(rest[match.end() :].split()) >= _MIN_QUOTED_WORDS:
            length = space + (_length(cues.connective, rest) if lead.keep else match.end())
            first, last = _speaker(rest, match.span("speaker"), cues)
            return _Opening(length, lead.voice, (space + first, space + last), match.group(), lead.unnamed)
    return _Opening(space)


def _speaker(text: str, span: tuple[int, int], cues: Cues) -> tuple[int, int]:
    """The part of a span that names the speaker; empty for a pronoun, and where it names a place or an occasion."""
    start, end = span
    start += _length(cues.before_speaker, text[start:end])
    start += _length(_MARKS, text[start:end])
    name = text[start:end].rstrip(" ،,:")
    cut = cues.speaker_end.search(name)
    name = name[: cut.start()] if cut else name
    nobody = name.lower() in cues.pronouns or cues.no_speaker.match(name)
    return start, start if nobody else start + len(name)


def _length(expression: re.Pattern[str], text: str) -> int:
    """How much of the beginning of `text` the expression takes."""
    match = expression.match(text)
    return match.end() if match else 0


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """Offsets without the white space, commas and stops around, and without quotation marks around the whole."""
    part = text[start:end]
    opening = _TRIM_START.match(part)
    start += opening.end() if opening else 0
    for ending in (_LINK_END, _TRIM_END):
        closing = ending.search(text[start:end])
        end = start + closing.start() if closing else end
    inner = text[start:end]
    if (
        len(inner) > 2
        and inner[0] in _OPENING
        and inner[-1] in _CLOSING
        and not set(inner[1:-1]) & set(_OPENING + _CLOSING)
    ):
        return _trimmed(text, start + 1, end - 1)
    marks = sum(char in _OPENING + _CLOSING for char in inner)
    if marks == 1 and len(inner) > 1 and (inner[0] in _OPENING or inner[-1] in _CLOSING):
        return _trimmed(text, start + (inner[0] in _OPENING), end - (inner[-1] in _CLOSING))
    return start, end


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
