"""The locks, the page of licences and the audit: offline, from what is installed."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parent.parent
LOCKS = sorted(ROOT.glob("requirements*.lock"))


def script(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, ROOT / "scripts" / f"{name}.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_every_line_of_a_lock_is_pinned_with_hashes(lock: Path) -> None:
    blocks = re.split(r"\n(?=[^\s#])", lock.read_text())[1:]
    assert blocks
    assert [
        block for block in blocks if not re.match(r"[\w.-]+==[^\n]+\\\n    --hash=sha256:[0-9a-f]{64}", block)
    ] == []


def test_no_dependency_has_a_licence_outside_of_the_list() -> None:
    licences = script("licences")
    page = licences.PAGE.read_text(encoding="utf-8")
    assert licences.forbidden(page) == []
    assert licences.render(page) == page, "docs/licences.md is not of these locks: run `make licences`"


@pytest.mark.parametrize(
    ("expression", "use", "allowed"),
    [
        ("MIT", "", True),
        ("Apache-2.0 AND CNRI-Python", "", True),
        ("MPL-1.1 OR GPL-2.0-only", "", True),
        ("MIT AND GPL-3.0-only", "", False),
        ("LGPL-2.1-or-later", "tools", False),
        ("LicenseRef-NVIDIA-Proprietary", "torch", True),
        ("LicenseRef-NVIDIA-Proprietary", "", False),
        ("unknown", "", False),
    ],
)
def test_what_the_list_allows(expression: str, use: str, allowed: bool) -> None:
    assert script("licences").allowed(expression, use) is allowed


CLEAN = {"vulns": []}
FOUND = {"vulns": [{"id": "X-1", "fix_versions": ["2"]}]}
SILENT = {"skip_reason": "not found"}


@pytest.mark.parametrize(
    ("answer", "listed", "code"),
    [(CLEAN, [], 0), (SILENT, [], 3), (FOUND, [], 1), (SILENT, ["a==1: X-2"], 1)],
    ids=["clean", "silent", "found", "found offline"],
)
def test_an_audit_is_never_green_by_silence(
    monkeypatch: pytest.MonkeyPatch, answer: dict[str, object], listed: list[str], code: int
) -> None:
    def asked(service: str, pins: set[str]) -> list[dict[str, object]]:
        return [{**answer, **dict(zip(("name", "version"), pin.split("=="), strict=True))} for pin in pins]

    audit = script("audit")
    monkeypatch.setattr(audit, "asked", asked)
    monkeypatch.setattr(audit, "listed", lambda pins: (len(pins), listed))
    assert audit.main() == code


def test_the_cpu_build_of_torch_is_of_the_locked_version() -> None:
    lock = script("lock")
    torch = next(line for line in lock.TORCH.read_text().splitlines() if line.startswith("torch=="))
    assert lock.cpu_build(torch) in lock.CPU.read_text()
    with pytest.raises(SystemExit, match="CPU build's hash is not known"):
        lock.cpu_build("torch==0.1 \\")
