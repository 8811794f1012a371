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


FormatOption = Annotated[Format, typer.Option("--format", help="text for people, json for programs.")]
EmbedderOption = Annotated[str, typer.Option(help="An embedder: a name of `tabayyun models`, a folder or a Hub name.")]
JudgeOption = Annotated[str, typer.Option(help="An NLI judge: a name of `tabayyun models`, a folder or a Hub name.")]
ConfigOption = Annotated[Path | None, typer.Option(help="A TOML file that overrides settings.")]
UrlOption = Annotated[bool, typer.Option("--url", help="Fetch articles that are given as web addresses.")]
