"""Pictures of measurements, drawn with matplotlib (`pip install tabayyun[plots]`).

From 3.11 on it shapes Arabic and orders right-to-left text itself. Each picture of a run is one function that draws on
an axis; `PICTURES` says which a task has.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from tabayyun.errors import ConfigError
from tabayyun.eval import measures, metrics
from tabayyun.eval.labelled import PAIR_LABELS
from tabayyun.eval.runs import Run

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_BLUE, _RED, _GREY = "#2b6cb0", "#c53030", "#718096"
_DPI = 130
_LEAST_ROOM = 0.3


def draw(run: Run) -> Iterator[tuple[str, Figure]]:
    """Yield the pictures of a run, by name.

    Raises:
        ConfigError: matplotlib is not installed.
    """
    for picture in PICTURES[run.task]:
        name = picture.__name__.replace("_", "-")
        figure, (axis,) = _figure(1)
        picture(axis, run)
        yield name, figure


def reliability(curves: Mapping[str, tuple[Sequence[bool], Sequence[float]]], out: Path) -> None:
    """Draw a reliability diagram per curve (right or wrong, and the confidence in the predicted label) into `out`."""
    figure, axes = _figure(len(curves))
    for axis, (name, (right, confidence)) in zip(axes, curves.items(), strict=True):
        _reliability(axis, right, confidence)
        axis.set_title(f"{name}\nECE {metrics.ece(right, confidence):.3f}")
        axis.set_xlim(_LEAST_ROOM, 1)
    figure.savefig(out, dpi=_DPI)


def _figure(columns: int) -> tuple[Figure, Sequence[Axes]]:
    try:
        from matplotlib.figure import Figure
    except ImportError as error:
        raise ConfigError("Pictures need matplotlib: pip install 'tabayyun[plots]'.") from error
    figure = Figure(figsize=(4.6 * columns, 4.2), layout="constrained", dpi=_DPI)
    return figure, figure.subplots(1, columns, squeeze=False)[0]


def confusion(axis: Axes, run: Run) -> None:
    """What was said (columns) of rows that are labelled so (rows)."""
    if run.task == "articles":
        pairs = [(gold["label"], gold["said"]) for item in run.items for gold in item["gold"]]
        rows, columns = list(PAIR_LABELS), [*PAIR_LABELS, "uncertain", "not judged"]
    else:
        pairs = [(item["gold"], item["label"]) for item in run.items]
        rows = columns = list(run.items[0]["probabilities"])
    counts = np.asarray([[pairs.count((gold, said)) for said in columns] for gold in rows])
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    axis.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    for (row, column), count in np.ndenumerate(counts):
        dark = shares[row, column] > 0.5
        axis.text(column, row, str(count), ha="center", va="center", color="white" if dark else "black")
    axis.set_xticks(range(len(columns)), columns, rotation=30, ha="right")
    axis.set_yticks(range(len(rows)), rows)
    axis.set(xlabel="said", ylabel="labelled", title="Confusion")


def calibration(axis: Axes, run: Run) -> None:
    """How often the label is right where the confidence is such; on the diagonal it is honest."""
    likely = [max(item["probabilities"], key=lambda name: item["probabilities"][name]) for item in run.items]
    right = [label == item["gold"] for label, item in zip(likely, run.items, strict=True)]
    _reliability(axis, right, [max(item["probabilities"].values()) for item in run.items])
    axis.set_title(f"Reliability, ECE {run.values['ece']:.3f}")


def _reliability(axis: Axes, right: Sequence[bool], confidence: Sequence[float]) -> None:
    sure, hit = np.asarray(confidence), np.asarray(right, dtype=float)
    where = np.minimum((sure * metrics.BINS).astype(int), metrics.BINS - 1)
    width = 1 / metrics.BINS
    for number in np.unique(where):
        inside = where == number
        axis.bar(number * width, hit[inside].mean(), width, align="edge", color=_BLUE, alpha=0.75)
        axis.text((number + 0.5) * width, 0.01, inside.sum(), ha="center", fontsize=6, color="white")
    axis.plot([0, 1], [0, 1], color=_GREY, linewidth=1)
    axis.set(xlim=(0, 1), ylim=(0, 1), xlabel="confidence", ylabel="accuracy")


def precision_recall(axis: Axes, run: Run) -> None:
    """Precision against recall of each label, as its probability is asked to be higher."""
    from sklearn.metrics import precision_recall_curve

    for label in run.items[0]["probabilities"]:
        truth = np.asarray([item["gold"] == label for item in run.items])
        probability = np.asarray([item["probabilities"][label] for item in run.items])
        if truth.any() and not truth.all():
            precision, recall, _ = precision_recall_curve(truth, probability)
            area = metrics.pr_auc(truth, probability)
            axis.step(recall, precision, where="post", label=f"{label} {area:.2f}")
    if axis.lines:
        axis.legend(loc="lower left", fontsize=8)
    axis.set(xlim=(0, 1), ylim=(0, 1.02), xlabel="recall", ylabel="precision", title="Precision and recall")


def risk_coverage(axis: Axes, run: Run) -> None:
    """The error among the rows that are surest, as more of them are answered."""
    right = [item["gold"] == item["label"] for item in run.items]
    coverage, risk = metrics.risk_coverage(right, [item["probabilities"][item["label"]] for item in run.items])
    axis.plot(coverage, risk, color=_BLUE)
    axis.axhline(risk[-1], color=_GREY, linewidth=1)
    axis.set(xlim=(0, 1), ylim=(0, 1), xlabel="coverage", ylabel="risk (error)")
    axis.set_title(f"Risk and coverage, AURC {run.values['aurc']:.3f}")


def phenomena(axis: Axes, run: Run) -> None:
    """A figure per phenomenon, with n."""
    found: dict[str, dict[str, Any]] = run.metrics["phenomena"]
    wanted = ("contradiction_recall", "agreement_recall") if run.task == "articles" else ("accuracy",)
    _bars(axis, {f"{name} ({part['n']})": [part[key] or 0.0 for key in wanted] for name, part in found.items()}, wanted)
    axis.set_title("By phenomenon (n)")


def fields(axis: Axes, run: Run) -> None:
    """Every figure of a run."""
    _bars(axis, {name: [value or 0.0] for name, value in run.values.items()}, ("value",))


def recall_at(axis: Axes, run: Run) -> None:
    """The share of labelled pairs among the best partners of their claims."""
    found = [run.values[f"recall_at_{k}"] or 0.0 for k in measures.RANKS]
    axis.plot(measures.RANKS, found, marker="o", color=_BLUE)
    axis.set_xticks(measures.RANKS)
    axis.set(ylim=(0, 1.02), xlabel="partners of a claim (k)", ylabel="recall@k", title="Pairing")


def _bars(axis: Axes, found: Mapping[str, Sequence[float]], series: Sequence[str]) -> None:
    places, height = np.arange(len(found)), 0.8 / len(series)
    for number, (name, color) in enumerate(zip(series, (_RED, _BLUE), strict=False)):
        values = [value[number] for value in found.values()]
        axis.barh(places + number * height, values, height, color=color, alpha=0.75, label=name.replace("_", " "))
    axis.set_yticks(places + 0.4 - height / 2, list(found), fontsize=8)
    axis.invert_yaxis()
    axis.set_xlim(0, 1)
    if len(series) > 1:
        axis.legend(fontsize=8)


_OF_LABELS = (confusion, calibration, precision_recall, risk_coverage, phenomena)
PICTURES: dict[str, tuple[Callable[[Axes, Run], None], ...]] = {
    "nli": _OF_LABELS,
    "pairs": _OF_LABELS,
    "articles": (confusion, phenomena),
    "pairing": (recall_at,),
    "claims": (fields,),
    "robustness": (fields,),
}
