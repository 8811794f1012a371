"""Measures of classification quality: scikit-learn where it has them, with bootstrap confidence intervals."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import accuracy_score, average_precision_score, f1_score, precision_recall_fscore_support

BINS = 15
RESAMPLES = 500
_CONFIDENCE = 0.95


def classification(gold: Sequence[str], predicted: Sequence[str], labels: Sequence[str]) -> dict[str, Any]:
    """Return accuracy, macro-F1 and per-label precision, recall, F1 and support.

    >>> classification(["a", "b"], ["a", "a"], ["a", "b"])["accuracy"]
    0.5
    """
    p, r, f, n = precision_recall_fscore_support(gold, predicted, labels=list(labels), zero_division=0)
    return {
        "n": len(gold),
        "accuracy": _short(accuracy_score(gold, predicted)),
        "macro_f1": _short(macro_f1(gold, predicted, labels)),
        "labels": {
            label: {"precision": _short(p[i]), "recall": _short(r[i]), "f1": _short(f[i]), "support": int(n[i])}
            for i, label in enumerate(labels)
        },
    }


def macro_f1(gold: Sequence[str], predicted: Sequence[str], labels: Sequence[str]) -> float:
    """Return the mean F1 over `labels`."""
    return float(f1_score(gold, predicted, labels=list(labels), average="macro", zero_division=0))


def ece(gold: Sequence[str], predicted: Sequence[str], confidence: Sequence[float], bins: int = BINS) -> float:
    """Return the expected calibration error over equal-width bins of the confidence in the predicted label.

    Naeini et al. 2015, "Obtaining Well Calibrated Probabilities Using Bayesian Binning".

    >>> ece(["a", "b"], ["a", "a"], [1.0, 1.0])
    0.5
    """
    sure = np.asarray(confidence, dtype=float)
    right = np.asarray([g == p for g, p in zip(gold, predicted, strict=True)], dtype=float)
    where = np.minimum((sure * bins).astype(int), bins - 1)
    total = 0.0
    for number in range(bins):
        inside = where == number
        if inside.any():
            total += inside.mean() * abs(right[inside].mean() - sure[inside].mean())
    return float(total)


def brier(gold: Sequence[str], probabilities: NDArray[np.float64], labels: Sequence[str]) -> float:
    """Return the Brier score over all labels (Brier 1950): 0 is perfect, 2 the worst.

    `probabilities` is an array (rows, labels).
    """
    truth = np.asarray([[float(label == g) for label in labels] for g in gold])
    return float(((probabilities - truth) ** 2).sum(axis=1).mean())


def pr_auc(gold: Sequence[str], probability: Sequence[float], label: str) -> float | None:
    """Return the average precision of `label`, or None when it never or always occurs."""
    truth = [g == label for g in gold]
    if not any(truth) or all(truth):
        return None
    return float(average_precision_score(truth, probability))


def interval(
    measure: Callable[[NDArray[np.intp]], float], groups: Sequence[str], seed: int = 0, resamples: int = RESAMPLES
) -> list[float]:
    """Return the bounds of a 95 % percentile bootstrap interval of `measure`, which gets row numbers.

    Whole groups are drawn (rows of one family or event depend on each other), as in Field and Welsh 2007.
    """
    members: dict[str, list[int]] = {}
    for row, group in enumerate(groups):
        members.setdefault(group, []).append(row)
    rows = [np.asarray(found) for found in members.values()]
    chance = np.random.default_rng(seed)
    values = []
    for _ in range(resamples):
        drawn = chance.integers(0, len(rows), len(rows))
        values.append(measure(np.concatenate([rows[i] for i in drawn])))
    tail = (1 - _CONFIDENCE) / 2 * 100
    return [_short(v) for v in np.percentile(values, [tail, 100 - tail])]


def _short(value: float) -> float:
    return round(float(value), 4)
