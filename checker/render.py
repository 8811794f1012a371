"""A report and the claims of an article for the terminal.

Every line is made here, and right-to-left text stands in it between U+2067 and U+2069, so that a terminal which orders
text itself keeps quotes, numbers and columns in their places; one that does not shows the letters as they came.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import zip_longest

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from tabayyun import wording
from tabayyun.article import Article
from tabayyun.bidi import direction, harmless
from tabayyun.claims import Claim, Extraction
from tabayyun.marked import CLAIM, DROPPED, Line, Mark, lines
from tabayyun.report import Report
from tabayyun.verdicts import Verdict
from tabayyun.wording import Language, Words, words_of

_STYLE = {
    "contradiction": "bold red",
    "dispute": "bold yellow",
    "agreement": "bold green",
    "superseded": "bold blue",
    "uncertain": "dim",
    "neutral": "dim",
}
_COLOURS = ("cyan", "yellow", "green", "magenta", "blue", "red")
_OPEN, _CLOSE = {"rtl": "\u2067", "ltr": "\u2066"}, "\u2069"
_BASE = {"rtl": "\u200f", "ltr": ""}
_FRAME_WIDTH, _LEAST_TEXT = 38, 40
_GAP = 3


def show(report: Report, console: Console, *, all_verdicts: bool = False, language: Language = "en") -> None:
    """Print `report`; uncertain and neutral verdicts and lone claims only with `all_verdicts`."""
    for line in _report(report, words_of(language), language, console, all_verdicts=all_verdicts):
        console.print(Text(_BASE[direction(language)]) + line)


def _report(
    report: Report, words: Words, language: Language, console: Console, *, all_verdicts: bool
) -> Iterator[Text]:
    articles = {"a": report.a, "b": report.b}
    for side, article in articles.items():
        yield from _indented(words["side"][side], _about(article, side, words, console), "bold")
    yield Text()
    sections = report.sections()
    for section, verdicts in sections.items():
        if all_verdicts or section not in ("uncertain", "neutral"):
            for verdict in verdicts:
                yield from _verdict(verdict, section, articles, words, language, console)
                yield Text()
    if not report.contradictions:
        yield from _folded(Text(words["page"]["no_contradiction"], "bold"), console, console.width, language)
    counts = {section: len(verdicts) for section, verdicts in sections.items()}
    alone = {"only_a": len(report.only_in_a), "only_b": len(report.only_in_b), "not_checked": len(report.not_checked)}
    summary = words["page"]["summary"].format(**counts, **alone)
    models = wording.models(report, words)
    yield from _folded(Text(f"{summary} {models}", "dim"), console, console.width, language)
    if all_verdicts:
        for side, lone in (("a", report.only_in_a), ("b", report.only_in_b)):
            yield Text()
            yield Text(words["page"]["only_in"].format(side=words["side"][side]), "bold")
            for claim in lone:
                yield from _indented(" ", _quote(claim, articles[side], console))


def _about(article: Article, side: str, words: Words, console: Console) -> Iterator[Text]:
    """The outlet and date of an article, and its title."""
    yield Text(wording.outlet(article, side, words), "bold cyan") + Text(
        f"  {wording.published(article, words)}", "dim"
    )
    if article.title:
        yield from _folded(Text(_flat(article.title)), console, console.width - _GAP, article.language)


def _verdict(
    verdict: Verdict, section: str, articles: dict[str, Article], words: Words, language: Language, console: Console
) -> Iterator[Text]:
    heading = f"{wording.title(verdict, words)} · {wording.percent(verdict.probability)}"
    yield Text(heading.upper(), _STYLE[section])
    for side, claim in (("a", verdict.a), ("b", verdict.b)):
        said = f"{wording.outlet(articles[side], side, words)} {wording.voice(claim, words)}"
        source = _folded(Text(said, "dim"), console, console.width - _GAP, language)
        yield from _indented(words["side"][side], [*_quote(claim, articles[side], console), *source], "bold")
    why = verdict.why_in(language)
    if verdict.label == "agreement" and not verdict.independent:
        why = f"{why} ({words['page']['not_independent']})"
    yield from _indented(" ", _folded(Text(why, "italic"), console, console.width - _GAP, language))


def _quote(claim: Claim, article: Article, console: Console) -> Iterator[Text]:
    return _folded(Text(_flat(claim.text)), console, console.width - _GAP, article.language)


def _indented(letter: str, body: Iterable[Text], style: str = "") -> Iterator[Text]:
    for number, line in enumerate(body):
        yield Text(letter.ljust(_GAP) if number == 0 else " " * _GAP, style) + line


def _folded(text: Text, console: Console, width: int, language: str) -> Iterator[Text]:
    """Break a text into lines, each isolated in the direction of the text."""
    mark = _OPEN[direction(language, text.plain)]
    for line in text.wrap(console, max(width, 1)):
        line.rstrip()
        yield Text(mark) + line + Text(_CLOSE)


def _flat(text: str) -> str:
    return " ".join(harmless(text).split())


def show_claims(article: Article, extraction: Extraction, console: Console, *, language: Language = "en") -> None:
    """Print an article with its claims coloured in the running text, and beside it the frame of each claim.

    What is no claim is dim, with the reason beside it. In a narrow terminal the frames stand under each paragraph.
    """
    words = words_of(language)
    base = Text(_BASE[direction(language)])
    for row in (*_about(article, "a", words, console), Text()):
        console.print(base + row)
    number_of_claims = len(extraction.claims)
    marked = [Mark(c.start, c.end, n, CLAIM) for n, c in enumerate(extraction.claims, 1)]
    marked += [Mark(d.start, d.end, n, DROPPED) for n, d in enumerate(extraction.dropped, number_of_claims + 1)]
    beside = console.width >= _LEAST_TEXT + _GAP + _FRAME_WIDTH
    width = console.width - _GAP - _FRAME_WIDTH if beside else console.width
    note_width = _FRAME_WIDTH if beside else width
    seen: set[int] = set()
    for line in lines(article, marked):
        new = [item for item in dict.fromkeys(i for piece in line.pieces for i in piece.items) if item not in seen]
        text = list(_folded(_coloured(line, seen, number_of_claims), console, width, article.language))
        notes = [note for item in new for note in _note(item, extraction, words, language, console, note_width)]
        notes += [
            _label(wording.name(words, "removed", kind))
            for kind in dict.fromkeys(piece.removed for piece in line.pieces if piece.removed)
        ]
        seen.update(new)
        for row in _side_by_side(text, notes, width, line.direction) if beside else [*text, *notes]:
            console.print(base + row)
        console.print()


def _coloured(line: Line, seen: set[int], claims: int) -> Text:
    """The text of a line, each claim in a colour behind its number; what is no claim is dim."""
    found, numbered = Text(), set(seen)
    for piece in line.pieces:
        own = [item for item in piece.items if item <= claims]
        for item in own:
            if item not in numbered:
                numbered.add(item)
                found.append(f"\u2068[{item}]\u2069 ", f"bold {_colour(item)}")
        style = "dim" if piece.removed or piece.tone == DROPPED else _colour(own[0]) if own else ""
        found.append(piece.text.replace("\t", " "), style)
    return found


def _note(
    item: int, extraction: Extraction, words: Words, language: Language, console: Console, width: int
) -> Iterator[Text]:
    """What stands beside a claim: its number, voice, speaker and frame; beside a dropped part, the reason."""
    claims = len(extraction.claims)
    if item > claims:
        yield _label(wording.name(words, "reason", extraction.dropped[item - claims - 1].reason))
        return
    claim = extraction.claims[item - 1]
    text = Text(f"{item} ", f"bold {_colour(item)}")
    text.append(wording.PAUSE.join((wording.voice(claim, words), *wording.frame(claim, words))))
    yield from _folded(text, console, width, language)


def _label(text: str) -> Text:
    return Text(f"({text})", "dim")


def _colour(item: int) -> str:
    return _COLOURS[item % len(_COLOURS)]


def _side_by_side(text: Sequence[Text], notes: Sequence[Text], width: int, side: str) -> Iterator[Text]:
    """Put lines of text and notes into two columns; right-to-left text ends at the right edge of its own."""
    for left, right in zip_longest(text, notes, fillvalue=Text()):
        space = Text(" " * (width - cell_len(left.plain)))
        yield (space + left if side == "rtl" else left + space) + Text(" " * _GAP) + right
