"""One probability out of the judge's scores, the likeness of two claims and their frames.

Agreement is a logistic model. A contradiction needs several signs together, and that is what a small forest of shallow
trees finds (Breiman 2001, "Random Forests"); a part of its evidence comes from a logistic model, for the two err
differently. All are plain numbers in `configs/fusion.json`, fitted by `tabayyun eval fit` on labelled articles that the
judge was not trained on.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from tabayyun.compare import Comparison
from tabayyun.configs import FOLDER
from tabayyun.models.base import Scores
from tabayyun.pairing import ClaimPair

LABELS = ("contradiction", "agreement")
_LEAST = 1e-3
_FAR_DAYS = 3
_LINEAR_SHARE = 0.3


def features(
    pair: ClaimPair, comparison: Comparison, a_to_b: Scores, b_to_a: Scores, days: int | None, rivals: int = 0
) -> dict[str, float]:
    """What the model sees of a pair of claims; the same when the two claims change places.

    `rivals` are the other pairs of one of both claims in which the judge sees more of a contradiction.
    """
    entailments = (a_to_b.entailment, b_to_a.entailment)
    found = {
        "contradiction": log_odds((a_to_b.contradiction + b_to_a.contradiction) / 2),
        "contradiction_least": log_odds(min(a_to_b.contradiction, b_to_a.contradiction)),
        "entailment": log_odds(sum(entailments) / 2),
        "entailment_most": log_odds(max(entailments)),
        "similarity": (pair.similarity - 0.85) * 20,
        "overlap": (pair.overlap or 0.0) * 3,
        "two_languages": float(pair.overlap is None),
        "best_partners": float(pair.best_of),
        "other_day": float(bool(days)),
        "days_apart": float(abs(days or 0) >= _FAR_DAYS),
        "length": comparison.length / 100,
        "rivals": float(rivals),
    }
    for name in ("status", "polarity", "number", "time", "place"):
        relation = getattr(comparison, name)
        found[f"{name}_clash"] = float(relation == "clash")
        found[f"{name}_same"] = float(relation == "same")
    for name in ("outlets", "one_outlet", "same", "different"):
        found[f"speakers_{name}"] = float(comparison.speakers == name)
    return found


def log_odds(probability: float) -> float:
    """Return the log-odds of a probability, cut at one in a thousand.

    >>> log_odds(0.5)
    0.0
    """
    clipped = min(max(probability, _LEAST), 1 - _LEAST)
    return math.log(clipped / (1 - clipped))


Tree = float | Sequence[Any]
"""A share of contradictions, or a question: name of a feature, limit, the tree at or under it, the tree above it."""


@dataclass(frozen=True, slots=True)
class Model:
    """What was fitted: log-odds of both labels by feature (and "intercept"), and the trees of contradiction.

    `slope` and `shift` turn the evidence of contradiction into honest log-odds (Platt 1999).
    """

    agreement: Mapping[str, float]
    contradiction: Mapping[str, float]
    trees: Sequence[Tree]
    slope: float = 1.0
    shift: float = 0.0


@cache
def shipped() -> Model:
    """The model of `configs/fusion.json`."""
    content = json.loads((FOLDER / "fusion.json").read_text(encoding="utf-8"))
    return Model(*(content[name] for name in ("agreement", "contradiction", "trees", "slope", "shift")))


def probabilities(found: Mapping[str, float], model: Model | None = None) -> dict[str, float]:
    """Return the probabilities of agreement, contradiction and neutral; they sum to 1."""
    model = model or shipped()
    clash = model.slope * contradiction(found, model) + model.shift
    return _shares(_logistic(_sum(found, model.agreement)), _logistic(clash))


def contradiction(found: Mapping[str, float], model: Model) -> float:
    """Return the evidence of a contradiction: log-odds of the trees, and a smaller share of the logistic model's."""
    trees = log_odds(forest(found, model.trees))
    return (1 - _LINEAR_SHARE) * trees + _LINEAR_SHARE * _sum(found, model.contradiction)


def _sum(found: Mapping[str, float], weights: Mapping[str, float]) -> float:
    return sum(weights.get(name, 0.0) * value for name, value in {"intercept": 1.0, **found}.items())


def forest(found: Mapping[str, float], trees: Sequence[Tree]) -> float:
    """Return the mean of what the trees say.

    >>> forest({"overlap": 2.0}, [["overlap", 1.0, 0.1, 0.7], 0.5])
    0.6
    """
    return sum(_leaf(found, tree) for tree in trees) / len(trees)


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
