"""Metrics against hand-computed cases, scikit-learn, and predictions whose scores are known."""

from __future__ import annotations

import math
import random
from typing import Any

import numpy as np
import pytest
from sklearn import metrics as sklearn_metrics

from tabayyun.eval import measures, metrics
from tabayyun.eval.labelled import PAIR_LABELS


def items(gold: list[str], said: list[str], sure: float = 0.9) -> list[dict[str, Any]]:
    rest = (1 - sure) / 2
    return [
        {
            "id": str(number),
            "group": str(number // 3),
            "gold": g,
            "label": s,
            "probabilities": {label: sure if label == s else rest for label in PAIR_LABELS},
        }
        for number, (g, s) in enumerate(zip(gold, said, strict=True))
    ]


GOLD = [PAIR_LABELS[n % 3] for n in range(600)]
OTHER = {"agreement": "contradiction", "contradiction": "neutral", "neutral": "agreement"}


def test_perfect_predictions_score_the_best() -> None:
    found = measures.values("pairs", items(GOLD, GOLD, sure=1.0))
    assert [found[name] for name in ("accuracy", "macro_f1", "mcc", "pr_auc_contradiction")] == [1, 1, 1, 1]
    assert [found[name] for name in ("aurc", "ece", "brier")] == [0, 0, 0]


def test_inverted_predictions_score_the_worst() -> None:
    found = measures.values("pairs", items(GOLD, [OTHER[g] for g in GOLD], sure=1.0))
    assert [found[name] for name in ("accuracy", "macro_f1", "mcc", "aurc", "ece", "brier")] == [0, 0, -0.5, 1, 1, 2]


def test_random_predictions_score_by_chance() -> None:
    chance = random.Random(0)
    found = measures.values("pairs", items(GOLD, [chance.choice(PAIR_LABELS) for _ in GOLD]))
    assert found["accuracy"] == pytest.approx(1 / 3, abs=0.06)
    assert found["macro_f1"] == pytest.approx(1 / 3, abs=0.06)
    assert found["mcc"] == pytest.approx(0, abs=0.08)
    assert found["pr_auc_contradiction"] == pytest.approx(1 / 3, abs=0.06)
    assert found["aurc"] == pytest.approx(2 / 3, abs=0.06)
    low, high = measures.intervals("pairs", items(GOLD, [chance.choice(PAIR_LABELS) for _ in GOLD]))["mcc"] or (1, 1)
    assert low < 0 < high


def test_label_figures_are_those_of_scikit_learn() -> None:
    chance = np.random.default_rng(1)
    gold = [PAIR_LABELS[i] for i in chance.integers(0, 3, 200)]
    table = chance.dirichlet([1, 1, 1], 200)
    said = [PAIR_LABELS[i] for i in table.argmax(axis=1)]
    rows = [
        {"id": str(n), "group": str(n), "gold": g, "label": s, "probabilities": dict(zip(PAIR_LABELS, p, strict=True))}
        for n, (g, s, p) in enumerate(zip(gold, said, table.tolist(), strict=True))
    ]
    found = measures.values("pairs", rows)
    truth = np.asarray([[g == label for label in PAIR_LABELS] for g in gold])
    assert found["accuracy"] == pytest.approx(sklearn_metrics.accuracy_score(gold, said), abs=1e-4)
    assert found["macro_f1"] == pytest.approx(sklearn_metrics.f1_score(gold, said, average="macro"), abs=1e-4)
    assert found["mcc"] == pytest.approx(sklearn_metrics.matthews_corrcoef(gold, said), abs=1e-4)
    expected = sklearn_metrics.average_precision_score(truth[:, 1], table[:, 1])
    assert found["pr_auc_contradiction"] == pytest.approx(expected, abs=1e-4)
    brier = sum(sklearn_metrics.brier_score_loss(truth[:, i], table[:, i]) for i in range(3))
    assert found["brier"] == pytest.approx(brier, abs=1e-4)
    per_label = metrics.classification(gold, said, PAIR_LABELS)["labels"]["contradiction"]
    assert per_label["recall"] == pytest.approx(
        sklearn_metrics.recall_score(gold, said, labels=["contradiction"], average="macro"), abs=1e-4
    )


def test_average_precision_with_ties_is_that_of_scikit_learn() -> None:
    chance = np.random.default_rng(2)
    truth, probability = chance.random(100) < 0.3, chance.integers(0, 6, 100) / 5
    expected = sklearn_metrics.average_precision_score(truth, probability)
    assert metrics.pr_auc(truth, probability) == pytest.approx(expected)


def test_labels_that_never_occur_count_as_scikit_learn_counts_them() -> None:
    gold, said = np.array([0, 0, 1]), np.array([0, 1, 1])
    counts = metrics.confusion(gold, said, 3)
    expected = sklearn_metrics.f1_score(gold, said, labels=[0, 1, 2], average="macro", zero_division=0)
    assert metrics.macro_f1(counts) == pytest.approx(expected)
    assert metrics.mcc(counts) == pytest.approx(sklearn_metrics.matthews_corrcoef(gold, said))
    assert metrics.mcc(metrics.confusion(gold, np.zeros(3, dtype=int), 3)) == 0


def test_calibration_error_by_hand() -> None:
    # Bins of one fifteenth: .90 and .92 share one (two rows, one right), .50 stands alone and is wrong.
    assert metrics.ece([True, False, False], [0.90, 0.92, 0.50]) == pytest.approx((abs(1 - 1.82) + 0.50) / 3)


def test_risk_and_coverage_by_hand() -> None:
    coverage, risk = metrics.risk_coverage([True, True, False, True], [0.9, 0.8, 0.7, 0.6])
    assert coverage.tolist() == [0.25, 0.5, 0.75, 1]
    assert risk.tolist() == pytest.approx([0, 0, 1 / 3, 1 / 4])
    assert metrics.aurc([True, True, False, True], [0.9, 0.8, 0.7, 0.6]) == pytest.approx((1 / 3 + 1 / 4) / 4)
    assert metrics.aurc([False, True], [0.5, 0.5]) == metrics.aurc([True, False], [0.5, 0.5]) == 0.5


def test_what_is_not_defined_is_no_number() -> None:
    assert math.isnan(metrics.pr_auc(np.array([False, False]), np.array([0.1, 0.2])))
    assert math.isnan(metrics.recall_at([], 3))
    assert math.isnan(metrics.mrr([]))
    silent = [{"id": "1", "group": "1", "ranks": [], "counts": dict.fromkeys(("gold", "paired", "claims"), 0)}]
    silent[0]["counts"] |= dict.fromkeys(  # type: ignore[attr-defined]
        ("contradictions", "contradictions_paired", "agreements", "agreements_paired", "without_claim", "judged"), 0
    )
    assert set(measures.values("pairing", silent).values()) == {None}
    assert set(measures.intervals("pairing", silent).values()) == {None}


def test_an_interval_draws_whole_groups() -> None:
    right = np.asarray([1.0] * 50 + [0.0] * 50)
    together = metrics.interval(lambda rows: float(right[rows].mean()), ["a"] * 50 + ["b"] * 50)
    apart = metrics.interval(lambda rows: float(right[rows].mean()), [str(n) for n in range(100)])
    assert together == [0, 1]
    assert apart == pytest.approx([0.4, 0.6], abs=0.03)


def test_a_paired_bootstrap_sees_a_small_steady_difference() -> None:
    chance = np.random.default_rng(0)
    worse = chance.random(400) < 0.5
    better = worse.copy()
    better[::10] = True
    groups = [str(n // 2) for n in range(400)]
    found = metrics.difference(lambda r: float(better[r].mean()), lambda r: float(worse[r].mean()), groups)
    assert found.value == pytest.approx(float(better.mean() - worse.mean()), abs=1e-4)
    assert found.ci is not None
    assert found.ci[0] > 0
    assert found.p <= 0.01
    same = metrics.difference(lambda r: float(worse[r].mean()), lambda r: float(worse[r].mean()), groups)
    assert (same.value, same.ci, same.p) == (0, [0, 0], 1)
