"""Fits the model of `tabayyun.fusion` on labelled articles."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tabayyun import fusion
from tabayyun.checker import Checker
from tabayyun.compare import compare
from tabayyun.eval.labelled import read_articles
from tabayyun.eval.mining import known_labels
from tabayyun.fusion import Model, Tree
from tabayyun.models.data import NOT_CONTRADICTION

_STRENGTH = 0.3
_OPEN_WEIGHT = 0.5
_TREES, _DEPTH, _LEAST_IN_LEAF = 60, 6, 8
_DIGITS = 4
_PARTS = 5


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
        for (chosen, a, b), scores, rivals, label in zip(seen.chosen, seen.scores, seen.rivals, labels, strict=True):
            if label:
                features = fusion.features(chosen, compare(a, b), *scores, seen.days, rivals)
                found.append(Example(pair.name, features, label))
    return found


def _targets(rows: Sequence[Example], label: str) -> tuple[NDArray[np.bool_], NDArray[np.float64]]:
    """Which rows have `label`, and how much each row counts.

    A pair that meets no labelled quote is no contradiction; that it is no agreement is less sure, so it counts half.
    """
    open_weight = _OPEN_WEIGHT if label == "agreement" else 1.0
    truth = np.asarray([row.label == label for row in rows])
    return truth, np.asarray([open_weight if row.label == NOT_CONTRADICTION else 1.0 for row in rows])


def fit(rows: Sequence[Example]) -> Model:
    """Return the model of the rows, its probabilities of contradiction made honest on articles left out of it.

    The articles are left out in five parts, each seen by a model of the others (Platt 1999, "Probabilistic outputs for
    support vector machines"): what writers of one style make easy is not taken for certain elsewhere.
    """
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import GroupKFold

    articles = [row.article for row in rows]
    raw, truth = np.zeros((len(rows), 1)), _targets(rows, "contradiction")[0]
    for others, left_out in GroupKFold(min(_PARTS, len(set(articles)))).split(raw, groups=articles):
        model = _fitted([rows[i] for i in others])
        raw[left_out, 0] = [fusion.contradiction(rows[i].features, model) for i in left_out]
    found = LogisticRegression(C=1e6).fit(raw, truth)
    slope, shift = (round(float(number), _DIGITS) for number in (found.coef_[0][0], found.intercept_[0]))
    return replace(_fitted(rows), slope=slope, shift=shift)


def _fitted(rows: Sequence[Example]) -> Model:
    """A logistic model of agreement, and one of contradiction beside a random forest."""
    from sklearn.ensemble import RandomForestClassifier
    from sklearn.linear_model import LogisticRegression

    names = list(rows[0].features)
    table = _table(rows, names)
    scale = np.maximum(table.std(axis=0), 1e-6)
    linear = {}
    for label in fusion.LABELS:
        truth, sure = _targets(rows, label)
        found = LogisticRegression(C=_STRENGTH, max_iter=2000).fit(table / scale, truth, sample_weight=sure)
        weights = {"intercept": found.intercept_[0]} | dict(zip(names, found.coef_[0] / scale, strict=True))
        linear[label] = {name: round(float(weight), _DIGITS) for name, weight in weights.items()}
    trees = RandomForestClassifier(_TREES, max_depth=_DEPTH, min_samples_leaf=_LEAST_IN_LEAF, random_state=0)
    trees.fit(table, _targets(rows, "contradiction")[0])
    return Model(
        linear["agreement"],
        linear["contradiction"],
        [_tree(one.tree_, 0, names) for one in trees.estimators_],
    )


def _table(rows: Sequence[Example], names: Sequence[str]) -> NDArray[np.float64]:
    return np.asarray([[row.features[name] for name in names] for row in rows])


def _tree(nodes: Any, place: int, names: Sequence[str]) -> Tree:
    """A tree of scikit-learn from one of its nodes on, as plain numbers."""
    under, above = nodes.children_left[place], nodes.children_right[place]
    if under == above:
        no, yes = nodes.value[place][0]
        return round(float(yes / (no + yes)), _DIGITS)
    limit = round(float(nodes.threshold[place]), _DIGITS)
    return [names[nodes.feature[place]], limit, _tree(nodes, under, names), _tree(nodes, above, names)]


def to_json(model: Model, source: str) -> str:
    """The model as the text of `configs/fusion.json`, one tree a line."""
    trees = ",\n  ".join(json.dumps(tree) for tree in model.trees)
    return (
        f'{{"fitted_on": {json.dumps(source)},\n "slope": {model.slope}, "shift": {model.shift},\n'
        f' "agreement": {json.dumps(model.agreement)},\n "contradiction": {json.dumps(model.contradiction)},\n'
        f' "trees": [\n  {trees}\n]}}'
    )
