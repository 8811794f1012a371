"""Write docs/licences.md, the licences of all dependencies, of what is shipped and of training data: `make licences`.

Ends with 1 at a licence outside of the list in licences.toml. A test asks for the same page again, offline.
"""

from __future__ import annotations

import re
import sys
import tomllib
from importlib.metadata import Distribution
from pathlib import Path

from packaging.licenses import InvalidLicenseExpression, canonicalize_license_expression

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "licences.md"
KNOWN = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
LOCKS = {
    "requirements.lock": "",
    "requirements-torch.lock": "torch",
    "requirements-trials.lock": "trials",
    "requirements-supply.lock": "tools",
}
PLACES = [*sys.path, *map(str, ROOT.glob(".venv-supply/lib/*/site-packages"))]
HEAD = """# Licences

Made by `make licences`, not by hand; `make test` checks it against the locks and the list of licences that are allowed.
What wheels bundle of other libraries is told in the wheels themselves.

"""


def allowed(expression: str, use: str) -> bool:
    """Whether an SPDX expression without brackets can be met with licences of the list."""
    names = {*KNOWN["allowed"], *(KNOWN["allowed_torch"] if use == "torch" else [])}
    return any(names.issuperset(choice.split(" AND ")) for choice in expression.split(" OR "))


def stated(package: Distribution) -> str | None:
    """The SPDX expression that a package's metadata states, in whichever of three fields."""
    fields = package.metadata
    classifiers = [line.split(" :: ")[-1] for line in fields.get_all("Classifier", []) if line.startswith("License")]
    for words in (fields["License-Expression"], fields["License"], *classifiers):
        try:
            return canonicalize_license_expression(KNOWN["spdx"].get(words, words or ""))
        except InvalidLicenseExpression:
            continue
    return None


def dependencies(page: str) -> list[tuple[str, str, str, str]]:
    """(package, version, licence, use) of all lines of the locks; what is not installed keeps its licence in `page`."""
    before = dict(re.findall(r"^\| (\S+) \| \S+ \| ([^|]+) \|", page, re.MULTILINE))
    rows = []
    for lock, use in LOCKS.items():
        for name, version in re.findall(r"^([\w.-]+)==(\S+)", (ROOT / lock).read_text(), re.MULTILINE):
            package = next(iter(Distribution.discover(name=name, path=PLACES)), None)
            licence = KNOWN["packages"].get(name) or (stated(package) if package else before.get(name))
            rows.append((name, version, licence or "unknown", use))
    return rows


def training_sets() -> set[str]:
    """The public sets that the recipes name."""
    texts = [path.read_text(encoding="utf-8") for path in (ROOT / "configs" / "recipes").glob("*.toml")]
    return {name for text in texts for name in re.findall(r"nli/(?:train|dev)/(\w+)\.jsonl", text)}


def table(*rows: tuple[str, ...]) -> str:
    lines = [rows[0], ("---",) * len(rows[0]), *rows[1:]]
    return "".join(f"| {' | '.join(row)} |\n".replace("|  |", "| |") for row in lines)


def render(page: str) -> str:
    """The page of today; `page` is the last one."""
    sets = [(name, KNOWN["data"].get(name, "unknown")) for name in sorted(training_sets())]
    return (
        HEAD
        + "## What is shipped\n\n"
        + table(("what", "licence"), *KNOWN["shipped"].items())
        + "\n## Training data\n\nPublic sets that the recipes train on or tune by, none of them in the repository; "
        + "[the judge's card](../models/CARD.md)\ntells what that means for the weights.\n\n"
        + table(("set", "licence stated"), *sets)
        + "\n## Dependencies\n\nUse: empty: the program and its tests; torch: PyPI's build (its CPU build needs torch "
        + "alone); trials: fuzzing and load;\ntools: only to check the supply chain.\n\n"
        + table(("package", "version", "licence", "use"), *dependencies(page))
    )


def forbidden(page: str) -> list[str]:
    """Dependencies whose licence is not allowed, and training sets without a line in licences.toml."""
    return [
        *(f"{name}: {licence}" for name, _, licence, use in dependencies(page) if not allowed(licence, use)),
        *(f"training set {name}: not in licences.toml" for name in sorted(training_sets() - set(KNOWN["data"]))),
    ]


if __name__ == "__main__":
    PAGE.write_text(render(PAGE.read_text(encoding="utf-8") if PAGE.exists() else ""), encoding="utf-8")
    sys.exit("\n".join(forbidden(PAGE.read_text(encoding="utf-8"))) or None)
