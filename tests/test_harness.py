"""The harness: whole measurements with instant models, saved runs, comparisons, and the formats that are read."""

from __future__ import annotations

import csv
import gzip
import json
import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tabayyun import Checker, DataError
from tabayyun.eval import harness, labelled, runs
from tabayyun.eval.labelled import PAIR_LABELS, Names
from tabayyun.models.base import Scores
from tabayyun.models.data import PAIR_LABELS as AS_NLI
from tabayyun.models.fakes import FakeEmbedder, FakeJudge
from tests.test_eval_tools import articles

Row = dict[str, Any]


class Oracle:
    """A judge that knows what to say of every pair of texts."""

    name = "oracle"

    def __init__(self, labels: dict[frozenset[str], str]) -> None:
        self.labels = labels

    def judge(self, pairs: Sequence[tuple[str, str]]) -> list[Scores]:
        found = [AS_NLI[self.labels[frozenset(pair)]] for pair in pairs]
        return [Scores(**{name: float(name == label) for name in AS_NLI.values()}) for label in found]


def rows(count: int = 30) -> list[Row]:
    return [
        {
            "id": f"p{n}",
            "a": f"وصلت القافلة رقم {n} إلى المدينة صباح اليوم",
            "b": f"قال شهود إن الطريق {n * 7} كان خاليا في المساء",
            "label": PAIR_LABELS[n % 3],
            "a_lang": "ar",
            "b_lang": "ar",
            "phenomenon": ("status", "numbers")[n % 2],
            "family": f"f{n // 3}",
        }
        for n in range(count)
    ]


def write(path: Path, content: Sequence[Row]) -> Path:
    path.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in content), encoding="utf-8")
    return path


def oracle(say: Callable[[str], str]) -> Checker:
    return Checker(FakeEmbedder(), Oracle({frozenset((row["a"], row["b"])): say(row["label"]) for row in rows()}))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return write(tmp_path / "pairs.jsonl", rows())


def test_a_perfect_judge_scores_the_best(file: Path) -> None:
    found = harness.evaluate_pairs(file, oracle(lambda label: label)).metrics
    assert found["n"] == 30
    assert found["accuracy"] == found["macro_f1"] == found["mcc"] == found["pr_auc_contradiction"] == 1
    assert found["ece"] == found["brier"] == found["aurc"] == found["abstained"] == 0
    assert found["ci"]["accuracy"] == [1, 1]
    assert found["phenomena"]["status"] == {"n": 15, "accuracy": 1, "macro_f1": 1}
    assert found["languages"]["ar-ar"]["n"] == 30


def test_an_inverted_judge_scores_the_worst(file: Path) -> None:
    other = {"agreement": "contradiction", "contradiction": "neutral", "neutral": "agreement"}
    found = harness.evaluate_pairs(file, oracle(lambda label: other[label])).metrics
    assert found["accuracy"] == found["macro_f1"] == 0
    assert found["mcc"] == -0.5
    assert found["brier"] == 2


def test_a_random_judge_scores_by_chance(tmp_path: Path) -> None:
    chance = random.Random(0)
    checker = oracle(lambda label: chance.choice(PAIR_LABELS))
    found = harness.evaluate_pairs(write(tmp_path / "pairs.jsonl", rows()), checker)
    low, high = found.metrics["ci"]["mcc"]
    assert low < 0.1
    assert high > -0.1
    assert found.metrics["accuracy"] < 0.7


def test_a_binary_file_sums_two_labels(tmp_path: Path) -> None:
    pairs = [("وصل الوفد اليوم", "وصل الوفد", "entailment"), ("لم يصل الوفد", "وصل الوفد", "not_entailment")]
    content = [{"premise": p, "hypothesis": h, "label": label} for p, h, label in pairs]
    found = harness.evaluate_nli(write(tmp_path / "nli.jsonl", content), FakeJudge())
    assert found.metrics["accuracy"] == 1
    assert found.items[1]["probabilities"] == pytest.approx({"entailment": 0.05, "not_entailment": 0.95})
    assert "pr_auc_contradiction" not in found.metrics


def test_a_file_may_mix_two_and_three_labels(tmp_path: Path) -> None:
    row = {"premise": "لم يصل الوفد", "hypothesis": "وصل الوفد"}
    content = [{**row, "label": label} for label in ("not_entailment", "contradiction")]
    found = harness.evaluate_nli(write(tmp_path / "nli.jsonl", content), FakeJudge())
    assert [item["gold"] for item in found.items] == ["not_entailment"] * 2
    assert found.metrics["accuracy"] == 1


