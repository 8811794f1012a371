"""Which claims of two articles are worth judging: pure functions over vectors and words."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from tabayyun.claims import Claim
from tabayyun.models.matching import cosines
from tabayyun.settings import PairingSettings
from tabayyun.spelling import words


@dataclass(frozen=True, slots=True)
class ClaimPair:
    """Claims `a` and `b` (indices into the claims of the two articles) and how alike they are.

    `similarity` is the cosine of their vectors, `matching` that of the vectors moved by the map of claim matching.
    `overlap` is None for claims in two languages, which share no words to count. `best_of` counts the claims (0, 1, 2)
    for which the other is the best partner of all.
    """

    a: int
    b: int
    similarity: float
    matching: float
    overlap: float | None
    best_of: int = 2


@dataclass(frozen=True, slots=True)
class Pairing:
    """The pairs to judge, and those that were worth it but fell to the budget.

    `likeness` of two articles is the cosine of a claim to its best partner, the mean over the claims of both.
    """

    chosen: tuple[ClaimPair, ...]
    over_budget: tuple[ClaimPair, ...]
    likeness: float = 0.0


def word_overlap(a: Sequence[Claim], b: Sequence[Claim]) -> NDArray[np.float64]:
    """Return the share of rare words that two claims share, an array (claims of a, claims of b) from 0 to 1.

    Words weigh by their inverse document frequency over both articles (Spaerck Jones 1972), and a claim's share is
    counted against the shorter of the two.
    """
    bags = [set(words(c.in_full)) for c in (*a, *b)]
    frequency = Counter(word for bag in bags for word in bag)
    column = {word: number for number, word in enumerate(frequency)}
    weight = np.array([math.log((1 + len(bags)) / (1 + count)) + 0.1 for count in frequency.values()])
    cells = [(row, column[word]) for row, bag in enumerate(bags) for word in sorted(bag)]
    rows, columns = np.array(cells, dtype=np.intp).reshape(-1, 2).T
    table = csr_array((np.ones(len(cells)), (rows, columns)), shape=(len(bags), len(weight)))
    mass = table @ weight
    mass[mass == 0] = 1.0
    common = ((table[: len(a)] * weight) @ table[len(a) :].T).toarray()
    return np.asarray(common / np.minimum.outer(mass[: len(a)], mass[len(a) :]))


def pair_claims(
    a: Sequence[Claim],
    b: Sequence[Claim],
    vectors_a: NDArray[np.floating[Any]],
    vectors_b: NDArray[np.floating[Any]],
    settings: PairingSettings,
    *,
    matching: NDArray[np.float32] | None = None,
    same_language: bool = True,
) -> Pairing:
    """Return the pairs in which either claim is among the other's best partners, the best first.

    Args:
        vectors_a: unit vectors of the claims of `a`, an array (claims, dimensions); `vectors_b` likewise.
        matching: the map of claim matching for such vectors, if there is one.
    """
    if not a or not b:
        return Pairing((), ())
    similarity = cosines(vectors_a, vectors_b)
    matched = similarity if matching is None else cosines(vectors_a, vectors_b, matching)
    overlap = word_overlap(a, b)
    nearness = matched + settings.overlap_weight * overlap
    best_of_a = np.argsort(-nearness, axis=1, kind="stable")[:, : settings.per_claim]
    best_of_b = np.argsort(-nearness, axis=0, kind="stable")[: settings.per_claim]
    wanted = {(i, int(j)) for i in range(len(a)) for j in best_of_a[i]}
    wanted |= {(int(i), j) for j in range(len(b)) for i in best_of_b[:, j]}
    alike = [(i, j) for i, j in wanted if nearness[i, j] >= settings.min_nearness]
    ordered = sorted(alike, key=lambda pair: (-nearness[pair], pair))
    shared = {pair: float(overlap[pair]) if same_language else None for pair in ordered}
    best = {pair: int(best_of_a[pair[0], 0] == pair[1]) + int(best_of_b[0, pair[1]] == pair[0]) for pair in ordered}
    pairs = [
        ClaimPair(i, j, float(similarity[i, j]), float(matched[i, j]), shared[i, j], best[i, j]) for i, j in ordered
    ]
    likeness = float(similarity.max(axis=1).mean() + similarity.max(axis=0).mean()) / 2
    return Pairing(tuple(pairs[: settings.max_pairs]), tuple(pairs[settings.max_pairs :]), likeness)
