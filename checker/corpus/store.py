"""The store of a corpus: one folder that holds one SQLite file (WAL: many may read while one writes).

What is written is either given (articles), or a function of what is written already (readings, links, events, pairs,
verdicts), and each step is one transaction. So whoever is killed at any moment and starts again ends where an
uninterrupted run ends, and two processes may add or check at once: they do the same work, and the second finds it done.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tabayyun.article import Article
from tabayyun.checker import Question
from tabayyun.claims import Claim
from tabayyun.corpus.events import Event, Link, Trace, trace
from tabayyun.errors import InputError
from tabayyun.models.base import Scores
from tabayyun.sqlite import foreign_parts, guard
from tabayyun.verdicts import Verdict

FILE = "corpus.sqlite"
_APPLICATION, _FORMAT = 0x7AB4, 1
_WAIT_SECONDS = 120
_TABLES = """
CREATE TABLE articles (
  key TEXT PRIMARY KEY, source TEXT NOT NULL, added TEXT NOT NULL, published TEXT, outlet TEXT NOT NULL,
  language TEXT NOT NULL, article TEXT NOT NULL);
CREATE TABLE not_read (source TEXT PRIMARY KEY, reason TEXT NOT NULL);
CREATE TABLE readings (
  key TEXT PRIMARY KEY REFERENCES articles, made_by TEXT NOT NULL, linked INTEGER NOT NULL DEFAULT 0,
  claims_found INTEGER NOT NULL, centre BLOB NOT NULL, words BLOB NOT NULL, runs BLOB NOT NULL, claims TEXT NOT NULL,
  vectors BLOB NOT NULL);
CREATE TABLE links (
  a TEXT REFERENCES readings ON DELETE CASCADE, b TEXT REFERENCES readings ON DELETE CASCADE, likeness REAL NOT NULL,
  copied REAL NOT NULL, PRIMARY KEY (a, b)) WITHOUT ROWID;
CREATE INDEX links_b ON links (b);
CREATE TABLE events (
  key TEXT PRIMARY KEY REFERENCES readings ON DELETE CASCADE, event TEXT NOT NULL, original TEXT NOT NULL,
  skipped INTEGER NOT NULL);
CREATE TABLE pairs (
  a TEXT REFERENCES readings ON DELETE CASCADE, b TEXT REFERENCES readings ON DELETE CASCADE, wanted_by TEXT NOT NULL,
  made_by TEXT, judged INTEGER NOT NULL DEFAULT 0, over_budget INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (a, b));
CREATE INDEX pairs_b ON pairs (b);
CREATE TABLE verdicts (
  a TEXT, b TEXT, place INTEGER, claim_a INTEGER NOT NULL, claim_b INTEGER NOT NULL, label TEXT NOT NULL,
  probability REAL NOT NULL, verdict TEXT NOT NULL, PRIMARY KEY (a, b, place),
  FOREIGN KEY (a, b) REFERENCES pairs ON DELETE CASCADE) WITHOUT ROWID;
CREATE TABLE checks (
  number INTEGER PRIMARY KEY, began TEXT NOT NULL, embedder TEXT NOT NULL, judge TEXT NOT NULL,
  config_hash TEXT NOT NULL, version TEXT NOT NULL);
CREATE TABLE scores (
  question BLOB PRIMARY KEY, entailment REAL NOT NULL, neutral REAL NOT NULL, contradiction REAL NOT NULL
  ) WITHOUT ROWID;
