"""The wheel, as a user gets it: every room inside, the console script at work outside the checkout."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import EXAMPLES

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel and install it into a folder of its own (its dependencies are those of this environment)."""
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)],
        check=True,
        capture_output=True,
    )
    wheel = next(folder.glob("*.whl"))
    assert wheel.stat().st_size < 50_000_000
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", str(folder / "site"), str(wheel)]
    subprocess.run(pip, check=True, capture_output=True)
    return folder / "site"


def run(installed: Path, *command: str) -> str:
    environment = {**os.environ, "PYTHONPATH": str(installed), "COLUMNS": "100"}
    result = subprocess.run(
        command, cwd=installed.parent, env=environment, capture_output=True, text=True, check=False, timeout=300
    )
    assert result.returncode == 0, result.stderr
    return result.stdout


@pytest.mark.wheel
def test_import_comes_from_the_wheel(installed: Path) -> None:
    rooms = "tabayyun.corpus.store, tabayyun.eval.harness, tabayyun.models.judge, tabayyun.configs"
    code = f"import tabayyun, {rooms}; print(tabayyun.__file__)"
    assert run(installed, sys.executable, "-c", code).startswith(str(installed))
    code = "from tabayyun.html import environment; print(environment().get_template('report.html').filename)"
    assert run(installed, sys.executable, "-c", code).startswith(str(installed))
    code = """if True:
        import tempfile, pathlib, tabayyun
        from starlette.testclient import TestClient
        from tabayyun.review.app import create_app
        from tabayyun.review.store import Store
        store = Store.open(pathlib.Path(tempfile.mkdtemp(), "review.sqlite"))
        with TestClient(create_app(tabayyun.Checker(), store), base_url="http://localhost") as site:
            print([site.get(x).status_code for x in ("/", "/page.css", "/static/htmx.min.js", "/api/openapi.json")])
    """
    assert run(installed, sys.executable, "-c", code).strip() == "[200, 200, 200, 200]"


@pytest.mark.wheel
@pytest.mark.models
def test_console_script_outside_the_checkout(installed: Path) -> None:
    script = str(installed / "bin" / "tabayyun")
    assert "check" in run(installed, script, "--help")
    a, b = (str(EXAMPLES / f"port-strike-{side}.txt") for side in "ab")
    assert "DISPUTE" in run(installed, sys.executable, script, "check", a, b)
