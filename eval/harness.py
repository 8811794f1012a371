"""The harness: models run over labelled data, and what comes out as a `Run`.

`evaluate_nli` measures a judge alone, `evaluate_pairs` the verdicts on labelled claim pairs, `evaluate_pairing` the
search for pairs in articles, `evaluate_articles` the whole way on labelled article pairs.
"""

from __future__ import annotations

import json
import sys
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tabayyun import article
from tabayyun.checker import Checker, Examined
from tabayyun.claims import Claim, single
from tabayyun.errors import DataError
from tabayyun.eval import labelled, measures
from tabayyun.eval.labelled import AS_WRITTEN, PAIR_LABELS, GoldPair, LabelledPair, Names, Place, Record, meets
from tabayyun.eval.runs import Run, measured
from tabayyun.models import registry
from tabayyun.models.base import NLI_LABELS, Embedder, Judge, Scores
from tabayyun.models.data import NOT_ENTAILMENT, days_between
from tabayyun.models.matching import cosines
from tabayyun.pairing import ClaimPair, word_overlap
from tabayyun.settings import Settings
from tabayyun.verdicts import Verdict, decide


def evaluate_nli(place: Place, judge: Judge, limit: int | None = None, names: Names = AS_WRITTEN) -> Run:
    """Measure `judge` on NLI rows, premise to hypothesis, over the labels that the file holds.

    Where a row is `not_entailment`, entailment stands against the sum of the other two in all rows; where a file lacks
    one of the three labels, that label's probability is left out.

    Raises:
        DataError: the file is missing, empty or breaks the format.
    """
    records = labelled.read_nli(place, names)[:limit]
    rows = [labelled.nli_row(record, mark_dates=getattr(judge, "reads_dates", False)) for record in records]
    present = {row.label for row in rows}
    labels = (
        ["entailment", NOT_ENTAILMENT]
        if NOT_ENTAILMENT in present
        else [name for name in NLI_LABELS if name in present]
    )
    began = time.perf_counter()
    scores = judge.judge([(row.premise, row.hypothesis) for row in rows])
    seconds = time.perf_counter() - began
    items = [
        _label_item(
            record,
            row.label if row.label in labels else NOT_ENTAILMENT,
            _shares(found, labels),
            ("premise", "hypothesis"),
        )
        for record, row, found in zip(records, rows, scores, strict=True)
    ]
    return measured(
        "nli", judge.name, items, labelled.described(place, records), {"judge": judge}, speed=_speed(len(rows), seconds)
    )


def _shares(scores: Scores, labels: Sequence[str]) -> dict[str, float]:
    """The probabilities of the labels of a file; they sum to 1."""
    mass = {
        label: scores.neutral + scores.contradiction if label == NOT_ENTAILMENT else float(getattr(scores, label))
        for label in labels
    }
    total = max(sum(mass.values()), 1e-12)
    return {label: value / total for label, value in mass.items()}


def _label_item(
    record: Record, gold: str, probabilities: dict[str, float], texts: tuple[str, str], **more: Any
) -> dict[str, Any]:
    """One labelled row as a run keeps it; the label is the most probable one, unless `more` names another."""
    languages = [str(record[key]) for key in ("a_lang", "b_lang") if record.get(key)]
    return {
        "id": str(record["id"]),
        "group": str(record.get("family") or record["id"]),
        "gold": gold,
        "label": max(probabilities, key=lambda name: probabilities[name]),
        "probabilities": {name: round(value, 6) for name, value in probabilities.items()},
        "phenomenon": record.get("phenomenon") or "",
        "languages": "-".join(languages),
        "texts": [record[name] for name in texts],
        **more,
    }


def _speed(pairs: int, seconds: float) -> dict[str, float]:
    return {"seconds": round(seconds, 2), "pairs_per_second": round(pairs / max(seconds, 1e-9), 1)}


def _speed_of_articles(pairs: int, seconds: float) -> dict[str, float]:
    return {"seconds": round(seconds, 2), "seconds_per_pair": round(seconds / pairs, 2)}


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


@dataclass(frozen=True, slots=True)
class Candidate:
    """Two claims side by side with all that a verdict can be made of."""

    pair: ClaimPair
    a: Claim
    b: Claim
    scores: tuple[Scores, Scores]
    days: int | None


