"""Fits the model of `tabayyun.fusion` on labelled articles."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from tabayyun import fusion
from tabayyun.checker import Checker, Examined
from tabayyun.compare import compare
from tabayyun.eval.harness import candidates
from tabayyun.eval.labelled import LabelledPair, read_articles, read_pairs
from tabayyun.eval.mining import known_labels
from tabayyun.fusion import Model, Tree, Trees
from tabayyun.models.data import NOT_CONTRADICTION
from tabayyun.surroundings import surroundings

if TYPE_CHECKING:
    from sklearn.ensemble import HistGradientBoostingClassifier

_OPEN_WEIGHT = 0.5
_TREES, _RATE, _LEAVES, _LEAST_IN_LEAF, _SHRINKAGE, _SHARE_OF_FEATURES = 150, 0.06, 8, 30, 5.0, 0.4
_DIGITS = 5
_PARTS = 5
_EXCERPTS, _LONGEST_EXCERPT = 4, 6
_SEED = 0
_CLASHES = dict.fromkeys(("polarity_clash", "number_clash", "status_clash", "time_clash"), 1)
_DIRECTIONS = {
    "contradiction": {
        "contradiction": 1,
        "contradiction_least": 1,
        "entailment": -1,
        "entailment_most": -1,
        "around_rivals": -1,
        "around_rival_entailment": -1,
        **_CLASHES,
    },
    "agreement": {
        "entailment": 1,
        "entailment_most": 1,
        "contradiction": -1,
        "contradiction_least": -1,
        "similarity": 1,
        "number_same": 1,
        "number_clash": -1,
        "polarity_clash": -1,
        "around_rival_entailment": -1,
    },
}
"""Features that only raise (1) or only lower (-1) the probability of a label, whatever the labelled articles say."""


@dataclass(frozen=True, slots=True)
class Example:
    """One judged pair of claims: what the model sees of it, and what is known of it."""

    article: str
    features: dict[str, float]
    label: str


def rows(data: Path, checker: Checker) -> list[Example]:
    """Return what to fit on: the articles of `data`/articles/fit and the statements of `data`/pairs/fit.jsonl."""
    return examples(data / "articles" / "fit", checker) + statement_examples(data / "pairs" / "fit.jsonl", checker)


def examples(folder: Path, checker: Checker) -> list[Example]:
    """Return an example for each pair of claims that the checker judges in the labelled articles of `folder`.

    Excerpts of the same articles come with them: news may be one sentence long, labelled articles are not.
    """
    labelled = read_articles(folder)
    chance = random.Random(_SEED)
    found = []
    for pair, seen in zip(labelled, checker.examine([(p.a, p.b) for p in labelled]), strict=True):
        found += _of_pair(pair, seen)
        if seen.pairing.chosen:
            for _ in range(_EXCERPTS):
                found += _of_pair(pair, excerpt(seen, chance))
    return found


def statement_examples(pairs: Path, checker: Checker) -> list[Example]:
    """Return an example for each labelled pair of statements, as if each were all that an article says.

    Labelled pairs are never in the same words, so one statement of each family is paired with itself too.
    """
    labelled = read_pairs(pairs)
    labelled += [itself(row) for row in {row["family"]: row for row in labelled}.values()]
    return [
        Example(
            row["family"],
            fusion.features(
                c.pair, compare(c.a, c.b), *c.scores, c.days, *surroundings([c.pair], [c.scores], [c.a], [c.b])
            ),
            row["label"],
        )
        for row, c in zip(labelled, candidates(labelled, checker), strict=True)
    ]


def itself(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a labelled pair in which both outlets report the first statement in the same words, on the same day."""
    first = {f"b{name[1:]}": value for name, value in row.items() if name == "a" or name.startswith("a_")}
    return {**row, **first, "label": "agreement"}


def _of_pair(labelled: LabelledPair, seen: Examined) -> list[Example]:
    everything = zip(seen.chosen, seen.scores, seen.surroundings, known_labels(labelled, seen), strict=True)
    return [
        Example(labelled.name, fusion.features(chosen, compare(a, b), *scores, seen.days, around), label)
        for (chosen, a, b), scores, around, label in everything
        if label
    ]


