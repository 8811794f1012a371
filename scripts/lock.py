"""Pin every dependency, for every platform and Python from 3.11 on, with the hashes of its files: `make lock`.

Versions that are pinned already stay; `make lock UPGRADE=--upgrade` takes the newest. Only wheels are taken, so that no
code of a dependency runs while it is installed.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
MAIN, TORCH, CPU, TRIALS, TOOLS = (
    ROOT / f"requirements{use}.lock" for use in ("", "-torch", "-cpu", "-trials", "-supply")
)
UV = ["uv", "pip", "compile", "--quiet", "--no-header", "--universal", "--python-version=3.11"]
HASHED = ["--generate-hashes", "--only-binary=:all:"]
# torch's wheels for Linux on PyPI want gigabytes for a graphics card besides; its CPU build does without.
TORCH_PACKAGES = ("torch==", "cuda-", "nvidia-", "triton==")
# The CPU build for Linux (x86_64) and Python 3.11 is not on PyPI. Computed with `pip hash` of the wheel.
CPU_BUILD = {"2.13.0": "sha256:6746dbcbeb526eb61330b76b41ff1b4eb848951103a892eeb080dfa2b264667b"}


def compiled(pinned: str, sources: list[str], options: list[str]) -> list[str]:
    """The requirements of these sources, one block of lines each; versions in `pinned` stay, hashes are asked anew."""
    lock = ROOT / "build" / "lock.txt"
    lock.parent.mkdir(exist_ok=True)
    lock.write_text("\n".join(re.findall(r"^\S+==[^\\\n]+", pinned, re.MULTILINE)))
    subprocess.run([*UV, *HASHED, *sources, *options, f"--output-file={lock}"], check=True, cwd=ROOT)
    return re.split(r"\n(?=\S)", lock.read_text().strip())


def cpu_build(torch: str) -> str:
    """The line of the CPU build of the same version."""
    version = torch.removeprefix("torch==").split()[0]
    if version not in CPU_BUILD:
        raise SystemExit(f"torch {version}: its CPU build's hash is not known; add it to CPU_BUILD in {__file__}")
    return f"torch=={version}+cpu \\\n    --hash={CPU_BUILD[version]}"


def write(path: Path, what: str, blocks: list[str]) -> None:
    path.write_text("\n".join([f"# {what} Made by `make lock`, not by hand.", *blocks, ""]))
    print(f"{path.name}: {len(blocks)} packages, {sum(block.count('--hash=') for block in blocks)} hashes")


def main(options: list[str]) -> None:
    pinned = "".join(path.read_text() for path in (MAIN, TORCH, TRIALS) if path.exists())
    trials = compiled(pinned, ["--extra=dev", "--extra=ray", "--extra=fuzz", "--extra=load", "pyproject.toml"], options)
    blocks = compiled("\n".join(trials), ["--extra=dev", "--extra=ray", "pyproject.toml"], [])
    names = {block.split("==")[0] for block in blocks}
    torch = [block for block in blocks if block.startswith(TORCH_PACKAGES)]
    cpu = [cpu_build(block) for block in torch if block.startswith("torch==")]
    write(MAIN, "All that the program and its tests need but torch.", [block for block in blocks if block not in torch])
    write(TORCH, "torch of PyPI, and what it needs besides on Linux.", torch)
    write(CPU, "torch for the processor alone, where a package index has it.", cpu)
    only_trials = [block for block in trials if block.split("==")[0] not in names]
    write(TRIALS, "What fuzzing and load need besides; not all of it has wheels for every system.", only_trials)
    tools = compiled(TOOLS.read_text() if TOOLS.exists() else "", ["--group=supply"], options)
    write(TOOLS, "Tools that check the supply chain, in an environment of their own.", tools)


if __name__ == "__main__":
    main(sys.argv[1:])
