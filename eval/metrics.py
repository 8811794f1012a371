"""Measures of quality: scikit-learn where it has them, with confidence intervals and comparisons by bootstrap."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import accuracy_score, f1_score, precision_recall_fscore_support

Flags = Sequence[bool] | NDArray[np.bool_]
Shares = Sequence[float] | NDArray[np.float64]
Measure = Callable[[NDArray[np.intp]], float]
"""A figure of some rows, named by their numbers; nan where it is not defined."""

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
        "macro_f1": _short(f1_score(gold, predicted, labels=list(labels), average="macro", zero_division=0)),
        "labels": {
            label: {"precision": _short(p[i]), "recall": _short(r[i]), "f1": _short(f[i]), "support": int(n[i])}
            for i, label in enumerate(labels)
        },
    }


def confusion(gold: NDArray[np.intp], predicted: NDArray[np.intp], labels: int) -> NDArray[np.float64]:
    """Return the counts of (gold, predicted) label numbers, an array (labels, labels)."""
    counts = np.bincount(gold * labels + predicted, minlength=labels * labels)
    return counts.reshape(labels, labels).astype(float)


def macro_f1(counts: NDArray[np.float64]) -> float:
    """Return the mean F1 over the labels of a confusion matrix, 0 for one that neither occurs nor is predicted.

    scikit-learn has it, as it has the next two, but takes 30 times as long: too long for a bootstrap.

    >>> macro_f1(np.array([[2, 0], [2, 0]]))
    0.3333333333333333
    """
    hits, both = np.diag(counts), counts.sum(axis=0) + counts.sum(axis=1)
    return float((2 * hits / np.maximum(both, 1)).mean())


def mcc(counts: NDArray[np.float64]) -> float:
    """Return Matthews' correlation of a confusion matrix (Gorodkin 2004 for more than two labels): 0 is chance.

    >>> mcc(np.array([[0, 2], [2, 0]]))
    -1.0
    """
    said, truth, total = counts.sum(axis=0), counts.sum(axis=1), counts.sum()
    spread = (total**2 - (said**2).sum()) * (total**2 - (truth**2).sum())
    return float((np.trace(counts) * total - (said * truth).sum()) / np.sqrt(spread)) if spread else 0.0


def pr_auc(truth: NDArray[np.bool_], probability: NDArray[np.float64]) -> float:
    """Return the average precision of a label; nan where it never or always occurs.

    >>> pr_auc(np.array([True, False, True]), np.array([0.9, 0.8, 0.1]))
    0.8333333333333333
    """
    if truth.all() or not truth.any():
        return float("nan")
    order = np.argsort(-probability, kind="stable")
    last_of_tie = np.append(np.diff(probability[order]) != 0, True)
    hits = np.cumsum(truth[order])[last_of_tie]
    precision = hits / (np.flatnonzero(last_of_tie) + 1)
    return float((np.diff(hits, prepend=0) * precision).sum() / truth.sum())


def ece(right: Flags, confidence: Shares, bins: int = BINS) -> float:
    """Return the expected calibration error over equal-width bins of the confidence in the predicted label.

    Naeini et al. 2015, "Obtaining Well Calibrated Probabilities Using Bayesian Binning".

    >>> ece([True, False], [1.0, 1.0])
    0.5
    """
    sure, hit = np.asarray(confidence, dtype=float), np.asarray(right, dtype=float)
    where = np.minimum((sure * bins).astype(int), bins - 1)
    gaps = np.bincount(where, weights=hit, minlength=bins) - np.bincount(where, weights=sure, minlength=bins)
    return float(np.abs(gaps).sum() / len(sure))


def brier(truth: NDArray[np.float64], probabilities: NDArray[np.float64]) -> float:
    """Return the Brier score over all labels (Brier 1950): 0 is perfect, 2 the worst.

    Both are arrays (rows, labels); `truth` is 1 for the label of a row, else 0.
    """
    return float(((probabilities - truth) ** 2).sum(axis=1).mean())


def risk_coverage(right: Flags, confidence: Shares) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return coverage and risk: the error among the most confident share of the rows, for every share.

    Rows of one confidence count as if they stood in random order, so that their order in the file changes nothing.
    El-Yaniv and Wiener 2010, "On the Foundations of Noise-free Selective Classification".
    """
    sure, wrong = np.asarray(confidence, dtype=float), 1 - np.asarray(right, dtype=float)
    _, group, size = np.unique(-sure, return_inverse=True, return_counts=True)
    mean = np.bincount(group, weights=wrong) / size
    reached = np.arange(1, len(sure) + 1)
    return reached / len(sure), np.cumsum(mean[np.sort(group)]) / reached


