"""How often a change that must not matter changes a label: order, diacritics, tatweel, digits."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Sequence

from tabayyun.checker import Checker
from tabayyun.eval.harness import PairPrediction, predict_pairs
from tabayyun.eval.labelled import AS_WRITTEN, Names, Place, described, read_pairs
from tabayyun.eval.passages import other_digits
from tabayyun.eval.runs import Run, measured

_LETTER = re.compile(r"([\u0621-\u063a\u0641-\u064a])(?=[\u0621-\u063a\u0641-\u064a])")


def with_diacritics(text: str) -> str:
    """Return `text` with a vowel sign behind every Arabic letter but the last of a word.

    >>> with_diacritics("قصف")
    'قَصَف'
    """
    return _LETTER.sub("\\1\u064e", text)


def with_tatweel(text: str) -> str:
    """Return `text` with a tatweel in every Arabic word."""
    return re.sub(r"(?<=[\u0628\u062a-\u062e\u0633-\u063a\u0641-\u0647])(?=[\u0621-\u064a]\b)", "\u0640", text)


VARIATIONS: dict[str, Callable[[str], str]] = {
    "diacritics": with_diacritics,
    "tatweel": with_tatweel,
    "digits": other_digits,
}


def evaluate_robustness(place: Place, checker: Checker, names: Names = AS_WRITTEN) -> Run:
    """Measure the share of labelled pairs whose label changes, for the verdict and for the judge alone.

    `swap` exchanges the two sentences; for the judge alone it counts contradictions that hold in one direction only.
    """
    rows = read_pairs(place, names)
    began = time.perf_counter()
    before = predict_pairs(rows, checker)
    turned = [
        {**row, **{f"{x}{key}": row.get(f"{y}{key}") for x, y in ("ab", "ba") for key in _FIELDS}} for row in rows
    ]
    clash = [[scores.label == "contradiction" for scores in (p.verdict.a_to_b, p.verdict.b_to_a)] for p in before]
    changed = {
        "verdict swap": _changed(_verdicts(before), _verdicts(predict_pairs(turned, checker))),
        "judge swap": [forth != back for forth, back in clash],
    }
    for name, vary in VARIATIONS.items():
        after = predict_pairs([{**row, "a": vary(row["a"]), "b": vary(row["b"])} for row in rows], checker)
        changed[f"verdict {name}"] = _changed(_verdicts(before), _verdicts(after))
        changed[f"judge {name}"] = _changed(_judged(before), _judged(after))
    items = [
        {
            "id": row["id"],
            "group": str(row.get("family") or row["id"]),
            "counts": {"pairs": 1, **{name: int(flags[number]) for name, flags in changed.items()}},
        }
        for number, row in enumerate(rows)
    ]
    name, models = checker.judge.name, {"embedder": checker.embedder, "judge": checker.judge}
    speed = {"seconds": round(time.perf_counter() - began, 2)}
    return measured(
        "robustness", checker.judge.name, items, described(place, rows), models, checker.settings, speed=speed
    )


_FIELDS = ("", "_lang", "_date")


def _verdicts(found: Sequence[PairPrediction]) -> list[str]:
    return [p.label for p in found]


def _judged(found: Sequence[PairPrediction]) -> list[str]:
    return [p.verdict.a_to_b.label for p in found]


def _changed(before: Sequence[object], after: Sequence[object]) -> list[bool]:
    return [x != y for x, y in zip(before, after, strict=True)]