"""


@dataclass(frozen=True, slots=True)
class Reading:
    """What the models and the claim reader made of an article; `vectors` is an array (claims, dimensions)."""

    article: Article
    claims: tuple[Claim, ...]
    vectors: NDArray[np.float16]


@dataclass(frozen=True, slots=True)
class Provenance:
    """What readings and verdicts are made by."""

    embedder: str
    judge: str
    config_hash: str
    version: str


@dataclass(frozen=True, slots=True)
class PairToJudge:
    """Two articles of one event that wait for verdicts, the originals whose copies they are (or themselves)."""

    a: str
    b: str
    original_a: str
    original_b: str
    wanted_by: str


@dataclass(frozen=True, slots=True)
class StoredVerdict:
    """A verdict as it stands in the store: the articles by key, the claims by their place, the rest as JSON data."""

    a: str
    b: str
    claim_a: int
    claim_b: int
    label: str
    probability: float
    rest: dict[str, Any]


class Store:
    """An open store. Use one for each process or thread.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     store = Store.open(folder, create=True)
    ...     for _ in range(2):
    ...         print(store.add(Article.from_text("وقع الطرفان الاتفاق أمس.", outlet="الوطن"), "a.txt"))
    ...     store.close()
    True
    False
    """

    def __init__(self, connection: sqlite3.Connection, folder: Path) -> None:
        self.connection = connection
        self.folder = folder

    @classmethod
    def open(cls, folder: str | Path, *, create: bool = False) -> Store:
        """Open the store in `folder`; with `create`, begin one where there is none.

        Raises:
            InputError: there is none, or its file is no store that this version can read.
        """
        path = Path(folder) / FILE
        if not create and not path.is_file():
            raise InputError(f"There is no corpus in {folder}. Begin one: tabayyun corpus add FILES --store {folder}.")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            connection = sqlite3.connect(path, timeout=_WAIT_SECONDS, isolation_level=None)
            guard(connection)
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = NORMAL")
            connection.execute("PRAGMA foreign_keys = ON")
            store = cls(connection, path.parent)
            if not store._is_ours():
                with store.writing():
                    store._begin()
            if foreign := foreign_parts(connection, _TABLES):
                raise InputError(
                    f"{path} holds {foreign}, which tabayyun never made. Add the articles to a new --store."
                )
        except (OSError, sqlite3.Error) as error:
            raise InputError(f"{path} cannot be opened as a corpus: {error}. Give another --store folder.") from error
        return store

    def _is_ours(self) -> bool:
        return (self._one("PRAGMA application_id"), self._one("PRAGMA user_version")) == (_APPLICATION, _FORMAT)

    def _begin(self) -> None:
        if self._is_ours():
            return
        if self._one("SELECT count(*) FROM sqlite_master"):
            raise InputError(
                f"{self.folder / FILE} is no corpus of format {_FORMAT}, the one that this version of tabayyun reads. "
                "Add the articles to a new --store folder."
            )
        for statement in _TABLES.split(";\n"):
            self.connection.execute(statement)
        self.connection.execute(f"PRAGMA application_id = {_APPLICATION}")
        self.connection.execute(f"PRAGMA user_version = {_FORMAT}")

    def close(self) -> None:
        """Close the store."""
        self.connection.close()

    @contextmanager
    def writing(self) -> Iterator[None]:
        """One transaction, the only one that writes: it is in the store as a whole or not at all."""
        yield from self._transaction("BEGIN IMMEDIATE")

    @contextmanager
    def reading(self) -> Iterator[None]:
        """One transaction that reads: all of it sees the store of one moment."""
        yield from self._transaction("BEGIN")

    def _transaction(self, begin: str) -> Iterator[None]:
        try:
            self.connection.execute(begin)
            yield
            self.connection.execute("COMMIT")
        except BaseException as error:
            if self.connection.in_transaction:
                self.connection.execute("ROLLBACK")
            if isinstance(error, sqlite3.OperationalError):
                raise InputError(
                    f"{self.folder / FILE} cannot be written: {error}. What stood there stays. Make room, or name "
                    "another --store, and run again."
                ) from error
            raise

    def _one(self, query: str, *values: Any) -> Any:
        return self.connection.execute(query, values).fetchone()[0]

    def add(self, article: Article, source: str) -> bool:
        """Add an article that came from `source`; return whether it is new."""
        row = (
            key_of(article),
            source,
            _now(),
            article.published.isoformat() if article.published else None,
            article.outlet,
            article.language,
            _adapter(Article).dump_json(article).decode(),
        )
        with self.writing():
            self.connection.execute("DELETE FROM not_read WHERE source = ?", (source,))
            added = self.connection.execute("INSERT OR IGNORE INTO articles VALUES (?,?,?,?,?,?,?)", row)
        return added.rowcount == 1

    def add_check(self, made_by: Provenance) -> None:
        """Remember that a check began, and what its verdicts are made by."""
        row = (_now(), made_by.embedder, made_by.judge, made_by.config_hash, made_by.version)
        with self.writing():
            self.connection.execute(
                "INSERT INTO checks (began, embedder, judge, config_hash, version) VALUES (?,?,?,?,?)", row
            )

    def last_check(self) -> Provenance | None:
        """What the verdicts of the last check are made by."""
        query = "SELECT embedder, judge, config_hash, version FROM checks ORDER BY number DESC LIMIT 1"
        row = self.connection.execute(query).fetchone()
        return Provenance(*row) if row else None

    def could_not_read(self, source: str, reason: str) -> None:
        """Remember that what is at `source` is no article, and why."""
        with self.writing():
            self.connection.execute("INSERT OR REPLACE INTO not_read VALUES (?, ?)", (source, reason))

    def not_read(self) -> list[tuple[str, str]]:
        """What could not be read, with the reason."""
        return self.connection.execute("SELECT source, reason FROM not_read ORDER BY source").fetchall()

    def to_read(self, made_by: str) -> list[str]:
        """The articles that have no reading by `made_by`, in the order of the corpus."""
        query = """SELECT key FROM articles LEFT JOIN readings USING (key) WHERE made_by IS NOT ?
                   ORDER BY published IS NULL, published, key"""
        return [key for (key,) in self.connection.execute(query, (made_by,))]

    def article(self, key: str) -> Article:
        """The article of that key."""
        found: Article = _adapter(Article).validate_json(self._one("SELECT article FROM articles WHERE key = ?", key))
        return found

    def articles(self) -> dict[str, Article]:
        """All articles by key, in the order of the corpus: by day, those without a day last."""
        query = "SELECT key, article FROM articles ORDER BY published IS NULL, published, key"
        return {key: _adapter(Article).validate_json(text) for key, text in self.connection.execute(query)}

    def add_reading(self, key: str, reading: Reading, made_by: str) -> None:
        """Write a reading; what was made of an older one goes."""
        found = trace(key, reading.article, reading.claims, reading.vectors)
        row = (
            key,
            made_by,
            len(reading.claims),
            found.centre.tobytes(),
            found.words.tobytes(),
            found.runs.tobytes(),
            _adapter(tuple[Claim, ...]).dump_json(reading.claims).decode(),
            reading.vectors.tobytes(),
        )
        with self.writing():
            self.connection.execute("DELETE FROM readings WHERE key = ?", (key,))
            self.connection.execute("INSERT INTO readings VALUES (?,?,0,?,?,?,?,?,?)", row)

    def a_reading(self, key: str) -> Reading:
        """The reading of an article."""
        claims_found, text, blob = self.connection.execute(
            "SELECT claims_found, claims, vectors FROM readings WHERE key = ?", (key,)
        ).fetchone()
        vectors = np.frombuffer(blob, np.float16).reshape(claims_found, -1 if blob else 0)
        return Reading(self.article(key), _adapter(tuple[Claim, ...]).validate_json(text), vectors)

    def claims(self) -> dict[str, tuple[Claim, ...]]:
        """The claims of all articles that were read, by the key of the article."""
        query = "SELECT key, claims FROM readings"
        return {key: _adapter(tuple[Claim, ...]).validate_json(text) for key, text in self.connection.execute(query)}

    def without_claims(self) -> list[str]:
        """The articles in which no claim was found, in the order of the corpus."""
        query = """SELECT key FROM readings JOIN articles USING (key) WHERE claims_found = 0
                   ORDER BY published IS NULL, published, key"""
        return [key for (key,) in self.connection.execute(query)]

    def traces(self, linked_by: int) -> tuple[list[Trace], list[Trace]]:
        """The traces of all articles with claims, and those of them that these settings have not linked yet.

        `linked_by` is the number of the settings. Call while writing.
        """
        query = """SELECT linked, key, published, outlet, language, centre, words, runs
                   FROM readings JOIN articles USING (key) WHERE claims_found
                   ORDER BY published IS NULL, published, key"""
        every, new = [], []
        for linked, key, published, outlet, language, centre, words, runs in self.connection.execute(query):
            found = Trace(
                key,
                date.fromisoformat(published) if published else None,
                outlet,
                language,
                np.frombuffer(centre, np.float32),
                np.frombuffer(words, np.uint32),
                np.frombuffer(runs, np.uint32),
            )
            every.append(found)
            if linked != linked_by:
                new.append(found)
        return every, new

    def add_links(self, links: Iterable[Link], linked_by: int) -> None:
        """Write links in place of those by other settings; all readings count as linked by these from now on.

        Call while writing.
        """
        self.connection.execute(
            """WITH old AS (SELECT key FROM readings WHERE linked != ?)
               DELETE FROM links WHERE a IN old OR b IN old""",
            (linked_by,),
        )
        rows = ((link.a, link.b, link.likeness, link.copied) for link in links)
        self.connection.executemany("INSERT OR IGNORE INTO links VALUES (?,?,?,?)", rows)
        self.connection.execute("UPDATE readings SET linked = ? WHERE linked != ?", (linked_by, linked_by))

    def links(self) -> list[Link]:
        """All links."""
        return [Link(*row) for row in self.connection.execute("SELECT a, b, likeness, copied FROM links")]

    def set_events(self, events: Sequence[Event], wanted: Mapping[tuple[str, str], str]) -> None:
        """Write the events, and the article pairs that are wanted with the recipe of their verdicts.

        Verdicts of pairs that are not wanted any more go. Call while writing.
        """
        self.connection.execute("DELETE FROM events")
        self.connection.executemany(
            "INSERT INTO events VALUES (?,?,?,?)",
            ((key, event.id, event.originals.get(key, key), event.skipped) for event in events for key in event.keys),
        )
        known = set(self.connection.execute("SELECT a, b FROM pairs"))
        self.connection.executemany("DELETE FROM pairs WHERE a = ? AND b = ?", known - wanted.keys())
        self.connection.executemany(
            """INSERT INTO pairs (a, b, wanted_by) VALUES (?,?,?)
               ON CONFLICT DO UPDATE SET wanted_by = excluded.wanted_by WHERE wanted_by != excluded.wanted_by""",
            ((*pair, recipe) for pair, recipe in wanted.items()),
        )

    def events(self) -> list[Event]:
        """The events of the last check, the earliest first."""
        query = """SELECT event, key, original, skipped FROM events JOIN articles USING (key)
                   ORDER BY published IS NULL, published, key"""
        members: dict[str, list[tuple[str, str, int]]] = {}
        for event, key, original, skipped in self.connection.execute(query):
            members.setdefault(event, []).append((key, original, skipped))
        pairs: dict[str, list[tuple[str, str]]] = {}
        for event, a, b in self.connection.execute(
            "SELECT event, a, b FROM pairs JOIN events ON key = a ORDER BY a, b"
        ):
            pairs.setdefault(event, []).append((a, b))
        return [
            Event(
                event,
                tuple(key for key, _, _ in rows),
                {key: original for key, original, _ in rows if key != original},
                tuple(pairs.get(event, ())),
                rows[0][2],
            )
            for event, rows in members.items()
        ]

    def to_judge(self) -> list[PairToJudge]:
        """The article pairs whose verdicts are missing or were made by another recipe, in the order of the corpus."""
        query = """SELECT a, b, first.original, second.original, wanted_by FROM pairs
                   JOIN events AS first ON first.key = a JOIN events AS second ON second.key = b
                   WHERE made_by IS NOT wanted_by ORDER BY first.event, a, b"""
        return [PairToJudge(*row) for row in self.connection.execute(query)]

    def add_scores(self, judge: str, scores: Mapping[Question, Scores]) -> None:
        """Keep scores of a judge; the first ones of a question stay."""
        rows = ((_digest(judge, question), s.entailment, s.neutral, s.contradiction) for question, s in scores.items())
        with self.writing():
            self.connection.executemany("INSERT OR IGNORE INTO scores VALUES (?,?,?,?)", rows)

    def scores(self, judge: str, questions: Iterable[Question]) -> dict[Question, Scores]:
        """The scores that are kept, of these questions to a judge."""
        query = "SELECT entailment, neutral, contradiction FROM scores WHERE question = ?"
        rows = ((q, self.connection.execute(query, (_digest(judge, q),)).fetchone()) for q in questions)
        return {question: Scores(*row) for question, row in rows if row}

    def add_verdicts(
        self, pair: PairToJudge, verdicts: Sequence[Verdict], a: Sequence[Claim], b: Sequence[Claim], over_budget: int
    ) -> None:
        """Write the verdicts on an article pair with the claims `a` and `b`; neutral ones are only counted."""
        place_a, place_b = ({c.start: place for place, c in enumerate(found)} for found in (a, b))
        rows: list[tuple[Any, ...]] = []
        for verdict in verdicts:
            if verdict.label == "neutral":
                continue
            rest = {name: value for name, value in verdict.to_dict().items() if name not in ("a", "b")}
            places = place_a[verdict.a.start], place_b[verdict.b.start]
            text = json.dumps(rest, ensure_ascii=False)
            rows.append((pair.a, pair.b, len(rows), *places, verdict.label, verdict.probability, text))
        with self.writing():
            # Whoever else wrote a reading or events meanwhile has asked for other verdicts: then these are dropped.
            still = self.connection.execute(
                "UPDATE pairs SET made_by = ?, judged = ?, over_budget = ? WHERE a = ? AND b = ? AND wanted_by = ?",
                (pair.wanted_by, len(verdicts), over_budget, pair.a, pair.b, pair.wanted_by),
            )
            if still.rowcount:
                self.connection.execute("DELETE FROM verdicts WHERE a = ? AND b = ?", (pair.a, pair.b))
                self.connection.executemany("INSERT INTO verdicts VALUES (?,?,?,?,?,?,?,?)", rows)

    def verdicts(self) -> Iterator[StoredVerdict]:
        """All verdicts but the neutral ones, by article pair, in the order of a report."""
        query = "SELECT a, b, claim_a, claim_b, label, probability, verdict FROM verdicts ORDER BY a, b, place"
        for a, b, claim_a, claim_b, label, probability, text in self.connection.execute(query):
            yield StoredVerdict(a, b, claim_a, claim_b, label, probability, json.loads(text))

    def counts(self) -> dict[str, int]:
        """How much of everything there is."""
        queries = {
            "articles": "SELECT count(*) FROM articles",
            "read": "SELECT count(*) FROM readings",
            "claims": "SELECT coalesce(sum(claims_found), 0) FROM readings",
            "events": "SELECT count(DISTINCT event) FROM events",
            "copies": "SELECT count(*) FROM events WHERE key != original",
            "article_pairs": "SELECT count(*) FROM pairs",
            "article_pairs_done": "SELECT count(*) FROM pairs WHERE made_by = wanted_by",
            "claim_pairs_judged": "SELECT coalesce(sum(judged), 0) FROM pairs",
            "claim_pairs_over_budget": "SELECT coalesce(sum(over_budget), 0) FROM pairs",
            "contradictions": "SELECT count(*) FROM verdicts WHERE label = 'contradiction'",
            "agreements": "SELECT count(*) FROM verdicts WHERE label = 'agreement'",
        }
        return {name: int(self._one(query)) for name, query in queries.items()}

    def size(self) -> int:
        """The bytes of the store's files."""
        return sum(path.stat().st_size for path in self.folder.glob(f"{FILE}*"))


def key_of(article: Article) -> str:
    """The key of an article: a hash of what was given (not of what was found in it), 16 hex digits."""
    given = article.published.isoformat() if article.published and article.published_from != "text" else ""
    content = json.dumps([article.text, article.id, article.outlet, article.url, given], ensure_ascii=False)
    return hashlib.sha256(content.encode()).hexdigest()[:16]


def _digest(judge: str, question: Question) -> bytes:
    """The key of a question in the cache of scores."""
    return hashlib.blake2b("\x00".join((judge, *question)).encode(), digest_size=16).digest()


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


@cache
def _adapter(kind: Any) -> Any:
    from pydantic import TypeAdapter

    return TypeAdapter(kind)
