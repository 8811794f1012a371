"""Which articles tell of one event, which are copies of one text, and which are worth comparing: pure functions.

Whether two articles are linked depends on these two alone (no frequencies over the corpus), and events are a function
of the set of links. So a new article costs its own links, and the order in which articles come changes nothing.
"""

from __future__ import annotations

import heapq
import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import count, pairwise

import numpy as np
from numpy.typing import NDArray

from tabayyun.article import Article
from tabayyun.claims import Claim
from tabayyun.settings import CorpusSettings
from tabayyun.spelling import fold, words

_RUN = 3
_LEAST_LETTERS = 3
_ROWS = 256
_DOUBT = 1e-4


@dataclass(frozen=True, slots=True)
class Trace:
    """What an article is found by: its day, the mean of its claims' vectors, hashes of its words and of runs of three.

    `centre` has length 1; `words` and `runs` are sorted and without repetition.
    """

    key: str
    published: date | None
    outlet: str
    language: str
    centre: NDArray[np.float32]
    words: NDArray[np.uint32]
    runs: NDArray[np.uint32]

    @property
    def order(self) -> tuple[date, str]:
        """The place in the corpus: by day, those without a day last."""
        return self.published or date.max, self.key


@dataclass(frozen=True, slots=True)
class Link:
    """Two articles (keys, `a` < `b`) that may tell of one event; `copied` is the share of their runs that both have."""

    a: str
    b: str
    likeness: float
    copied: float


@dataclass(frozen=True, slots=True)
class Event:
    """Articles (keys, the earliest first) of one event.

    `originals` names, of each copy, the article that it is a copy of. `pairs` are the articles of two outlets to
    compare: each with the originals most like it. `skipped` counts linked originals of two outlets that are not
    compared, because each has enough partners that are more alike.
    """

    id: str
    keys: tuple[str, ...]
    originals: Mapping[str, str]
    pairs: tuple[tuple[str, str], ...]
    skipped: int


def trace(key: str, article: Article, claims: Sequence[Claim], vectors: NDArray[np.float16]) -> Trace:
    """Return the trace of an article from its claims and their vectors, an array (claims, dimensions)."""
    found = [words(claim.text) for claim in claims]
    centre = vectors.astype(np.float32).sum(axis=0)
    return Trace(
        key,
        article.published,
        article.outlet,
        article.language,
        np.asarray(centre / (np.linalg.norm(centre) or 1.0), dtype=np.float32),
        _hashes(word for of_claim in found for word in of_claim if len(word) >= _LEAST_LETTERS),
        _hashes(" ".join(of_claim[i : i + _RUN]) for of_claim in found for i in range(len(of_claim) - _RUN + 1)),
    )


def _hashes(texts: Iterable[str]) -> NDArray[np.uint32]:
    return np.unique(np.fromiter((zlib.crc32(text.encode()) for text in texts), np.uint32))


def links(new: Sequence[Trace], every: Sequence[Trace], settings: CorpusSettings) -> list[Link]:
    """Return the links of the `new` articles to `every` article (the new ones are among them).

    Two articles are linked when they are at most `window_days` apart (or one has no day) and their likeness, the cosine
    of their centres plus `word_weight` times the cosine of their word sets, is high enough.
    """
    new = sorted(new, key=lambda t: t.order)
    days = np.asarray([t.published.toordinal() if t.published else np.nan for t in every])
    dated = sum(t.published is not None for t in new)
    starts = [*range(0, dated, _ROWS), *range(dated, len(new), _ROWS)]
    found: dict[tuple[str, str], Link] = {}
    for start, end in pairwise([*starts, len(new)]):
        rows = new[start:end]
        first, last = (t.published.toordinal() if t.published else np.nan for t in (rows[0], rows[-1]))
        far = (days < first - settings.window_days) | (days > last + settings.window_days)
        for link in _links(rows, [every[i] for i in np.flatnonzero(~far).tolist()], settings):
            found[link.a, link.b] = link
    return [found[pair] for pair in sorted(found)]


def _links(rows: Sequence[Trace], columns: Sequence[Trace], settings: CorpusSettings) -> Iterator[Link]:
    """The links of some articles to others: found all at once, then each computed by itself.

    A product of matrices gives other last digits in other company, and a link must not depend on its company.
    """
    shared = _word_cosines(rows, columns)
    likeness = np.stack([t.centre for t in rows]) @ np.stack([t.centre for t in columns]).T
    likeness += settings.word_weight * shared
    languages = [np.asarray([t.language for t in traces]) for traces in (rows, columns)]
    bar = np.where(languages[0][:, None] == languages[1], settings.min_likeness, settings.min_likeness_across)
    for i, j in np.argwhere(likeness >= bar - _DOUBT).tolist():
        a, b = sorted((rows[i], columns[j]), key=lambda t: t.key)
        days = abs((a.published - b.published).days) if a.published and b.published else 0
        exact = float((a.centre.astype(np.float64) * b.centre).sum() + settings.word_weight * float(shared[i, j]))
        if a.key != b.key and days <= settings.window_days and exact >= bar[i, j]:
            yield Link(a.key, b.key, exact, _share(a.runs, b.runs))


