"""From scores to verdicts: pure functions over the judge's scores in both directions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from tabayyun import fusion
from tabayyun.claims import Claim
from tabayyun.compare import Comparison, advances, compare, contained, copied
from tabayyun.configs import table
from tabayyun.entities import Named
from tabayyun.models.base import Scores
from tabayyun.pairing import ClaimPair
from tabayyun.settings import EventSettings, VerdictSettings
from tabayyun.surroundings import Surroundings
from tabayyun.times import Period

Label = Literal["agreement", "contradiction", "neutral", "uncertain"]
Span = tuple[int, int] | None
Spans = tuple[tuple[int, int], ...]
_NOWHERE = Surroundings()
_PARTIES = ("different", "unknown")
"""Both statements are somebody's words, not known to be of one (of no name: 32 of 54 labelled ones are disputes)."""
_BOTH = 2
"""`ClaimPair.best_of` where each claim is the other's best partner."""
_ORDER = {"contradiction": 0, "agreement": 1, "uncertain": 2, "neutral": 3}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What tabayyun says of two claims. `probability` is that of `label`; of `uncertain`, that of the likeliest one."""

    label: Label
    relation: str
    kind: str | None
    probability: float
    a: Claim
    b: Claim
    a_to_b: Scores
    b_to_a: Scores
    similarity: float
    reasons: tuple[str, ...]
    """Entries of `configs/reasons.toml`."""
    independent: bool
    probabilities: dict[str, float]
    """Of agreement, contradiction and neutral."""
    spans: tuple[Spans, Spans]
    """The words that clash or agree, as offsets into both articles."""

    @property
    def why(self) -> str:
        """One plain sentence of why, in English."""
        return self.why_in("en")

    def why_in(self, language: str) -> str:
        """One plain sentence of why, in English ("en") or Arabic ("ar")."""
        return " ".join(table("reasons")[reason][language] for reason in self.reasons)

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
            "evidence": {side: [list(span) for span in spans] for side, spans in zip("ab", self.spans, strict=True)},
            "why": self.why,
            "why_ar": self.why_in("ar"),
            "scores": {"a_to_b": self.a_to_b.to_dict(), "b_to_a": self.b_to_a.to_dict()},
        }


def decide(
    pair: ClaimPair,
    a: Claim,
    b: Claim,
    a_to_b: Scores,
    b_to_a: Scores,
    settings: VerdictSettings,
    *,
    days: int | None = None,
    around: Surroundings = _NOWHERE,
    one_event: bool = True,
    alone: bool = False,
    model: fusion.Model | None = None,
) -> Verdict:
    """Return the verdict on one pair of claims; `days` lie between the reports, `around` tells of both articles.

    `one_event` says that both articles tell of one event at one time: only then can they contradict each other, and
    what they share besides must be surer to be called agreement.

    `alone` says that somebody put these two side by side: no two articles were searched for them, so that how well they
    were found tells nothing, and the judge decides.

    `model` is that of `configs/fusion.json` unless another is given.

    What the judge alone sees as a clash is uncertain, not neutral, unless it is an update.

    Contradiction is asked first: a claim that clashes is no support, however many of its words the other shares.
    """
    comparison = compare(a, b)
    if alone:
        probability = fusion.of_scores_alone(a_to_b, b_to_a)
    else:
        probability = fusion.probabilities(fusion.features(pair, comparison, a_to_b, b_to_a, days, around), model)
    repeated = kind_of(comparison) == "other" and a.status == b.status and contained(a.in_full, b.in_full)
    least = settings.contradiction_probability_alone if alone else settings.contradiction_probability
    grounded = alone or has_ground(comparison, a_to_b, b_to_a, settings)
    clash = grounded and not repeated and probability["contradiction"] >= least
    if repeated or not one_event:
        neutral = probability["neutral"] + probability["contradiction"]
        probability = {**probability, "neutral": neutral, "contradiction": 0.0}
    label = _label(probability, settings, clash=clash, one_event=one_event)
    seen = _seen(a_to_b, b_to_a)
    updated = one_event and updates(pair, a, b, (a_to_b, b_to_a), days or 0, settings)
    doubted = one_event and not (alone or repeated or updated) and seen >= settings.uncertain_contradiction
    if label == "neutral" and doubted:
        label = "uncertain"
    kind = kind_of(comparison) if label == "contradiction" else None
    relation: str = label
    if label == "contradiction" and comparison.speakers in _PARTIES:
        relation = "dispute"
    elif label == "neutral":
        relation = "different_event" if clash else "superseded" if updated else "compatible"
    elif label == "uncertain":
        relation = "compatible"
    return Verdict(
        label,
        relation,
        kind,
        probability[label] if label in probability else max(probability.values()),
        a,
        b,
        a_to_b,
        b_to_a,
        pair.similarity,
        _reasons(label, relation, kind),
        independent=not copied(a.text, b.text),
        probabilities=probability,
        spans=evidence(kind, a, b, comparison),
    )


def updates(
    pair: ClaimPair, a: Claim, b: Claim, scores: tuple[Scores, Scores], days: int, settings: VerdictSettings
) -> bool:
    """Whether the later of two reports, `days` after each other, tells a later stage of what the earlier one tells."""
    if days == 0 or pair.best_of < _BOTH or pair.matching < settings.superseded_matching:
        return False
    earlier, later = (a, b) if days > 0 else (b, a)
    most = max(one.entailment for one in scores)
    return advances(earlier.status, later.status) and most < settings.superseded_entailment


def _label(probability: Mapping[str, float], settings: VerdictSettings, *, clash: bool, one_event: bool) -> Label:
    """The first label that is sure enough; a contradiction is asked first."""
    least_agreed = settings.agreement_probability if one_event else settings.agreement_probability_apart
    if clash and one_event:
        return "contradiction"
    if probability["agreement"] >= least_agreed:
        return "agreement"
    return "neutral" if probability["neutral"] >= settings.neutral_probability else "uncertain"


def _reasons(label: Label, relation: str, kind: str | None) -> tuple[str, ...]:
    """The entries of `configs/reasons.toml` that tell why."""
    if kind:
        return ("dispute", kind) if relation == "dispute" else (kind,)
    return (label,) if label == "uncertain" else (relation,)


def _seen(a_to_b: Scores, b_to_a: Scores) -> float:
    """How much of a contradiction the judge alone sees: it holds in both directions."""
    return (a_to_b.contradiction + b_to_a.contradiction) / 2


def has_ground(comparison: Comparison, a_to_b: Scores, b_to_a: Scores, settings: VerdictSettings) -> bool:
    """Whether a contradiction could be explained: words clash, or the judge alone sees enough of one."""
    seen = _seen(a_to_b, b_to_a)
    return kind_of(comparison) != "other" or seen >= settings.contradiction_seen


def of_one_event(likeness: float, days: int | None, settings: EventSettings, *, same_language: bool) -> bool:
    """Whether two articles, so alike and so many days apart (None: not known), tell of one event at one time."""
    if not same_language:
        least = settings.likeness_two_languages
    else:
        least = settings.likeness_undated if days is None else settings.likeness
    return likeness >= least and abs(days or 0) <= settings.max_days


def kind_of(comparison: Comparison) -> str:
    """What a contradiction is about, as far as the frames tell it; a denial is no stage where one says no, one yes."""
    if comparison.denial and comparison.polarity == "clash" and comparison.number != "clash":
        return "polarity"
    for kind in ("number", "status", "polarity", "time", "place"):
        if getattr(comparison, kind) == "clash":
            return kind
    return "other"


def evidence(kind: str | None, a: Claim, b: Claim, comparison: Comparison) -> tuple[Spans, Spans]:
    """The words that clash, as offsets into the articles; the whole claim where no words of it tell."""
    inside: dict[str | None, tuple[Span, Span]] = {
        "number": comparison.number_spans or (None, None),
        "status": (a.status_at, b.status_at),
        "polarity": (a.negation_at, b.negation_at),
        "time": (_span(a.time), _span(b.time)),
        "place": (_span(a.place), _span(b.place)),
    }
    of_a, of_b = inside.get(kind, (None, None))
    return _in_article(a, of_a), _in_article(b, of_b)


def _span(found: Period | Named | None) -> Span:
    return (found.start, found.end) if found else None


def _in_article(claim: Claim, span: Span) -> Spans:
    return ((claim.start + span[0], claim.start + span[1]),) if span else ((claim.start, claim.end),)


def settle(verdicts: Sequence[Verdict]) -> list[Verdict]:
    """Return all verdicts in the order of a report, with one contradiction or agreement at most for each claim.

    When a claim clashes or agrees with several sentences of the other article, the most probable verdict stands; the
    others become uncertain, for mostly they only repeat its topic. A contradiction goes before any agreement, which is
    how a clash hides: most of the words are shared. Only where both claims of it are told alike elsewhere, each in a
    more probable agreement, the articles agree on both.
    """
    agreed: dict[tuple[str, int], float] = {}
    for found in verdicts:
        if found.label == "agreement":
            for place in _places(found):
                agreed[place] = max(agreed.get(place, 0.0), found.probability)
    settled: list[Verdict] = []
    taken: set[tuple[str, int]] = set()
    for found in in_order(verdicts):
        places = _places(found)
        told_alike = all(agreed.get(place, 0.0) > found.probability for place in places)
        if found.label not in ("contradiction", "agreement"):
            settled.append(found)
        elif places & taken or (found.label == "contradiction" and told_alike):
            settled.append(
                replace(found, label="uncertain", relation="compatible", kind=None, reasons=("other_sentence",))
            )
        else:
            taken |= places
            settled.append(found)
    return in_order(settled)


def _places(verdict: Verdict) -> set[tuple[str, int]]:
    """Where the two claims of a verdict stand."""
    return {("a", verdict.a.start), ("b", verdict.b.start)}


def in_order(verdicts: Sequence[Verdict]) -> list[Verdict]:
    """Return contradictions by probability, then agreements, then the rest."""
    return sorted(verdicts, key=lambda v: (_ORDER[v.label], -v.probability, v.a.start, v.b.start))
