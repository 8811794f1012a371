"""Our own labelled data passes the validator, and the validator finds what is wrong."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tabayyun import DataError
from tabayyun.eval import mining, validation
from tabayyun.eval.labelled import GoldPair
from tabayyun.models.data import Row, load_rows

DATA = Path(__file__).parent.parent / "eval" / "data"
WORDS = [
    "river",
    "market",
    "judge",
    "bread",
    "train",
    "signal",
    "window",
    "winter",
    "copper",
    "letter",
    "garden",
    "mirror",
]


def pair(number: int, label: str, **changes: Any) -> dict[str, Any]:
    chance = random.Random(number)
    return {
        "id": f"p{number}",
        "a": " ".join(chance.sample(WORDS, 7)),
        "b": " ".join(chance.sample(WORDS, 7)),
        "a_lang": "en",
        "b_lang": "en",
        "a_date": "2024-03-01",
        "b_date": "2024-03-02",
        "label": label,
        "family": f"f{number // 3}",
        **changes,
    }


def write(path: Path, rows: list[dict[str, Any]]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), encoding="utf-8")
    return path


def rows(count: int = 30) -> list[dict[str, Any]]:
    return [pair(n, ("agreement", "contradiction", "neutral")[n % 3]) for n in range(count)]


def test_our_own_data_is_sound() -> None:
    found = validation.validate(DATA)
    assert found.problems == []
    assert found.figures["train"]["pairs"] >= 4000
    assert found.figures["dev"]["labelled_twice"] == found.figures["dev"]["pairs"]
    assert found.figures["train"]["labelled_twice"] >= 0.1 * found.figures["train"]["pairs"]
    assert found.figures["families/train"]["labelled_twice"] >= found.figures["families/train"]["families"]


def test_sound_rows_have_no_problem(tmp_path: Path) -> None:
    assert validation.validate(write(tmp_path / "fine.jsonl", rows())).problems == []


@pytest.mark.parametrize(
    ("spoil", "problem"),
    [
        (lambda r: r[3].update(relation="dispute"), "p3: relation 'dispute' does not fit agreement"),
        (lambda r: r[3].update(a_date="yesterday"), "a_date 'yesterday' is no ISO date"),
        (lambda r: r[3].update(b_lang="xx"), "b_lang 'xx'"),
        (lambda r: r[3].update(a="Too short."), "a has 2 words"),
        (lambda r: r[3].update(b=r[3]["a"].upper()), "both sentences are the same"),
        (lambda r: r[3].update(phenomenon="weather"), "phenomenon 'weather' is unknown"),
        (lambda r: r[3].update(id="p4"), "p4: the id occurs 2 times"),
        (lambda r: r[3].update(a=r[4]["b"], b=r[4]["a"], a_date="2024-03-02", b_date="2024-03-01"), None),
        (lambda r: r[3].update(a=r[4]["a"], b=r[4]["b"]), "one pair occurs 2 times"),
    ],
)
def test_a_spoilt_row_is_found(
    tmp_path: Path, spoil: Callable[[list[dict[str, Any]]], None], problem: str | None
) -> None:
    content = rows()
    spoil(content)
    problems = validation.validate(write(tmp_path / "spoilt.jsonl", content)).problems
    assert (problem in problems[0]) if problem else problems == []


def test_rows_may_lack_what_the_format_leaves_open(tmp_path: Path) -> None:
    bare = [{key: row[key] for key in ("id", "a", "b", "label")} for row in rows()]
    file = write(tmp_path / "bare.jsonl", bare)
    assert validation.validate(file).figures["bare"]["languages"] == {"?-?": 30}
    assert len(load_rows(file, ["dispute"])[0]) == 30


def test_a_shortcut_is_found(tmp_path: Path) -> None:
    content = rows(150)
    for row in content:
        if row["label"] == "contradiction":
            row["b"] = "never " + row["b"]
    problems = " ".join(validation.validate(write(tmp_path / "cued.jsonl", content)).problems)
    assert "surface cues alone" in problems
    assert "sentence b alone" in problems


def test_a_skewed_or_templated_file_is_found(tmp_path: Path) -> None:
    skewed = [pair(n, "neutral") for n in range(120)]
    for row in skewed:
        row["a"] = f"The minister of x{row['id']} said that the y{row['id']} was in the hall"
    problems = " ".join(validation.validate(write(tmp_path / "skewed.jsonl", skewed)).problems)
    assert "only 0 % are agreement" in problems
    assert "one sentence skeleton in" in problems


def test_splits_share_nothing(tmp_path: Path) -> None:
    write(tmp_path / "pairs/train.jsonl", rows())
    copied = pair(300, "neutral", a=rows()[0]["a"] + ".")
    write(tmp_path / "pairs/dev.jsonl", [copied, pair(301, "neutral", family="f1")])
    problems = " ".join(validation.validate(tmp_path).problems)
    assert "dev and train share the family f1" in problems
    assert "hold nearly the same sentence" in problems


def test_second_labels_that_differ_are_found(tmp_path: Path) -> None:
    write(tmp_path / "pairs/dev.jsonl", rows())
    turned = {"agreement": "neutral", "neutral": "contradiction", "contradiction": "agreement"}
    write(tmp_path / "second/dev.jsonl", [{"id": r["id"], "label": turned[r["label"]]} for r in rows()])
    found = validation.validate(tmp_path)
    assert found.figures["dev"]["kappa"] < 0
    assert "kappa" in found.problems[0]


def test_nothing_to_validate_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="neither pairs"):
        validation.validate(tmp_path)
    (tmp_path / "broken.jsonl").write_text('{"id": "1", ', encoding="utf-8")
    with pytest.raises(DataError, match="line 1 is broken JSON"):
        validation.validate(tmp_path / "broken.jsonl")


def test_what_is_known_of_a_mined_pair() -> None:
    def gold(label: str, relation: str) -> GoldPair:
        return GoldPair(((0, 1),), ((0, 1),), label, relation)

    assert mining.known_label([]) == "not_contradiction"
    assert mining.known_label([gold("contradiction", "dispute")]) == "contradiction"
    assert mining.known_label([gold("neutral", "compatible")]) == "not_contradiction"
    assert mining.known_label([gold("agreement", "agreement"), gold("contradiction", "dispute")]) is None


def test_dates_of_labelled_pairs_reach_the_judge(tmp_path: Path) -> None:
    file = write(tmp_path / "dated.jsonl", [pair(1, "agreement", a="x", b="y", a_date="2024-03-05")])
    assert load_rows(file)[0] == [Row("[+3] x", "y", "entailment")]
    assert load_rows(file, mark_dates=False)[0] == [Row("x", "y", "entailment")]
