"""What each part of the verdicts is worth: the program without it, its model fitted anew, on the same articles."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from tabayyun.checker import Checker, verdicts
from tabayyun.eval import fitting, harness, labelled
from tabayyun.eval.runs import Run


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the verdicts: the features (by the beginning of their names) and the gate that go with it."""

    name: str
    features: tuple[str, ...] = ()
    event: bool = False


_FRAMES = ("status_", "polarity_", "number_", "time_", "place_")
_LIKENESS = ("similarity", "matching", "overlap", "two_languages", "best_partners")
_PLACES = ("around_first", "around_last", "around_apart")
_OTHERS = ("around_rival", "around_ahead", "around_near", "around_better", "around_closeness")
PARTS = (
    Part("time of the reports", ("other_day", "days_apart")),
    Part("attribution", ("speakers_",)),
    Part("numbers", ("number_",)),
    Part("status", ("status_",)),
    Part("polarity", ("polarity_",)),
    Part("time of the claims", ("time_",)),
    Part("place", ("place_",)),
    Part("likeness of the claims", (*_LIKENESS, "around_shared")),
    Part("length of the claims", ("length",)),
    Part("other pairs of claims", _OTHERS),
    Part("place in the articles", _PLACES),
    Part("one event", event=True),
    Part("all but the judge's scores", (*_FRAMES, *_LIKENESS, "speakers_", "other_day", "days_apart", "length",
         "around_"), event=True),
)  # fmt: skip


def table(folder: Path, fit: Path, checker: Checker, parts: Sequence[Part] = PARTS) -> list[Run]:
    """Return a run of the whole program on the labelled articles of `folder`, and one without each part.

    The trees are fitted on the labelled data in `fit`, which the judge was not trained on; the thresholds stay.
    """
    rows = fitting.rows(fit, checker)
    pairs = labelled.read_articles(folder)
    began = time.perf_counter()
    examined = checker.examine([(pair.a, pair.b) for pair in pairs])
    seconds = time.perf_counter() - began
    runs = []
    for part in (Part("everything"), *parts):
        model = fitting.fit([replace(row, features=_without(row.features, part)) for row in rows])
        items = [
            harness.article_item(pair, verdicts(seen, checker.settings, together=part.event or None, model=model))
            for pair, seen in zip(pairs, examined, strict=True)
        ]
        name = part.name if not (part.features or part.event) else f"without {part.name}"
        runs.append(harness.measured_articles(name, items, folder, checker, seconds))
    return runs


def _without(features: dict[str, float], part: Part) -> dict[str, float]:
    return {name: value for name, value in features.items() if not (part.features and name.startswith(part.features))}