def aurc(right: Flags, confidence: Shares) -> float:
    """Return the area under the risk-coverage curve: the mean risk over all coverages, 0 is perfect.

    Geifman et al. 2019, "Bias-Reduced Uncertainty Estimation for Deep Neural Classifiers".

    >>> aurc([True, False], [0.9, 0.6])
    0.25
    """
    return float(risk_coverage(right, confidence)[1].mean())


def recall_at(ranks: Sequence[int | None], k: int) -> float:
    """Return the share of wanted items that stand among the first `k`; None is the rank of one that was not found.

    >>> recall_at([1, 3, None, 2], 2)
    0.5
    """
    return sum(rank is not None and rank <= k for rank in ranks) / len(ranks) if ranks else float("nan")


def mrr(ranks: Sequence[int | None]) -> float:
    """Return the mean reciprocal rank (Voorhees 1999); what was not found counts 0.

    >>> mrr([1, 4, None, None])
    0.3125
    """
    return sum(1 / rank for rank in ranks if rank is not None) / len(ranks) if ranks else float("nan")


def interval(measure: Measure, groups: Sequence[str], seed: int = 0, resamples: int = RESAMPLES) -> list[float] | None:
    """Return the bounds of a 95 % percentile bootstrap interval of `measure`; None where it is hardly ever defined.

    Whole groups are drawn (rows of one family or event depend on each other), as in Field and Welsh 2007.
    """
    return _bounds([measure(rows) for rows in _resamples(groups, seed, resamples)])


@dataclass(frozen=True, slots=True)
class Difference:
    """How much higher one run scores than another on the same rows, with a 95 % interval and a two-sided p-value."""

    value: float
    ci: list[float] | None
    p: float


def difference(
    first: Measure, second: Measure, groups: Sequence[str], seed: int = 0, resamples: int = RESAMPLES
) -> Difference:
    """Compare two measures by a paired bootstrap: both on the same drawn groups (Efron and Tibshirani 1993, ch. 16).

    p is twice the share of draws on the other side of 0, never under one in the number of draws.
    """
    drawn = np.asarray([first(rows) - second(rows) for rows in _resamples(groups, seed, resamples)])
    known = drawn[~np.isnan(drawn)]
    everything = np.arange(len(groups))
    p = 2 * min(float((known <= 0).mean()), float((known >= 0).mean())) if len(known) else 1.0
    value = first(everything) - second(everything)
    return Difference(_short(value), _bounds(drawn), _short(min(1.0, max(p, 1 / resamples))))


def _resamples(groups: Sequence[str], seed: int, count: int) -> Iterator[NDArray[np.intp]]:
    members: dict[str, list[int]] = {}
    for row, group in enumerate(groups):
        members.setdefault(group, []).append(row)
    rows = [np.asarray(found) for found in members.values()]
    chance = np.random.default_rng(seed)
    for _ in range(count):
        yield np.concatenate([rows[i] for i in chance.integers(0, len(rows), len(rows))])


def _bounds(values: Sequence[float] | NDArray[np.float64]) -> list[float] | None:
    known = np.asarray(values)[~np.isnan(values)]
    if len(known) < len(values) / 2:
        return None
    tail = (1 - _CONFIDENCE) / 2 * 100
    return [_short(v) for v in np.percentile(known, [tail, 100 - tail])]


def _short(value: float) -> float:
    return round(float(value), 4)
