"""Thousands of article pairs in one process, and whether its memory stays flat.

    python benchmarks/soak.py [--pairs 2000] [--models fake|real] [--sentences 4]    # pip install 'tabayyun[load]'

Each pair is two generated articles, cut to some sentences: checked, and the report written as JSON and as a page. Ends
with 1 when resident memory still grows by more than --limit megabytes per 1,000 pairs after the first quarter.
"""

from __future__ import annotations

import argparse
import sys
import time

import numpy as np
import psutil

from tabayyun import Article, Checker
from tabayyun.eval.generated import rows
from tabayyun.html import report_page
from tabayyun.models.fakes import FakeEmbedder, FakeJudge


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pairs", type=int, default=2000)
    parser.add_argument("--models", choices=("fake", "real"), default="fake")
    parser.add_argument("--sentences", type=int, default=4, help="of each article")
    parser.add_argument("--limit", type=float, default=10, help="megabytes per 1,000 pairs")
    options = parser.parse_args()
    checker = Checker() if options.models == "real" else Checker(FakeEmbedder(), FakeJudge())
    process, began = psutil.Process(), time.perf_counter()
    articles = (article(row, options.sentences) for row in rows(2 * options.pairs))
    sampled: list[tuple[int, float]] = []
    every = max(1, options.pairs // 20)
    print(" pairs  seconds  resident MB", flush=True)
    for number, (a, b) in enumerate(zip(articles, articles, strict=True), 1):
        report = checker.check(a, b)
        report.to_json(all_verdicts=True)
        report_page(report)
        if number % every == 0:
            sampled.append((number, process.memory_info().rss / 1e6))
            print(f"{number:6}  {time.perf_counter() - began:7.0f}  {sampled[-1][1]:11.1f}", flush=True)
    settled = np.array(sampled[len(sampled) // 4 :])
    slope = 1000 * np.polyfit(*settled.T, 1)[0]
    print(f"after the first quarter {slope:+.1f} MB per 1,000 pairs; at most {options.limit:g} are let pass")
    sys.exit(bool(slope > options.limit))


def article(row: dict[str, str], sentences: int) -> Article:
    """The title and the first sentences of a generated article."""
    return Article.from_mapping(row | {"text": "\n\n".join(row["text"].split("\n\n")[: sentences + 1])})


if __name__ == "__main__":
    main()
