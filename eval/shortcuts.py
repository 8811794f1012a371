"""Shortcuts: what surface cues alone tell of a labelled pair. Good data gives them little."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from itertools import accumulate
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tabayyun.configs import names, table
from tabayyun.models.data import days_between
from tabayyun.spelling import any_of, flat, fold, words

_FOLDS = 5
_FAR = 15
_DIGITS = re.compile(r"\d+")


@cache
def _negation() -> re.Pattern[str]:
    found = [word for name in names("cues") for word in table(f"cues/{name}").get("negation", ())]
    return re.compile(rf"(?<!\w)[وف]?{any_of(tuple(found))}(?!\w)", re.I)


def cue_features(row: dict[str, Any]) -> list[float]:
    """Surface cues of a labelled pair: negation words, shared words, lengths, numbers, shared opening, date gap."""
    a, b = row["a"], row["b"]
    bag_a, bag_b = set(words(a)), set(words(b))
    no_a, no_b = (len(_negation().findall(flat(text)[0])) for text in (a, b))
    numbers_a, numbers_b = set(_DIGITS.findall(fold(a))), set(_DIGITS.findall(fold(b)))
    gap = abs(days_between(row.get("a_date"), row.get("b_date")) or 0)
    prefix = sum(accumulate((x == y for x, y in zip(a.split(), b.split(), strict=False)), min))
    common = len(bag_a & bag_b)
    return [
        no_a,
        no_b,
        abs(no_a - no_b),
        (no_a > 0) != (no_b > 0),
        common / max(1, len(bag_a | bag_b)),
        common / max(1, min(len(bag_a), len(bag_b))),
        len(a),
        len(b),
        abs(len(a) - len(b)),
        len(numbers_a),
        len(numbers_b),
        len(numbers_a & numbers_b),
        len(numbers_a ^ numbers_b),
        min(gap, _FAR),
        prefix,
    ]


def cue_model() -> Any:
    """A classifier of `cue_features`: gradient-boosted trees."""
    from sklearn.ensemble import HistGradientBoostingClassifier

    return HistGradientBoostingClassifier(max_iter=100, random_state=0)


def sentence_model() -> Any:
    """A classifier of one sentence alone: logistic regression on character n-grams."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import SGDClassifier
    from sklearn.pipeline import make_pipeline

    grams = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 4), max_features=30_000, sublinear_tf=True)
    return make_pipeline(grams, SGDClassifier(loss="log_loss", random_state=0))


def cue_table(rows: Sequence[dict[str, Any]]) -> NDArray[Any]:
    """The cues of labelled pairs, an array (rows, cues)."""
    return np.asarray([cue_features(row) for row in rows], dtype=float)


def second_sentences(rows: Sequence[dict[str, Any]]) -> NDArray[Any]:
    """Sentence `b` of labelled pairs."""
    return np.asarray([row["b"] for row in rows], dtype=object)


def cue_accuracy(rows: Sequence[dict[str, Any]]) -> float:
    """Cross-validated three-way accuracy of `cue_model`, families kept together."""
    return _accuracy(cue_model(), cue_table(rows), rows)


def second_sentence_accuracy(rows: Sequence[dict[str, Any]]) -> float:
    """Cross-validated three-way accuracy of `sentence_model` on sentence `b` alone."""
    return _accuracy(sentence_model(), second_sentences(rows), rows)


def _accuracy(model: Any, inputs: NDArray[Any], rows: Sequence[dict[str, Any]]) -> float:
    from sklearn.model_selection import GroupKFold, cross_val_predict
    from threadpoolctl import threadpool_limits

    gold = np.asarray([row["label"] for row in rows])
    families = [row.get("family", row["id"]) for row in rows]
    if len(set(gold)) == 1:
        return 1.0
    with threadpool_limits(1):  # so little work is slower on several threads
        found = cross_val_predict(model, inputs, gold, groups=families, cv=GroupKFold(min(_FOLDS, len(set(families)))))
    return float((found == gold).mean())
