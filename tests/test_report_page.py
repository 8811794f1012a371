"""The page of a run: one file, safe, with every picture of its task."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tabayyun import Checker, ConfigError, DataError
from tabayyun.eval import harness, page, passages, plots, robustness
from tabayyun.eval import runs as files
from tests.test_eval_tools import articles
from tests.test_harness import oracle, rows, write

PASSAGES = Path(__file__).parent.parent / "eval" / "data" / "claims" / "test"


def test_every_task_is_drawn_and_comes_back(tmp_path: Path, checker: Checker) -> None:
    file, folder = write(tmp_path / "pairs.jsonl", rows(12)), articles(tmp_path / "data", 2)
    runs = [
        harness.evaluate_pairs(file, oracle(lambda label: "neutral")),
        harness.evaluate_articles(folder, checker),
        harness.evaluate_pairing(folder, checker),
        robustness.evaluate_robustness(file, checker),
        passages.evaluate_claims(PASSAGES),
    ]
    files.save(runs, tmp_path / "runs.json")
    assert files.load(tmp_path / "runs.json") == runs
    made = page.write(runs, tmp_path / "report")
    pictures = sum(len(plots.PICTURES[run.task]) for run in runs)
    assert len(list((tmp_path / "report").glob("*.png"))) == pictures
    text = made.read_text(encoding="utf-8")
    assert text.count("data:image/png;base64,") == pictures
    assert not re.search(r"(?:src|href)=.(?!data:)", text)


def test_texts_cannot_break_the_page(tmp_path: Path) -> None:
    run = harness.evaluate_pairs(write(tmp_path / "pairs.jsonl", rows(3)), oracle(lambda label: "neutral"))
    wrong = {**run.items[0], "texts": ["<script>alert(1)</script>", "نص"]}
    text = page.write([replace(run, name="<b>x", items=[wrong])], tmp_path).read_text(encoding="utf-8")
    assert "<script>" not in text
    assert "<b>x" not in text
    assert '<td dir="auto">نص</td>' in text


def test_the_surest_mistakes_come_first(tmp_path: Path) -> None:
    run = harness.evaluate_pairs(write(tmp_path / "pairs.jsonl", rows(9)), oracle(lambda label: "neutral"))
    assert {item["gold"] for item in page.surest_mistakes(run)} == {"agreement", "contradiction"}
    assert len(page.surest_mistakes(run)) == 6


def test_a_folder_that_cannot_be_made_is_an_error(tmp_path: Path, checker: Checker) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    run = harness.evaluate_pairing(articles(tmp_path / "data", 1), checker)
    with pytest.raises(DataError, match="cannot be written"):
        page.write([run], tmp_path / "file" / "report")


def test_without_matplotlib_the_pip_line_is_named(
    tmp_path: Path, checker: Checker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "matplotlib.figure", None)
    run = harness.evaluate_pairing(articles(tmp_path / "data", 1), checker)
    with pytest.raises(ConfigError, match=r"pip install 'tabayyun\[plots\]'"):
        page.write([run], tmp_path / "report")


def test_the_command_writes_the_page(tmp_path: Path, run_eval: Callable[..., str]) -> None:
    file = write(tmp_path / "pairs.jsonl", rows(6))
    saved = tmp_path / "run.json"
    run_eval("pairs", file, "--save", saved)
    run_eval("leaderboard", saved, saved, "--report", tmp_path / "report")
    assert (tmp_path / "report" / page.PAGE).is_file()
    assert json.loads(saved.read_text(encoding="utf-8"))["runs"][0]["items"][0]["texts"]
