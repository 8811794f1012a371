"""Pictures of measurements, drawn with matplotlib (`pip install tabayyun[plots]`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from tabayyun.eval import metrics


def reliability(curves: Mapping[str, tuple[Sequence[bool], Sequence[float]]], out: Path) -> None:
    """Draw a reliability diagram per curve (right or wrong, and the confidence in the predicted label) into `out`.

    A bar shows how often the judge is right where it claims the confidence on the axis; on the diagonal it is honest.
    """
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(1, len(curves), figsize=(4.2 * len(curves), 4.2), squeeze=False)
    edges = np.linspace(0, 1, metrics.BINS + 1)
    for axis, (name, (right, confidence)) in zip(axes[0], curves.items(), strict=True):
        sure, hit = np.asarray(confidence), np.asarray(right, dtype=float)
        where = np.minimum((sure * metrics.BINS).astype(int), metrics.BINS - 1)
        for number in range(metrics.BINS):
            inside = where == number
            if inside.any():
                axis.bar(edges[number], hit[inside].mean(), 1 / metrics.BINS, align="edge", color="#2b6cb0", alpha=0.75)
                axis.text(
                    edges[number] + 0.5 / metrics.BINS, 0.01, inside.sum(), ha="center", fontsize=6, color="white"
                )
        error = metrics.ece(right, confidence)
        axis.plot([0, 1], [0, 1], color="#718096", linewidth=1)
        axis.set(xlim=(0.3, 1), ylim=(0, 1), xlabel="confidence", ylabel="accuracy", title=f"{name}\nECE {error:.3f}")
    figure.tight_layout()
    figure.savefig(out, dpi=130)
    pyplot.close(figure)
