"""How fast articles are read into claims on one core, how the time grows with length, and how much memory it takes.

python benchmarks/extraction.py            # the labelled articles of eval/data, over and over, 1,000 in all
"""

from __future__ import annotations

import argparse
import math
import resource
import time
from pathlib import Path

from tabayyun import Article, extract

ARTICLES = Path(__file__).parent.parent / "eval" / "data" / "articles"


def seconds(texts: list[str]) -> float:
    began = time.process_time()
    for text in texts:
        extract(Article.from_text(text))
    return time.process_time() - began


def megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=1000)
    count = parser.parse_args().articles
    texts = [file.read_text(encoding="utf-8") for file in sorted(ARTICLES.glob("*/*/[ab].txt"))]
    seconds(texts)  # tables are read and patterns compiled at first use
    many = [texts[i % len(texts)] for i in range(count)]
    before, spent = megabytes(), seconds(many)
    words = sum(len(text.split()) for text in many) / count
    print("| articles | words each | CPU seconds | articles/s | memory at its peak before, after (MB) |")
    print("|---|---|---|---|---|")
    print(f"| {count} | {words:.0f} | {spent:.1f} | {count / spent:.1f} | {before:.0f}, {megabytes():.0f} |")
    print("\n| one article of so many paragraphs | CPU seconds | growth exponent |")
    print("|---|---|---|")
    paragraphs = [line for text in texts[:40] for line in text.split("\n") if len(line.split()) > 20]
    last = 0.0
    for size in (25, 50, 100, 200, 400):
        unlike = [f"{line} {number}" for number, line in enumerate((paragraphs * 4)[:size])]
        spent = seconds(["\n\n".join(unlike)])
        print(f"| {size} | {spent:.2f} | {math.log2(spent / last) if last else math.nan:.2f} |")
        last = spent


if __name__ == "__main__":
    main()
