"""Other programs beside tabayyun, on the same labelled pairs and articles, with our judge and embedder in all of them.

    python benchmarks/peers.py [--articles DIR] [--pairs FILE] [--out peers.json]

The peers live in an environment of their own (runs/peers), which borrows torch and the models from this one:

- contradict-text 0.2.1 (Apache-2.0): cosine of two texts, then NLI from the first to the second, one pair at a time.
  Its model must be a Hub sequence classifier; ours is put in the place of its `classify`.
- consistency-checker 0.4.1 (Apache-2.0): nearest neighbours in FAISS, NLI in both directions, then a language model as
  last judge. That last step, and its extraction of facts, call an outside service (Moonshot, Anthropic, OpenAI), so
  only what comes before is measured: it says contradiction or nothing. On our claims, with its own thresholds.
- an NLI matrix of every claim of B against every claim of A, as SummaC-ZS makes one (Laban et al. 2022): for each claim
  of B the strongest entailment and the strongest contradiction.
- a threshold on the cosine, chosen on dev.

Every program gets the claims that tabayyun finds, so what differs is pairing and judging. Dates are known to ours only.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import sysconfig
import tempfile
import time
import venv
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from itertools import chain
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
PEERS = ROOT / "runs" / "peers"
PACKAGES = ("contradict-text==0.2.1", "consistency-checker==0.4.1", "pysbd==0.3.4", "faiss-cpu==1.15.1")
DATA = ROOT / "eval" / "data"
CLOSE, NEIGHBOURS, SURE = 0.7, 20, 0.5  # what consistency-checker ships


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=Path, default=DATA / "articles" / "test")
    parser.add_argument("--pairs", type=Path, default=DATA / "pairs" / "test.jsonl")
    parser.add_argument("--dev-articles", type=Path, default=DATA / "articles" / "dev")
    parser.add_argument("--dev-pairs", type=Path, default=DATA / "pairs" / "dev.jsonl")
    parser.add_argument("--out", type=Path, help="save the runs here")
    options = parser.parse_args()
    if find_spec("contradict") is None:
        python = environment()
        raise SystemExit(subprocess.run([python, *sys.argv], check=False).returncode)
    from tabayyun.eval import runs, tables

    found = []
    for run in chain(on_pairs(options.pairs, options.dev_pairs), on_articles(options.articles, options.dev_articles)):
        found.append(run)
        print(f"measured: {run.task}, {run.name}", file=sys.stderr, flush=True)
        if options.out:
            runs.save(found, options.out)  # after each, for the whole takes half an hour
    for table in tables.tables(found):
        print(f"\n{table.title}\n\n{tables.markdown(table)}")
    for note in tables.notes(found):
        print(f"- {note}")


def environment() -> Path:
    """Make the peers' environment once; return its interpreter."""
    python = PEERS / "bin" / "python"
    if not python.exists():
        venv.create(PEERS, with_pip=False, symlinks=True)
        borrowed = Path(sysconfig.get_path("purelib", vars={"base": str(PEERS)})) / "borrowed.pth"
        borrowed.write_text(f"import site; site.addsitedir({sysconfig.get_path('purelib')!r})\n", encoding="utf-8")
    pip = [sys.executable, "-m", "pip", "--python", str(python), "install", "--quiet", "--no-deps", *PACKAGES]
    subprocess.run(pip, check=True)
    return python


@dataclass(frozen=True, slots=True)
class Said:
    """What a peer says of two texts, with three probabilities by the names of labelled pairs."""

    label: str
    probabilities: dict[str, float]


@dataclass(frozen=True, slots=True)
class Peer:
    """A program: what it says of a pair of texts, and what it finds in two lists of claims, by their numbers."""

    name: str
    pair: Callable[[str, str], Said]
    search: Callable[[Sequence[str], Sequence[str]], dict[tuple[int, int], Said]]


def peers(embedder: Any, judge: Any) -> list[Peer]:
    return [contradict_text(embedder, judge), consistency_checker(embedder, judge), matrix(judge)]


def contradict_text(embedder: Any, judge: Any) -> Peer:
    from contradict import ContradictionDetector, detector

    def classify(a: str, b: str, _model: str) -> tuple[str, float, float]:
        (scores,) = judge.judge([(a, b)])
        return scores.label, getattr(scores, scores.label), scores.contradiction

    def alike(a: str, b: str, _model: str) -> float:
        first, second = embedder.embed([a, b])
        return float(first @ second)

    detector.classify, detector.topic_similarity = classify, alike
    program = ContradictionDetector()

    def pair(a: str, b: str) -> Said:
        found = program.check(a, b)
        label = {"entailment": "agreement"}.get(found.label, found.label)
        rest = (1 - found.score) / 2
        probabilities = dict.fromkeys(("agreement", "contradiction", "neutral"), rest) | {label: found.score}
        return Said(label, {**probabilities, "neutral": 1.0} if found.nli_skipped else probabilities)

    def search(a: Sequence[str], b: Sequence[str]) -> dict[tuple[int, int], Said]:
        return {(i, j): pair(x, y) for i, x in enumerate(a) for j, y in enumerate(b)}

    return Peer("contradict-text 0.2.1", pair, search)