def test_articles_are_counted_quote_by_quote(tmp_path: Path, checker: Checker) -> None:
    found = harness.evaluate_articles(articles(tmp_path / "data", 3), checker)
    counts = found.metrics["counts"]
    assert (counts["article_pairs"], counts["gold_contradictions"], counts["gold_agreements"]) == (3, 3, 3)
    assert found.metrics["contradiction"]["recall"] == counts["gold_contradictions_found"] / 3
    assert found.metrics["pairing_recall"] == 1
    assert {gold["said"] for item in found.items for gold in item["gold"]} <= {*PAIR_LABELS, "uncertain"}
    assert found.metrics["languages"]["ar-ar"]["contradictions"] == 3


def test_pairing_ranks_by_hand(tmp_path: Path, checker: Checker) -> None:
    found = harness.evaluate_pairing(articles(tmp_path / "data", 2), checker)
    assert [item["ranks"] for item in found.items] == [[1, 1], [1, 1]]
    assert found.values["recall_at_1"] == found.values["mrr"] == found.values["pairing_recall"] == 1
    assert found.values["without_claim"] == 0
    assert found.metrics["gold_pairs"] == 4
    assert set(found.models) == {"embedder"}


def test_a_pair_that_no_claim_meets_has_no_rank(tmp_path: Path, checker: Checker) -> None:
    folder = articles(tmp_path / "data", 1)
    gold = folder / "p0" / "gold.json"
    content = json.loads(gold.read_text(encoding="utf-8"))
    content["pairs"][0]["a_quote"] = "و"
    gold.write_text(json.dumps(content), encoding="utf-8")
    strict = checker.settings.model_copy(
        update={"pairing": checker.settings.pairing.model_copy(update={"min_nearness": 1.0, "overlap_weight": 0})}
    )
    found = harness.evaluate_pairing(folder, Checker(checker.embedder, checker.judge, strict))
    assert found.values["judged_pairs_per_claim"] is not None
    assert found.values["judged_pairs_per_claim"] < 1


def test_a_run_comes_back_as_it_was_saved(tmp_path: Path, file: Path, checker: Checker) -> None:
    run = harness.evaluate_pairs(file, checker)
    runs.save([run], tmp_path / "run.json")
    assert runs.load(tmp_path / "run.json") == [run]
    assert run.models == {
        "embedder": {"name": "fake-embedder", "sha256": None},
        "judge": {"name": "fake-judge", "sha256": None},
    }
    assert run.config_hash == checker.settings.hash
    assert run.peak_memory_mb is None or run.peak_memory_mb > 10
    assert run.data["sha256"] == labelled.digest(labelled.read_pairs(file))


@pytest.mark.parametrize("content", ["{", "[]", '{"schema": "other"}', '{"schema": "tabayyun.runs/1", "runs": [{}]}'])
def test_what_is_no_run_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "run.json").write_text(content, encoding="utf-8")
    with pytest.raises(DataError, match="is no file of runs"):
        runs.load(tmp_path / "run.json")


def test_only_like_runs_are_compared(file: Path) -> None:
    good, bad = (harness.evaluate_pairs(file, oracle(say)) for say in (str, lambda label: "neutral"))
    found = runs.compare(good, bad)
    assert found["accuracy"].value == pytest.approx(2 / 3, abs=1e-4)
    assert found["accuracy"].p < 0.05
    assert runs.compare(good, good)["macro_f1"].value == 0
    with pytest.raises(DataError, match="different data"):
        runs.compare(good, replace(bad, data={"path": "x", "sha256": "0"}))
    with pytest.raises(DataError, match="of one task"):
        runs.compare(good, replace(bad, task="nli"))


def test_a_checksum_is_that_of_the_weights() -> None:
    import torch

    class Holder:
        def __init__(self, value: float) -> None:
            self.model = torch.nn.Linear(2, 1)
            with torch.no_grad():
                self.model.weight.fill_(value)
                self.model.bias.fill_(0)

    assert runs.checksum(Holder(1)) == runs.checksum(Holder(1)) != runs.checksum(Holder(2))
    assert runs.checksum(FakeJudge()) is None


@pytest.mark.parametrize("name", ["rows.csv", "rows.tsv", "rows.csv.gz", "rows.jsonl.gz"])
def test_a_file_of_any_form_gives_the_same_rows(tmp_path: Path, name: str) -> None:
    theirs = [{"s1": row["a"], "s2": row["b"], "gold": str(n % 3)} for n, row in enumerate(rows(6))]
    theirs[0]["s2"] = 'قال: "نعم"، ثم قال\nلا\u2028حقا'
    plain = tmp_path / name.removesuffix(".gz")
    if "csv" in name or "tsv" in name:
        with plain.open("w", encoding="utf-8-sig", newline="") as out:
            writer = csv.DictWriter(out, list(theirs[0]), delimiter="\t" if "tsv" in name else ",")
            writer.writeheader()
            writer.writerows(theirs)
    else:
        write(plain, theirs)
    if name.endswith(".gz"):
        (tmp_path / name).write_bytes(gzip.compress(plain.read_bytes()))
    names = Names({"a": "s1", "b": "s2", "label": "gold"}, dict(zip("012", PAIR_LABELS, strict=True)))
    found = labelled.read_pairs(tmp_path / name, names)
    assert [(row["a"], row["b"]) for row in found] == [(row["s1"], row["s2"]) for row in theirs]
    assert [row["label"] for row in found] == [*PAIR_LABELS, *PAIR_LABELS]
    assert [row["id"] for row in found] == list("123456")


