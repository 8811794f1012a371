"""`tabayyun corpus add|check|status|report|export`: many articles, in a store that grows."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tabayyun.bidi import harmless, safe_json
from tabayyun.models.registry import DEFAULT_EMBEDDER, DEFAULT_JUDGE
from tabayyun.options import ConfigOption, EmbedderOption, Format, FormatOption, Interface, JudgeOption, LanguageOption

if TYPE_CHECKING:
    from rich.console import Console

    from tabayyun.corpus.store import Store

app = typer.Typer(help="Compare many articles, event by event, in a store that grows.", no_args_is_help=True)

StoreOption = Annotated[Path, typer.Option("--store", help="The folder of the corpus.")]


class EngineName(StrEnum):
    """Where the models run."""

    local = "local"
    ray = "ray"


class ExportFormat(StrEnum):
    """How a corpus is exported."""

    json = "json"


@app.command()
def add(
    paths: Annotated[list[Path], typer.Argument(help="Articles: files, folders, JSONL with one article a line.")],
    store: StoreOption,
    format: FormatOption = Format.text,
) -> None:
    """Add articles; what is in the corpus already stays as it is. No model is needed."""
    from tabayyun.corpus.steps import add as run

    with _opened(store, create=True) as corpus:
        added = run(corpus, paths)
    if format is Format.json:
        not_checked = [{"source": source, "reason": reason} for source, reason in added.not_read]
        print(safe_json({"new": added.new, "known": added.known, "not_checked": not_checked}))
        return
    print(f"{added.new} articles added, {added.known} known already, {len(added.not_read)} not read.")
    for source, reason in added.not_read:
        print(harmless(f"Not checked: {source}: {reason}"))


@app.command()
def check(
    store: StoreOption,
    engine: Annotated[EngineName, typer.Option(help="Run in this process, or on a Ray cluster.")] = EngineName.local,
    embedder: EmbedderOption = DEFAULT_EMBEDDER,
    judge: JudgeOption = DEFAULT_JUDGE,
    config: ConfigOption = None,
) -> None:
    """Read new articles, find the events, and judge what is new; stopped at any moment, it goes on where it was."""
    from rich.console import Console

    from tabayyun import settings
    from tabayyun.checker import Checker
    from tabayyun.corpus import engines, steps, views

    checker = Checker(embedder, judge, settings.load(config))
    with _opened(store) as corpus:
        runner = engines.Ray(checker) if engine is EngineName.ray else engines.Local(checker)
        if sys.stderr.isatty():
            with Console(stderr=True).status("loading") as line:
                steps.check(corpus, checker, runner, progress=line.update)
        else:
            steps.check(corpus, checker, runner)
        found = views.status(corpus)
    print(
        f"{found['contradictions']} contradictions and {found['agreements']} agreements; "
        f"{found['article_pairs']} article pairs compared, {found['claim_pairs_judged']} pairs of claims judged."
    )


@app.command()
def status(store: StoreOption, format: FormatOption = Format.text) -> None:
    """Show how much of everything the corpus holds, and what waits for a check."""
    from rich.table import Table

    from tabayyun.corpus import views

    with _opened(store) as corpus:
        found = views.status(corpus)
    if format is Format.json:
        print(safe_json(found, indent=1))
        return
    table = Table.grid(padding=(0, 2))
    for name, value in found.items():
        table.add_row(name.replace("_", " "), str(value))
    _console().print(table)


@app.command()
def report(
    store: StoreOption,
    event: Annotated[str | None, typer.Option(help="Only this event, whatever was found.")] = None,
    format: FormatOption = Format.text,
    language: LanguageOption = Interface.en,
) -> None:
    """Show verdicts by event, contradictions first: who says what, and what stage the event had reached when."""
    from tabayyun.corpus.render import show
    from tabayyun.corpus.views import report as make

    with _opened(store) as corpus:
        found = make(corpus, event)
    if format is Format.json:
        print(safe_json(found, indent=1))
    else:
        show(found, _console(), language=language.value)


@app.command()
def export(
    store: StoreOption,
    format: Annotated[
        ExportFormat, typer.Option("--format", help="JSON (schema tabayyun.corpus/1).")
    ] = ExportFormat.json,
) -> None:
    """Print the whole corpus with its verdicts for programs; the same articles give the same bytes."""
    from tabayyun.corpus.views import export as pieces

    with _opened(store) as corpus:
        for piece in pieces(corpus):
            sys.stdout.write(piece)


@contextmanager
def _opened(folder: Path, *, create: bool = False) -> Iterator[Store]:
    from tabayyun.corpus.store import Store

    with closing(Store.open(folder, create=create)) as store:
        yield store


def _console() -> Console:
    from rich.console import Console

    return Console(highlight=False, markup=False, emoji=False)