def _word_cosines(rows: Sequence[Trace], columns: Sequence[Trace]) -> NDArray[np.float64]:
    """The cosines of the word sets, an array (rows, columns)."""
    from scipy.sparse import csr_array

    every = [*rows, *columns]
    sizes = np.asarray([t.words.size for t in every])
    names, places = np.unique(np.concatenate([t.words for t in every]), return_inverse=True)
    ends = np.concatenate([[0], np.cumsum(sizes)])
    table = csr_array((np.ones(places.size, np.float32), places, ends), shape=(len(every), names.size))
    common = (table[: len(rows)] @ table[len(rows) :].T).toarray().astype(np.float64)
    long = np.sqrt(np.maximum(sizes, 1))
    return np.asarray(common / long[: len(rows), None] / long[None, len(rows) :])


def _share(a: NDArray[np.uint32], b: NDArray[np.uint32]) -> float:
    """The share of two sorted sets that both have (Jaccard)."""
    common = np.intersect1d(a, b, assume_unique=True).size
    return float(common / max(1, a.size + b.size - common))


def events(traces: Sequence[Trace], links: Sequence[Link], settings: CorpusSettings) -> list[Event]:
    """Return the events of a corpus, the earliest first; an article without links is an event of its own.

    Copies are articles of one event joined by links of at least `min_copied`; the original is the earliest of them.
    """
    known = {t.key: t for t in sorted(traces, key=lambda t: t.order)}
    links = sorted(links, key=lambda link: (link.a, link.b))
    members = groups(list(known), {(x.a, x.b): x.likeness for x in links}, settings.min_cohesion)
    event_of = {key: number for number, keys in enumerate(members) for key in keys}
    inside = defaultdict(list)
    for link in links:
        if event_of[link.a] == event_of[link.b]:
            inside[event_of[link.a]].append(link)
    return [_event([known[key] for key in keys], inside[number], settings) for number, keys in enumerate(members)]


def _event(members: Sequence[Trace], links: Sequence[Link], settings: CorpusSettings) -> Event:
    originals = _originals([t.key for t in members], [link for link in links if link.copied >= settings.min_copied])
    outlet = {t.key: fold(t.outlet) or t.key for t in members}
    place = {t.key: number for number, t in enumerate(members)}
    near: dict[str, dict[str, float]] = defaultdict(dict)
    for link in links:
        for one, other in ((link.a, link.b), (link.b, link.a)):
            # The original of a copy may be too many days away for a link of its own.
            original = originals.get(other, other)
            if outlet[one] != outlet[original]:
                near[one][original] = max(link.likeness, near[one].get(original, link.likeness))
    wanted = {
        (one, other) if place[one] < place[other] else (other, one)
        for one, found in near.items()
        for other in sorted(found, key=lambda key: (-found[key], place[key]))[: settings.partners]
    }
    of_originals = {frozenset((one, other)) for one in near.keys() - originals.keys() for other in near[one]}
    compared = sum(not set(pair) & originals.keys() for pair in wanted)
    return Event(
        f"event-{members[0].key[:12]}",
        tuple(t.key for t in members),
        originals,
        tuple(sorted(wanted, key=lambda pair: (place[pair[0]], place[pair[1]]))),
        len(of_originals) - compared,
    )


def _originals(keys: Sequence[str], copies: Sequence[Link]) -> dict[str, str]:
    """The original of each copy; `keys` stand in the order of the corpus."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import connected_components

    place = {key: number for number, key in enumerate(keys)}
    ends = ([place[link.a] for link in copies], [place[link.b] for link in copies])
    graph = csr_array((np.ones(len(copies)), ends), shape=(len(keys), len(keys)))
    first: dict[int, str] = {}
    originals = {}
    for key, component in zip(keys, connected_components(graph, directed=False)[1], strict=True):
        if first.setdefault(component, key) != key:
            originals[key] = first[component]
    return originals


def groups(keys: Sequence[str], likeness: Mapping[tuple[str, str], float], least: float) -> list[list[str]]:
    """Return the groups that average linkage finds: the two most alike merge first, while their mean is `least`.

    The mean runs over all pairs of members, and a pair without a link counts as 0: one link cannot chain two events
    together. Groups and their members stand in the order of `keys`.

    >>> chain = {("a", "b"): 1.0, ("b", "c"): 0.99, ("c", "d"): 1.0}
    >>> groups("abcd", chain, 0.5)
    [['a', 'b'], ['c', 'd']]
    """
    place = {key: number for number, key in enumerate(keys)}
    near: dict[int, dict[int, float]] = {number: {} for number in place.values()}
    for (one, other), value in likeness.items():
        near[place[one]][place[other]] = near[place[other]][place[one]] = value
    members = {number: [number] for number in near}
    heap = [(-value, place[one], place[other]) for (one, other), value in likeness.items() if value >= least]
    heapq.heapify(heap)
    numbers = count(len(keys))
    while heap:
        _, a, b = heapq.heappop(heap)
        if a not in near or b not in near:
            continue
        joined = next(numbers)
        members[joined] = members.pop(a) + members.pop(b)
        near[joined] = {}
        of_a, of_b = near.pop(a), near.pop(b)
        for third in sorted((of_a.keys() | of_b.keys()) - {a, b}):
            total = of_a.get(third, 0.0) + of_b.get(third, 0.0)
            near[joined][third] = near[third][joined] = total
            near[third].pop(a, None)
            near[third].pop(b, None)
            mean = total / (len(members[joined]) * len(members[third]))
            if mean >= least:
                heapq.heappush(heap, (-mean, third, joined))
    return [[keys[number] for number in group] for group in sorted(map(sorted, members.values()))]
