"""The gate: it holds, it breaks, and it says what broke."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tabayyun import Checker, DataError
from tabayyun.eval import gate, harness, labelled
from tests.test_harness import rows, write

ROOT = Path(__file__).parent.parent


def gate_file(folder: Path, checker: Checker, **changes: object) -> Path:
    data = write(folder / "pairs.jsonl", rows(12))
    run = harness.evaluate_pairs(data, checker)
    pinned = {
        "task": "pairs",
        "data": data.name,
        "sha256": run.data["sha256"],
        "config_hash": run.config_hash,
        "fast": True,
        **changes,
    }
    lines = [f"{key} = {json.dumps(value)}" for key, value in pinned.items() if key not in ("floors", "ceilings")]
    for part in ("floors", "ceilings"):
        bounds = pinned.get(part, {"accuracy": 0.0} if part == "floors" else {"ece": 1.0})
        assert isinstance(bounds, dict)
        lines += [f"[measurement.{part}]", *(f"{name} = {value}" for name, value in bounds.items())]
    file = folder / "gate.toml"
    file.write_text("\n".join(["[[measurement]]", *lines]), encoding="utf-8")
    return file


def test_a_gate_that_holds(tmp_path: Path, checker: Checker, run_eval: Callable[..., str]) -> None:
    found = json.loads(run_eval("gate", "--file", gate_file(tmp_path, checker), "--fast", "--format", "json"))
    assert [check["figure"] for check in found] == ["data", "settings", "accuracy", "ece"]
    assert all(check["holds"] for check in found)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"floors": {"accuracy": 0.999}}, "accuracy is 0.3333, pinned is ≥ 0.999"),
        ({"ceilings": {"brier": 0.01}}, "brier is"),
        ({"sha256": "0" * 64}, "data is"),
        ({"config_hash": "0" * 12}, "settings is"),
    ],
)
def test_what_broke_is_named(
    tmp_path: Path, checker: Checker, run_eval: Callable[..., str], changes: dict[str, object], message: str
) -> None:
    out = run_eval("gate", "--file", gate_file(tmp_path, checker, **changes), code=1)
    assert out.count("broken: pairs pairs.jsonl: ") == 1
    assert message in out


def test_slow_measurements_are_left_out(tmp_path: Path, checker: Checker, run_eval: Callable[..., str]) -> None:
    file = gate_file(tmp_path, checker, fast=False, floors={"accuracy": 0.999})
    assert "accuracy" not in run_eval("gate", "--file", file, "--fast")


def test_a_gate_that_pins_nothing_real_is_refused(tmp_path: Path, checker: Checker) -> None:
    (pinned,) = gate.read(gate_file(tmp_path, checker, floors={"beauty": 1.0}))
    run = gate.measure(pinned, tmp_path, checker)
    with pytest.raises(DataError, match="no figure 'beauty'"):
        gate.checks(pinned, run)
    with pytest.raises(DataError, match="'weather' is no measurement"):
        gate.read(gate_file(tmp_path, checker, task="weather"))
    with pytest.raises(DataError, match="Run the gate in a checkout"):
        gate.read(tmp_path / "none.toml")


def test_the_shipped_gate_pins_the_data_that_is_there() -> None:
    pinned = gate.read(ROOT / gate.FILE)
    assert {entry.task for entry in pinned} == {"claims", "pairs", "pairing", "articles"}
    assert any(entry.fast for entry in pinned)
    for entry in pinned:
        path = ROOT / gate.FILE.parent / entry.data
        if path.is_dir():
            assert labelled.folder_digest(path) == entry.sha256, entry.name
        else:
            assert labelled.digest(labelled.read_pairs(path)[: entry.limit]) == entry.sha256, entry.name
        assert entry.floors
