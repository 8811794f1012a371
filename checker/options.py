"""Options that several commands share."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer


class Format(StrEnum):
    """How results are printed."""

    text = "text"
    json = "json"


class ReportFormat(StrEnum):
    """How a report is written."""

    text = "text"
    html = "html"
    markdown = "markdown"
    csv = "csv"
    claimreview = "claimreview"
    json = "json"


class ClaimsFormat(StrEnum):
    """How the claims of an article are written."""

    text = "text"
    html = "html"
    json = "json"


class Interface(StrEnum):
    """The languages in which reports are worded."""

    en = "en"
    ar = "ar"


FormatOption = Annotated[Format, typer.Option("--format", help="text for people, json for programs.")]
ReportFormatOption = Annotated[
    ReportFormat,
    typer.Option(
        "--format",
        help="text, html or markdown for people; csv for spreadsheets; claimreview for drafts of the contradictions; "
        "json for programs.",
    ),
]
ClaimsFormatOption = Annotated[
    ClaimsFormat, typer.Option("--format", help="text or html for people, json for programs.")
]
LanguageOption = Annotated[Interface, typer.Option("--language", help="The language in which the result is worded.")]
OutputOption = Annotated[Path | None, typer.Option("--output", "-o", help="A file to write instead of printing.")]
EmbedderOption = Annotated[str, typer.Option(help="An embedder: a name of `tabayyun models`, a folder or a Hub name.")]
JudgeOption = Annotated[str, typer.Option(help="An NLI judge: a name of `tabayyun models`, a folder or a Hub name.")]
ConfigOption = Annotated[Path | None, typer.Option(help="A TOML file that overrides settings.")]
UrlOption = Annotated[bool, typer.Option("--url", help="Fetch articles that are given as web addresses.")]
