"""Families of sentences give labelled pairs in which no sentence tells its label."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tabayyun import DataError
from tabayyun.eval import families, validation
from tabayyun.eval.labelled import read_pairs

TEXTS = {
    "P1": "The ferry reached Aden on Monday with all its passengers on board.",
    "P2": "Monday's crossing ended at the quay of the southern port, nobody missing.",
    "Q1": "The ferry sank off Aden on Monday before it could dock anywhere.",
    "Q2": "Nothing was left of the boat by Monday night but planks on the water.",
    "N1": "A ticket for the crossing costs thirty dollars since the spring.",
    "N2": "Passengers have paid thirty dollars a seat from April on.",
    "R1": "The crossing is free of charge, the company takes no money this year.",
    "R2": "Nobody has bought a ticket this year: the state pays for every seat.",
}


def family(**changes: Any) -> dict[str, Any]:
    sentences = [{"name": name, "lang": "en", "date": "2024-03-05", "text": text} for name, text in TEXTS.items()]
    return {"id": "t1-001", "phenomenon": "status", "beat": "transport", "sentences": sentences, **changes}


def write(path: Path, *found: dict[str, Any]) -> Path:
    path.write_text("\n".join(json.dumps(one) for one in found), encoding="utf-8")
    return path


def test_a_family_is_crossed_by_what_its_sentences_say(tmp_path: Path) -> None:
    out = tmp_path / "pairs.jsonl"
    assert families.cross([write(tmp_path / "families.jsonl", family())], out) == 14
    rows = read_pairs(out)
    assert Counter(row["label"] for row in rows) == {"agreement": 4, "contradiction": 5, "neutral": 5}
    labels = {frozenset((row["a"], row["b"])): row["label"] for row in rows}
    assert labels[frozenset((TEXTS["P1"], TEXTS["P2"]))] == "agreement"
    assert labels[frozenset((TEXTS["N1"], TEXTS["R1"]))] == "contradiction"
    assert {text for row in rows for text in (row["a"], row["b"])} == set(TEXTS.values())
    assert [problem for row in rows for problem in validation.row_problems(row)] == []
    assert len({row["id"] for row in rows}) == 14


@pytest.mark.parametrize(
    ("spoilt", "said"),
    [
        ({"beat": ""}, "beat missing"),
        ({"sentences": [{"name": "P1", "lang": "en", "date": "2024-03-05"}]}, "needs name, lang, date and text"),
        ({"sentences": family()["sentences"][:2]}, "P and Q are needed"),
    ],
)
def test_a_broken_family_is_named(tmp_path: Path, spoilt: dict[str, Any], said: str) -> None:
    file = write(tmp_path / "families.jsonl", family(), family(**spoilt))
    with pytest.raises(DataError, match=f"line 2: .*{said}"):
        list(families.read(file))


def test_the_validator_reads_families_too(tmp_path: Path) -> None:
    (tmp_path / "families").mkdir()
    short = family()
    short["sentences"][0]["text"] = "Too short."
    write(tmp_path / "families" / "t.jsonl", short)
    assert "families/t, t1-001-P1P2: a has 2 words (5 to 45 wanted)" in validation.validate(tmp_path).problems
