"""What two whole articles tell of a pair of their claims: its rivals and neighbours, its place, the words it shares."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from tabayyun.claims import Claim
from tabayyun.models.base import Scores
from tabayyun.pairing import ClaimPair
from tabayyun.spelling import openings, words

_SHORTEST = 3


@dataclass(frozen=True, slots=True)
class Surroundings:
    """One judged pair of claims among the others of both articles.

    Its rivals are the pairs that share a claim with it.
    """

    rivals: int = 0
    """The rivals in which the judge sees more of a contradiction."""
    rival_entailment: float = 0.0
    """The highest entailment, from 0 to 1, among the rivals: a claim told elsewhere is seldom denied here."""
    ahead: float = 0.0
    """The cosine of matching of the pair less that of its best rival."""
    near_contradiction: float = 0.0
    """The highest contradiction among the pairs one claim further or back on both sides; likewise `near_entailment`."""
    near_entailment: float = 0.0
    better_least: int = 0
    """The better partners of that claim which has fewer of them, and of the other one (`better_most`)."""
    better_most: int = 0
    first: int = 0
    """The place in its article, from 0, of that claim which stands earlier, and of the other one (`last`)."""
    last: int = 0
    apart: float = 0.0
    """How far apart the places are, as shares of the articles."""
    closeness: float = 0.0
    """The cosine of matching of the pair less the mean of all judged pairs."""
    shared: float = 0.0
    """The weight of the words that both claims share; as a share of the lighter and of the heavier claim."""
    shared_of_lighter: float = 0.0
    shared_of_heavier: float = 0.0


def surroundings(
    pairs: Sequence[ClaimPair], scores: Sequence[tuple[Scores, Scores]], a: Sequence[Claim], b: Sequence[Claim]
) -> list[Surroundings]:
    """Return the surroundings of each judged pair of the claims `a` and `b`, given the judge's scores of all.

    `pairs` come as `pairing.pair_claims` orders them: the best first.
    """
    clash = [(forth.contradiction + back.contradiction) / 2 for forth, back in scores]
    support = [max(forth.entailment, back.entailment) for forth, back in scores]
    mean = sum(pair.matching for pair in pairs) / max(1, len(pairs))
    of_a, of_b = defaultdict[int, list[int]](list), defaultdict[int, list[int]](list)
    for number, pair in enumerate(pairs):
        of_a[pair.a].append(number)
        of_b[pair.b].append(number)
    at = {(pair.a, pair.b): number for number, pair in enumerate(pairs)}
    weights = _Weights(a, b)
    found = []
    for number, pair in enumerate(pairs):
        rivals = [n for n in (*of_a[pair.a], *of_b[pair.b]) if n != number]
        beside = [(i, j) for i in range(pair.a - 1, pair.a + 2) for j in range(pair.b - 1, pair.b + 2)]
        near = [at[place] for place in beside if place in at and at[place] != number]
        better = sorted((of_a[pair.a].index(number), of_b[pair.b].index(number)))
        lighter, heavier = sorted((weights.of_a[pair.a], weights.of_b[pair.b]))
        shared = weights.shared(pair)
        found.append(
            Surroundings(
                rivals=sum(clash[n] > clash[number] for n in rivals),
                rival_entailment=max((support[n] for n in rivals), default=0.0),
                ahead=pair.matching - max((pairs[n].matching for n in rivals), default=pair.matching),
                near_contradiction=max((clash[n] for n in near), default=0.0),
                near_entailment=max((support[n] for n in near), default=0.0),
                better_least=better[0],
                better_most=better[1],
                first=min(pair.a, pair.b),
                last=max(pair.a, pair.b),
                apart=abs(pair.a / len(a) - pair.b / len(b)),
                closeness=pair.matching - mean,
                shared=shared,
                shared_of_lighter=shared / lighter if lighter else 0.0,
                shared_of_heavier=shared / heavier if heavier else 0.0,
            )
        )
    return found


class _Weights:
    """The openings of the words of each claim, weighed by their rarity in both articles (endings vary in Arabic)."""

    def __init__(self, a: Sequence[Claim], b: Sequence[Claim]) -> None:
        self._a, self._b = ([openings(words(claim.text), _SHORTEST) for claim in side] for side in (a, b))
        bags = [*self._a, *self._b]
        frequency = Counter(opening for bag in bags for opening in bag)
        self._weight = {opening: math.log(1 + len(bags) / count) for opening, count in frequency.items()}
        self.of_a, self.of_b = [self._sum(bag) for bag in self._a], [self._sum(bag) for bag in self._b]

    def shared(self, pair: ClaimPair) -> float:
        return self._sum(self._a[pair.a] & self._b[pair.b])

    def _sum(self, bag: set[str]) -> float:
        return math.fsum(self._weight[opening] for opening in bag)
