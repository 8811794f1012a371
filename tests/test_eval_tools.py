"""The tools around the harness: robustness, mining, fitting and averaging, with instant models."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
import torch

from tabayyun import Checker, DataError, fusion
from tabayyun.eval import altering, fitting, mining, robustness
from tabayyun.eval.labelled import read_articles
from tabayyun.models import pair_classifier
from tabayyun.models.base import Scores
from tabayyun.models.fakes import FakeEmbedder, FakeJudge

ROWS = [
    ("وقع الوزيران الاتفاق في 12 بندا", "لم يوقع الوزيران الاتفاق", "contradiction"),
    ("وصلت 40 شاحنة إلى الميناء", "وصلت ٤٠ شاحنة إلى الميناء أمس", "agreement"),
    ("ارتفع سعر القمح في السوق", "أغلق المطار بسبب الضباب", "neutral"),
]


@pytest.fixture
def checker() -> Checker:
    return Checker(FakeEmbedder(), FakeJudge())


def articles(folder: Path, count: int) -> Path:
    for number in range(count):
        here = folder / f"p{number}"
        here.mkdir(parents=True)
        signed = f"وقع الوزيران الاتفاق رقم {number} في مسقط صباح اليوم."
        wheat = f"وصلت سفن القمح إلى ميناء العقبة في الرحلة {number} هذا العام."
        (here / "a.txt").write_text(f"{signed}\n{wheat}\n", encoding="utf-8")
        (here / "b.txt").write_text(f"لم يوقع الوزيران الاتفاق رقم {number} في مسقط.\n{wheat}\n", encoding="utf-8")
        pairs = [
            {
                "a_quote": signed[:-1],
                "b_quote": f"لم يوقع الوزيران الاتفاق رقم {number} في مسقط",
                "label": "contradiction",
            },
            {"a_quote": wheat[:-1], "b_quote": wheat[:-1], "label": "agreement"},
        ]
        gold = {"a_date": "2024-03-01", "b_date": "2024-03-03", "pairs": pairs}
        (here / "gold.json").write_text(json.dumps(gold, ensure_ascii=False), encoding="utf-8")
    return folder


def test_what_must_not_matter_changes_no_label(tmp_path: Path, checker: Checker) -> None:
    file = tmp_path / "pairs.jsonl"
    rows = [
        {"id": str(n), "a": a, "b": b, "label": label, "a_lang": "ar", "b_lang": "ar"}
        for n, (a, b, label) in enumerate(ROWS)
    ]
    file.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), encoding="utf-8")
    found = robustness.evaluate_robustness(file, checker).metrics
    assert found["n"] == 3
    assert set(found["verdict"].values()) == {0.0}
    assert set(found["judge"].values()) == {0.0}


def test_mined_rows_carry_labels_and_dates(tmp_path: Path, checker: Checker) -> None:
    out = tmp_path / "mined.jsonl"
    assert mining.mine(articles(tmp_path / "data", 1), checker, out) >= 2
    rows = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert {"contradiction", "agreement"} <= {row["label"] for row in rows}
    assert {(row["a_date"], row["b_date"]) for row in rows} == {("2024-03-01", "2024-03-03")}
    with pytest.raises(DataError, match="There is no folder"):
        mining.mine(tmp_path / "data", checker, tmp_path / "nowhere" / "mined.jsonl")


class LaterMoreAlarmed:
    """A judge that sees more of a contradiction in the statements of later articles."""

    name = "later"

    def judge(self, pairs: Sequence[tuple[str, str]]) -> list[Scores]:
        fears = [int(re.findall("[0-9]", premise)[0]) / 10 for premise, _ in pairs]
        return [Scores(0.0, 1 - fear, fear) for fear in fears]


def test_mining_keeps_the_false_alarms_to_be(tmp_path: Path) -> None:
    def mined(share: float) -> list[dict[str, str]]:
        mining.mine(data, alarmed, out, hardest=share)
        return [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]

    alarmed = Checker(FakeEmbedder(), LaterMoreAlarmed())
    data, out = articles(tmp_path / "data", 8), tmp_path / "mined.jsonl"
    everything, hard, labelled = mined(1.0), mined(0.4), mined(0.0)
    assert labelled == [row for row in everything if row["label"] != "not_contradiction"]
    others = [row["family"] for row in everything if row not in labelled]
    kept = [row["family"] for row in hard if row not in labelled]
    assert 0 < len(kept) < len(others)
    assert kept == sorted(others)[-len(kept) :]


def test_fitted_weights_tell_clashes_from_agreements(tmp_path: Path, checker: Checker) -> None:
    rows = fitting.examples(articles(tmp_path / "data", 40), checker)
    assert {row.label for row in rows} >= {"contradiction", "agreement"}
    model = fitting.fit(rows)
    assert fusion.of_json(fitting.to_json(model, "data")) == model
    for row in rows:
        if row.label in fusion.LABELS:
            found = fusion.probabilities(row.features, model)
            assert max(fusion.LABELS, key=lambda label: found[label]) == row.label


def test_fitted_trees_say_what_scikit_learn_says() -> None:
    from sklearn.ensemble import HistGradientBoostingClassifier

    chance = np.random.default_rng(0)
    table = chance.normal(size=(400, 3))
    found = HistGradientBoostingClassifier(max_iter=20).fit(table, table[:, 0] * table[:, 1] > 0.1)
    trees = fitting.trees_of(found, ["x", "y", "z"])
    told = [trees.evidence(dict(zip("xyz", row, strict=True))) for row in table]
    assert told == pytest.approx(found.decision_function(table), abs=1e-3)


def test_the_same_words_of_two_outlets_are_fitted_as_an_agreement_once_a_family(
    tmp_path: Path, checker: Checker
) -> None:
    row = {
        "a": "The port is closed.",
        "a_lang": "en",
        "a_date": "2024-03-01",
        "b": "Le port est ouvert.",
        "b_lang": "fr",
    }
    rows = [{**row, "id": str(number), "family": "port", "label": "contradiction"} for number in range(2)]
    (tmp_path / "fit.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    found = fitting.statement_examples(tmp_path / "fit.jsonl", checker)
    assert [example.label for example in found] == ["contradiction", "contradiction", "agreement"]
    assert found[-1].features["similarity"] == pytest.approx(1, abs=1e-3)
    assert not found[-1].features["two_languages"]
    assert not found[-1].features["other_day"]


def test_an_excerpt_is_a_part_of_its_articles(tmp_path: Path, checker: Checker) -> None:
    (labelled,) = read_articles(articles(tmp_path / "data", 1))
    (seen,) = checker.examine([(labelled.a, labelled.b)])
    whole = {(a.text, b.text): scores for (_, a, b), scores in zip(seen.chosen, seen.scores, strict=True)}
    for seed in range(10):
        part = fitting.excerpt(seen, random.Random(seed))
        assert 0 < len(part.chosen) <= len(whole)
        for (_, a, b), scores in zip(part.chosen, part.scores, strict=True):
            assert whole[a.text, b.text] == scores


def test_the_average_lies_between_two_judges(tmp_path: Path, tiny_encoder: Path) -> None:
    for seed in (1, 2):
        pair_classifier.save(pair_classifier.new(seed), tmp_path / str(seed), {"reads_dates": True})
    pair_classifier.average(tmp_path / "1", tmp_path / "2", 0.25, tmp_path / "mixed")
    first, second, mixed = (pair_classifier.load(tmp_path / name) for name in ("1", "2", "mixed"))
    assert mixed[1]["reads_dates"]
    expected = 0.25 * first[0].out.weight + 0.75 * second[0].out.weight
    assert torch.allclose(mixed[0].out.weight, expected, atol=1e-3)


def test_what_two_texts_share_is_changed_in_one_of_them_or_in_both() -> None:
    pair = {
        "id": "1", "a": "غرق القارب يوم الأحد", "b": "The boat sank on Sunday", "b_lang": "en",
        "label": "agreement", "relation": "agreement",
    }  # fmt: skip
    rows = list(altering.altered(pair, random.Random(1)))
    assert [row["label"] for row in rows] == ["contradiction", "contradiction", "agreement"]
    assert [(row["a"] != pair["a"], row["b"] != pair["b"]) for row in rows] == [
        (True, False), (False, True), (True, True),
    ]  # fmt: skip
    assert all(row["relation"] == row["label"] for row in rows)
    assert list(altering.altered({**pair, "b": "The boat sank"}, random.Random(1))) == []


def test_rows_without_an_id_are_altered(tmp_path: Path) -> None:
    row = {"premise": "غرق القارب يوم الأحد", "hypothesis": "غرق قارب الأحد", "label": "neutral"}
    file = tmp_path / "nli.jsonl"
    file.write_text(json.dumps(row), encoding="utf-8")
    assert altering.alter([file], tmp_path / "out.jsonl") == 1
    assert json.loads((tmp_path / "out.jsonl").read_text(encoding="utf-8"))["id"].startswith("1-neutral-")
    with pytest.raises(DataError, match="There is no folder"):
        altering.alter([file], tmp_path / "nowhere" / "out.jsonl")
