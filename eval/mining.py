"""Training rows out of labelled articles: claims as the main job finds and pairs them, with what is known of each."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tabayyun import claims
from tabayyun.checker import Checker
from tabayyun.eval.harness import GoldPair, LabelledPair, meets, read_articles
from tabayyun.models.data import NOT_CONTRADICTION
from tabayyun.pairing import pair_claims


def mine(folder: Path, checker: Checker, out: Path) -> int:
    """Write one labelled pair per pair of claims that the checker would judge into `out` (JSONL); return how many.

    A pair that meets labelled quotes gets their label. One that meets none is `not_contradiction`: in labelled
    articles every contradiction is labelled, but not every agreement. The labelled quotes themselves are added, for
    the program may cut its claims otherwise one day.
    """
    rows = [row for labelled in read_articles(folder) for row in _rows(labelled, checker)]
    out.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return len(rows)


def _rows(labelled: LabelledPair, checker: Checker) -> list[dict[str, Any]]:
    a, b = claims.extract(labelled.a).claims, claims.extract(labelled.b).claims
    vectors = checker.embedder.embed([c.text for c in (*a, *b)])
    same = labelled.a.language == labelled.b.language
    pairing = pair_claims(a, b, vectors[: len(a)], vectors[len(a) :], checker.settings.pairing, same_language=same)
    found: dict[tuple[str, str], str] = {}
    for pair in pairing.chosen:
        label = known_label([g for g in labelled.gold if meets(a[pair.a], g.a) and meets(b[pair.b], g.b)])
        if label:
            found[a[pair.a].text, b[pair.b].text] = label
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


def known_label(met: list[GoldPair]) -> str | None:
    """The label of a pair of claims that meets these labelled quotes; None when they leave it open."""
    if not met:
        return NOT_CONTRADICTION
    labels = {NOT_CONTRADICTION if g.relation == "compatible" else g.label for g in met}
    return labels.pop() if len(labels) == 1 else None
