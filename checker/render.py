"""A report for the terminal: both quotes, who says them, what the verdict is and how sure it is.

Right-to-left text is put between U+2068 (first strong isolate) and U+2069, so that a terminal that orders text
itself shows Arabic beside English and numbers in the right order.
"""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import Console, Group
from rich.table import Table
from rich.text import Text

from tabayyun.article import Article
from tabayyun.claims import Claim, Extraction
from tabayyun.report import Report
from tabayyun.verdicts import Verdict

_STYLE = {"contradiction": "bold red", "agreement": "bold green", "uncertain": "yellow", "neutral": "dim"}
_TITLE = {"contradiction": "CONTRADICTION", "agreement": "AGREEMENT", "uncertain": "UNCERTAIN", "neutral": "NEUTRAL"}
_VOICE = {"outlet": "in its own voice", "reported": "reporting", "quoted": "quoting"}
_ISOLATE, _END_ISOLATE = "\u2068", "\u2069"
_HARMFUL = {
    **dict.fromkeys((*range(0, 9), *range(11, 32), *range(127, 160))),
    **{ord(mark): None for mark in "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c"},
}
"""Characters that could move the cursor, colour the screen or turn text round: never printed as they came."""


def isolated(text: str) -> str:
    """Return `text` on one line, without control characters, between direction isolates.

    >>> isolated("نص\\nفي سطرين") == "\\u2068نص في سطرين\\u2069"
    True
    """
    return f"{_ISOLATE}{' '.join(text.split()).translate(_HARMFUL)}{_END_ISOLATE}"


def show(report: Report, console: Console, *, all_verdicts: bool = False) -> None:
    """Print `report`; uncertain and neutral verdicts and lone claims only with `all_verdicts`."""
    for side, article in (("A", report.a), ("B", report.b)):
        console.print(_article_line(side, article))
    console.print()
    shown = [v for v in report.verdicts if all_verdicts or v.label in ("contradiction", "agreement")]
    for verdict in shown:
        console.print(_verdict(verdict, report))
    if not report.contradictions:
        console.print("No contradiction found.", style="bold")
    console.print(Text(_summary(report), style="dim"))
    if all_verdicts:
        for side, lone in (("A", report.only_in_a), ("B", report.only_in_b)):
            console.print(Text(f"\nOnly in {side}", style="bold"))
            _print_lines(console, (claim.text for claim in lone))


def _article_line(side: str, article: Article) -> Text:
    line = Text.assemble((f"{side}  ", "bold"), (isolated(_outlet(article, side)), "bold cyan"))
    if article.published:
        line.append(f"  {article.published.isoformat()} (from {article.published_from})", "dim")
    else:
        line.append("  date unknown", "dim")
    if article.title:
        line.append(f"  {isolated(article.title)}")
    return line


def _outlet(article: Article, side: str) -> str:
    return article.outlet or article.id or side


def _verdict(verdict: Verdict, report: Report) -> Group:
    """One verdict; no frame around it, for a wrapped right-to-left line would carry the frame's edge along."""
    title = Text(f"{_TITLE[verdict.label]} · {verdict.probability:.0%}", style=_STYLE[verdict.label])
    body = Table.grid(padding=(0, 1))
    body.add_column(width=2, style="bold")
    body.add_column()
    for side, claim, article in (("A", verdict.a, report.a), ("B", verdict.b, report.b)):
        body.add_row(side, Group(_quote(claim), _source(claim, _outlet(article, side))))
    body.add_row("", Text(verdict.why, style="italic"))
    return Group(title, body, Text())


def _quote(claim: Claim) -> Text:
    return Text(isolated(claim.text))


def _source(claim: Claim, outlet: str) -> Text:
    text = f"{isolated(outlet)} {_VOICE[claim.voice]}"
    if claim.speaker:
        text += f" {isolated(claim.speaker)}"
    return Text(text, style="dim")


def _summary(report: Report) -> str:
    lone = f"{len(report.only_in_a)} claims only in A, {len(report.only_in_b)} only in B"
    unsure = sum(v.label == "uncertain" for v in report.verdicts)
    skipped = f", {len(report.not_checked)} pairs not checked" if report.not_checked else ""
    return (
        f"{len(report.contradictions)} contradictions, {len(report.agreements)} agreements, {unsure} uncertain; {lone}"
        f"{skipped}. {len(report.verdicts)} pairs judged by {report.judge} (embedder {report.embedder})."
    )


def show_claims(article: Article, extraction: Extraction, console: Console) -> None:
    """Print what was extracted from an article: claims with voice and speaker, then what was left out and why."""
    console.print(_article_line("", article))
    table = Table(show_lines=False, box=None, padding=(0, 1))
    table.add_column("#", style="dim", justify="right")
    table.add_column("voice", style="cyan")
    table.add_column("speaker", max_width=28)
    table.add_column("claim")
    for number, claim in enumerate(extraction.claims, 1):
        speaker = Text(isolated(claim.speaker)) if claim.speaker else Text()
        table.add_row(str(number), claim.voice, speaker, Text(isolated(claim.text)))
    console.print(table)
    out = [(d.reason, article.text[d.start : d.end]) for d in extraction.dropped]
    out += [(s.kind, article.text[s.start : s.end]) for s in article.boilerplate]
    console.print(Text(f"\nLeft out ({len(out)})", style="bold"))
    _print_lines(console, (f"{reason}: {isolated(text[:100])}" for reason, text in out))


def _print_lines(console: Console, lines: Iterable[str]) -> None:
    for line in lines:
        console.print(Text(f"  {line}"))
