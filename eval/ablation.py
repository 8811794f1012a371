"""What each part of the verdicts is worth: the program without it, its model fitted anew, on the same articles."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from tabayyun.checker import Checker, Examined, one_event
from tabayyun.eval import fitting, harness, labelled
from tabayyun.eval.labelled import LabelledPair
from tabayyun.eval.runs import Run
from tabayyun.fusion import Model
from tabayyun.verdicts import Verdict, decide, settle


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the verdicts: the features (by the beginning of their names) and the gate that go with it."""

    name: str
    features: tuple[str, ...] = ()
    event: bool = False


_FRAMES = ("status_", "polarity_", "number_", "time_", "place_")
PARTS = (
    Part("time of the reports", ("other_day", "days_apart")),
    Part("attribution", ("speakers_",)),
    Part("numbers", ("number_",)),
    Part("status", ("status_",)),
    Part("polarity", ("polarity_",)),
    Part("time of the claims", ("time_",)),
    Part("place", ("place_",)),
    Part("likeness of the claims", ("similarity", "overlap", "two_languages", "best_partners")),
    Part("one event", event=True),
    Part("all but the judge's scores", (*_FRAMES, "speakers_", "other_day", "days_apart", "similarity", "overlap",
                                        "two_languages", "best_partners"), event=True),
)  # fmt: skip


def table(folder: Path, fit: Path, honest_on: Path, checker: Checker, parts: Sequence[Part] = PARTS) -> list[Run]:
    """Return a run of the whole program on the labelled articles of `folder`, and one without each part.

    The model is fitted on the articles of `fit`, which the judge was not trained on, and made honest on others; the
    thresholds stay.
    """
    rows, others = fitting.examples(fit, checker), fitting.examples(honest_on, checker)
    pairs = labelled.read_articles(folder)
    began = time.perf_counter()
    examined = checker.examine([(pair.a, pair.b) for pair in pairs])
    seconds = time.perf_counter() - began
    runs = []
    for part in (Part("everything"), *parts):
        left, held_out = ([replace(r, features=_without(r.features, part)) for r in of] for of in (rows, others))
        model = fitting.calibrate(fitting.fit(left), held_out)
        items = [
            harness.article_item(pair, _verdicts(pair, seen, model, part, checker))
            for pair, seen in zip(pairs, examined, strict=True)
        ]
        name = part.name if not (part.features or part.event) else f"without {part.name}"
        runs.append(harness.measured_articles(name, items, folder, checker, seconds))
    return runs


def _without(features: dict[str, float], part: Part) -> dict[str, float]:
    return {name: value for name, value in features.items() if not (part.features and name.startswith(part.features))}


def _verdicts(pair: LabelledPair, seen: Examined, model: Model, part: Part, checker: Checker) -> list[Verdict]:
    settings = checker.settings
    together = part.event or one_event(seen, settings)
    return settle(
        [
            decide(chosen, a, b, *scores, settings.verdicts, days=seen.days, one_event=together, model=model)
            for (chosen, a, b), scores in zip(seen.chosen, seen.scores, strict=True)
        ]
    )