def test_a_data_set_gives_class_names(tmp_path: Path) -> None:
    import datasets

    features = datasets.Features(
        {
            "sentence1": datasets.Value("string"),
            "sentence2": datasets.Value("string"),
            "label": datasets.ClassLabel(names=["entailment", "neutral", "contradiction"]),
        }
    )
    content = {"sentence1": ["x", "y"], "sentence2": ["u", "v"], "label": [2, 0]}
    data = datasets.Dataset.from_dict(content, features=features)
    datasets.DatasetDict({"dev": data, "test": data}).save_to_disk(str(tmp_path / "saved"))
    names = Names({"premise": "sentence1", "hypothesis": "sentence2"}, split="dev")
    assert [row["label"] for row in labelled.read_nli(tmp_path / "saved", names)] == ["contradiction", "entailment"]
    pairs = Names({"a": "sentence1", "b": "sentence2"}, {"entailment": "agreement"}, "test")
    assert [row["label"] for row in labelled.read_pairs(tmp_path / "saved", pairs)] == ["contradiction", "agreement"]
    with pytest.raises(DataError, match="the splits dev, test"):
        labelled.read_nli(tmp_path / "saved", Names())


@pytest.mark.parametrize(
    ("content", "names", "message"),
    [
        ('{"a": "x", "b": "y"}', Names(), "line 1: label missing or no text; its fields are a, b"),
        ('\n{"a": "x", "b": "y", "label": "yes"}', Names(), "line 2: label 'yes' is none of agreement"),
        ('{"a": "x", "b": "y", "label": "yes"}', Names(labels={"yes": "oui"}), "label 'oui' is none"),
        ('{"a": "x", "b": "y"}', Names({"label": "gold"}), "there is no column 'gold'. Choose from a, b"),
        ('{"a": 1, "b": "y", "label": "neutral"}', Names(), "a missing or no text"),
        ("[]", Names(), "is no JSON object"),
        ("", Names(), "holds no pairs"),
    ],
)
def test_a_broken_file_is_named_with_its_line(tmp_path: Path, content: str, names: Names, message: str) -> None:
    path = tmp_path / "pairs.jsonl"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(DataError, match=message):
        labelled.read_pairs(path, names)


def test_a_missing_file_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="There is no data file or folder"):
        labelled.read_pairs(tmp_path / "none.jsonl")
    (tmp_path / "wide.csv").write_text("a,b,label\nx,y,neutral,more\n", encoding="utf-8")
    with pytest.raises(DataError, match="line 2 has more fields than the head"):
        labelled.read_pairs(tmp_path / "wide.csv")


def test_commands_print_save_and_compare(tmp_path: Path, file: Path, run_eval: Callable[..., str]) -> None:
    saved = tmp_path / "run.json"
    found = json.loads(run_eval("pairs", file, "--format", "json", "--save", saved))
    assert found["n"] == 30
    assert set(found["labels"]) == set(PAIR_LABELS)
    assert "macro_f1" in run_eval("pairs", file)
    assert "+0.000" in run_eval("compare", saved, saved)
    assert run_eval("leaderboard", saved, saved, "--save", tmp_path / "both.json").count("run: fake-judge") == 2
    with pytest.raises(DataError, match="Name one of them"):
        run_eval("compare", tmp_path / "both.json", saved)
    assert runs.one(f"{saved}#fake-judge").name == "fake-judge"
    other = write(tmp_path / "other.jsonl", rows(9))
    assert set(json.loads(run_eval("nli", file, other, "--format", "json"))) == {"pairs", "other"}
    assert json.loads(run_eval("pairs", file, "--limit", 6, "--format", "json"))["n"] == 6


def test_commands_measure_articles_and_pairing(tmp_path: Path, run_eval: Callable[..., str]) -> None:
    folder = articles(tmp_path / "data", 2)
    found = json.loads(run_eval("articles", folder, "--format", "json"))
    assert set(found["contradiction"]) >= {"recall", "precision", "false_flags_per_pair", "precision_at_3"}
    assert found["not_checked"] == 0
    assert json.loads(run_eval("pairing", folder, "--format", "json"))["recall_at_1"] == 1
    assert "without_claim" in run_eval("pairing", folder)
