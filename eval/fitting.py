"""Fits the weights of `tabayyun.fusion` on labelled articles: two logistic models, contradiction and agreement."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tabayyun import fusion
from tabayyun.checker import Checker
from tabayyun.compare import compare
from tabayyun.eval.labelled import read_articles
from tabayyun.eval.mining import known_labels
from tabayyun.models.data import NOT_CONTRADICTION

_STRENGTH = 0.3
_OPEN_WEIGHT = 0.5


@dataclass(frozen=True, slots=True)
class Example:
    """One judged pair of claims: what the model sees of it, and what is known of it."""

    article: str
    features: dict[str, float]
    label: str


def examples(folder: Path, checker: Checker) -> list[Example]:
    """Return an example for each pair of claims that the checker judges in the labelled articles of `folder`."""
    labelled = read_articles(folder)
    found = []
    for pair, seen in zip(labelled, checker.examine([(p.a, p.b) for p in labelled]), strict=True):
        labels = known_labels(pair, seen)
        for (chosen, a, b), scores, label in zip(seen.chosen, seen.scores, labels, strict=True):
            if label:
                features = fusion.features(chosen, compare(a, b), *scores, seen.days)
                found.append(Example(pair.name, features, label))
    return found


def _targets(rows: Sequence[Example], label: str) -> tuple[NDArray[np.bool_], NDArray[np.float64]]:
    """Which rows have `label`, and how much each row counts.

    A pair that meets no labelled quote is no contradiction; that it is no agreement is less sure, so it counts half.
    """
    open_weight = _OPEN_WEIGHT if label == "agreement" else 1.0
    truth = np.asarray([row.label == label for row in rows])
    return truth, np.asarray([open_weight if row.label == NOT_CONTRADICTION else 1.0 for row in rows])


def fit(rows: Sequence[Example]) -> dict[str, dict[str, float]]:
    """Return the weights (log-odds) of both labels."""
    from sklearn.linear_model import LogisticRegression

    names = list(rows[0].features)
    table = np.asarray([[row.features[name] for name in names] for row in rows])
    scale = np.maximum(table.std(axis=0), 1e-6)
    weights = {}
    for label in fusion.LABELS:
        truth, sure = _targets(rows, label)
        model = LogisticRegression(C=_STRENGTH, max_iter=2000).fit(table / scale, truth, sample_weight=sure)
        found = {name: round(float(w), 3) for name, w in zip(names, model.coef_[0] / scale, strict=True)}
        weights[label] = {
            "intercept": round(float(model.intercept_[0]), 3),
            **{k: v for k, v in found.items() if v},
        }
    return weights


def calibrate(weights: dict[str, dict[str, float]], rows: Sequence[Example]) -> dict[str, dict[str, float]]:
    """Return the weights stretched and shifted so that their probabilities are honest on other articles.

    Platt 1999, "Probabilistic outputs for support vector machines".
    """
    from sklearn.linear_model import LogisticRegression

    result = {}
    for label, own in weights.items():
        inner = {name: value for name, value in own.items() if name != "intercept"}
        raw = [own["intercept"] + sum(inner.get(n, 0.0) * v for n, v in row.features.items()) for row in rows]
        truth, sure = _targets(rows, label)
        model = LogisticRegression(C=1e6).fit(np.asarray(raw)[:, None], truth, sample_weight=sure)
        slope, shift = float(model.coef_[0][0]), float(model.intercept_[0])
        result[label] = {
            "intercept": round(slope * own["intercept"] + shift, 3),
            **{name: round(slope * value, 3) for name, value in inner.items()},
        }
    return result


def to_toml(weights: dict[str, dict[str, float]], source: str) -> str:
    """The weights as the text of `configs/fusion.toml`."""
    lines = [f"# Weights of tabayyun.fusion (log-odds), written by `tabayyun eval fit {source}`."]
    for label, own in weights.items():
        lines += [f"[{label}]", *(f"{name} = {value}" for name, value in own.items()), ""]
    return "\n".join(lines)
