"""What is measured in each task: pure functions from the items of a run (one per row, article pair or passage).

`measures` names every figure and computes it on any part of the items, so that intervals, comparisons, gates and tables
all speak of the same figures; `summary` is the JSON that a command prints.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np

from tabayyun.eval import metrics
from tabayyun.eval.metrics import Measure

Item = Mapping[str, Any]
"""`id`, `group` (what the bootstrap draws whole), and for labels `gold`, `label`, `probabilities`, else `counts`."""

_Figures = Mapping[str, float | None]
_Intervals = Mapping[str, list[float] | None]

AT = (1, 3, 5)
RANKS = (1, 2, 4, 8)
_ARTICLES = {
    "contradiction_recall": ("gold_contradictions_found", "gold_contradictions"),
    "contradiction_precision": ("right_flags", "flags"),
    "false_flags_per_pair": ("false_flags", "article_pairs"),
    **{f"precision_at_{k}": (f"right_in_{k}", f"shown_in_{k}") for k in AT},
    "agreement_recall": ("gold_agreements_found", "gold_agreements"),
    "agreement_precision": ("right_agreements", "said_agreements"),
    "traps_flagged": ("traps_flagged", "traps"),
    "pairing_recall": ("gold_paired", "gold_to_pair"),
    "judged_pairs_per_claim": ("judged", "claims"),
    "boilerplate_precision": ("noise_right", "noise_found"),
    "boilerplate_recall": ("noise_right", "noise_gold"),
}
_PAIRING = {
    "pairing_recall": ("paired", "gold"),
    "contradiction_recall": ("contradictions_paired", "contradictions"),
    "agreement_recall": ("agreements_paired", "agreements"),
    "without_claim": ("without_claim", "gold"),
    "judged_pairs_per_claim": ("judged", "claims"),
}


def measures(task: str, items: Sequence[Item]) -> dict[str, Measure]:
    """Every figure of a task by name, as a function of item numbers."""
    return _MEASURES[task](items)


def values(task: str, items: Sequence[Item]) -> dict[str, float | None]:
    """Every figure of a task over all items; None where it is not defined."""
    rows = np.arange(len(items))
    return {name: _known(measure(rows)) for name, measure in measures(task, items).items()}


def intervals(task: str, items: Sequence[Item]) -> dict[str, list[float] | None]:
    """The 95 % interval of every figure, clustered by the groups of the items."""
    groups = [item["group"] for item in items]
    return {name: metrics.interval(measure, groups) for name, measure in measures(task, items).items()}


def summary(task: str, items: Sequence[Item]) -> dict[str, Any]:
    """All figures of a task as its command prints them, with intervals."""
    ci = intervals(task, items)
    return {**_SUMMARIES[task](items, values(task, items), ci), "ci": ci}


def of_labels(items: Sequence[Item]) -> dict[str, Measure]:
    """Figures of predicted labels and their probabilities."""
    labels = list(items[0]["probabilities"])
    gold, said = (np.asarray([labels.index(item[key]) for item in items]) for key in ("gold", "label"))
    table = np.asarray([[item["probabilities"][label] for label in labels] for item in items], dtype=float)
    likely, most = table.argmax(axis=1), table.max(axis=1)
    right, sure, truth = gold == said, table[np.arange(len(items)), said], np.eye(len(labels))[gold]
    found: dict[str, Measure] = {
        "accuracy": lambda rows: float(right[rows].mean()),
        "macro_f1": lambda rows: metrics.macro_f1(metrics.confusion(gold[rows], said[rows], len(labels))),
        "mcc": lambda rows: metrics.mcc(metrics.confusion(gold[rows], said[rows], len(labels))),
        "aurc": lambda rows: metrics.aurc(right[rows], sure[rows]),
        "ece": lambda rows: metrics.ece((likely == gold)[rows], most[rows]),
        "brier": lambda rows: metrics.brier(truth[rows], table[rows]),
    }
    if "contradiction" in labels:
        at = labels.index("contradiction")
        found["pr_auc_contradiction"] = lambda rows: metrics.pr_auc(gold[rows] == at, table[rows, at])
    return found


def of_rates(rates: Mapping[str, tuple[str, str]], items: Sequence[Item]) -> dict[str, Measure]:
    """Figures that are one count of the items by another."""

    def rate(top: str, bottom: str) -> Measure:
        over, under = (np.asarray([item["counts"][name] for item in items], dtype=float) for name in (top, bottom))
        return lambda rows: _ratio(over[rows].sum(), under[rows].sum())

    return {name: rate(*parts) for name, parts in rates.items()}


def of_ranks(items: Sequence[Item]) -> dict[str, Measure]:
    """Figures of pairing: `ranks` are those of the labelled pairs of one article pair."""
    ranks = [item["ranks"] for item in items]

    def of_all(figure: Callable[[Sequence[int | None]], float]) -> Measure:
        return lambda rows: figure([rank for i in rows for rank in ranks[i]])

    recalls = {f"recall_at_{k}": of_all(partial(metrics.recall_at, k=k)) for k in RANKS}
    return {**recalls, "mrr": of_all(metrics.mrr), **of_rates(_PAIRING, items)}


def of_fields(items: Sequence[Item]) -> dict[str, Measure]:
    """The F1 of every field of claims; a count is (right, found, labelled)."""

    def f1(field: str) -> Measure:
        counts = np.asarray([item["counts"].get(field, (0, 0, 0)) for item in items], dtype=float)
        return lambda rows: _f1(*counts[rows].sum(axis=0))["f1"]

    return {field: f1(field) for field in sorted({field for item in items for field in item["counts"]})}


def of_changes(items: Sequence[Item]) -> dict[str, Measure]:
    """The share of items that each change touched."""
    names = list(items[0]["counts"])
    return of_rates({name: (name, "pairs") for name in names if name != "pairs"}, items)


_MEASURES: dict[str, Callable[[Sequence[Item]], dict[str, Measure]]] = {
    "nli": of_labels,
    "pairs": of_labels,
    "articles": partial(of_rates, _ARTICLES),
    "pairing": of_ranks,
    "claims": of_fields,
    "robustness": of_changes,
}


def _labels_summary(items: Sequence[Item], found: _Figures, ci: _Intervals) -> dict[str, Any]:
    labels = list(items[0]["probabilities"])
    gold, said = ([item[key] for item in items] for key in ("gold", "label"))
    return {
        **metrics.classification(gold, said, labels),
        **found,
        "abstained": sum(item.get("verdict") == "uncertain" for item in items),
        "phenomena": by("phenomenon", items),
        "languages": by("languages", items),
    }


def by(field: str, items: Sequence[Item]) -> dict[str, dict[str, Any]]:
    """n, accuracy and macro-F1 of the items of each value of a field."""
    parts: dict[str, list[Item]] = defaultdict(list)
    for item in items:
        if item.get(field):
            parts[item[field]].append(item)
    found = {}
    for name, part in sorted(parts.items()):
        gold, said = ([item[key] for item in part] for key in ("gold", "label"))
        figures = metrics.classification(gold, said, list(part[0]["probabilities"]))
        found[name] = {key: figures[key] for key in ("n", "accuracy", "macro_f1")}
    return found


def _articles_summary(items: Sequence[Item], found: _Figures, ci: _Intervals) -> dict[str, Any]:
    total = _total(items)
    return {
        "article_pairs": len(items),
        "contradiction": {
            "recall": found["contradiction_recall"],
            "precision": found["contradiction_precision"],
            "false_flags_per_pair": found["false_flags_per_pair"],
            **{f"precision_at_{k}": found[f"precision_at_{k}"] for k in AT},
        },
        "agreement": {"recall": found["agreement_recall"], "precision": found["agreement_precision"]},
        "pairing_recall": found["pairing_recall"],
        "traps_flagged": found["traps_flagged"],
        "boilerplate": {"precision": found["boilerplate_precision"], "recall": found["boilerplate_recall"]},
        "judged_pairs_per_claim": found["judged_pairs_per_claim"],
        "abstained": total["abstained"],
        "not_checked": total["not_checked"],
        "counts": total,
        "phenomena": _recall_by("phenomenon", items),
        "languages": _recall_by("languages", items),
    }


def _recall_by(field: str, items: Sequence[Item]) -> dict[str, dict[str, Any]]:
    """Of the labelled contradictions and agreements of each value of a field: their number, and how many are found."""
    rows = [{**item, **gold} for item in items for gold in item["gold"] if gold["label"] != "neutral"]
    found: dict[str, dict[str, Any]] = {}
    for name in sorted({row[field] for row in rows if row.get(field)}):
        part = [row for row in rows if row[field] == name]
        found[name] = {"n": len(part)}
        for label in ("contradiction", "agreement"):
            of_label = [row["found"] for row in part if row["label"] == label]
            found[name][f"{label}s"] = len(of_label)
            found[name][f"{label}_recall"] = _known(_ratio(sum(of_label), len(of_label)))
    return found


def _pairing_summary(items: Sequence[Item], found: _Figures, ci: _Intervals) -> dict[str, Any]:
    total = _total(items)
    return {"article_pairs": len(items), "gold_pairs": total["gold"], **found, "not_checked": total["not_checked"]}


def _claims_summary(items: Sequence[Item], found: _Figures, ci: _Intervals) -> dict[str, Any]:
    result: dict[str, Any] = {"passages": len(items), "claims": sum(i["counts"]["boundaries"][2] for i in items)}
    for field in found:
        counts = [sum(item["counts"].get(field, (0, 0, 0))[k] for item in items) for k in range(3)]
        rounded = {name: round(value, 4) for name, value in _f1(*counts).items()}
        result[field] = {**rounded, "n": counts[2], "ci": ci[field]}
    return result


def _changes_summary(items: Sequence[Item], found: _Figures, ci: _Intervals) -> dict[str, Any]:
    result: dict[str, Any] = {"n": len(items), "verdict": {}, "judge": {}}
    for name, value in found.items():
        part, change = name.split(" ")
        result[part][change] = value
    return result


_SUMMARIES: dict[str, Callable[[Sequence[Item], _Figures, _Intervals], dict[str, Any]]] = {
    "nli": _labels_summary,
    "pairs": _labels_summary,
    "articles": _articles_summary,
    "pairing": _pairing_summary,
    "claims": _claims_summary,
    "robustness": _changes_summary,
}


def _total(items: Sequence[Item]) -> dict[str, Any]:
    return {name: sum(item["counts"][name] for item in items) for name in items[0]["counts"]}


def _ratio(top: float, bottom: float) -> float:
    return float(top / bottom) if bottom else float("nan")


def _f1(right: float, found: float, labelled: float) -> dict[str, float]:
    return {
        "precision": float(right / max(1, found)),
        "recall": float(right / max(1, labelled)),
        "f1": float(2 * right / max(1, found + labelled)),
    }


def _known(value: float) -> float | None:
    return None if np.isnan(value) else round(value, 4)
