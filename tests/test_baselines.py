"""The table of baselines: what it must find, and that it never looks at the measured data to choose."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from tabayyun import Checker, DataError
from tabayyun.eval import baselines
from tabayyun.eval.labelled import PAIR_LABELS
from tabayyun.models.fakes import FakeEmbedder, FakeJudge
from tests.test_eval_tools import articles
from tests.test_harness import oracle, rows, write


def test_pairs_stand_beside_their_baselines(tmp_path: Path) -> None:
    file, dev = write(tmp_path / "test.jsonl", rows(18)), write(tmp_path / "dev.jsonl", rows(30))
    found = {run.name: run for run in baselines.pairs_table(file, dev, oracle(lambda label: label))}
    ways = [way.name for way in (*baselines.LEARNED, *baselines.SCORED) if getattr(way, "needs", "") != "judged all"]
    assert list(found) == [*ways, "tabayyun, oracle"]
    assert found["majority"].values["accuracy"] == pytest.approx(1 / 3, abs=1e-4)
    assert found["majority"].values["mcc"] == 0
    for perfect in ("NLI one way", "NLI without frames", "tabayyun, oracle"):
        assert found[perfect].values["accuracy"] == 1
    assert "chosen on" in found["word overlap"].notes["thresholds"]
    assert dev.as_posix() in found["word overlap"].notes["thresholds"]
    with pytest.raises(DataError, match="the measured data itself"):
        baselines.pairs_table(file, file, oracle(str))


def test_articles_stand_beside_their_baselines(tmp_path: Path) -> None:
    folder, dev = articles(tmp_path / "test", 3), articles(tmp_path / "dev", 4)
    checker = Checker(FakeEmbedder(), FakeJudge())
    found = {run.name: run for run in baselines.articles_table(folder, dev, checker, [checker])}
    assert [*found] == [*(way.name for way in baselines.SCORED), "tabayyun, fake-judge"]
    assert found["NLI without frames"].values["contradiction_recall"] == 1
    assert found["NLI without frames"].values["contradiction_precision"] == 1
    wide, narrow = (
        found[name].values["judged_pairs_per_claim"] for name in ("NLI without pairing", "NLI without frames")
    )
    assert wide is not None
    assert narrow is not None
    assert wide >= narrow
    with pytest.raises(DataError, match="the measured data itself"):
        baselines.articles_table(folder, folder, checker)


def test_the_command_finds_dev_beside_the_data(tmp_path: Path, run_eval: Callable[..., str]) -> None:
    articles(tmp_path / "test", 2), articles(tmp_path / "dev", 3)
    out = run_eval("baselines", tmp_path / "test", "--also", "another")
    assert out.count(f"chosen on {(tmp_path / 'dev').as_posix()}") == len(baselines.SCORED)
    assert out.count("tabayyun, fake-judge") == 2
    write(tmp_path / "test.jsonl", rows(6)), write(tmp_path / "dev.jsonl", rows(9))
    found = json.loads(run_eval("baselines", tmp_path / "test.jsonl", "--format", "json"))
    assert found["majority"]["n"] == 6


def test_one_number_can_set_off_a_band() -> None:
    chance = np.random.default_rng(0)
    likeness = chance.random(600)
    gold = ["agreement" if x > 0.7 else "contradiction" if x > 0.4 else "neutral" for x in likeness]
    evidence = np.stack([likeness, likeness], axis=1)
    rule = baselines._rule_for_pairs(evidence, gold)
    said = rule.labels(rule.probabilities(evidence))
    assert np.mean([s == g for s, g in zip(said, gold, strict=True)]) > 0.9
    assert set(said) == set(PAIR_LABELS)


def test_dev_must_hold_both_labels() -> None:
    with pytest.raises(DataError, match="none or all of the dev pairs are labelled contradiction"):
        baselines.calibrated(np.zeros((3, 2)), ["agreement", "neutral", None])
