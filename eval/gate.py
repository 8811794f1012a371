"""The gate: floors of measured quality, pinned in `eval/gate.toml` with the hashes of the data and of the settings."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from tabayyun.checker import Checker
from tabayyun.errors import DataError
from tabayyun.eval import harness, passages
from tabayyun.eval.runs import Run

FILE = Path("eval/gate.toml")

_MEASURE: dict[str, Callable[[Path, Checker, int | None], Run]] = {
    "nli": lambda data, checker, limit: harness.evaluate_nli(data, checker.judge, limit),
    "pairs": lambda data, checker, limit: harness.evaluate_pairs(data, checker, limit=limit),
    "pairing": lambda data, checker, limit: harness.evaluate_pairing(data, checker),
    "articles": lambda data, checker, limit: harness.evaluate_articles(data, checker),
    "claims": lambda data, checker, limit: passages.evaluate_claims(data),
}


@dataclass(frozen=True, slots=True)
class Pinned:
    """One measurement and what must hold of it: floors and ceilings by the name of the figure.

    `data` is relative to the gate's file; `fast` ones run in `make test`; `limit` takes the first rows only.
    """

    task: str
    data: str
    sha256: str
    config_hash: str = ""
    fast: bool = False
    limit: int | None = None
    floors: dict[str, float] = field(default_factory=dict)
    ceilings: dict[str, float] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """What stands in the gate's output."""
        return f"{self.task} {self.data}" + (f", first {self.limit}" if self.limit else "")


@dataclass(frozen=True, slots=True)
class Check:
    """One floor, ceiling or hash: what is pinned, what is so now, and whether it holds."""

    measurement: str
    figure: str
    pinned: str
    now: str
    holds: bool


def read(path: Path = FILE) -> list[Pinned]:
    """Return the pinned measurements of a gate file.

    Raises:
        DataError: it is missing, is not TOML, or pins something that cannot be measured.
    """
    try:
        found = [Pinned(**entry) for entry in tomllib.loads(path.read_text(encoding="utf-8"))["measurement"]]
    except OSError as error:
        raise DataError(
            f"{path} cannot be read: {error.strerror}. Run the gate in a checkout, or name a file: --file."
        ) from error
    except (tomllib.TOMLDecodeError, KeyError, TypeError) as error:
        raise DataError(
            f"{path} is no gate file ({type(error).__name__}: {error}). Check it out again, or pin anew."
        ) from error
    for entry in found:
        if entry.task not in _MEASURE:
            raise DataError(f"{path}: {entry.task!r} is no measurement. Choose one of {', '.join(_MEASURE)}.")
    return found


def measure(pinned: Pinned, folder: Path, checker: Checker) -> Run:
    """Measure again what is pinned; `folder` is that of the gate's file."""
    return _MEASURE[pinned.task](folder / pinned.data, checker, pinned.limit)


def checks(pinned: Pinned, run: Run) -> list[Check]:
    """Compare a run with what is pinned of it.

    Raises:
        DataError: a pinned figure is none of the run's.
    """
    found = [
        Check(pinned.name, "data", pinned.sha256[:12], run.data["sha256"][:12], pinned.sha256 == run.data["sha256"]),
        Check(pinned.name, "settings", pinned.config_hash, run.config_hash, pinned.config_hash == run.config_hash),
    ]
    for sign, bounds in (("≥", pinned.floors), ("≤", pinned.ceilings)):
        for figure, bound in bounds.items():
            if figure not in run.values:
                raise DataError(f"{pinned.name} has no figure {figure!r}. Choose one of {', '.join(run.values)}.")
            now = run.values[figure]
            holds = now is not None and (now >= bound if sign == "≥" else now <= bound)
            found.append(Check(pinned.name, figure, f"{sign} {bound}", str(now), holds))
    return found
