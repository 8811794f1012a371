"""What `import tabayyun` gives."""

from __future__ import annotations

import inspect
import subprocess
import sys

import pytest

import tabayyun
from tabayyun.models import errors


def test_all_names_what_can_be_had() -> None:
    assert sorted(tabayyun.__all__) == sorted(tabayyun._HOMES)
    for name in tabayyun.__all__:
        assert inspect.getdoc(getattr(tabayyun, name)), name


def test_unknown_name() -> None:
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = tabayyun.nothing


def test_errors_have_one_root() -> None:
    found = [value for value in vars(errors).values() if inspect.isclass(value) and issubclass(value, Exception)]
    assert len(found) == 7
    assert all(issubclass(error, tabayyun.TabayyunError) for error in found)
    assert all(error.__name__ in (errors.__doc__ or "") for error in found)


@pytest.mark.parametrize("line", ["import tabayyun", "import tabayyun.cli"])
def test_import_is_light(line: str) -> None:
    heavy = "{'torch', 'transformers', 'sentence_transformers', 'datasets', 'sklearn', 'yasbd'}"
    code = f"{line}; import sys; print(sorted({heavy} & set(sys.modules)))"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"
