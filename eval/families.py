"""Labelled pairs out of families: sentences about one event, grouped by what they say, crossed with each other."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from itertools import combinations
from pathlib import Path
from typing import Any

from tabayyun.errors import DataError
from tabayyun.eval.labelled import PAIR_LABELS, folder_or_error, records

Record = dict[str, Any]

CLASHING, APART = (frozenset("PQ"), frozenset("NR")), "M"
"""Statements P clash with Q, and of a second thing N with R. Those of one group agree, but each M stands alone."""


def label(first: str, second: str) -> str:
    """The label of two sentences by their groups.

    >>> label("P", "P"), label("Q", "P"), label("P", "N"), label("M", "M")
    ('agreement', 'contradiction', 'neutral', 'neutral')
    """
    if first == second != APART:
        return "agreement"
    return "contradiction" if {first, second} in CLASHING else "neutral"


def crossed(family: Record) -> list[Record]:
    """The pairs of sentences of a family as labelled pairs: all that agree, and of the others about as many each.

    The earlier sentence is `a` in every second pair only, so that no order gives a label away.
    """
    found: dict[str, list[Record]] = {name: [] for name in PAIR_LABELS}
    for number, (one, other) in enumerate(combinations(family["sentences"], 2), 1):
        sides = (one, other) if number % 2 else (other, one)
        kind = label(one["name"][0], other["name"][0])
        row = {"id": f"{family['id']}-{sides[0]['name']}{sides[1]['name']}"}
        for side, sentence in zip("ab", sides, strict=True):
            row |= {side: sentence["text"], f"{side}_lang": sentence["lang"], f"{side}_date": sentence["date"]}
        told = {"phenomenon": family["phenomenon"], "family": family["id"], "beat": family["beat"]}
        found[kind].append(row | {"label": kind} | told)
    many = len(found["agreement"]) + 1
    return [*found["agreement"], *_spread(found["contradiction"], many), *_spread(found["neutral"], many)]


def _spread(rows: Sequence[Record], count: int) -> list[Record]:
    """About `count` of the rows, taken at even distances."""
    step = max(1.0, len(rows) / max(1, count))
    return [rows[int(place * step)] for place in range(min(count, len(rows)))]


def read(file: Path) -> Iterator[Record]:
    """Yield the families of a JSONL file.

    Raises:
        DataError: the file is missing, or a family lacks a field or a statement that clashes with another.
    """
    for where, family in records(file):
        missing = [name for name in ("id", "phenomenon", "beat", "sentences") if not family.get(name)]
        if missing:
            raise DataError(f"{where}: {', '.join(missing)} missing. A family has id, phenomenon, beat and sentences.")
        for sentence in family["sentences"]:
            if not all(isinstance(sentence.get(name), str) for name in ("name", "lang", "date", "text")):
                raise DataError(f"{where}: a sentence needs name, lang, date and text, each a string. Mend it.")
        groups = {sentence["name"][:1] for sentence in family["sentences"]}
        if not groups >= CLASHING[0] or not groups <= {*"PQNR", APART}:
            raise DataError(f"{where}: groups {sorted(groups)}; P and Q are needed, N, R and M may be there. Mend it.")
        yield family


def cross(files: Sequence[Path], out: Path) -> int:
    """Write the labelled pairs of the families in `files` into `out` (JSONL); return how many."""
    folder_or_error(out, "the pairs")
    rows = [row for file in files for family in read(file) for row in crossed(family)]
    out.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return len(rows)