def candidates(rows: Sequence[Record], checker: Checker) -> list[Candidate]:
    """Judge labelled pairs as the main job would judge two claims."""
    texts = list(dict.fromkeys(text for row in rows for text in (row["a"], row["b"])))
    at = {text: number for number, text in enumerate(texts)}
    vectors = checker.embedder.embed(texts)
    matching = registry.matching(checker.embedder_name)
    days = [days_between(row.get("a_date"), row.get("b_date")) for row in rows]
    asked = [checker.both_directions(row["a"], row["b"], gap) for row, gap in zip(rows, days, strict=True)]
    scores = checker.judge.judge([forth for forth, _ in asked] + [back for _, back in asked])
    found = []
    for row, gap, ab, ba in zip(rows, days, scores[: len(rows)], scores[len(rows) :], strict=True):
        va, vb = (vectors[at[row[side]]][None] for side in ("a", "b"))
        similarity, matched = (float(cosines(va, vb, one)[0, 0]) for one in (None, matching))
        a, b = (single(row[side], row.get(f"{side}_lang") or "", row.get(f"{side}_date")) for side in ("a", "b"))
        same = row.get("a_lang") == row.get("b_lang")
        overlap = float(word_overlap([a], [b])[0, 0]) if same else None
        found.append(Candidate(ClaimPair(0, 0, similarity, matched, overlap), a, b, (ab, ba), gap))
    return found


def predict_pairs(rows: Sequence[Record], checker: Checker) -> list[PairPrediction]:
    """Return the verdicts on labelled pairs."""
    rules = checker.settings.verdicts
    return [
        PairPrediction(str(row["id"]), decide(c.pair, c.a, c.b, *c.scores, rules, days=c.days, alone=True))
        for row, c in zip(rows, candidates(rows, checker), strict=True)
    ]


def evaluate_pairs(
    place: Place, checker: Checker, predictions: Path | None = None, limit: int | None = None, names: Names = AS_WRITTEN
) -> Run:
    """Measure verdicts on labelled claim pairs; write one row per pair to `predictions` when it is given."""
    rows = labelled.read_pairs(place, names)[:limit]
    if predictions:
        labelled.folder_or_error(predictions, "the predictions")
    checker.embedder, checker.judge  # noqa: B018  loaded before the clock starts
    began = time.perf_counter()
    found = predict_pairs(rows, checker)
    seconds = time.perf_counter() - began
    if predictions:
        lines = (json.dumps(p.to_dict(), ensure_ascii=False) for p in found)
        try:
            predictions.write_text("\n".join(lines) + "\n", encoding="utf-8")
        except OSError as error:
            raise DataError(f"{predictions} cannot be written: {error.strerror}. Give a file of yours.") from error
    items = [
        pair_item(row, p.verdict.probabilities, label=p.label, verdict=p.verdict.label)
        for row, p in zip(rows, found, strict=True)
    ]
    return measured_pairs(checker.judge.name, items, place, rows, checker, seconds)


def pair_item(row: Record, probabilities: dict[str, float], **more: Any) -> dict[str, Any]:
    """One labelled claim pair as a run keeps it."""
    return _label_item(row, row["label"], {name: probabilities[name] for name in PAIR_LABELS}, ("a", "b"), **more)


def measured_pairs(
    name: str,
    items: Sequence[dict[str, Any]],
    place: Place,
    rows: Sequence[Record],
    checker: Checker,
    seconds: float | None = None,
) -> Run:
    """The run of these predictions on labelled pairs."""
    speed = _speed(len(rows), seconds) if seconds else {}
    return measured(
        "pairs", name, items, labelled.described(place, rows), _models(checker), checker.settings, speed=speed
    )


def _models(checker: Checker) -> dict[str, Any]:
    return {"embedder": checker.embedder, "judge": checker.judge}


