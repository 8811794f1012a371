"""One probability out of the judge's scores, the likeness of two claims, their frames and the articles around them.

Agreement and contradiction each need several signs together, and that is what boosted shallow trees find (Friedman
2001, "Greedy function approximation"). They are plain numbers in `configs/fusion.json`, fitted by `tabayyun eval fit`
on labelled articles that the judge was not trained on.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from typing import Any

from tabayyun.compare import Comparison
from tabayyun.configs import FOLDER
from tabayyun.models.base import Scores
from tabayyun.pairing import ClaimPair
from tabayyun.surroundings import Surroundings

LABELS = ("contradiction", "agreement")
_FAR_DAYS = 3
_SURE, _SURE_SHARE = 0.70, 0.6
_TOLD_ELSEWHERE = 0.8
"""Where the judge gives a contradiction at least `_SURE` in both directions, and neither claim is entailed elsewhere by
`_TOLD_ELSEWHERE`, 143 of 171 labelled pairs of `fit` are one (of the 83 that are told elsewhere two thirds), and trees
doubt whatever shares few words. It counts as a sign of its own, right a little less often than that (a noisy or)."""


def features(
    pair: ClaimPair,
    comparison: Comparison,
    a_to_b: Scores,
    b_to_a: Scores,
    days: int | None,
    around: Surroundings,
) -> dict[str, float]:
    """What the model sees of a pair of claims; the same when the two claims change places."""
    entailments = (a_to_b.entailment, b_to_a.entailment)
    found = {
        "contradiction": (a_to_b.contradiction + b_to_a.contradiction) / 2,
        "contradiction_least": min(a_to_b.contradiction, b_to_a.contradiction),
        "entailment": sum(entailments) / 2,
        "entailment_most": max(entailments),
        "similarity": pair.similarity,
        "matching": pair.matching,
        "overlap": pair.overlap or 0.0,
        "two_languages": float(pair.overlap is None),
        "best_partners": float(pair.best_of),
        "other_day": float(bool(days)),
        "days_apart": float(abs(days or 0) >= _FAR_DAYS),
        "length": float(comparison.length),
        **{f"around_{name}": float(value) for name, value in asdict(around).items()},
    }
    for name in ("status", "polarity", "number", "time", "place"):
        relation = getattr(comparison, name)
        found[f"{name}_clash"] = float(relation == "clash")
        found[f"{name}_same"] = float(relation == "same")
    for name in ("outlets", "one_outlet", "same", "different"):
        found[f"speakers_{name}"] = float(comparison.speakers == name)
    return found


Tree = float | Sequence[Any]
"""Log-odds to add, or a question: name of a feature, limit, the tree at or under it, the tree above it."""


@dataclass(frozen=True, slots=True)
class Trees:
    """The log-odds of a label: those of any pair (`start`), and what each tree adds to them."""

    start: float
    trees: Sequence[Tree]

    def evidence(self, found: Mapping[str, float]) -> float:
        """Return the log-odds of the label, given the features of a pair.

        >>> Trees(-3.0, [["overlap", 1.0, 0.1, 0.75], 0.25]).evidence({"overlap": 2.0})
        -2.0
        """
        return math.fsum((self.start, *(_leaf(found, tree) for tree in self.trees)))


@dataclass(frozen=True, slots=True)
class Model:
    """What was fitted; `slope` and `shift` turn the evidence of a contradiction into honest log-odds (Platt 1999)."""

    agreement: Trees
    contradiction: Trees
    slope: float = 1.0
    shift: float = 0.0


@cache
def shipped() -> Model:
    """The model of `configs/fusion.json`."""
    return of_json((FOLDER / "fusion.json").read_text(encoding="utf-8"))


def of_json(text: str) -> Model:
    """Return the model that `eval.fitting.to_json` wrote."""
    content = json.loads(text)
    agreement, contradiction = (Trees(**content[label]) for label in ("agreement", "contradiction"))
    return Model(agreement, contradiction, content["slope"], content["shift"])


def probabilities(found: Mapping[str, float], model: Model | None = None) -> dict[str, float]:
    """Return the probabilities of agreement, contradiction and neutral; they sum to 1."""
    model = model or shipped()
    clash = _logistic(model.slope * model.contradiction.evidence(found) + model.shift)
    if found["contradiction_least"] >= _SURE and found["around_rival_entailment"] < _TOLD_ELSEWHERE:
        clash = 1 - (1 - clash) * (1 - _SURE_SHARE)
    return _shares(_logistic(model.agreement.evidence(found)), clash)


def _leaf(found: Mapping[str, float], tree: Tree) -> float:
    while not isinstance(tree, float):
        name, limit, under, above = tree
        tree = under if found[name] <= limit else above
    return tree


def _logistic(evidence: float) -> float:
    return 1 / (1 + math.exp(-evidence))


def of_scores_alone(a_to_b: Scores, b_to_a: Scores) -> dict[str, float]:
    """Return the probabilities for two statements that somebody put side by side, from the judge's scores alone.

    A contradiction holds in both directions, so its two scores are averaged. Two reports agree when one tells what the
    other tells, so the better direction counts for half.

    >>> of_scores_alone(Scores(0.9, 0.1, 0.0), Scores(0.5, 0.5, 0.0))["agreement"]
    0.8
    """
    mean = (a_to_b.entailment + b_to_a.entailment) / 2
    agreement = (mean + max(a_to_b.entailment, b_to_a.entailment)) / 2
    return _shares(round(agreement, 9), (a_to_b.contradiction + b_to_a.contradiction) / 2)


def _shares(agreement: float, contradiction: float) -> dict[str, float]:
    agreement = min(agreement, 1 - contradiction)
    return {
        "agreement": agreement,
        "contradiction": contradiction,
        "neutral": max(0.0, 1 - agreement - contradiction),
    }
