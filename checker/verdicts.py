"""From scores to verdicts: pure functions over the judge's scores in both directions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from tabayyun.claims import Claim
from tabayyun.models.base import Scores
from tabayyun.pairing import ClaimPair
from tabayyun.settings import VerdictSettings
from tabayyun.spelling import words

Label = Literal["agreement", "contradiction", "neutral", "uncertain"]
_ORDER = {"contradiction": 0, "agreement": 1, "uncertain": 2, "neutral": 3}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What tabayyun says of two claims; `probability` is that of `label`."""

    label: Label
    relation: str
    kind: str | None
    probability: float
    a: Claim
    b: Claim
    a_to_b: Scores
    b_to_a: Scores
    similarity: float
    why: str
    independent: bool = True

    def to_dict(self) -> dict[str, Any]:
        """The verdict as it stands in the report JSON."""
        return {
            "label": self.label,
            "relation": self.relation,
            "kind": self.kind,
            "probability": round(self.probability, 4),
            "independent": self.independent,
            "a": self.a.to_dict(),
            "b": self.b.to_dict(),
            "evidence": {"a": [[self.a.start, self.a.end]], "b": [[self.b.start, self.b.end]]},
            "why": self.why,
            "scores": {"a_to_b": self.a_to_b.to_dict(), "b_to_a": self.b_to_a.to_dict()},
        }


def combine(a_to_b: Scores, b_to_a: Scores) -> dict[str, float]:
    """Return the probabilities of agreement, contradiction and neutral from the scores of both directions.

    A contradiction holds in both directions, so its two scores are averaged (in any order of the claims the result
    is the same). Two reports agree when one tells what the other tells, so the better direction counts for half.

    >>> combine(Scores(0.9, 0.1, 0.0), Scores(0.5, 0.5, 0.0))["agreement"]
    0.8
    """
    contradiction = (a_to_b.contradiction + b_to_a.contradiction) / 2
    mean = (a_to_b.entailment + b_to_a.entailment) / 2
    agreement = min((mean + max(a_to_b.entailment, b_to_a.entailment)) / 2, 1 - contradiction)
    return {
        "agreement": round(agreement, 9),
        "contradiction": round(contradiction, 9),
        "neutral": round(max(0.0, 1 - agreement - contradiction), 9),
    }


def decide(pair: ClaimPair, a: Claim, b: Claim, a_to_b: Scores, b_to_a: Scores, settings: VerdictSettings) -> Verdict:
    """Return the verdict on one pair of claims, taken by itself.

    Contradiction is asked first: a claim that clashes is no support, however many of its words the other shares.
    """
    probability = combine(a_to_b, b_to_a)
    label: Label
    if probability["contradiction"] >= settings.contradiction_probability:
        close = speak_of_the_same(pair, settings)
        label, relation = ("contradiction", "contradiction") if close else ("uncertain", "unrelated")
        share = probability["contradiction"]
        why = "Both statements cannot be true at once." if close else "They clash only if they speak of the same event."
    elif probability["agreement"] >= settings.agreement_probability:
        label, relation, share = "agreement", "agreement", probability["agreement"]
        why = "Both statements say the same."
    elif probability["neutral"] >= 0.5:
        label, relation, share = "neutral", "compatible", probability["neutral"]
        why = "Neither statement supports or excludes the other."
    else:
        best = max(probability, key=lambda name: probability[name])
        label, relation, share = "uncertain", "compatible", probability[best]
        why = f"No reading is sure enough; the most probable one is {best}."
    if label == "contradiction" and speak_for_different_parties(a, b):
        relation, why = "dispute", "The parties quoted contradict each other."
    kind = "other" if label == "contradiction" else None
    return Verdict(label, relation, kind, share, a, b, a_to_b, b_to_a, pair.similarity, why)


def speak_of_the_same(pair: ClaimPair, settings: VerdictSettings) -> bool:
    """Whether two claims are alike enough to clash: in meaning, and within one language in words too."""
    if pair.similarity < settings.contradiction_similarity:
        return False
    return pair.overlap is None or pair.overlap >= settings.contradiction_overlap


def speak_for_different_parties(a: Claim, b: Claim) -> bool:
    """Whether both claims are reported or quoted from named speakers whose names share no word."""
    speakers = set(words(a.speaker)), set(words(b.speaker))
    return "outlet" not in (a.voice, b.voice) and all(speakers) and not speakers[0] & speakers[1]


def settle(verdicts: Sequence[Verdict]) -> list[Verdict]:
    """Return all verdicts in the order of a report, with one contradiction or agreement at most for each claim.

    When a claim clashes or agrees with several sentences of the other article, the most probable verdict stands; the
    others become uncertain, for mostly they only repeat its topic.
    """
    settled: list[Verdict] = []
    taken: set[tuple[str, int]] = set()
    for found in sorted(verdicts, key=lambda v: (-v.probability, v.a.start, v.b.start)):
        places = {("a", found.a.start), ("b", found.b.start)}
        if found.label not in ("contradiction", "agreement"):
            settled.append(found)
        elif places & taken:
            why = "One of the two statements meets another sentence more clearly."
            settled.append(replace(found, label="uncertain", relation="compatible", kind=None, why=why))
        else:
            taken |= places
            settled.append(found)
    return in_order(settled)


def in_order(verdicts: Sequence[Verdict]) -> list[Verdict]:
    """Return contradictions by probability, then agreements, then the rest."""
    return sorted(verdicts, key=lambda v: (_ORDER[v.label], -v.probability, v.a.start, v.b.start))
