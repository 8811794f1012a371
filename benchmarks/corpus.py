"""Seconds, memory and growth of corpus mode, and what it saves against judging every pair of claims.

    python benchmarks/corpus.py --models fake|real [--sizes 100 1000 10000] [--labelled FOLDER ...] [--plot FILE]

Prints Markdown tables in one run. Articles are generated (`tabayyun.eval.generated`: 200 a day, one in four a copy);
each size runs in a process of its own, whose highest memory is told. Fake models show what everything but the models
costs. `--labelled` compares with the all-pairs way on labelled article pairs: every claim of every article against
every claim of all others, with the same judge; its contradictions are judged only inside the labelled pairs, where the
labels tell which are true. One pair is timed cold (a new process, from start to report) and warm (models loaded).
"""

from __future__ import annotations

import argparse
import json
import math
import multiprocessing
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from tabayyun import Checker, Embedder, Judge, Report, Scores, ingest, settings
from tabayyun.corpus import Local, Store, add, check, status
from tabayyun.corpus.steps import read
from tabayyun.eval.generated import rows
from tabayyun.eval.harness import all_pairs
from tabayyun.eval.labelled import LabelledPair, meets, read_articles
from tabayyun.models.fakes import FakeEmbedder, FakeJudge
from tabayyun.settings import Settings

HERE = Path(__file__).parent
LABELLED = [HERE.parent / "eval/data/articles" / part for part in ("dev", "test")]
PAIR = [HERE.parent / "examples" / f"port-strike-{side}.txt" for side in "ab"]
LIKENESS = 1.038  # generated articles are of one mould: the likeness from which two of them tell of one event
WARM_RUNS = 3


class Timed:
    """An embedder and a judge that count what they are given and how long it takes."""

    def __init__(self, embedder: Embedder, judge: Judge) -> None:
        self.embedder, self.judge_model = embedder, judge
        self.busy = 0.0
        self.seconds = {"embedding": 0.0, "judging": 0.0}
        self.given = {"embedding": 0, "judging": 0}
        self.name = judge.name
        self.reads_dates = getattr(judge, "reads_dates", False)

    def embed(self, texts: Sequence[str]) -> np.ndarray:
        return self._timed("embedding", self.embedder.embed, texts)

    def judge(self, pairs: Sequence[tuple[str, str]]) -> list[Scores]:
        return self._timed("judging", self.judge_model.judge, pairs)

    def _timed(self, step: str, work: Callable[[Any], Any], given: Sequence[Any]) -> Any:
        began, busy = time.perf_counter(), time.process_time()
        result = work(given)
        self.seconds[step] += time.perf_counter() - began
        self.busy += time.process_time() - busy
        self.given[step] += len(given)
        return result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--models", choices=("fake", "real"), default="fake")
    parser.add_argument("--sizes", type=int, nargs="*", default=[100, 1000])
    parser.add_argument("--labelled", type=Path, nargs="*", default=LABELLED)
    parser.add_argument("--plot", type=Path)
    options = parser.parse_args()
    processes = multiprocessing.get_context("spawn")
    measured = []
    for size in options.sizes:
        with processes.Pool(1) as pool:
            measured.append(pool.apply(grown, (size, options.models)))
    if measured:
        tell_growth(measured)
    if options.labelled:
        with processes.Pool(1) as pool:
            tell_all_pairs(pool.apply(against_all_pairs, (options.labelled, options.models)))
    if options.models == "real":
        with processes.Pool(1) as pool:
            tell_one_pair(pool.apply(one_pair))
    if options.plot:
        plot(measured, options.plot)


def models(kind: str, config: Settings) -> tuple[Checker, Timed]:
    plain = Checker(config=config) if kind == "real" else Checker(FakeEmbedder(), FakeJudge(), config)
    timed = Timed(plain.embedder, plain.judge)
    return Checker(timed, timed, config), timed


def grown(size: int, kind: str) -> dict[str, float]:
    """Add and check `size` articles in a new store, then one more; return the figures."""
    shipped = settings.load()
    config = shipped.model_copy(update={"corpus": shipped.corpus.model_copy(update={"min_likeness": LIKENESS})})
    checker, timed = models(kind, config)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        articles = list(rows(size + 1))
        store = Store.open(folder / "store", create=True)
        began, busy = time.perf_counter(), time.process_time()
        add(store, [written(folder / "all.jsonl", articles[:-1])])
        check(store, checker, Local(checker))
        seconds, busy = time.perf_counter() - began, time.process_time() - busy
        found = status(store)
        spent, busy_models, given = dict(timed.seconds), timed.busy, dict(timed.given)
        began = time.perf_counter()
        add(store, [written(folder / "one.jsonl", articles[-1:])])
        check(store, checker, Local(checker))
        one_more = time.perf_counter() - began
        store.close()
    return {
        "articles": size,
        "claims": found["claims"],
        "events": found["events"],
        "claim pairs judged": found["claim_pairs_judged"],
        "seconds": seconds,
        "CPU seconds outside the models": busy - busy_models,
        "claims embedded/s": given["embedding"] / spent["embedding"],
        "judge questions/s": given["judging"] / spent["judging"],
        "one more article, s": one_more,
        "memory MB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "store MB": found["bytes"] / 1e6,
    }


def written(path: Path, articles: Sequence[dict[str, Any]]) -> Path:
    path.write_text("".join(f"{json.dumps(row)}\n" for row in articles), encoding="utf-8")
    return path