def excerpt(seen: Examined, chance: random.Random) -> Examined:
    """Return the article pair as if each article held only a few of its claims, one judged pair at least among them."""
    kept = chance.choice(seen.pairing.chosen)
    a, b = (_few(len(seen.claims_a), kept.a, chance), _few(len(seen.claims_b), kept.b, chance))
    inside = [number for number, pair in enumerate(seen.pairing.chosen) if pair.a in a and pair.b in b]
    pairs = [seen.pairing.chosen[number] for number in inside]
    moved = tuple(replace(pair, a=a.index(pair.a), b=b.index(pair.b)) for pair in pairs)
    return replace(
        seen,
        claims_a=tuple(seen.claims_a[place] for place in a),
        claims_b=tuple(seen.claims_b[place] for place in b),
        pairing=replace(seen.pairing, chosen=moved),
        scores=tuple(seen.scores[number] for number in inside),
    )


def _few(count: int, kept: int, chance: random.Random) -> list[int]:
    some = chance.sample(range(count), min(count, chance.randint(1, _LONGEST_EXCERPT)))
    return sorted({kept, *some})


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
        model = _boosted([rows[i] for i in others], "contradiction")
        raw[left_out, 0] = [model.evidence(rows[i].features) for i in left_out]
    found = LogisticRegression(C=1e6).fit(raw, truth)
    slope, shift = (round(float(number), _DIGITS) for number in (found.coef_[0][0], found.intercept_[0]))
    return Model(_boosted(rows, "agreement"), _boosted(rows, "contradiction"), slope, shift)


def _boosted(rows: Sequence[Example], label: str) -> Trees:
    from sklearn.ensemble import HistGradientBoostingClassifier

    names = list(rows[0].features)
    truth, sure = _targets(rows, label)
    found = HistGradientBoostingClassifier(
        max_iter=_TREES,
        learning_rate=_RATE,
        max_leaf_nodes=_LEAVES,
        min_samples_leaf=_LEAST_IN_LEAF,
        l2_regularization=_SHRINKAGE,
        max_features=_SHARE_OF_FEATURES,
        early_stopping=False,
        monotonic_cst=[_DIRECTIONS[label].get(name, 0) for name in names],
        random_state=_SEED,
    ).fit(np.asarray([[row.features[name] for name in names] for row in rows]), truth, sample_weight=sure)
    return trees_of(found, names)


def trees_of(found: HistGradientBoostingClassifier, names: Sequence[str]) -> Trees:
    """Return a fitted model of scikit-learn as plain numbers; `names` are those of its features.

    scikit-learn has no public way to its trees: a test compares what these add up to with what it says itself.
    """
    start = round(float(found._baseline_prediction[0, 0]), _DIGITS)
    return Trees(start, [_tree(one[0].nodes, 0, names) for one in found._predictors])


def _tree(nodes: NDArray[np.void], place: int, names: Sequence[str]) -> Tree:
    """A tree of scikit-learn from one of its nodes on, as plain numbers."""
    node = nodes[place]
    if node["is_leaf"]:
        return round(float(node["value"]), _DIGITS)
    under, above = (_tree(nodes, node[side], names) for side in ("left", "right"))
    return [names[node["feature_idx"]], float(node["num_threshold"]), under, above]


def to_json(model: Model, source: str) -> str:
    """The model as the text of `configs/fusion.json`, one tree a line."""
    labels = []
    for label, trees in (("agreement", model.agreement), ("contradiction", model.contradiction)):
        lines = ",\n  ".join(json.dumps(tree) for tree in trees.trees)
        labels.append(f'"{label}": {{"start": {trees.start}, "trees": [\n  {lines}\n]}}')
    head = f'"fitted_on": {json.dumps(source)},\n "slope": {model.slope}, "shift": {model.shift}'
    return "{" + ",\n ".join([head, *labels]) + "}"
