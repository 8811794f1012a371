"""Fits the weights of `tabayyun.fusion` on labelled articles: two logistic models, contradiction and agreement."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tabayyun import fusion
from tabayyun.checker import Checker
from tabayyun.compare import compare
from tabayyun.eval.harness import meets, read_articles
from tabayyun.eval.mining import known_label
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
        for chosen, scores in zip(seen.pairing.chosen, seen.scores, strict=True):
            a, b = seen.claims_a[chosen.a], seen.claims_b[chosen.b]
            label = known_label([g for g in pair.gold if meets(a, g.a) and meets(b, g.b)])
            if label:
                features = fusion.features(chosen, compare(a, b), *scores, seen.days)
                found.append(Example(pair.name, features, label))
    return found


def fit(rows: Sequence[Example]) -> dict[str, dict[str, float]]:
    """Return the weights (log-odds) of both labels.

    A pair that meets no labelled quote is no contradiction; that it is no agreement is less sure, so it counts half.
    """
    from sklearn.linear_model import LogisticRegression

    names = list(rows[0].features)
    table = np.asarray([[row.features[name] for name in names] for row in rows])
    scale = np.maximum(table.std(axis=0), 1e-6)
    weights = {}
    for label in fusion.LABELS:
        truth = np.asarray([row.label == label for row in rows])
        half = label == "agreement"
        sure = np.asarray([_OPEN_WEIGHT if half and row.label == NOT_CONTRADICTION else 1.0 for row in rows])
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
        truth = np.asarray([row.label == label for row in rows])
        half = label == "agreement"
        sure = np.asarray([_OPEN_WEIGHT if half and row.label == NOT_CONTRADICTION else 1.0 for row in rows])
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
