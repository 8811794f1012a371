"""Draws docs/reliability.png: how honest the judge's probabilities are, before and after calibration.

python scripts/reliability.py FILE... (NLI rows or labelled pairs that the judge was not trained on)
"""

from __future__ import annotations

import sys
from pathlib import Path

from tabayyun.eval import metrics, plots
from tabayyun.models.data import NOT_ENTAILMENT, load_rows
from tabayyun.models.judge import SHIPPED_FOLDER, ShippedJudge

OUT = Path(__file__).parent.parent / "docs" / "reliability.png"


def main(files: list[str]) -> None:
    judge = ShippedJudge.from_pretrained(SHIPPED_FOLDER)
    fitted = judge.temperature
    rows = [
        row
        for file in files
        for row in load_rows(Path(file), mark_dates=judge.reads_dates)[0][:1000]
        if row.label != NOT_ENTAILMENT
    ]
    curves = {}
    for name, temperature in (("before calibration", 1.0), (f"temperature {fitted}", fitted)):
        judge.temperature = temperature
        scores = judge.judge([(row.premise, row.hypothesis) for row in rows])
        right = [s.label == row.label for s, row in zip(scores, rows, strict=True)]
        curves[name] = (right, [max(s.entailment, s.neutral, s.contradiction) for s in scores])
        error = metrics.ece(right, curves[name][1])
        print(f"{name}: n {len(rows)}, ECE {error:.3f}")
    plots.reliability(curves, OUT)


if __name__ == "__main__":
    main(sys.argv[1:])
