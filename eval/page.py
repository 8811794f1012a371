"""Runs as one self-contained HTML page with pictures, and the pictures as PNG files beside it."""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tabayyun.errors import DataError
from tabayyun.eval import plots, tables
from tabayyun.eval.runs import Run

_MISTAKES = 20
PAGE = "report.html"


def write(runs: Sequence[Run], folder: Path) -> Path:
    """Write `report.html` and the pictures of every run into `folder`, which is made; return the page.

    Raises:
        DataError: the folder cannot be made or written to.
        ConfigError: matplotlib is not installed.
    """
    from jinja2 import Environment, FileSystemLoader

    parts = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for number, run in enumerate(runs, 1):
            pictures = []
            for name, figure in plots.draw(run):
                drawn = io.BytesIO()
                figure.savefig(drawn, format="png")
                (folder / f"{number}-{_file_name(run.name)}-{name}.png").write_bytes(drawn.getvalue())
                pictures.append((name, base64.b64encode(drawn.getvalue()).decode()))
            shown = [tables.one(run), *tables.breakdowns(run)]
            parts.append({"run": run, "tables": shown, "pictures": pictures, "mistakes": surest_mistakes(run)})
        templates = Environment(loader=FileSystemLoader(Path(__file__).parent / "templates"), autoescape=True)
        together = tables.tables(runs) if len(runs) > 1 else []
        page = templates.get_template(PAGE).render(parts=parts, together=together)
        (folder / PAGE).write_text(page, encoding="utf-8")
    except OSError as error:
        raise DataError(
            f"The report cannot be written into {folder}: {error.strerror}. Name another folder."
        ) from error
    return folder / PAGE


def surest_mistakes(run: Run) -> list[dict[str, Any]]:
    """The wrong rows of a run of labels, the most confident first."""
    wrong = [item for item in run.items if "label" in item and item["label"] != item["gold"]]
    return sorted(wrong, key=lambda item: -float(item["probabilities"][item["label"]]))[:_MISTAKES]


def _file_name(name: str) -> str:
    return re.sub(r"\W+", "-", name).strip("-")
