"""Temperature scaling: one number that makes the probabilities of a judge honest.

Guo et al. 2017, "On Calibration of Modern Neural Networks".
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tabayyun.models import pair_classifier
from tabayyun.models.base import NLI_LABELS, Scores
from tabayyun.models.data import label_columns, load_rows
from tabayyun.models.judge import ShippedJudge

_ROWS = 1000


def log_loss(scores: NDArray[np.float64], labels: Sequence[str], temperature: float) -> float:
    """Return the mean negative log-likelihood of `labels` under scores of temperature 1, rescaled.

    `scores` is an array (rows, 3) in the order of `NLI_LABELS`; a label that leaves two open counts both.
    """
    logits = np.log(np.clip(scores, 1e-9, 1.0)) / temperature
    scaled = np.exp(logits - logits.max(axis=1, keepdims=True))
    scaled /= scaled.sum(axis=1, keepdims=True)
    names = dict(enumerate(NLI_LABELS))
    chosen = [row[label_columns(label, names)].sum() for row, label in zip(scaled, labels, strict=True)]
    return float(-np.log(np.clip(chosen, 1e-12, 1.0)).mean())


def fit_temperature(scores: Sequence[Scores], labels: Sequence[str]) -> float:
    """Return the temperature between 0.25 and 5 under which `labels` are most likely.

    >>> sure = [Scores(0.98, 0.01, 0.01)] * 4
    >>> fit_temperature(sure, ["entailment", "entailment", "neutral", "contradiction"]) > 2
    True
    """
    from scipy.optimize import minimize_scalar

    table = np.asarray([[getattr(s, label) for label in NLI_LABELS] for s in scores], dtype=np.float64)
    found = minimize_scalar(lambda t: log_loss(table, labels, t), bounds=(0.25, 5.0), method="bounded")
    return round(float(found.x), 3)


def calibrate(folder: Path, files: Sequence[Path]) -> float:
    """Fit the temperature of the judge in `folder` on labelled rows, write it into its config, and return it.

    At most `_ROWS` rows of each file are used, so that no large one decides alone.
    """
    judge = ShippedJudge.from_pretrained(folder)
    judge.temperature = 1.0
    scores: list[Scores] = []
    labels: list[str] = []
    for path in files:
        rows, _ = load_rows(path, mark_dates=judge.reads_dates)
        rows = rows[:_ROWS]
        scores += judge.judge([(row.premise, row.hypothesis) for row in rows])
        labels += [row.label for row in rows]
    temperature = fit_temperature(scores, labels)
    pair_classifier.write_config(folder, pair_classifier.read_config(folder) | {"temperature": temperature})
    return temperature
