"""The harness: `evaluate_nli` measures a judge alone, `evaluate_pairs` the verdicts on labelled claim pairs,
`evaluate_articles` the whole way on labelled article pairs."""

from __future__ import annotations

import json
import re
import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np

from tabayyun import article, ingest
from tabayyun.checker import Checker
from tabayyun.claims import Claim, single
from tabayyun.errors import DataError
from tabayyun.eval import metrics
from tabayyun.models.base import NLI_LABELS, Judge
from tabayyun.models.data import NOT_ENTAILMENT, days_between, load_rows
from tabayyun.pairing import ClaimPair, word_overlap
from tabayyun.report import Report
from tabayyun.verdicts import Verdict, decide

PAIR_LABELS = ("agreement", "contradiction", "neutral")
_HALF = 0.5


def evaluate_nli(path: Path, judge: Judge, limit: int | None = None) -> dict[str, Any]:
    """Measure `judge` on NLI rows, premise to hypothesis, over the labels that the file holds.

    In a binary file, entailment stands against the sum of the other two; where a file lacks one of the three labels,
    that label's probability is left out.

    Raises:
        DataError: the file is missing, empty or breaks the format.
    """
    rows, _ = load_rows(path, mark_dates=getattr(judge, "reads_dates", False))
    rows = rows[:limit]
    if not rows:
        raise DataError(f"{path} holds no rows.")
    present = {row.label for row in rows}
    labels = (
        ["entailment", NOT_ENTAILMENT]
        if NOT_ENTAILMENT in present
        else [name for name in NLI_LABELS if name in present]
    )
    began = time.perf_counter()
    scores = judge.judge([(row.premise, row.hypothesis) for row in rows])
    seconds = time.perf_counter() - began
    table = np.asarray([[_mass(s, label) for label in labels] for s in scores])
    table = table / np.maximum(table.sum(axis=1, keepdims=True), 1e-12)
    gold = [row.label for row in rows]
    predicted = [labels[i] for i in table.argmax(axis=1)]
    sure = table.max(axis=1)
    result = metrics.classification(gold, predicted, labels)
    result["ece"] = round(metrics.ece(gold, predicted, sure.tolist()), 4)
    result["brier"] = round(metrics.brier(gold, table, labels), 4)
    result["ci"] = _intervals(gold, predicted, labels, [str(i) for i in range(len(rows))])
    result["seconds"] = round(seconds, 2)
    return result


def _mass(scores: Any, label: str) -> float:
    if label == NOT_ENTAILMENT:
        return float(scores.neutral + scores.contradiction)
    return float(getattr(scores, label))


def _intervals(
    gold: Sequence[str], predicted: Sequence[str], labels: Sequence[str], groups: Sequence[str]
) -> dict[str, list[float]]:
    g, p = np.asarray(gold), np.asarray(predicted)
    return {
        "accuracy": metrics.interval(lambda rows: float((g[rows] == p[rows]).mean()), groups),
        "macro_f1": metrics.interval(lambda rows: metrics.macro_f1(g[rows].tolist(), p[rows].tolist(), labels), groups),
    }


@dataclass(frozen=True, slots=True)
class PairPrediction:
    """The verdict on one labelled pair."""

    id: str
    verdict: Verdict

    @property
    def label(self) -> str:
        """One of three labels: an abstention takes that of its highest probability."""
        if self.verdict.label in PAIR_LABELS:
            return self.verdict.label
        return max(PAIR_LABELS, key=lambda name: self.verdict.probabilities[name])

    def to_dict(self) -> dict[str, Any]:
        """A row of the predictions file."""
        found = self.verdict.to_dict()
        return {"id": self.id, **{key: found[key] for key in ("label", "relation", "kind", "probability", "scores")}}