def tell_growth(measured: Sequence[dict[str, float]]) -> None:
    columns = {
        "articles": ",",
        "claims": ",",
        "events": ",",
        "claim pairs judged": ",",
        "seconds": ".1f",
        "CPU seconds outside the models": ".1f",
        "claims embedded/s": ".0f",
        "judge questions/s": ".0f",
        "one more article, s": ".1f",
        "memory MB": ".0f",
        "store MB": ".0f",
    }
    table(list(columns), [[f"{m[name]:{form}}" for name, form in columns.items()] for m in measured])
    names = ("claim pairs judged", "seconds", "CPU seconds outside the models")
    growth = [
        [f"{a['articles']:,} to {b['articles']:,}", *(f"{exponent(a, b, name):.2f}" for name in names)]
        for a, b in pairwise(measured)
    ]
    if growth:
        table(["growth exponent over claims", *names], growth)


def exponent(a: dict[str, float], b: dict[str, float], name: str) -> float:
    return math.log(b[name] / a[name]) / math.log(b["claims"] / a["claims"])


def against_all_pairs(folders: Sequence[Path], kind: str) -> dict[str, float]:
    """Judged pairs and true contradictions of corpus mode and of the all-pairs way, on labelled article pairs."""
    labelled = [pair for folder in folders for pair in read_articles(folder)]
    shipped = settings.load()
    checker, _ = models(kind, shipped)
    exhaustive, _ = models(kind, all_pairs(shipped))
    by_all = exhaustive.check_many([(pair.a, pair.b) for pair in labelled])
    true_of_all = {hit for pair, report in zip(labelled, by_all, strict=True) for hit in hits(pair, report)}
    with tempfile.TemporaryDirectory() as name:
        store = Store.open(Path(name) / "store", create=True)
        sides = [(side, article) for pair in labelled for side, article in (("a", pair.a), ("b", pair.b))]
        for number, (_, article) in enumerate(sides):
            store.add(article, str(number))
        check(store, checker, Local(checker))
        found = status(store)
        texts = {key: article.text for key, article in store.articles().items()}
        compared = {frozenset(texts[key] for key in pair) for event in store.events() for pair in event.pairs}
        store.close()
    linked = [pair for pair in labelled if frozenset((pair.a.text, pair.b.text)) in compared]
    of_linked = checker.check_many([(pair.a, pair.b) for pair in linked])
    kept = {hit for pair, report in zip(linked, of_linked, strict=True) for hit in hits(pair, report)}
    claims = [len(read(checker, ("", article))[1].claims) for _, article in sides]
    of_all = (sum(claims) ** 2 - sum(n * n for n in claims)) // 2
    return {
        "all": of_all,
        "judged": found["claim_pairs_judged"],
        "pairs": len(labelled),
        "linked": len(linked),
        "true": len(true_of_all),
        "kept": len(true_of_all & kept),
        "own": len(kept),
    }


def hits(pair: LabelledPair, report: Report) -> set[tuple[str, int]]:
    """The labelled contradictions that a report found."""
    return {
        (pair.name, number)
        for number, gold in enumerate(pair.gold)
        if gold.label == "contradiction"
        and any(meets(v.a, gold.a) and meets(v.b, gold.b) for v in report.contradictions)
    }


def tell_all_pairs(m: dict[str, float]) -> None:
    table(
        ["labelled articles", "claim pairs judged", "true contradictions found"],
        [
            ["all pairs", f"{m['all']:,}", f"{m['true']}"],
            [f"corpus ({m['linked']} of {m['pairs']} article pairs compared)", f"{m['judged']:,}",
             f"{m['own']}, {m['kept']} of them also found by all pairs"],
            ["share", f"{m['all'] / m['judged']:.0f} times fewer", f"{m['kept'] / max(1, m['true']):.0%} kept"],
        ],
    )  # fmt: skip


def one_pair() -> dict[str, float]:
    began = time.perf_counter()
    command = [sys.executable, "-m", "tabayyun", "check", *map(str, PAIR), "--format", "json"]
    subprocess.run(command, check=True, capture_output=True)
    cold = time.perf_counter() - began
    checker = Checker()
    a, b = (ingest.read(path) for path in PAIR)
    checker.check(a, b)
    warm = []
    for _ in range(WARM_RUNS):
        began = time.perf_counter()
        checker.check(a, b)
        warm.append(time.perf_counter() - began)
    return {"cold": cold, "warm": min(warm), "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}


def tell_one_pair(m: dict[str, float]) -> None:
    figures = [f"{m['cold']:.1f}", f"{m['warm']:.2f}", f"{m['memory']:.0f}"]
    table(["one article pair, cold, s", "warm, s", "memory MB"], [figures])


def table(head: Sequence[str], body: Sequence[Sequence[str]]) -> None:
    for row in (head, ["---"] * len(head), *body):
        print(f"| {' | '.join(row)} |")
    print(flush=True)


def plot(measured: Sequence[dict[str, float]], path: Path) -> None:
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots()
    for name in ("claim pairs judged", "seconds", "CPU seconds outside the models"):
        axes.loglog([m["claims"] for m in measured], [m[name] for m in measured], marker="o", label=name)
    axes.set_xlabel("claims")
    axes.legend()
    figure.savefig(path)


if __name__ == "__main__":
    main()
