"""A report and the claims of an article for the terminal.

Every line is made here, and right-to-left text stands in it between U+2067 and U+2069, so that a terminal which orders
text itself keeps quotes, numbers and columns in their places; one that does not shows the letters as they came.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from tabayyun import wording
from tabayyun.article import Article
from tabayyun.bidi import direction, harmless
from tabayyun.claims import Claim, Dropped, Extraction
from tabayyun.marked import CLAIM, DROPPED, Line, Mark, lines
from tabayyun.report import Report
from tabayyun.verdicts import Verdict
from tabayyun.wording import Language, Words, words_of

STYLE = {
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
INDENT = 3


@dataclass(frozen=True, slots=True)
class Screen:
    """Where lines go, and the language in which things are worded."""

    console: Console
    language: Language
    words: Words

    def print(self, line: Text) -> None:
        """Print a line in the direction of the interface, even when it begins with a word of the other one."""
        self.console.print(Text.assemble(_BASE[direction(self.language)], line))

    def folded(self, text: Text, width: int, language: str = "") -> list[Text]:
        """Break a text into lines, each isolated in the direction of the text, which is of `language`."""
        opening = _OPEN[direction(language or self.language, text.plain)]
        rows = text.wrap(self.console, max(width, 1))
        for row in rows:
            row.rstrip()
        return [Text.assemble(opening, row, _CLOSE) for row in rows]


def show(report: Report, console: Console, *, all_verdicts: bool = False, language: Language = "en") -> None:
    """Print `report`; uncertain and neutral verdicts and lone claims only with `all_verdicts`."""
    screen = Screen(console, language, words_of(language))
    for line in _report(report, screen, all_verdicts=all_verdicts):
        screen.print(line)


def _report(report: Report, screen: Screen, *, all_verdicts: bool) -> Iterator[Text]:
    words, width = screen.words, screen.console.width
    articles = {"a": report.a, "b": report.b}
    for side, article in articles.items():
        yield from indented(words["side"][side], _about(article, side, screen))
    yield Text()
    sections = report.sections()
    for section, verdicts in sections.items():
        if all_verdicts or section not in ("uncertain", "neutral"):
            for verdict in verdicts:
                yield from _verdict(verdict, section, articles, screen)
                yield Text()
    if not report.contradictions:
        yield from screen.folded(Text(words["page"]["no_contradiction"], "bold"), width)
    counts = {section: len(verdicts) for section, verdicts in sections.items()}
    alone = {"only_a": len(report.only_in_a), "only_b": len(report.only_in_b), "not_checked": len(report.not_checked)}
    summary = words["page"]["summary"].format(**counts, **alone)
    yield from screen.folded(Text(f"{summary} {wording.models(report, words)}", "dim"), width)
    if all_verdicts:
        for side, lone in (("a", report.only_in_a), ("b", report.only_in_b)):
            yield Text()
            yield Text(words["page"]["only_in"].format(side=words["side"][side]), "bold")
            for claim in lone:
                yield from indented(" ", _quote(claim, articles[side], screen))


def _about(article: Article, side: str, screen: Screen) -> list[Text]:
    """The outlet and date of an article, and its title."""
    outlet = wording.outlet(article, side, screen.words)
    first = Text.assemble((outlet, "bold cyan"), "  ", (wording.published(article, screen.words), "dim"))
    title = Text(flat(article.title))
    return [first, *(screen.folded(title, screen.console.width - INDENT, article.language) if title else ())]


def _verdict(verdict: Verdict, section: str, articles: dict[str, Article], screen: Screen) -> Iterator[Text]:
    words, width = screen.words, screen.console.width - INDENT
    heading = f"{wording.title(verdict, words)}{wording.PAUSE}{wording.percent(verdict.probability)}"
    yield Text(heading.upper(), STYLE[section])
    for side, claim in (("a", verdict.a), ("b", verdict.b)):
        source = f"{wording.outlet(articles[side], side, words)} {wording.voice(claim, words)}"
        body = [*_quote(claim, articles[side], screen), *screen.folded(Text(source, "dim"), width)]
        yield from indented(words["side"][side], body)
    why = Text(wording.why(verdict, screen.language), "italic")
    yield from indented(" ", screen.folded(why, width))


def _quote(claim: Claim, article: Article, screen: Screen) -> list[Text]:
    return screen.folded(Text(flat(claim.text)), screen.console.width - INDENT, article.language)


def indented(letter: str, body: Iterable[Text]) -> Iterator[Text]:
    """Move lines in, and put a letter before the first."""
    for number, line in enumerate(body):
        yield Text.assemble((letter if number == 0 else "", "bold"), " " * (INDENT - (number == 0)), line)


def flat(text: str) -> str:
    """Return `text` on one line, harmless."""
    return " ".join(harmless(text).split())


def show_claims(article: Article, extraction: Extraction, console: Console, *, language: Language = "en") -> None:
    """Print an article with its claims coloured in the running text, and beside it the frame of each claim.

    What is no claim is dim, with the reason beside it. In a narrow terminal the frames stand under each paragraph.
    """
    screen = Screen(console, language, words_of(language))
    for row in (*_about(article, "a", screen), Text()):
        screen.print(row)
    beside = console.width >= _LEAST_TEXT + INDENT + _FRAME_WIDTH
    width = console.width - INDENT - _FRAME_WIDTH if beside else console.width
    items: list[Claim | Dropped] = [*extraction.claims, *extraction.dropped]
    tones = (CLAIM if isinstance(item, Claim) else DROPPED for item in items)
    marked = [Mark(item.start, item.end, n, tone) for (n, item), tone in zip(enumerate(items, 1), tones, strict=True)]
    seen: set[int] = set()
    for line in lines(article, marked):
        new = dict.fromkeys(n for piece in line.pieces for n in piece.items if n not in seen)
        text = screen.folded(_coloured(line, set(new), len(extraction.claims)), width, article.language)
        notes = [
            note
            for n in new
            for note in screen.folded(_note(n, items[n - 1], screen.words), _FRAME_WIDTH if beside else width)
        ]
        for kind in dict.fromkeys(piece.removed for piece in line.pieces if piece.removed):
            notes.append(_reason(wording.name(screen.words, "removed", kind)))
        for row in _side_by_side(text, notes, width, line.direction) if beside else [*text, *notes]:
            screen.print(row)
        screen.print(Text())
        seen.update(new)


def _coloured(line: Line, new: set[int], claims: int) -> Text:
    """The text of a line, each claim in a colour; a claim that begins here stands behind its number."""
    found = Text()
    for piece in line.pieces:
        own = [n for n in piece.items if n <= claims]
        for n in sorted(new & set(own)):
            new.remove(n)
            found.append(f"\u2068[{n}]\u2069 ", f"bold {_colour(n)}")
        style = "dim" if piece.removed or piece.tone == DROPPED else _colour(own[0]) if own else ""
        found.append(piece.text.replace("\t", " "), style)
    return found


def _note(number: int, item: Claim | Dropped, words: Words) -> Text:
    """What stands beside a claim: its number, voice, speaker and frame; beside a dropped part, the reason."""
    if isinstance(item, Dropped):
        return _reason(wording.name(words, "reason", item.reason))
    frame = wording.PAUSE.join((wording.voice(item, words), *wording.frame(item, words)))
    return Text.assemble((f"{number} ", f"bold {_colour(number)}"), frame)


def _reason(text: str) -> Text:
    return Text(f"({text})", "dim")


def _colour(number: int) -> str:
    return _COLOURS[number % len(_COLOURS)]


def _side_by_side(text: Sequence[Text], notes: Sequence[Text], width: int, side: str) -> Iterator[Text]:
    """Put lines of text and notes into two columns; right-to-left text ends at the right edge of its own."""
    for left, right in zip_longest(text, notes, fillvalue=Text()):
        space = " " * (width - cell_len(left.plain))
        column = (space, left) if side == "rtl" else (left, space)
        yield Text.assemble(*column, " " * INDENT, right)