def evaluate_pairing(folder: Path, checker: Checker) -> Run:
    """Measure how high the labelled pairs of articles stand among all pairs of claims, and how many would be judged.

    The rank of a labelled pair is the best rank that one of its claims has among the partners of the other, for the
    program judges a pair when either is among the other's best. No judge is needed.
    """
    pairs = labelled.read_articles(folder)
    articles = [(pair.a, pair.b) for pair in pairs]
    embedder = OnceEmbedder(checker.embedder)
    began = time.perf_counter()
    paired = Checker(embedder, config=checker.settings).pair(articles)
    seconds = time.perf_counter() - began
    ranked = Checker(embedder, config=all_pairs(checker.settings)).pair(articles)
    items = [_pairing_item(*both) for both in zip(pairs, paired, ranked, strict=True)]
    models = {"embedder": checker.embedder}
    speed = _speed_of_articles(len(pairs), seconds)
    return measured(
        "pairing", embedder.name, items, labelled.described_folder(folder), models, checker.settings, speed=speed
    )


def all_pairs(settings: Settings) -> Settings:
    """The settings with which every pair of claims is worth judging."""
    pairing = {"min_nearness": -1, "per_claim": sys.maxsize, "max_pairs": sys.maxsize}
    return settings.model_copy(update={"pairing": settings.pairing.model_copy(update=pairing)})


def _pairing_item(pair: LabelledPair, paired: Examined, ranked: Examined) -> dict[str, Any]:
    judged = {(p.a, p.b) for p in paired.pairing.chosen}
    wanted = [g for g in pair.gold if g.label != "neutral"]
    seen: Counter[tuple[str, int]] = Counter()
    best: dict[tuple[int, int], int] = {}
    for p, *_ in ranked.chosen:
        seen[("a", p.a)] += 1
        seen[("b", p.b)] += 1
        best[p.a, p.b] = min(seen["a", p.a], seen["b", p.b])
    met = [{(p.a, p.b) for p, a, b in ranked.chosen if meets(a, g.a) and meets(b, g.b)} for g in wanted]
    ranks = [min((best[key] for key in keys), default=None) for keys in met]
    found = {
        label: [bool(keys & judged) for keys, g in zip(met, wanted, strict=True) if g.label == label]
        for label in ("contradiction", "agreement")
    }
    counts = {
        "article_pairs": 1,
        "gold": len(wanted),
        "paired": sum(map(sum, found.values())),
        "contradictions": len(found["contradiction"]),
        "contradictions_paired": sum(found["contradiction"]),
        "agreements": len(found["agreement"]),
        "agreements_paired": sum(found["agreement"]),
        "without_claim": sum(not keys for keys in met),
        "judged": len(judged),
        "claims": len(paired.claims_a) + len(paired.claims_b),
        "not_checked": len(paired.pairing.over_budget),
    }
    return {"id": pair.name, "group": pair.name, "ranks": ranks, "counts": counts}


