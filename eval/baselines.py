"""Baselines beside the program, in one table: what simpler ways reach on the same labelled data.

A way is one entry of `LEARNED` or `SCORED`. An ablation is one more entry: its `evidence` is what the program sees
without the part in question. Whatever a way chooses it chooses on other data (dev), and its run notes what and where.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from tabayyun import fusion
from tabayyun.checker import Checker, Examined
from tabayyun.errors import DataError
from tabayyun.eval import harness, labelled, measures, metrics, mining, shortcuts
from tabayyun.eval.harness import Candidate, OnceEmbedder, OnceJudge
from tabayyun.eval.labelled import AS_WRITTEN, PAIR_LABELS, LabelledPair, Names, Place, Record
from tabayyun.eval.runs import Run
from tabayyun.verdicts import Label, Verdict, decide, settle

Evidence = Callable[[Candidate], tuple[float, float]]
"""What speaks for a contradiction and what for an agreement: two numbers of any scale."""
Material = Literal["paired", "judged", "judged all"]
"""The claim pairs that pairing chose, those with scores, or every pair of claims with scores."""


@dataclass(frozen=True, slots=True)
class Learned:
    """A classifier of labelled pairs that learns on dev; `inputs` is all that it sees of them."""

    name: str
    model: Callable[[], Any]
    inputs: Callable[[Sequence[Record]], NDArray[Any]]


@dataclass(frozen=True, slots=True)
class Scored:
    """A verdict by evidence: dev turns each number into a probability (Platt) and sets its threshold."""

    name: str
    evidence: Evidence
    needs: Material = "judged"


def majority() -> Any:
    """A classifier that always says the label that is most frequent on dev."""
    from sklearn.dummy import DummyClassifier

    return DummyClassifier(strategy="most_frequent")


def overlap(c: Candidate) -> tuple[float, float]:
    """The share of rare words in common; 0 across languages."""
    return c.pair.overlap or 0.0, c.pair.overlap or 0.0


def similarity(c: Candidate) -> tuple[float, float]:
    """The cosine of the two claims."""
    return c.pair.similarity, c.pair.similarity


def one_way(c: Candidate) -> tuple[float, float]:
    """The judge's scores from `a` to `b`."""
    return c.scores[0].contradiction, c.scores[0].entailment


def scores_alone(c: Candidate) -> tuple[float, float]:
    """The judge's scores in both directions."""
    found = fusion.of_scores_alone(*c.scores)
    return found["contradiction"], found["agreement"]


LEARNED = (
    Learned("majority", majority, shortcuts.second_sentences),
    Learned("sentence b alone", shortcuts.sentence_model, shortcuts.second_sentences),
    Learned("surface cues", shortcuts.cue_model, shortcuts.cue_table),
)
SCORED = (
    Scored("word overlap", overlap, "paired"),
    Scored("embedding similarity", similarity, "paired"),
    Scored("NLI one way", one_way),
    Scored("NLI without frames", scores_alone),
    Scored("NLI without pairing", scores_alone, "judged all"),
)

_SHARES = (0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1, 0.05, 0.03, 0.02, 0.01, 0.005, 0.002)
"""Thresholds are tried where these shares of the dev pairs lie above them."""
_NEVER = 2.0
_NONE = dict.fromkeys(PAIR_LABELS, 0.0)
_BETA = 0.5


@dataclass(frozen=True, slots=True)
class Rule:
    """What was chosen on dev: a probability of either label from its number, and from where on the label is said."""

    contradiction: Any
    agreement: Any
    thresholds: tuple[float, float]

    def probabilities(self, evidence: NDArray[np.float64]) -> NDArray[np.float64]:
        """Of contradiction and agreement, an array (pairs, 2)."""
        models = (self.contradiction, self.agreement)
        return np.stack([m.predict_proba(evidence[:, [k]])[:, 1] for k, m in enumerate(models)], axis=1)

    def labels(self, probabilities: NDArray[np.float64]) -> list[Label]:
        """The label of each pair; agreement is asked first, so that one number can set off a band below it."""
        contradiction, agreement = self.thresholds
        return [
            "agreement" if a >= agreement else "contradiction" if c >= contradiction else "neutral"
            for c, a in probabilities
        ]


def calibrated(evidence: NDArray[np.float64], labels: Sequence[str | None]) -> Rule:
    """Return a rule with fitted probabilities that says no label yet.

    Raises:
        DataError: one of the two labels does not occur in dev.
    """
    from sklearn.linear_model import LogisticRegression

    models = []
    for column, label in enumerate(fusion.LABELS):
        truth = np.asarray([known == label for known in labels])
        if not truth.any() or truth.all():
            raise DataError(
                f"Thresholds cannot be chosen: none or all of the dev pairs are labelled {label}. Name other data: "
                "--dev."
            )
        models.append(LogisticRegression(C=1e6, max_iter=1000).fit(evidence[:, [column]], truth))
    return Rule(models[0], models[1], (_NEVER, _NEVER))


