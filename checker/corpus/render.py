"""The report on a corpus for the terminal: event by event, contradictions first, then who says what, and when.

Lines are made as in `tabayyun.render`, each in the direction of what it holds.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rich.console import Console
from rich.text import Text

from tabayyun.bidi import isolated
from tabayyun.render import INDENT, STYLE, Screen, flat, indented
from tabayyun.wording import PAUSE, Language, name, percent, words_of

_SAYS, _AGAINST, _BOTH, _SILENT = "+", "-", "±", "·"


def show(report: dict[str, Any], console: Console, *, language: Language = "en") -> None:
    """Print a report (the data of `tabayyun.corpus.report`)."""
    screen = Screen(console, language, words_of(language))
    for line in _report(report, screen):
        screen.print(line)


def _report(report: dict[str, Any], screen: Screen) -> Iterator[Text]:
    words = screen.words["corpus"]
    for event in report["events"]:
        yield from _event(event, screen)
    kinds = ("contradictions", "agreements")
    counts = {kind: sum(len(event[kind]) for event in report["events"]) for kind in kinds}
    summary = words["summary"].format(**counts, told=len(report["events"]), events=report["status"]["events"])
    yield from screen.folded(Text(summary, "bold"), screen.console.width)
    for entry in report["not_checked"]:
        line = f"{screen.words['page']['not_checked']}: {isolated(entry['source'])}: {isolated(entry['reason'])}"
        yield from screen.folded(Text(line, "dim"), screen.console.width)


def _event(event: dict[str, Any], screen: Screen) -> Iterator[Text]:
    words, width = screen.words, screen.console.width - INDENT
    articles = {article["id"]: article for article in event["articles"]}
    yield Text(isolated(event["id"]), "bold")
    yield from screen.folded(Text(flat(event["title"]), "bold"), screen.console.width, event["articles"][0]["language"])
    for article in event["articles"]:
        line = Text(f"{_day(article['published'], screen)}  {_outlet(article)}")
        if article["copy_of"]:
            original = _outlet(articles[article["copy_of"]])
            line.append(f"  {words['corpus']['copied'].format(outlet=original)}", "dim")
        yield from indented(" ", screen.folded(line, width))
    yield Text()
    for verdict in event["contradictions"] + event["agreements"]:
        yield from _verdict(verdict, articles, screen)
    if event["statements"]:
        yield Text(words["corpus"]["who"], "bold")
        yield from _matrix(event["statements"], articles, screen)
    if event["timeline"]:
        yield Text(words["corpus"]["stages"], "bold")
    for entry in event["timeline"]:
        speaker = f" ({isolated(entry['speaker'])})" if entry["speaker"] else ""
        stage = f"{_day(entry['day'], screen)}  {name(words, 'status', entry['status'])}  {isolated(entry['outlet'])}"
        language = articles[entry["article"]]["language"]
        yield from indented(" ", screen.folded(Text(f"{stage}{speaker}"), width))
        yield from indented(" ", screen.folded(Text(flat(entry["text"])), width, language))
    if event["article_pairs_skipped"]:
        skipped = words["corpus"]["skipped"].format(n=isolated(str(event["article_pairs_skipped"])))
        yield from screen.folded(Text(skipped, "dim"), screen.console.width)
    yield Text()


def _verdict(verdict: dict[str, Any], articles: dict[str, Any], screen: Screen) -> Iterator[Text]:
    words, width = screen.words, screen.console.width - INDENT
    heading = [name(words, "relation", verdict["relation"]), percent(verdict["probability"])]
    if verdict["kind"] not in (None, "other"):
        heading.insert(1, name(words, "kind", verdict["kind"]))
    yield Text(PAUSE.join(heading).upper(), STYLE[verdict["relation"]])
    for side in ("a", "b"):
        claim = verdict[side]
        article = articles[claim["article"]]
        source = f"{_outlet(article)} {words['voice'][claim['voice']]}"
        if claim["voice"] != "outlet":
            source += f" {isolated(claim['speaker']) if claim['speaker'] else words['voice']['unnamed']}"
        quote = screen.folded(Text(flat(claim["text"])), width, article["language"])
        yield from indented(words["side"][side], [*quote, *screen.folded(Text(source, "dim"), width)])
    why = verdict["why"] if screen.language == "en" else verdict["why_ar"]
    yield from indented(" ", screen.folded(Text(why, "italic"), width))
    yield Text()


def _matrix(statements: list[dict[str, Any]], articles: dict[str, Any], screen: Screen) -> Iterator[Text]:
    """The outlet-by-claim matrix, its outlets by number: names over the columns would not fit."""
    outlets = sorted({outlet for row in statements for outlet in row["says"] + row["contradicts"]})
    legend = "، " if screen.language == "ar" else ", "
    named = legend.join(f"{isolated(str(number))} {isolated(outlet)}" for number, outlet in enumerate(outlets, 1))
    head = screen.words["corpus"]["legend"].format(says=isolated(_SAYS), against=isolated(_AGAINST), outlets=named)
    yield from screen.folded(Text(head, "dim"), screen.console.width)
    cell = len(str(len(outlets))) + 1
    yield Text(_columns("".join(f"{number:<{cell}}" for number in range(1, len(outlets) + 1))), "dim")
    room = screen.console.width - cell * len(outlets) - INDENT
    for row in statements:
        marks = "".join(f"{_mark(outlet, row):<{cell}}" for outlet in outlets)
        quote = screen.folded(Text(flat(row["text"])), room, articles[row["article"]]["language"])
        for number, line in enumerate(quote):
            yield Text.assemble(_columns(marks if number == 0 else " " * len(marks)), line)
    yield Text()


def _columns(cells: str) -> str:
    """Cells in a left-to-right isolate, which keeps their order whatever the direction of the interface."""
    return f"\u2066{cells}\u2069"


def _mark(outlet: str, row: dict[str, Any]) -> str:
    says, against = outlet in row["says"], outlet in row["contradicts"]
    return _BOTH if says and against else _SAYS if says else _AGAINST if against else _SILENT


def _day(day: str | None, screen: Screen) -> str:
    return isolated(day) if day else screen.words["page"]["date_unknown"]


def _outlet(article: dict[str, Any]) -> str:
    return isolated(article["outlet"] or article["id"])