def read_pairs(path: Path) -> list[dict[str, Any]]:
    """Return the rows of a labelled-pairs file.

    Raises:
        DataError: the file is missing, a line is no JSON object, or a field is missing or wrong.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"{path} cannot be read: {error}.") from error
    rows = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except json.JSONDecodeError as error:
            raise DataError(f"{path}, line {number} is broken JSON: {error.msg}.") from error
        if not isinstance(row, dict):
            raise DataError(f"{path}, line {number} is no JSON object.")
        missing = [key for key in ("a", "b", "label") if not isinstance(row.get(key), str) or not row[key].strip()]
        if missing or row.get("id") in (None, ""):
            raise DataError(f"{path}, line {number}: {', '.join(missing or ['id'])} missing or no text.")
        if row["label"] not in PAIR_LABELS:
            raise DataError(f"{path}, line {number}: label {row['label']!r} is none of {', '.join(PAIR_LABELS)}.")
        rows.append(row)
    if not rows:
        raise DataError(f"{path} holds no pairs.")
    return rows


def predict_pairs(rows: Sequence[dict[str, Any]], checker: Checker) -> list[PairPrediction]:
    """Judge labelled pairs as the main job would judge two claims."""
    texts = list(dict.fromkeys(text for row in rows for text in (row["a"], row["b"])))
    at = {text: number for number, text in enumerate(texts)}
    vectors = checker.embedder.embed(texts)
    asked = [
        checker.both_directions(row["a"], row["b"], days_between(row.get("a_date"), row.get("b_date"))) for row in rows
    ]
    scores = checker.judge.judge([forth for forth, _ in asked] + [back for _, back in asked])
    found = []
    for number, row in enumerate(rows):
        ab, ba = scores[number], scores[number + len(rows)]
        similarity = float(vectors[at[row["a"]]] @ vectors[at[row["b"]]])
        a, b = (single(row[side], row.get(f"{side}_lang") or "", row.get(f"{side}_date")) for side in ("a", "b"))
        same = row.get("a_lang") == row.get("b_lang")
        overlap = float(word_overlap([a], [b])[0, 0]) if same else None
        days = days_between(row.get("a_date"), row.get("b_date"))
        pair = ClaimPair(0, 0, similarity, overlap)
        verdict = decide(pair, a, b, ab, ba, checker.settings.verdicts, days=days, alone=True)
        found.append(PairPrediction(str(row["id"]), verdict))
    return found


def evaluate_pairs(path: Path, checker: Checker, predictions: Path | None = None) -> dict[str, Any]:
    """Measure verdicts on labelled claim pairs; write one row per pair to `predictions` when it is given."""
    rows = read_pairs(path)
    if predictions and not predictions.parent.is_dir():
        raise DataError(f"There is no folder {predictions.parent} to write the predictions to.")
    checker.embedder, checker.judge  # noqa: B018  loaded before the clock starts
    began = time.perf_counter()
    found = predict_pairs(rows, checker)
    seconds = time.perf_counter() - began
    if predictions:
        lines = (json.dumps(p.to_dict(), ensure_ascii=False) for p in found)
        predictions.write_text("\n".join(lines) + "\n", encoding="utf-8")
    gold, predicted = [row["label"] for row in rows], [p.label for p in found]
    table = np.asarray([[p.verdict.probabilities[label] for label in PAIR_LABELS] for p in found])
    result = metrics.classification(gold, predicted, PAIR_LABELS)
    result["pr_auc_contradiction"] = metrics.pr_auc(gold, table[:, 1].tolist(), "contradiction")
    result["ece"] = round(
        metrics.ece(gold, [PAIR_LABELS[i] for i in table.argmax(axis=1)], table.max(axis=1).tolist()), 4
    )
    result["brier"] = round(metrics.brier(gold, table, PAIR_LABELS), 4)
    result["abstained"] = sum(p.verdict.label == "uncertain" for p in found)
    result["phenomena"] = _by(rows, predicted, "phenomenon")
    result["languages"] = _by(
        [{**r, "pair": f"{r.get('a_lang', '?')}-{r.get('b_lang', '?')}"} for r in rows], predicted, "pair"
    )
    result["ci"] = _intervals(gold, predicted, PAIR_LABELS, [str(r.get("family", r["id"])) for r in rows])
    result["seconds"] = round(seconds, 2)
    result["pairs_per_second"] = round(len(rows) / seconds, 1)
    return result


def _by(rows: Sequence[dict[str, Any]], predicted: Sequence[str], field: str) -> dict[str, Any]:
    groups: dict[str, list[int]] = defaultdict(list)
    for number, row in enumerate(rows):
        if row.get(field):
            groups[row[field]].append(number)
    return {
        name: {
            "n": len(numbers),
            **{
                key: value
                for key, value in metrics.classification(
                    [rows[i]["label"] for i in numbers], [predicted[i] for i in numbers], PAIR_LABELS
                ).items()
                if key in ("accuracy", "macro_f1")
            },
        }
        for name, numbers in sorted(groups.items())
    }


@dataclass(frozen=True, slots=True)
class GoldPair:
    """One labelled pair of quotes: on each side the offsets of every substring that carries the claim."""

    a: tuple[tuple[int, int], ...]
    b: tuple[tuple[int, int], ...]
    label: str
    relation: str


@dataclass(frozen=True, slots=True)
class LabelledPair:
    """Two articles and what is true of them."""

    name: str
    a: article.Article
    b: article.Article
    gold: tuple[GoldPair, ...]
    boilerplate: tuple[tuple[tuple[int, int], ...], tuple[tuple[int, int], ...]]


def read_articles(folder: Path) -> list[LabelledPair]:
    """Return the labelled article pairs of `folder` (`*/a.*`, `*/b.*`, `*/gold.json`).

    Raises:
        DataError: there is none, or a quote does not stand in its article.
    """
    found = []
    for gold_file in sorted(folder.glob("*/gold.json")):
        gold = _read_gold(gold_file)
        sides = {}
        for side in ("a", "b"):
            file = next(iter(sorted(gold_file.parent.glob(f"{side}.*"))), None)
            if file is None:
                raise DataError(f"{gold_file.parent} has no article {side}.")
            sides[side] = ingest.read(file, outlet=gold.get(f"{side}_outlet", ""), published=gold.get(f"{side}_date"))
        pairs = tuple(
            GoldPair(
                _places(gold_file, sides["a"].text, [p["a_quote"], *p.get("a_also", [])]),
                _places(gold_file, sides["b"].text, [p["b_quote"], *p.get("b_also", [])]),
                p["label"],
                p.get("relation", p["label"]),
            )
            for p in gold["pairs"]
        )
        noise = tuple(
            tuple(_places(gold_file, sides[side].text, gold.get(f"{side}_boilerplate", []))) for side in ("a", "b")
        )
        found.append(LabelledPair(gold_file.parent.name, sides["a"], sides["b"], pairs, cast(Any, noise)))
    if not found:
        raise DataError(f"{folder} holds no labelled articles (folders with a.*, b.* and gold.json).")
    return found


def _read_gold(file: Path) -> dict[str, Any]:
    try:
        gold = json.loads(file.read_text(encoding="utf-8"))
        for pair in gold["pairs"]:
            if pair["label"] not in PAIR_LABELS or not pair["a_quote"] or not pair["b_quote"]:
                raise ValueError(f"a pair with the label {pair['label']!r}")
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise DataError(f"{file} is no gold file ({type(error).__name__}: {error}).") from error
    return cast(dict[str, Any], gold)


def _places(file: Path, text: str, quotes: Sequence[str]) -> tuple[tuple[int, int], ...]:
    places = []
    for quote in quotes:
        found = [match.span() for match in re.finditer(re.escape(quote), text)]
        if not found:
            raise DataError(f"{file}: the quote {quote[:60]!r} does not stand in its article.")
        places += found
    return tuple(places)


def meets(claim: Claim, places: Sequence[tuple[int, int]]) -> bool:
    """Whether the claim overlaps one of the places by at least half of the shorter of the two.

    >>> meets(Claim("x" * 10, 0, 10, (0, 10)), [(5, 40)])
    True
    """
    for start, end in places:
        common = min(claim.end, end) - max(claim.start, start)
        if common > 0 and common >= _HALF * min(claim.end - claim.start, end - start):
            return True
    return False


def evaluate_articles(folder: Path, checker: Checker) -> dict[str, Any]:
    """Measure the whole way on labelled article pairs."""
    labelled = read_articles(folder)
    checker.embedder, checker.judge  # noqa: B018  loaded before the clock starts
    began = time.perf_counter()
    reports = checker.check_many([(pair.a, pair.b) for pair in labelled])
    seconds = time.perf_counter() - began
    counts = [_count(pair, report) for pair, report in zip(labelled, reports, strict=True)]
    total = {key: sum(c[key] for c in counts) for key in counts[0]}
    names = [pair.name for pair in labelled]

    def rate(top: str, bottom: str) -> dict[str, Any]:
        def measure(rows: Any) -> float:
            whole = sum(counts[i][bottom] for i in rows)
            return sum(counts[i][top] for i in rows) / whole if whole else 0.0

        return {"value": _ratio(total[top], total[bottom]), "ci": metrics.interval(measure, names)}

    measured = {
        "contradiction_recall": rate("gold_contradictions_found", "gold_contradictions"),
        "contradiction_precision": rate("right_flags", "flags"),
        "false_flags_per_pair": {
            "value": _ratio(total["false_flags"], len(labelled)),
            "ci": metrics.interval(lambda rows: sum(counts[i]["false_flags"] for i in rows) / len(rows), names),
        },
        "agreement_recall": rate("gold_agreements_found", "gold_agreements"),
        "agreement_precision": rate("right_agreements", "said_agreements"),
        "pairing_recall": rate("gold_paired", "gold_to_pair"),
    }
    value = {name: entry["value"] for name, entry in measured.items()}
    return {
        "article_pairs": len(labelled),
        "contradiction": {
            "recall": value["contradiction_recall"],
            "precision": value["contradiction_precision"],
            "false_flags_per_pair": value["false_flags_per_pair"],
            "precision_at_3": _ratio(total["right_in_3"], total["shown_in_3"]),
        },
        "agreement": {"recall": value["agreement_recall"], "precision": value["agreement_precision"]},
        "pairing_recall": value["pairing_recall"],
        "traps_flagged": _ratio(total["traps_flagged"], total["traps"]),
        "boilerplate": {
            "precision": _ratio(total["noise_right"], total["noise_found"]),
            "recall": _ratio(total["noise_right"], total["noise_gold"]),
        },
        "judged_pairs_per_claim": _ratio(total["judged"], total["claims"]),
        "counts": total,
        "ci": {name: entry["ci"] for name, entry in measured.items()},
        "seconds_per_pair": round(seconds / len(labelled), 2),
    }


def _ratio(top: float, bottom: float) -> float | None:
    return round(top / bottom, 4) if bottom else None


def _count(pair: LabelledPair, report: Report) -> dict[str, int]:
    """Everything that can be counted on one article pair; sums and rates come from these."""
    met = [[g for g in pair.gold if meets(v.a, g.a) and meets(v.b, g.b)] for v in report.verdicts]
    flags = [(v, found) for v, found in zip(report.verdicts, met, strict=True) if v.label == "contradiction"]
    right = [any(_is_hit(v, g) for g in found) for v, found in flags]
    agreed = [(v, found) for v, found in zip(report.verdicts, met, strict=True) if v.label == "agreement"]
    contradictions = [g for g in pair.gold if g.label == "contradiction"]
    agreements = [g for g in pair.gold if g.label == "agreement"]
    traps = [g for g in pair.gold if g.label == "neutral"]
    judged = [g for found in met for g in found]
    sides = zip((report.a, report.b), pair.boilerplate, strict=True)
    noise = [noise_counts(read, labelled) for read, labelled in sides]
    return {
        "flags": len(flags),
        "right_flags": sum(right),
        "false_flags": sum(all(g.label != "contradiction" for g in found) for _, found in flags),
        "shown_in_3": min(3, len(flags)),
        "right_in_3": sum(right[:3]),
        "gold_contradictions": len(contradictions),
        "gold_contradictions_found": sum(
            any(_is_hit(v, g) for v, found in flags if g in found) for g in contradictions
        ),
        "gold_agreements": len(agreements),
        "gold_agreements_found": sum(any(g in found for _, found in agreed) for g in agreements),
        "said_agreements": sum(bool(found) for _, found in agreed),
        "right_agreements": sum(
            any(g.label == "agreement" or g.relation == "compatible" for g in found) for _, found in agreed if found
        ),
        "gold_to_pair": len(contradictions) + len(agreements),
        "gold_paired": sum(g in judged for g in contradictions + agreements),
        "traps": len(traps),
        "traps_flagged": sum(any(g in found for _, found in flags) for g in traps),
        "noise_right": sum(right for right, _, _ in noise),
        "noise_found": sum(found for _, found, _ in noise),
        "noise_gold": sum(labelled for _, _, labelled in noise),
        "judged": len(report.verdicts),
        "claims": len({v.a.start for v in report.verdicts}) + len({v.b.start for v in report.verdicts}),
    }


def _is_hit(verdict: Verdict, gold: GoldPair) -> bool:
    return gold.label == "contradiction" and (gold.relation != "dispute" or verdict.relation == "dispute")


def noise_counts(read: article.Article, labelled: Iterable[tuple[int, int]]) -> tuple[int, int, int]:
    """How many characters of an article were rightly taken for boilerplate, were taken for it, and are labelled so."""
    found = {at for span in read.boilerplate for at in range(span.start, span.end)}
    gold = {at for start, end in labelled for at in range(start, end)}
    return len(found & gold), len(found), len(gold)
