"""The same articles through the real models in other processes, batches and threads: what changes in the reports.

    python benchmarks/determinism.py [--articles FILES] [--most 100]

Compares the two articles of examples/, and each two neighbours among FILES. Ends with 1 when a report of
another process or hash seed differs by a byte, or when other batches or threads change a label, relation or kind.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

EXAMPLES = Path(__file__).parent.parent / "examples"
USUAL = (1, 32)
THREADS_AND_BATCHES = (USUAL, USUAL, (2, 32), (4, 32), (1, 1), (1, 8), (1, 64), (4, 64))
SCORES = ("entailment", "neutral", "contradiction")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=Path, nargs="*", default=[])
    parser.add_argument("--most", type=int, default=100, help="pairs of claims judged in each pair of articles")
    parser.add_argument("--variants", type=json.loads, help=argparse.SUPPRESS)
    options = parser.parse_args()
    files = [(EXAMPLES / "port-strike-a.txt", EXAMPLES / "port-strike-b.txt")]
    files += itertools.pairwise(options.articles)
    if options.variants:
        json.dump([reports(files, options.most, *variant) for variant in options.variants], sys.stdout)
        return
    usual, again, *others = in_a_process("0", THREADS_AND_BATCHES)
    found = [("the same process", again, True)]
    found += [(f"another process, hash seed {seed}", in_a_process(seed, [USUAL])[0], True) for seed in ("0", "1")]
    names = [f"{threads} threads, batches of {batch}" for threads, batch in THREADS_AND_BATCHES[2:]]
    found += [(name, other, False) for name, other in zip(names, others, strict=True)]
    verdicts = [values for report in usual for values in report["verdicts"].values()]
    print(f"{len(usual)} reports, {len(verdicts)} verdicts, beside 1 thread and batches of 32:\n")
    print(f"{'':34}{'same bytes':>12}{'other labels':>14}{'probability':>13}{'score':>10}")
    failed = False
    for name, other, must in found:
        same = sum(x["json"] == y["json"] for x, y in zip(usual, other, strict=True))
        labels, probability, score = differences(usual, other)
        print(f"{name:34}{same:>9}/{len(usual)}{labels:14}{probability:13.1e}{score:10.1e}")
        failed |= labels > 0 or (must and same < len(usual))
    sys.exit(failed)


def in_a_process(seed: str, variants: Any) -> list[Any]:
    """Run this program anew with a hash seed; return the reports of each variant."""
    command = [sys.executable, *sys.argv, "--variants", json.dumps(variants)]
    return list(json.loads(subprocess.check_output(command, env=os.environ | {"PYTHONHASHSEED": seed})))


def reports(files: list[tuple[Path, Path]], most: int, threads: int, batch: int) -> list[dict[str, Any]]:
    """The reports on pairs of articles: their text, and their verdicts by place, with nothing rounded."""
    import torch

    from tabayyun import Checker, read, settings
    from tabayyun.models import embedder, judge

    torch.set_num_threads(threads)
    judge.BATCH = embedder.BATCH = batch
    shipped = settings.load()
    config = shipped.model_copy(update={"pairing": shipped.pairing.model_copy(update={"max_pairs": most})})
    found = []
    for a, b in files:
        report = Checker(config=config).check(read(a), read(b))
        verdicts = {
            f"{v.a.start} {v.b.start}": [
                [v.label, v.relation, v.kind],
                v.probability,
                [getattr(scores, name) for scores in (v.a_to_b, v.b_to_a) for name in SCORES],
            ]
            for v in report.verdicts
        }
        found.append({"json": report.to_json(all_verdicts=True), "verdicts": verdicts})
    return found


def differences(usual: Any, other: Any) -> tuple[int, float, float]:
    """How many verdicts have another label, relation or kind, and the largest difference of probability and of score.

    A verdict that only one of the two has (other claims were paired) counts as another label.
    """
    labels, probability, score = 0, 0.0, 0.0
    for x, y in zip(usual, other, strict=True):
        labels += len(x["verdicts"].keys() ^ y["verdicts"].keys())
        for place in x["verdicts"].keys() & y["verdicts"].keys():
            (label, sure, scores), (label_then, sure_then, scores_then) = x["verdicts"][place], y["verdicts"][place]
            labels += label != label_then
            probability = max(probability, abs(sure - sure_then))
            score = max(score, *(abs(s - t) for s, t in zip(scores, scores_then, strict=True)))
    return labels, probability, score


if __name__ == "__main__":
    main()