def pairs_table(
    place: Place,
    dev: Place,
    checker: Checker,
    also: Sequence[Checker] = (),
    names: Names = AS_WRITTEN,
    ways: Sequence[Learned | Scored] = (*LEARNED, *SCORED),
) -> list[Run]:
    """Measure every way on labelled pairs: baselines, the program, and the program with other judges.

    Raises:
        DataError: the data breaks its format, or dev is the data itself.
    """
    rows, chosen_on = labelled.read_pairs(place, names), labelled.read_pairs(dev, names)
    _other_data_or_error(labelled.digest(rows) == labelled.digest(chosen_on), place)
    once = Checker(OnceEmbedder(checker.embedder), OnceJudge(checker.judge), checker.settings)
    ours = harness.evaluate_pairs(place, once, names=names)
    runs = []
    for way in (way for way in ways if isinstance(way, Learned)):
        model = way.model().fit(way.inputs(chosen_on), [row["label"] for row in chosen_on])
        table = model.predict_proba(way.inputs(rows))
        items = [
            harness.pair_item(row, {**_NONE, **dict(zip(model.classes_, shares.tolist(), strict=True))})
            for row, shares in zip(rows, table, strict=True)
        ]
        runs.append(replace(harness.measured_pairs(way.name, items, place, rows, checker), notes=_learnt_on(dev)))
    seen, seen_dev = harness.candidates(rows, once), harness.candidates(chosen_on, once)
    for scored in (way for way in ways if isinstance(way, Scored)):
        if scored.needs != "judged all":
            rule = _rule_for_pairs(_table(scored, seen_dev), [row["label"] for row in chosen_on])
            shares = rule.probabilities(_table(scored, seen))
            items = [
                harness.pair_item(row, _three(*both), label=label)
                for row, both, label in zip(rows, shares.tolist(), rule.labels(shares), strict=True)
            ]
            run = harness.measured_pairs(scored.name, items, place, rows, checker)
            runs.append(replace(run, notes=_chosen_on(dev, rule)))
    return [*runs, _named(ours), *(_named(harness.evaluate_pairs(place, one, names=names)) for one in also)]


def _rule_for_pairs(evidence: NDArray[np.float64], gold: Sequence[str]) -> Rule:
    """The thresholds with the best macro-F1 on dev."""
    rule = calibrated(evidence, gold)
    shares = rule.probabilities(evidence)
    truth = np.asarray([PAIR_LABELS.index(label) for label in gold])

    def score(thresholds: tuple[float, float]) -> float:
        said = np.asarray([PAIR_LABELS.index(s) for s in replace(rule, thresholds=thresholds).labels(shares)])
        return metrics.macro_f1(metrics.confusion(truth, said, len(PAIR_LABELS)))

    return replace(rule, thresholds=max(product(_steps(shares[:, 0]), _steps(shares[:, 1])), key=score))


def _steps(probabilities: NDArray[np.float64]) -> list[float]:
    return [_NEVER, *sorted(set(np.quantile(probabilities, [1 - share for share in _SHARES]).tolist()))]


def articles_table(
    folder: Path, dev: Path, checker: Checker, also: Sequence[Checker] = (), ways: Sequence[Scored] = SCORED
) -> list[Run]:
    """Measure every way on labelled article pairs: baselines, the program, and the program with other judges.

    Raises:
        DataError: the data breaks its format, or dev is the data itself.
    """
    _other_data_or_error(labelled.folder_digest(folder) == labelled.folder_digest(dev), folder)
    once = Checker(OnceEmbedder(checker.embedder), OnceJudge(checker.judge), checker.settings)
    wide = any(way.needs == "judged all" for way in ways)
    chosen_on = _material(labelled.read_articles(dev), once, wide)
    pairs = labelled.read_articles(folder)
    began = time.perf_counter()
    once.pair([(pair.a, pair.b) for pair in pairs])
    spent = {"paired": time.perf_counter() - began}
    ours = harness.evaluate_articles(folder, once)
    spent["judged"] = time.perf_counter() - began
    found = _material(pairs, once, wide)
    spent["judged all"] = time.perf_counter() - began
    runs = []
    for way in ways:
        rule = _rule_for_articles(way, chosen_on[way.needs])
        items = [harness.article_item(one.labelled, one.verdicts(way, rule)) for one in found[way.needs]]
        run = harness.measured_articles(way.name, items, folder, once, spent[way.needs])
        runs.append(replace(run, notes=_chosen_on(dev, rule)))
    return [*runs, _named(ours), *(_named(harness.evaluate_articles(folder, one)) for one in also)]


