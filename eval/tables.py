"""Runs as tables: one run figure by figure, several side by side, for the terminal and as Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from tabayyun.bidi import isolated
from tabayyun.eval.metrics import Difference
from tabayyun.eval.runs import Run

_LABELS = ("accuracy", "macro_f1", "mcc", "pr_auc_contradiction", "aurc", "ece", "brier")
_HEADLINES = {
    "nli": _LABELS,
    "pairs": _LABELS,
    "articles": (
        "contradiction_recall",
        "contradiction_precision",
        "false_flags_per_pair",
        "agreement_recall",
        "agreement_precision",
        "traps_flagged",
        "pairing_recall",
    ),
    "pairing": ("recall_at_1", "recall_at_4", "mrr", "pairing_recall", "judged_pairs_per_claim"),
}
_BREAKDOWNS = ("labels", "phenomena", "languages")


@dataclass(frozen=True, slots=True)
class Table:
    """A table as text, cell by cell."""

    title: str
    head: list[str]
    rows: list[list[str]]


def tables(runs: Sequence[Run]) -> list[Table]:
    """One run in full, or several side by side: a table for each task and data set."""
    if len(runs) == 1:
        return [one(runs[0]), *breakdowns(runs[0])]
    groups = {(run.task, run.data["sha256"]): run.data["path"] for run in runs}
    return [
        side_by_side(f"{task} · {path}", [r for r in runs if (r.task, r.data["sha256"]) == (task, sha256)])
        for (task, sha256), path in groups.items()
    ]


def one(run: Run) -> Table:
    """Every figure of a run with its interval, and what it took."""
    rows = [[name, number(value), interval(run.metrics["ci"][name])] for name, value in run.values.items()]
    took = {key: run.metrics[key] for key in (*_COUNTS, *_SPEED) if key in run.metrics}
    rows += [[key, str(value), ""] for key, value in took.items()]
    return Table(f"{run.task} · {run.data['path']} · {run.name}", ["figure", "value", "95 % interval"], rows)


_COUNTS = ("n", "article_pairs", "gold_pairs", "passages", "abstained", "not_checked")
_SPEED = ("seconds", "pairs_per_second", "seconds_per_pair")


def breakdowns(run: Run) -> list[Table]:
    """The figures of a run by label, phenomenon and language, each with its n."""
    found = []
    for name in _BREAKDOWNS:
        parts: dict[str, dict[str, Any]] = run.metrics.get(name) or {}
        if parts:
            head = [name, *next(iter(parts.values()))]
            found.append(Table("", head, [[key, *map(number, part.values())] for key, part in parts.items()]))
    return found


def side_by_side(title: str, runs: Sequence[Run]) -> Table:
    """The headline figures of runs on the same data, each over its interval."""
    names = _HEADLINES.get(runs[0].task, tuple(runs[0].values))
    speed = "pairs_per_second" if runs[0].task in ("nli", "pairs") else "seconds_per_pair"
    rows = [
        [
            run.name,
            *(f"{number(run.values.get(name))}\n{interval(run.metrics['ci'].get(name))}" for name in names),
            number(run.metrics.get(speed)),
        ]
        for run in runs
    ]
    return Table(title, ["run", *(name.replace("_", " ") for name in (*names, speed))], rows)


def differences(found: dict[str, Difference]) -> Table:
    """A comparison of two runs."""
    rows = [[name, f"{d.value:+.3f}", interval(d.ci), f"{d.p:.3f}"] for name, d in found.items()]
    return Table("first minus second", ["figure", "difference", "95 % interval", "p"], rows)


def notes(runs: Iterable[Run]) -> list[str]:
    """What a reader must know of each run."""
    return [f"{run.name}: {key} {value}" for run in runs for key, value in run.notes.items()]


def show(shown: Iterable[Table]) -> None:
    """Print tables."""
    from rich.console import Console
    from rich.table import Table as RichTable

    console = Console(highlight=False, markup=False, emoji=False)
    for table in shown:
        printed = RichTable(*table.head, box=None, title=table.title or None, title_justify="left")
        for row in table.rows:
            printed.add_row(isolated(row[0]), *row[1:])
        console.print(printed)


def markdown(table: Table) -> str:
    """The table as Markdown.

    >>> print(markdown(Table("", ["run", "F1"], [["a", "0.5\\n0.4-0.6"]])))
    | run | F1 |
    |---|---|
    | a | 0.5 (0.4-0.6) |
    """
    lines = [table.head, ["---"] * len(table.head), *table.rows]
    return "\n".join(f"|{'|'.join(_markdown_cell(cell) for cell in line)}|" for line in lines)


def _markdown_cell(cell: str) -> str:
    first, *rest = cell.replace("|", "\\|").split("\n")
    return first if first == "---" else f" {first}{f' ({rest[0]})' if rest and rest[0] else ''} "


def number(value: Any) -> str:
    """A figure as it is printed: three decimals, counts whole, a dash where it is not defined."""
    if value is None:
        return "-"
    return f"{value:.3f}" if isinstance(value, float) else str(value)


def interval(bounds: Sequence[float] | None) -> str:
    """An interval as it is printed."""
    return f"{bounds[0]:.3f} to {bounds[1]:.3f}" if bounds else ""