def consistency_checker(embedder: Any, judge: Any) -> Peer:
    from consistency_checker.check.gate import AnnGate
    from consistency_checker.check.nli_checker import NliResult, score_bidirectional
    from consistency_checker.extract.schema import Assertion, Document
    from consistency_checker.index.assertion_store import AssertionStore
    from consistency_checker.index.embedder import embed_pending
    from consistency_checker.index.faiss_store import FaissStore

    class Checker:
        def score(self, premise: str, hypothesis: str) -> Any:
            (s,) = judge.judge([(premise, hypothesis)])
            return NliResult.from_scores(
                p_contradiction=s.contradiction, p_entailment=s.entailment, p_neutral=s.neutral
            )

        def release(self) -> None:
            pass

    class Vectors:
        dim = embedder.embed(["x"]).shape[1]

        def embed_texts(self, texts: list[str]) -> Any:
            return embedder.embed(texts)

    def pair(a: str, b: str) -> Said:
        found = score_bidirectional(Checker(), a, b)
        label = "contradiction" if found.p_contradiction >= SURE else "neutral"
        probabilities = (found.p_entailment, found.p_contradiction, found.p_neutral)
        return Said(label, dict(zip(("agreement", "contradiction", "neutral"), probabilities, strict=True)))

    def search(a: Sequence[str], b: Sequence[str]) -> dict[tuple[int, int], Said]:
        with tempfile.TemporaryDirectory() as folder, AssertionStore(Path(folder) / "store.db") as store:
            store.migrate()
            corpus = store.get_or_create_corpus("two articles", folder, "anthropic")  # must be named; never called
            place = {}
            for side, texts in (("a", a), ("b", b)):
                document = Document.from_content(f"{side}\n" + "\n".join(texts), side)
                store.add_document(document, corpus_id=corpus)
                made = [Assertion.build(document.doc_id, text) for text in texts]
                store.add_assertions(made)
                place |= {one.assertion_id: (side, number) for number, one in enumerate(made)}
            index = FaissStore.open_or_create(
                index_path=Path(folder) / "index", id_map_path=Path(folder) / "ids", dim=Vectors.dim
            )
            embed_pending(store, index, Vectors())
            found = {}
            for candidate in AnnGate(index, top_k=NEIGHBOURS, similarity_threshold=CLOSE).candidates(store):
                sides = dict(place[one.assertion_id] for one in (candidate.a, candidate.b))
                found[sides["a"], sides["b"]] = pair(candidate.a.assertion_text, candidate.b.assertion_text)
            return found

    return Peer("consistency-checker 0.4.1, without its last judge", pair, search)


def matrix(judge: Any) -> Peer:
    def said(scores: Any) -> Said:
        label = {"entailment": "agreement"}.get(scores.label, scores.label)
        probabilities = (scores.entailment, scores.contradiction, scores.neutral)
        return Said(label, dict(zip(("agreement", "contradiction", "neutral"), probabilities, strict=True)))

    def pair(a: str, b: str) -> Said:
        return said(judge.judge([(a, b)])[0])

    def search(a: Sequence[str], b: Sequence[str]) -> dict[tuple[int, int], Said]:
        cells = [(i, j) for i in range(len(a)) for j in range(len(b))]
        scores = dict(zip(cells, map(said, judge.judge([(a[i], b[j]) for i, j in cells])), strict=True))
        found = {}
        for j in range(len(b)):
            for label in ("agreement", "contradiction"):
                best = max(range(len(a)), key=lambda i: scores[i, j].probabilities[label])
                if scores[best, j].label == label:
                    found[best, j] = scores[best, j]
        return found

    return Peer("NLI matrix (SummaC-ZS)", pair, search)


def on_pairs(file: Path, dev: Path) -> Iterator[Any]:
    from tabayyun import Checker
    from tabayyun.eval import baselines, harness, labelled

    checker, rows = Checker(), labelled.read_pairs(file)
    for peer in peers(checker.embedder, checker.judge):
        began = time.perf_counter()
        said = [peer.pair(row["a"], row["b"]) for row in rows]
        seconds = time.perf_counter() - began
        items = [harness.pair_item(r, s.probabilities, label=s.label) for r, s in zip(rows, said, strict=True)]
        yield harness.measured_pairs(peer.name, items, file, rows, checker, seconds)
    yield from baselines.pairs_table(file, dev, checker, ways=cosine())


def on_articles(folder: Path, dev: Path) -> Iterator[Any]:
    from tabayyun import Checker
    from tabayyun.eval import baselines, harness, labelled

    checker, pairs = Checker(), labelled.read_articles(folder)
    seen = checker.pair([(pair.a, pair.b) for pair in pairs])
    for peer in peers(checker.embedder, checker.judge):
        began = time.perf_counter()
        found = [peer.search([c.text for c in s.claims_a], [c.text for c in s.claims_b]) for s in seen]
        seconds = time.perf_counter() - began
        items = [
            harness.article_item(
                pair, in_order([verdict(s.claims_a[i], s.claims_b[j], said) for (i, j), said in of_pair.items()])
            )
            for pair, s, of_pair in zip(pairs, seen, found, strict=True)
        ]
        yield harness.measured_articles(peer.name, items, folder, checker, seconds)
    yield from baselines.articles_table(folder, dev, checker, ways=cosine())


def cosine() -> list[Any]:
    from tabayyun.eval import baselines

    return [way for way in baselines.SCORED if way.evidence is baselines.similarity]


def in_order(verdicts: list[Any]) -> list[Any]:
    from tabayyun import verdicts as room

    return room.in_order(verdicts)


def verdict(a: Any, b: Any, said: Said) -> Any:
    """What a peer says in the form of our verdicts; it names no relation of its own, so a dispute is never one."""
    from tabayyun.models.base import Scores
    from tabayyun.verdicts import Verdict

    none = Scores(0.0, 1.0, 0.0)
    share = said.probabilities[said.label]
    return Verdict(
        said.label,
        said.label,
        None,
        share,
        a,
        b,
        none,
        none,
        0.0,
        (),
        True,
        said.probabilities,
        ((), ()),  # type: ignore[arg-type]
    )


if __name__ == "__main__":
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    main()
