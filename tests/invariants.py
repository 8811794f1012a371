"""What must hold of any article at all, for `tests/test_properties.py` and `scripts/fuzz.py`."""

from __future__ import annotations

import json
from collections.abc import Sequence
from itertools import pairwise

from tabayyun import Article, Scores, compare, extract, fusion, settings, verdicts
from tabayyun.claims import Claim
from tabayyun.models.fakes import FakeJudge
from tabayyun.pairing import ClaimPair
from tabayyun.spelling import words

SETTINGS = settings.load().verdicts
PAIR = ClaimPair(0, 0, 0.9, 0.9, 0.5)
MIRRORED = {"label", "relation", "kind", "reasons", "probability", "independent", "probabilities"}
"""What a verdict says whichever claim comes first."""


def inside(spans: Sequence[tuple[int, int] | None], length: int) -> None:
    for span in filter(None, spans):
        assert 0 <= span[0] < span[1] <= length, span


def of_article(article: Article) -> None:
    text = article.text
    text.encode()
    inside([(s.start, s.end) for s in article.boilerplate], len(text))
    inside([article.headline], len(text))
    assert all(a.end <= b.start for a, b in pairwise(article.boilerplate))
    json.dumps(article.to_dict(), allow_nan=False)


def of_claims(article: Article) -> tuple[Claim, ...]:
    """Extract the claims of `article`; their offsets hold, and nothing is told twice."""
    text, found = article.text, extract(article)
    parts = sorted([(c.start, c.end) for c in found.claims] + [(d.start, d.end) for d in found.dropped])
    inside(parts, len(text))
    assert all(a[1] <= b[0] for a, b in pairwise(parts)), "two parts overlap"
    assert all(s.end <= a or b <= s.start for s in article.boilerplate for a, b in parts), "noise in a claim"
    assert [c.start for c in found.claims] == sorted(c.start for c in found.claims)
    for claim in found.claims:
        assert claim.text == text[claim.start : claim.end] == claim.text.strip() != ""
        assert claim.sentence[0] <= claim.start < claim.end <= claim.sentence[1]
        assert claim.voice != "outlet" or not claim.speaker
        of_frame(claim)
    json.dumps(found.to_dict(article), allow_nan=False)
    return found.claims


def of_frame(claim: Claim) -> None:
    of_time = (claim.time.start, claim.time.end) if claim.time else None
    spans = [(x.start, x.end) for x in (*claim.quantities, *claim.entities)]
    inside([*spans, of_time, claim.status_at, claim.negation_at], len(claim.text))
    for amount in claim.quantities:
        assert amount.counted in claim.text
        assert amount.low is not None or amount.high is not None
        assert amount.low is None or amount.high is None or amount.low <= amount.high
    if claim.time and claim.time.first and claim.time.last:
        assert claim.time.first <= claim.time.last


def of_pair(a: Claim, b: Claim, there: Scores, back: Scores) -> None:
    """Decide about two claims both ways round: probabilities are such, evidence stands in the claims."""
    forth = verdicts.decide(PAIR, a, b, there, back, SETTINGS, days=2)
    other = verdicts.decide(PAIR, b, a, back, there, SETTINGS, days=-2)
    assert {name: getattr(forth, name) for name in MIRRORED} == {name: getattr(other, name) for name in MIRRORED}
    assert forth.spans == other.spans[::-1] or forth.kind == "number"  # of several amounts the first of `a` is shown
    for claim, spans in zip((a, b), forth.spans, strict=True):
        assert all(claim.start <= x < y <= claim.end for x, y in spans)
    for found in (forth.probabilities, fusion.of_scores_alone(there, back)):
        assert abs(sum(found.values()) - 1) < 1e-6
        assert all(0 <= value <= 1 for value in found.values())
    assert 0 <= forth.probability <= 1
    assert compare.compare(a, a).status in ("same", "unknown")
    assert compare.contained(a.text, a.text) == bool(words(a.text))
    json.dumps(forth.to_dict(), allow_nan=False)


def of_pairs(claims: Sequence[Claim]) -> None:
    """Compare each claim with itself and the next one, with the scores of a fake judge."""
    judge = FakeJudge()
    for a, b in [(c, c) for c in claims] + list(pairwise(claims)):
        of_pair(a, b, *judge.judge([(a.text, b.text), (b.text, a.text)]))
