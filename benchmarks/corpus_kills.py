"""Kill a corpus run with SIGKILL at random moments, start it again, and compare its export with an uninterrupted run's.

    python benchmarks/corpus_kills.py [--kills 200] [--articles 40] [--seed 0]

Each run adds articles and checks them with the fake models, in a process of its own. It is killed after a random time
and started again until it ends by itself; then the next run begins, until there were enough kills. Ends with 1 when an
export differs by a byte or a store is damaged.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from tabayyun import Checker, InputError, settings
from tabayyun.corpus import Local, Store, add, check, export, status
from tabayyun.eval.generated import rows
from tabayyun.models.fakes import FakeEmbedder, FakeJudge

LIKENESS = 1.038  # from which the fake embedder's centres tell of one event


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--articles", type=int, default=40)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        source = folder / "articles.jsonl"
        source.write_text(
            "".join(f"{json.dumps(row)}\n" for row in rows(options.articles, per_day=10)), encoding="utf-8"
        )
        began = time.perf_counter()
        run(folder / "whole", source)
        whole = time.perf_counter() - began
        expected = exported(folder / "whole")
        moments, rounds, same = Counter[str](), 0, True
        chance = random.Random(options.seed)
        while moments.total() < options.kills and same:
            store = folder / f"round-{rounds}"
            moments += killed_at(store, source, whole, chance)
            same = exported(store) == expected
            rounds += 1
    print(f"{moments.total()} kills in {rounds} runs of {whole:.1f} s ({len(expected):,} characters exported), while:")
    for moment, kills in sorted(moments.items()):
        print(f"  {moment:10} {kills}")
    print("every export is that of the uninterrupted run" if same else "AN EXPORT DIFFERS")
    sys.exit(not same)


def killed_at(store: Path, source: Path, whole: float, chance: random.Random) -> Counter[str]:
    """Run to the end, killed again and again; return how many kills fell into which step."""
    moments = Counter[str]()
    while True:
        child = multiprocessing.get_context("fork").Process(target=run, args=(store, source))
        child.start()
        child.join(chance.uniform(0, whole / 3))
        if child.exitcode is None:
            child.kill()
            child.join()
        if child.exitcode == 0:
            return moments
        assert child.exitcode == -signal.SIGKILL, "the run failed by itself"
        moments[moment_of(store)] += 1


def run(folder: Path, source: Path) -> None:
    store = Store.open(folder, create=True)
    add(store, [source])
    shipped = settings.load()
    corpus = shipped.corpus.model_copy(update={"min_likeness": LIKENESS})
    checker = Checker(FakeEmbedder(), FakeJudge(), shipped.model_copy(update={"corpus": corpus}))
    check(store, checker, Local(checker))
    store.close()


def moment_of(folder: Path) -> str:
    try:
        store = Store.open(folder)
    except InputError:
        return "beginning"
    found = status(store)
    store.close()
    if found["judge"] is None:
        return "adding"
    return "reading" if found["articles_waiting"] else "judging"


def exported(folder: Path) -> str:
    store = Store.open(folder)
    assert store.connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    text = "".join(export(store))
    store.close()
    return text


if __name__ == "__main__":
    main()
