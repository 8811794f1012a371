"""Training rows out of labelled articles: claims as the main job finds and pairs them, with what is known of each."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tabayyun.checker import Checker, Examined
from tabayyun.eval.labelled import GoldPair, LabelledPair, folder_or_error, read_articles
from tabayyun.models.data import NOT_CONTRADICTION, days_between


def mine(folder: Path, checker: Checker, out: Path, *, hardest: float = 1.0) -> int:
    """Write one labelled pair per pair of claims that the checker would judge into `out` (JSONL); return how many.

    A pair that meets labelled quotes gets their label. One that meets none is `not_contradiction`: in labelled
    articles every contradiction is labelled, but not every agreement. The labelled quotes themselves are added, for
    the program may cut its claims otherwise one day.

    Of the pairs that meet no quote only the share `hardest` is kept, those in which the judge of the checker sees most
    of a contradiction (hard negatives: Shrivastava et al. 2016, "Training region-based object detectors with online
    hard example mining"). At 1.0 all are, and no judge is asked.
    """
    folder_or_error(out, "the pairs")
    labelled = read_articles(folder)
    paired = checker.pair([(pair.a, pair.b) for pair in labelled])
    rows = [row for pair, seen in zip(labelled, paired, strict=True) for row in _rows(pair, seen)]
    if hardest < 1:
        rows = _hardest(rows, hardest, checker)
    out.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return len(rows)


def _hardest(rows: list[dict[str, Any]], share: float, checker: Checker) -> list[dict[str, Any]]:
    """All rows that meet a quote, and of the others the share that the judge, with `a` as premise, is most wrong on."""
    others = [row for row in rows if row["label"] == NOT_CONTRADICTION]
    asked = [checker.both_directions(r["a"], r["b"], days_between(r["a_date"], r["b_date"]))[0] for r in others]
    scored = zip(checker.judge.judge(asked), (row["id"] for row in others), strict=True)
    worst = sorted(scored, key=lambda found: -found[0].contradiction)[: round(share * len(others))]
    kept = {name for _, name in worst}
    return [row for row in rows if row["label"] != NOT_CONTRADICTION or row["id"] in kept]


def _rows(labelled: LabelledPair, seen: Examined) -> list[dict[str, Any]]:
    found: dict[tuple[str, str], str] = {}
    for (_, a, b), label in zip(seen.chosen, known_labels(labelled, seen), strict=True):
        if label:
            found[a.in_full, b.in_full] = label
    for gold in labelled.gold:
        (start, end), (start_b, end_b) = gold.a[0], gold.b[0]
        found.setdefault((labelled.a.text[start:end], labelled.b.text[start_b:end_b]), gold.label)
    dates = {side: str(getattr(labelled, side).published or "") for side in ("a", "b")}
    return [
        {
            "id": f"{labelled.name}-{number}",
            "a": text_a,
            "b": text_b,
            "a_lang": labelled.a.language,
            "b_lang": labelled.b.language,
            "a_date": dates["a"],
            "b_date": dates["b"],
            "label": label,
            "family": labelled.name,
        }
        for number, ((text_a, text_b), label) in enumerate(found.items(), 1)
    ]


def known_labels(labelled: LabelledPair, seen: Examined) -> list[str | None]:
    """What the labelled quotes tell of each chosen pair of claims."""
    return [known_label(labelled.met(a, b)) for _, a, b in seen.chosen]


def known_label(met: list[GoldPair]) -> str | None:
    """The label of a pair of claims that meets these labelled quotes; None when they leave it open."""
    if not met:
        return NOT_CONTRADICTION
    labels = {NOT_CONTRADICTION if g.relation == "compatible" else g.label for g in met}
    return labels.pop() if len(labels) == 1 else None
