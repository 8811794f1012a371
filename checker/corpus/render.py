"""The report on a corpus for the terminal: event by event, contradictions first, then who says what, and when."""

from __future__ import annotations

from typing import Any

from rich.console import Console, Group
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from tabayyun.bidi import isolated

_STYLE = {"contradiction": "bold red", "agreement": "bold green"}
_VOICE = {"outlet": "in its own voice", "reported": "reporting", "quoted": "quoting"}
_SAYS, _AGAINST, _BOTH, _SILENT = "+", "-", "±", "·"


def show(report: dict[str, Any], console: Console) -> None:
    """Print a report (the data of `tabayyun.corpus.report`)."""
    for event in report["events"]:
        _show_event(event, console)
    contradictions, agreements = (
        sum(len(e[kind]) for e in report["events"]) for kind in ("contradictions", "agreements")
    )
    told = f"{contradictions} contradictions and {agreements} agreements in {len(report['events'])} of"
    console.print(Text(f"{told} {report['status']['events']} events.", style="bold"))
    for entry in report["not_checked"]:
        console.print(Text(f"Not checked: {isolated(entry['source'])}: {entry['reason']}", style="dim"))


def _show_event(event: dict[str, Any], console: Console) -> None:
    outlets = _outlets(event)
    console.rule(Text(event["id"], style="bold"), align="left")
    console.print(Text(isolated(event["title"]), style="bold"))
    for article in event["articles"]:
        line = Text(f"  {article['published'] or 'date unknown'}  {isolated(outlets[article['id']])}")
        if article["copy_of"]:
            line.append(f"  the same text as {isolated(outlets[article['copy_of']])}", "dim")
        console.print(line)
    console.print()
    for verdict in event["contradictions"] + event["agreements"]:
        console.print(_verdict(verdict, outlets))
    if event["statements"]:
        console.print(Text("Who says what", style="bold"))
        console.print(_matrix(event["statements"]))
    if event["timeline"]:
        console.print(Text("\nWhat stage the event had reached, by whom", style="bold"))
        for line in event["timeline"]:
            speaker = f" ({isolated(line['speaker'])})" if line["speaker"] else ""
            stage = f"{line['day'] or 'date unknown'}  {line['status']:12} {isolated(line['outlet'])}{speaker}"
            console.print(Padding(Text(f"{stage}: {isolated(line['text'])}"), (0, 0, 0, 2)))
    if event["article_pairs_skipped"]:
        console.print(Text(f"{event['article_pairs_skipped']} pairs of articles less alike were not compared.", "dim"))
    console.print()


def _outlets(event: dict[str, Any]) -> dict[str, str]:
    """The outlet of each article of an event, by the article's id."""
    return {article["id"]: article["outlet"] or article["id"] for article in event["articles"]}


def _verdict(verdict: dict[str, Any], outlets: dict[str, str]) -> Group:
    """One verdict; no frame around it, for a wrapped right-to-left line would carry the frame's edge along."""
    title = Text(f"{verdict['label'].upper()} · {verdict['probability']:.0%}", style=_STYLE[verdict["label"]])
    body = Table.grid(padding=(0, 1))
    body.add_column(width=2, style="bold")
    body.add_column()
    for side in ("a", "b"):
        claim = verdict[side]
        source = f"{isolated(outlets[claim['article']])} {_VOICE[claim['voice']]}"
        source += f" {isolated(claim['speaker'])}" if claim["speaker"] else ""
        body.add_row(side.upper(), Group(Text(isolated(claim["text"])), Text(source, style="dim")))
    body.add_row("", Text(verdict["why"], style="italic"))
    return Group(title, body, Text())


def _matrix(statements: list[dict[str, Any]]) -> Group:
    """The outlet-by-claim matrix, its outlets by number: names in a table's head would not fit."""
    outlets = sorted({outlet for row in statements for outlet in row["says"] + row["contradicts"]})
    legend = ", ".join(f"{number} {isolated(outlet)}" for number, outlet in enumerate(outlets, 1))
    table = Table(*map(str, range(1, len(outlets) + 1)), "", box=None, padding=(0, 1))
    for row in statements:
        says, against = (set(row[name]) for name in ("says", "contradicts"))
        marks = [
            _BOTH
            if outlet in says & against
            else _SAYS
            if outlet in says
            else _AGAINST
            if outlet in against
            else _SILENT
            for outlet in outlets
        ]
        table.add_row(*marks, Text(isolated(row["text"])))
    return Group(Text(f"{_SAYS} says it, {_AGAINST} contradicts it: {legend}", style="dim"), table)