class OnceEmbedder:
    """An embedder that embeds each text once, for measurements that ask again."""

    def __init__(self, embedder: Embedder) -> None:
        self.name = embedder.name
        self.model = getattr(embedder, "model", None)
        self._embedder = embedder
        self._known: dict[str, NDArray[np.float32]] = {}

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return an array (len(texts), dimensions) whose rows have length 1."""
        new = [text for text in dict.fromkeys(texts) if text not in self._known]
        if new:
            self._known.update(zip(new, self._embedder.embed(new), strict=True))
        return np.asarray([self._known[text] for text in texts], dtype=np.float32)


class OnceJudge:
    """A judge that judges each pair once, for measurements that ask again."""

    def __init__(self, judge: Judge) -> None:
        self.name = judge.name
        self.model = getattr(judge, "model", None)
        self.reads_dates = bool(getattr(judge, "reads_dates", False))
        self._judge = judge
        self._known: dict[tuple[str, str], Scores] = {}

    def judge(self, pairs: Sequence[tuple[str, str]]) -> list[Scores]:
        """Return one `Scores` per (premise, hypothesis), in the same order."""
        new = [pair for pair in dict.fromkeys(pairs) if pair not in self._known]
        self._known.update(zip(new, self._judge.judge(new), strict=True))
        return [self._known[pair] for pair in pairs]


def evaluate_articles(folder: Path, checker: Checker) -> Run:
    """Measure the whole way on labelled article pairs."""
    pairs = labelled.read_articles(folder)
    checker.embedder, checker.judge  # noqa: B018  loaded before the clock starts
    began = time.perf_counter()
    reports = checker.check_many([(pair.a, pair.b) for pair in pairs])
    seconds = time.perf_counter() - began
    items = [
        article_item(pair, report.verdicts, len(report.not_checked))
        for pair, report in zip(pairs, reports, strict=True)
    ]
    return measured_articles(checker.judge.name, items, folder, checker, seconds)


def measured_articles(
    name: str, items: Sequence[dict[str, Any]], folder: Path, checker: Checker, seconds: float
) -> Run:
    """The run of these verdicts on labelled article pairs."""
    speed = _speed_of_articles(len(items), seconds)
    return measured(
        "articles", name, items, labelled.described_folder(folder), _models(checker), checker.settings, speed=speed
    )


def article_item(pair: LabelledPair, verdicts: Sequence[Verdict], not_checked: int = 0) -> dict[str, Any]:
    """One labelled article pair as a run keeps it: all that can be counted of the verdicts on it, in their order."""
    met = [pair.met(v.a, v.b) for v in verdicts]
    flags = [(v, found) for v, found in zip(verdicts, met, strict=True) if v.label == "contradiction"]
    agreed = [(v, found) for v, found in zip(verdicts, met, strict=True) if v.label == "agreement"]
    right = [any(_is_hit(v, g) for g in found) for v, found in flags]
    noise = [noise_counts(*side) for side in zip((pair.a, pair.b), pair.boilerplate, strict=True)]
    gold: list[dict[str, Any]] = []
    for g in pair.gold:
        said = [v for v, found in zip(verdicts, met, strict=True) if g in found]
        hit = any(_is_hit(v, g) for v in said) if g.label == "contradiction" else "agreement" in {v.label for v in said}
        gold.append(
            {
                "label": g.label,
                "relation": g.relation,
                "phenomenon": g.phenomenon,
                "languages": f"{pair.a.language}-{pair.b.language}",
                "said": said[0].label if said else "not judged",
                "flagged": any(v.label == "contradiction" for v in said),
                "found": hit,
            }
        )
    of = {label: [g for g in gold if g["label"] == label] for label in PAIR_LABELS}
    to_pair = of["contradiction"] + of["agreement"]
    counts = {
        "article_pairs": 1,
        "flags": len(flags),
        "right_flags": sum(right),
        "false_flags": sum(all(g.label != "contradiction" for g in found) for _, found in flags),
        **{f"shown_in_{k}": min(k, len(flags)) for k in measures.AT},
        **{f"right_in_{k}": sum(right[:k]) for k in measures.AT},
        "gold_contradictions": len(of["contradiction"]),
        "gold_contradictions_found": sum(g["found"] for g in of["contradiction"]),
        "gold_agreements": len(of["agreement"]),
        "gold_agreements_found": sum(g["found"] for g in of["agreement"]),
        "said_agreements": sum(bool(found) for _, found in agreed),
        "right_agreements": sum(
            any(g.label == "agreement" or g.relation == "compatible" for g in found) for _, found in agreed
        ),
        "gold_to_pair": len(to_pair),
        "gold_paired": sum(g["said"] != "not judged" for g in to_pair),
        "traps": len(of["neutral"]),
        "traps_flagged": sum(g["flagged"] for g in of["neutral"]),
        "noise_right": sum(n for n, _, _ in noise),
        "noise_found": sum(n for _, n, _ in noise),
        "noise_gold": sum(n for _, _, n in noise),
        "judged": len(verdicts),
        "claims": len({v.a.start for v in verdicts}) + len({v.b.start for v in verdicts}),
        "abstained": sum(v.label == "uncertain" for v in verdicts),
        "not_checked": not_checked,
    }
    return {"id": pair.name, "group": pair.name, "gold": gold, "counts": counts}


def _is_hit(verdict: Verdict, gold: GoldPair) -> bool:
    return verdict.label == gold.label == "contradiction" and (
        gold.relation != "dispute" or verdict.relation == "dispute"
    )


def noise_counts(read: article.Article, labelled: Iterable[tuple[int, int]]) -> tuple[int, int, int]:
    """How many characters of an article were rightly taken for boilerplate, were taken for it, and are labelled so."""
    found = {at for span in read.boilerplate for at in range(span.start, span.end)}
    gold = {at for start, end in labelled for at in range(start, end)}
    return len(found & gold), len(found), len(gold)
