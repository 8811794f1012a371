"""What a corpus tells: the export (schema `tabayyun.corpus/1`), the report by event, and the status; plain data."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tabayyun.article import Article
from tabayyun.bidi import safe_json
from tabayyun.claims import Claim
from tabayyun.corpus.events import Event
from tabayyun.corpus.store import Store, StoredVerdict
from tabayyun.errors import InputError
from tabayyun.spelling import fold

SCHEMA = "tabayyun.corpus/1"
REPORT_SCHEMA = "tabayyun.corpus-report/1"
_ORDER = {"contradiction": 0, "agreement": 1, "uncertain": 2}
_NO_CLAIM = "no claim to check in it; `tabayyun claims` shows what was left out"


@dataclass(frozen=True, slots=True)
class _Content:
    """The store of one moment: articles, names and claims by key, events, and the verdicts of each event."""

    articles: dict[str, Article]
    names: dict[str, str]
    claims: dict[str, tuple[Claim, ...]]
    events: list[Event]
    verdicts: dict[str, list[StoredVerdict]]
    not_checked: list[dict[str, str]]


def _content(store: Store) -> _Content:
    with store.reading():
        articles = store.articles()
        events = store.events()
        names = _names(articles)
        not_checked = [{"source": source, "reason": reason} for source, reason in store.not_read()]
        not_checked += [{"source": names[key], "reason": _NO_CLAIM} for key in store.without_claims()]
        place = {key: number for number, key in enumerate(articles)}
        event_of = {key: event.id for event in events for key in event.keys}
        verdicts = defaultdict(list)
        for verdict in store.verdicts():
            verdicts[event_of[verdict.a]].append(verdict)
        for found in verdicts.values():
            found.sort(key=lambda v: (_ORDER[v.label], -v.probability, place[v.a], place[v.b]))
        return _Content(articles, names, store.claims(), events, dict(verdicts), not_checked)


def _names(articles: Mapping[str, Article]) -> dict[str, str]:
    """The ids of articles, by key; where several have the same one, a part of the key makes the difference."""
    taken = Counter(article.id for article in articles.values())
    return {
        key: article.id if article.id and taken[article.id] == 1 else f"{article.id}-{key[:8]}".lstrip("-")
        for key, article in articles.items()
    }


def export(store: Store) -> Iterator[str]:
    """Return the whole corpus as JSON text, piece by piece; the same articles give the same bytes."""
    content = _content(store)
    yield f'{{"schema": "{SCHEMA}"'
    parts: dict[str, Iterable[dict[str, Any]]] = {
        "articles": ({**article.to_dict(), "id": content.names[key]} for key, article in content.articles.items()),
        "events": (_event_ids(event, content) for event in content.events),
        "verdicts": (_verdict(v, content) for event in content.events for v in content.verdicts.get(event.id, ())),
        "not_checked": content.not_checked,
    }
    for name, entries in parts.items():
        yield f',\n"{name}": ['
        for number, entry in enumerate(entries):
            yield (",\n" if number else "\n") + safe_json(entry)
        yield "]"
    yield "}\n"


def _event_ids(event: Event, content: _Content) -> dict[str, Any]:
    return {
        "id": event.id,
        "articles": [content.names[key] for key in event.keys],
        "copies": {content.names[key]: content.names[original] for key, original in event.originals.items()},
    }


def _verdict(verdict: StoredVerdict, content: _Content) -> dict[str, Any]:
    """The verdict as in a report on two articles, each side with the id of its article."""
    sides = {
        side: {"article": content.names[key], **content.claims[key][claim].to_dict()}
        for side, key, claim in (("a", verdict.a, verdict.claim_a), ("b", verdict.b, verdict.claim_b))
    }
    order = ("label", "relation", "kind", "probability", "independent", "a", "b")
    found = verdict.rest | sides
    return {**{name: found[name] for name in order}, **found}


def report(store: Store, event: str | None = None) -> dict[str, Any]:
    """Return the report on the events of which something was found, those with contradictions first; or on one event.

    Raises:
        InputError: there is no event of that id.
    """
    content = _content(store)
    if event is not None and event not in {e.id for e in content.events}:
        raise InputError(f"There is no event {event!r}. `tabayyun corpus report` shows their ids.")
    told = [_event(e, content) for e in content.events if e.id == event or (event is None and e.id in content.verdicts)]
    told = [e for e in told if e["id"] == event or e["contradictions"] or e["agreements"]]
    told.sort(key=lambda e: -max((v["probability"] for v in e["contradictions"]), default=0.0))
    return {"schema": REPORT_SCHEMA, "events": told, "not_checked": content.not_checked, "status": status(store)}


def _event(event: Event, content: _Content) -> dict[str, Any]:
    verdicts = [v for v in content.verdicts.get(event.id, ()) if v.label in ("contradiction", "agreement")]
    articles = [content.articles[key] for key in event.keys]
    return {
        "id": event.id,
        "title": articles[0].title,
        "articles": [
            {
                "id": content.names[key],
                "outlet": article.outlet,
                "language": article.language,
                "published": article.published.isoformat() if article.published else None,
                "title": article.title,
                "copy_of": content.names[event.originals[key]] if key in event.originals else None,
            }
            for key, article in zip(event.keys, articles, strict=True)
        ],
        "contradictions": [_verdict(v, content) for v in verdicts if v.label == "contradiction"],
        "agreements": [_verdict(v, content) for v in verdicts if v.label == "agreement"],
        "statements": _statements(event, verdicts, content),
        "timeline": _timeline(verdicts, content),
        "article_pairs_skipped": event.skipped,
    }


def outlet_of(article: Article, name: str) -> str:
    """The outlet of an article, or the id of the article where it is not known."""
    return article.outlet or name


def _statements(event: Event, verdicts: Sequence[StoredVerdict], content: _Content) -> list[dict[str, Any]]:
    """The outlet-by-claim matrix: claims that agree are one statement, and each outlet says or contradicts it.

    An outlet that carries a copy says what the original says, where its copy has the claim too.
    """
    carriers = defaultdict(list)
    for copy, original in event.originals.items():
        for claim in content.claims[copy]:
            carriers[original, fold(claim.text)].append(copy)

    def outlets(key: str, claim: int) -> set[str]:
        keys = [key, *carriers[key, fold(content.claims[key][claim].text)]]
        return {outlet_of(content.articles[k], content.names[k]) for k in keys}

    ends = [((v.a, v.claim_a), (v.b, v.claim_b), v.label) for v in verdicts]
    statement = {claim: {claim} for a, b, _ in ends for claim in (a, b)}
    for a, b, label in ends:
        if label == "agreement" and statement[a] is not statement[b]:
            statement[a] |= statement[b]
            statement.update(dict.fromkeys(statement[b], statement[a]))
    rows = []
    place = {key: number for number, key in enumerate(event.keys)}
    for claims in {id(group): group for group in statement.values()}.values():
        ordered = sorted(claims, key=lambda claim: (place[claim[0]], claim[1]))
        says = {outlet for claim in claims for outlet in outlets(*claim)}
        against = [b if a in claims else a for a, b, label in ends if label == "contradiction" and {a, b} & claims]
        contradicts = {outlet for claim in against for outlet in outlets(*claim)}
        key, number = ordered[0]
        rows.append(
            {
                "text": content.claims[key][number].text,
                "article": content.names[key],
                "says": sorted(says),
                "contradicts": sorted(contradicts),
                "first": (place[key], number),
            }
        )
    rows.sort(key=lambda row: (not row["contradicts"], -len(row["says"]), row.pop("first")))
    return rows


def _timeline(verdicts: Sequence[StoredVerdict], content: _Content) -> list[dict[str, Any]]:
    """How far the event had come, by whom: the claims of its verdicts that have a status, the earliest first."""
    told = {(key, claim) for v in verdicts for key, claim in ((v.a, v.claim_a), (v.b, v.claim_b))}
    lines = []
    for key, number in told:
        claim, article = content.claims[key][number], content.articles[key]
        if claim.status:
            day = (claim.time.first if claim.time else None) or article.published
            line = {
                "day": day.isoformat() if day else None,
                "status": claim.status,
                "outlet": outlet_of(article, content.names[key]),
                "speaker": claim.speaker,
                "text": claim.text,
                "article": content.names[key],
            }
            lines.append(((line["day"] or "9999", key, number), line))
    return [line for _, line in sorted(lines, key=lambda entry: entry[0])]


def status(store: Store) -> dict[str, Any]:
    """Return how much of everything there is, what waits for a check, and what the last check was made by."""
    counts = store.counts()
    last = store.last_check()
    return {
        **counts,
        "articles_waiting": counts["articles"] - counts["read"],
        "article_pairs_waiting": counts["article_pairs"] - counts["article_pairs_done"],
        "not_read": len(store.not_read()),
        "without_claims": len(store.without_claims()),
        "bytes": store.size(),
        "embedder": last.embedder if last else None,
        "judge": last.judge if last else None,
        "config_hash": last.config_hash if last else None,
        "version": last.version if last else None,
    }
