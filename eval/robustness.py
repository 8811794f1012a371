"""How often a change that must not matter changes a label: order, diacritics, tatweel, digits."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from tabayyun.checker import Checker
from tabayyun.eval.harness import predict_pairs, read_pairs
from tabayyun.eval.passages import other_digits
from tabayyun.models.base import Judge

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


def evaluate_robustness(path: Path, checker: Checker) -> dict[str, Any]:
    """Return the share of labelled pairs whose label changes, for the verdict and for the judge alone.

    `swap` exchanges the two sentences; for the judge alone it counts contradictions that hold in one direction only.
    """
    rows = read_pairs(path)
    verdicts = [p.label for p in predict_pairs(rows, checker)]
    turned = [
        {**row, **{f"{x}{key}": row.get(f"{y}{key}") for x, y in ("ab", "ba") for key in _FIELDS}} for row in rows
    ]
    result: dict[str, Any] = {"n": len(rows), "verdict": {}, "judge": {}}
    result["verdict"]["swap"] = _changed(verdicts, [p.label for p in predict_pairs(turned, checker)])
    pairs = [(row["a"], row["b"]) for row in rows]
    labels = _labels(checker.judge, pairs)
    backwards = _labels(checker.judge, [(b, a) for a, b in pairs])
    clash = [["contradiction" if label == "contradiction" else "" for label in found] for found in (labels, backwards)]
    result["judge"]["swap"] = _changed(*clash)
    for name, vary in VARIATIONS.items():
        varied = [{**row, "a": vary(row["a"]), "b": vary(row["b"])} for row in rows]
        result["verdict"][name] = _changed(verdicts, [p.label for p in predict_pairs(varied, checker)])
        result["judge"][name] = _changed(labels, _labels(checker.judge, [(r["a"], r["b"]) for r in varied]))
    return result


_FIELDS = ("", "_lang", "_date")


def _labels(judge: Judge, pairs: Sequence[tuple[str, str]]) -> list[str]:
    return [scores.label for scores in judge.judge(pairs)]


def _changed(before: Sequence[str], after: Sequence[str]) -> float:
    return round(sum(x != y for x, y in zip(before, after, strict=True)) / max(1, len(before)), 4)