@dataclass(frozen=True, slots=True)
class Seen:
    """One labelled article pair as a way sees it: candidates, and the program's verdict on each, to be relabelled."""

    labelled: LabelledPair
    candidates: list[Candidate]
    bases: list[Verdict]

    @property
    def known(self) -> list[str | None]:
        """The label of each candidate, as far as the quotes tell it."""
        return [mining.known_label(self.labelled.met(c.a, c.b)) for c in self.candidates]

    def verdicts(self, way: Scored, rule: Rule) -> list[Verdict]:
        """The verdicts of a way, one at most for each claim."""
        if not self.candidates:
            return []
        shares = rule.probabilities(_table(way, self.candidates))
        found = []
        for base, label, both in zip(self.bases, rule.labels(shares), shares.tolist(), strict=True):
            three = _three(*both)
            relation = "compatible" if label == "neutral" else label
            found.append(replace(base, label=label, relation=relation, probability=three[label], probabilities=three))
        return settle(found)


def _material(pairs: Sequence[LabelledPair], checker: Checker, wide: bool) -> dict[Material, list[Seen]]:
    articles = [(pair.a, pair.b) for pair in pairs]

    def seen(examined: Sequence[Examined]) -> list[Seen]:
        rules, found = checker.settings.verdicts, []
        for pair, one in zip(pairs, examined, strict=True):
            cs = [
                Candidate(chosen, a, b, scores, one.days)
                for (chosen, a, b), scores in zip(one.chosen, one.scores, strict=True)
            ]
            found.append(Seen(pair, cs, [decide(c.pair, c.a, c.b, *c.scores, rules, days=c.days) for c in cs]))
        return found

    judged = seen(checker.examine(articles))
    found: dict[Material, list[Seen]] = {"paired": judged, "judged": judged}
    if wide:
        everything = Checker(checker.embedder, checker.judge, harness.all_pairs(checker.settings))
        found["judged all"] = seen(everything.examine(articles))
    return found


def _rule_for_articles(way: Scored, seen: Sequence[Seen]) -> Rule:
    """The thresholds with the best F0.5 on dev, contradiction first: a false flag costs more than a missed one."""
    evidence = _table(way, [c for one in seen for c in one.candidates])
    rule = calibrated(evidence, [label for one in seen for label in one.known])
    shares = rule.probabilities(evidence)

    def score(label: str, thresholds: tuple[float, float]) -> float:
        tried = replace(rule, thresholds=thresholds)
        items = [harness.article_item(one.labelled, one.verdicts(way, tried)) for one in seen]
        found = measures.values("articles", items)
        precision, recall = found[f"{label}_precision"] or 0.0, found[f"{label}_recall"] or 0.0
        return (1 + _BETA**2) * precision * recall / max(_BETA**2 * precision + recall, 1e-9)

    contradiction = max(_steps(shares[:, 0]), key=lambda t: score("contradiction", (t, _NEVER)))
    agreement = max(_steps(shares[:, 1]), key=lambda t: score("agreement", (contradiction, t)))
    return replace(rule, thresholds=(contradiction, agreement))


def _table(way: Scored, candidates: Sequence[Candidate]) -> NDArray[np.float64]:
    return np.asarray([way.evidence(c) for c in candidates], dtype=float).reshape(-1, 2)


def _three(contradiction: float, agreement: float) -> dict[str, float]:
    """Two probabilities as three that sum to 1."""
    total = max(1.0, contradiction + agreement)
    found = {"agreement": agreement / total, "contradiction": contradiction / total}
    return {**found, "neutral": max(0.0, 1 - sum(found.values()))}


def _named(run: Run) -> Run:
    return replace(run, name=f"tabayyun, {run.models['judge']['name']}")


def _chosen_on(dev: Place, rule: Rule) -> dict[str, Any]:
    written = ["never" if t == _NEVER else f"{t:.3f}" for t in rule.thresholds]
    return {"thresholds": f"contradiction {written[0]}, agreement {written[1]}, chosen on {Path(dev).as_posix()}"}


def _learnt_on(dev: Place) -> dict[str, Any]:
    return {"learnt": f"on {Path(dev).as_posix()}"}


def _other_data_or_error(same: bool, place: Place) -> None:
    if same:
        raise DataError(f"Thresholds would be chosen on the measured data itself ({place}). Name other data: --dev.")
