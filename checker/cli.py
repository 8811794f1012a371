"""The command line: `tabayyun check A B`, `claims`, `corpus`, `models`, `train`, `eval`.

Heavy imports wait for their command.
"""

from __future__ import annotations

import errno
import os
import sys
from contextlib import contextmanager
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn, TextIO

import typer

from tabayyun.corpus.cli import app as corpus_app
from tabayyun.eval.cli import app as eval_app
from tabayyun.models.errors import TabayyunError
from tabayyun.models.registry import DEFAULT_EMBEDDER, DEFAULT_JUDGE
from tabayyun.options import (
    ClaimsFormat,
    ClaimsFormatOption,
    ConfigOption,
    EmbedderOption,
    Interface,
    JudgeOption,
    LanguageOption,
    OutputOption,
    ReportFormat,
    ReportFormatOption,
    UrlOption,
)
from tabayyun.review.cli import review

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from rich.console import Console

    from tabayyun.article import Article
    from tabayyun.report import Report
    from tabayyun.wording import Language

app = typer.Typer(
    help="Tells a fact-checker where two newsrooms agree and where they contradict each other.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.add_typer(corpus_app, name="corpus")
app.add_typer(eval_app, name="eval")
app.command()(review)


@app.command()
def check(
    a: Annotated[str, typer.Argument(help="The first article (.txt, .md, .html, .pdf, .json; - for standard input).")],
    b: Annotated[str, typer.Argument(help="The second article.")],
    format: ReportFormatOption = ReportFormat.text,
    output: OutputOption = None,
    language: LanguageOption = Interface.en,
    all_verdicts: Annotated[
        bool, typer.Option("--all", help="Also show uncertain and neutral pairs and lone claims.")
    ] = False,
    exit_code: Annotated[
        bool, typer.Option("--exit-code", help="End with 1 when any were found, disputes too.")
    ] = False,
    embedder: EmbedderOption = DEFAULT_EMBEDDER,
    judge: JudgeOption = DEFAULT_JUDGE,
    a_outlet: Annotated[str, typer.Option(help="The outlet of the first article.")] = "",
    b_outlet: Annotated[str, typer.Option(help="The outlet of the second article.")] = "",
    a_date: Annotated[str | None, typer.Option(help="Its publication date, YYYY-MM-DD.")] = None,
    b_date: Annotated[str | None, typer.Option(help="The publication date of the second, YYYY-MM-DD.")] = None,
    url: UrlOption = False,
    config: ConfigOption = None,
) -> None:
    """Compare two articles: contradictions first, then agreements, each with both quotes and a probability."""
    from tabayyun import settings
    from tabayyun.checker import Checker
    from tabayyun.errors import InputError

    if a == b == "-":
        raise InputError("Only one of the two articles can come from standard input. Give a file for the other.")
    first = _read(a, url, a_outlet, a_date)
    second = _read(b, url, b_outlet, b_date)
    checker = Checker(embedder, judge, settings.load(config))
    report = _with_progress(lambda tell: checker.check(first, second, progress=tell))
    if format is ReportFormat.text:
        from tabayyun.render import show

        with _console(output) as console:
            show(report, console, all_verdicts=all_verdicts, language=language.value)
    else:
        # A spreadsheet takes CSV for UTF-8 only behind a byte order mark; programs that read the pipe want none.
        _write(_written(report, format, language.value, all_verdicts), output, bom=format is ReportFormat.csv)
    if exit_code and report.contradictions:
        raise typer.Exit(1)


@app.command()
def claims(
    file: Annotated[str, typer.Argument(help="An article (.txt, .md, .html, .pdf, .json; - for standard input).")],
    format: ClaimsFormatOption = ClaimsFormat.text,
    output: OutputOption = None,
    language: LanguageOption = Interface.en,
    url: UrlOption = False,
) -> None:
    """Show the claims of one article, and what was left out with the reason."""
    from tabayyun.bidi import safe_json
    from tabayyun.claims import extract

    read = _read(file, url)
    extraction = extract(read)
    if format is ClaimsFormat.json:
        _write(safe_json(extraction.to_dict(read), indent=1), output)
    elif format is ClaimsFormat.html:
        from tabayyun.html import claims_page

        _write(claims_page(read, extraction, language=language.value), output)
    else:
        from tabayyun.render import show_claims

        with _console(output) as console:
            show_claims(read, extraction, console, language=language.value)


@app.command()
def models() -> None:
    """List the models known by name; any folder or Hub name works too."""
    from rich.table import Table

    from tabayyun.models.registry import EMBEDDERS, JUDGES

    table = Table("role", "name", "comes from", "about", box=None)
    for variant in EMBEDDERS:
        table.add_row("embedder", variant.name, variant.source, variant.about)
    for judge in JUDGES:
        table.add_row("judge", judge.name, judge.source, judge.about)
    with _console() as console:
        console.print(table)


@app.command()
def train(
    recipe: Annotated[Path, typer.Argument(help="A recipe (see configs/recipes).")],
    data: Annotated[Path, typer.Option(help="The folder that the recipe's file names start from.")],
    out: Annotated[Path, typer.Option(help="Where weights, log and checkpoints go; a cut-off run goes on from there.")],
) -> None:
    """Train a judge by a recipe."""
    from tabayyun.models import recipe as recipes
    from tabayyun.models.training import train as run

    print(run(recipes.read(recipe), data, out, progress=sys.stderr.isatty()))


@app.command()
def average(
    first: Annotated[Path, typer.Argument(help="The folder of a judge of ours.")],
    second: Annotated[Path, typer.Argument(help="The folder of the judge that it was trained on from.")],
    out: Annotated[Path, typer.Option(help="Where the averaged judge goes.")],
    share: Annotated[float, typer.Option(min=0, max=1, help="The share of the first in the weights.")] = 0.7,
) -> None:
    """Average the weights of two rounds of training: what the last one forgot comes back."""
    from tabayyun.models import pair_classifier

    pair_classifier.average(first, second, share, out)


@app.command()
def calibrate(
    judge: Annotated[Path, typer.Argument(help="The folder of a judge of ours.")],
    files: Annotated[list[Path], typer.Argument(help="Labelled rows that it was not trained on.")],
) -> None:
    """Fit the temperature of a judge on labelled rows and write it into its config."""
    from tabayyun.models.calibration import calibrate as run

    print(f"temperature {run(judge, files)}")


def _read(place: str, url: bool, outlet: str = "", published: str | None = None) -> Article:
    """The article in a file, or at a web address when `url` allows it."""
    from tabayyun import ingest
    from tabayyun.errors import InputError

    if not place.lower().startswith(("http://", "https://")):
        return ingest.read(place, outlet=outlet, published=published)
    if not url:
        raise InputError(f"{place} is a web address. tabayyun stays offline unless you add --url.")
    from tabayyun.fetch import fetch

    return fetch(place, outlet=outlet, published=published)


def _written(report: Report, format: ReportFormat, language: Language, all_verdicts: bool) -> str:
    """The report in a format that is not for the terminal."""
    from tabayyun import html, markdown, tables

    match format:
        case ReportFormat.html:
            return html.report_page(report, language=language, all_verdicts=all_verdicts)
        case ReportFormat.markdown:
            return markdown.markdown(report, language=language, all_verdicts=all_verdicts)
        case ReportFormat.csv:
            return tables.csv_table(report, language=language, all_verdicts=all_verdicts)
        case ReportFormat.claimreview:
            return tables.claim_reviews_json(report, language=language)
        case _:
            return report.to_json(all_verdicts=all_verdicts)


@contextmanager
def _opened(output: Path, encoding: str = "utf-8") -> Iterator[TextIO]:
    from tabayyun.errors import InputError

    try:
        with output.open("w", encoding=encoding, errors="replace", newline="\n") as stream:
            yield stream
    except OSError as error:
        raise InputError(f"{output} cannot be written: {error.strerror}. Give a file in a folder of yours.") from error


def _write(text: str, output: Path | None, *, bom: bool = False) -> None:
    if output is None:
        print(text.removesuffix("\n"))
        return
    with _opened(output, "utf-8-sig" if bom else "utf-8") as stream:
        stream.write(text)


@contextmanager
def _console(output: Path | None = None) -> Iterator[Console]:
    """The terminal, or a file of 100 columns without colours."""
    from rich.console import Console

    if output is None:
        yield Console(highlight=False, markup=False, emoji=False)
        return
    with _opened(output) as stream:
        yield Console(highlight=False, markup=False, emoji=False, file=stream, width=100)


def _with_progress(work: Callable[[Callable[[str], None]], Report]) -> Report:
    """Run `work`; what it tells is shown on standard error while it runs, if that is a terminal."""
    if not sys.stderr.isatty():
        return work(lambda message: None)
    from rich.console import Console

    with Console(stderr=True).status("loading") as status:
        return work(status.update)


def main() -> None:
    """Run the command line; errors of tabayyun become one clear message and exit code 2."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="replace")
    try:
        try:
            app()
        finally:
            sys.stdout.flush()
    except TabayyunError as error:
        _fail(str(error))
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EPIPE):
            raise
        # What is left in the buffer must not fail a second time when Python ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        place = error.filename or "The standard output, or a temporary file,"
        _fail(f"{place} cannot be written: {error.strerror}. Make room and run again.")
    except KeyboardInterrupt:
        _fail("Stopped.", code=130)


def _fail(message: str, code: int = 2) -> NoReturn:
    from tabayyun.bidi import harmless

    print(f"tabayyun: {harmless(message)}", file=sys.stderr)
    raise SystemExit(code)
