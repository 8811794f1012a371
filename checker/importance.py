"""Which claims of an article weigh most: those whose words the rest of the article takes up, the earlier first.

The degree of a claim in the graph of shared words, as in LexRank (Erkan and Radev 2004), times the pyramid of news.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

from tabayyun.claims import Claim
from tabayyun.spelling import words

_LEAD = 0.5
"""How much the first claim weighs more than the last."""


def weights(claims: Sequence[Claim]) -> list[float]:
    """Return the weight of each claim of an article, from 0 to 1 + the share of the lead.

    >>> texts = "وقع الطرفان الاتفاق", "ينص الاتفاق على هدنة بين الطرفين", "فازت سيدات النادي بالكأس"
    >>> found = weights([Claim(text, 0, len(text), (0, len(text))) for text in texts])
    >>> found.index(max(found)), found.index(min(found))
    (0, 2)
    """
    bags = [set(words(claim.text)) for claim in claims]
    frequency = Counter(word for bag in bags for word in bag)
    rarity = {word: math.log((1 + len(bags)) / count) for word, count in frequency.items()}
    norms = [math.sqrt(sum(rarity[word] ** 2 for word in bag)) or 1.0 for bag in bags]
    # The sum of the cosines of one claim to all others, taken word by word: linear in the length of the article.
    reach: Counter[str] = Counter()
    for bag, norm in zip(bags, norms, strict=True):
        reach.update(dict.fromkeys(bag, 1 / norm))
    degrees = [
        sum(rarity[word] ** 2 * (reach[word] - 1 / norm) for word in bag) / norm
        for bag, norm in zip(bags, norms, strict=True)
    ]
    highest = max(degrees, default=0.0) or 1.0
    last = max(1, len(claims) - 1)
    return [degree / highest + _LEAD * (1 - place / last) for place, degree in enumerate(degrees)]


def ranked(chosen: Sequence[Claim], claims: Sequence[Claim]) -> tuple[Claim, ...]:
    """Return `chosen`, some of the `claims` of an article, the weightiest first."""
    weight = {claim.start: value for claim, value in zip(claims, weights(claims), strict=True)}
    return tuple(sorted(chosen, key=lambda claim: (-weight[claim.start], claim.start)))
