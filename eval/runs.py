"""Runs: one measurement of models on labelled data, with everything that is needed to compare it with another.

A file of runs (schema `tabayyun.runs/1`) holds one or more; `compare` tells two of them apart by a paired bootstrap.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from tabayyun.errors import DataError
from tabayyun.eval import measures, metrics
from tabayyun.eval.metrics import Difference
from tabayyun.settings import Settings

SCHEMA = "tabayyun.runs/1"


@dataclass(frozen=True)
class Run:
    """What was measured (`task`, `data`), with what (`models`, `config`), item by item, and what came out (`metrics`).

    `data` is `{"path", "sha256"}`, `models` is `{role: {"name", "sha256"}}`, `notes` what else a reader must know
    (thresholds and where they were chosen).
    """

    task: str
    name: str
    data: dict[str, str]
    models: dict[str, dict[str, str | None]]
    config: dict[str, Any]
    config_hash: str
    items: list[dict[str, Any]] = field(repr=False)
    metrics: dict[str, Any] = field(repr=False)
    peak_memory_mb: int | None
    version: str
    notes: dict[str, Any] = field(default_factory=dict)

    @cached_property
    def values(self) -> dict[str, float | None]:
        """Every figure by name."""
        return measures.values(self.task, self.items)


def measured(
    task: str,
    name: str,
    items: Sequence[dict[str, Any]],
    data: dict[str, str],
    models: dict[str, Any],
    settings: Settings | None = None,
    *,
    speed: dict[str, float],
) -> Run:
    """Return the run of a task over its items; `speed` is put beside the figures that the items give."""
    from importlib.metadata import version

    return Run(
        task,
        name,
        data,
        {role: {"name": model.name, "sha256": checksum(model)} for role, model in models.items()},
        settings.model_dump() if settings else {},
        settings.hash if settings else "",
        list(items),
        {**measures.summary(task, items), **speed},
        peak_memory(),
        version("tabayyun"),
    )


@lru_cache(maxsize=8)
def checksum(model: Any) -> str | None:
    """Return the SHA-256 of the weights of a loaded model; None where it has none (a stand-in, a remote model)."""
    weights = getattr(getattr(model, "model", None), "state_dict", None)
    if weights is None:
        return None
    import torch

    total = hashlib.sha256()
    for name, tensor in sorted(weights().items()):
        total.update(name.encode())
        total.update(tensor.detach().contiguous().reshape(-1).view(torch.uint8).numpy())
    return total.hexdigest()


def peak_memory() -> int | None:
    """Return the most memory that this process has held so far, in MB; None where the system does not tell."""
    try:
        import resource
    except ImportError:
        return None
    unit = 1 if sys.platform == "darwin" else 1024
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6)


def save(runs: Sequence[Run], path: Path) -> None:
    """Write runs into one JSON file.

    Raises:
        DataError: the folder does not exist or cannot be written to.
    """
    content = {"schema": SCHEMA, "runs": [{f.name: getattr(run, f.name) for f in fields(run)} for run in runs]}
    try:
        path.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    except OSError as error:
        raise DataError(
            f"The run cannot be saved as {path}: {error.strerror}. Give a file in a folder of yours."
        ) from error


def load(path: Path) -> list[Run]:
    """Return the runs of a file.

    Raises:
        DataError: it is missing or no file of runs.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        if content.get("schema") != SCHEMA:
            raise ValueError(f"its schema is {content.get('schema')!r}")
        return [Run(**run) for run in content["runs"]]
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror}. Check its path.") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise DataError(f"{path} is no file of runs ({error}). Make one with `tabayyun eval ... --save`.") from error


def compare(first: Run, second: Run) -> dict[str, Difference]:
    """Return, figure by figure, how much higher `first` scores than `second`, by a paired bootstrap over groups.

    Raises:
        DataError: the two did not measure the same task on the same rows.
    """
    if first.task != second.task:
        raise DataError(f"One run measured {first.task}, the other {second.task}. Name two runs of one task.")
    if first.data["sha256"] != second.data["sha256"] or _ids(first) != _ids(second):
        raise DataError(
            f"The runs measured different data ({first.data['path']}, {second.data['path']}); run one of them again."
        )
    groups = [item["group"] for item in first.items]
    ours, theirs = (measures.measures(run.task, run.items) for run in (first, second))
    return {name: metrics.difference(ours[name], theirs[name], groups) for name in ours if name in theirs}


def _ids(run: Run) -> list[str]:
    return [item["id"] for item in run.items]


def one(name: str) -> Run:
    """Return the run of a file (`FILE`, or `FILE#NAME` where the file holds several).

    Raises:
        DataError: there is no such run.
    """
    file, _, wanted = name.partition("#")
    found = load(Path(file))
    chosen = [run for run in found if wanted in ("", run.name)]
    if len(chosen) != 1:
        known = ", ".join(run.name for run in found)
        raise DataError(f"{file} holds the runs {known}. Name one of them: {file}#NAME.")
    return chosen[0]
