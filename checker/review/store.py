"""What people decided, in one SQLite file: a history that only grows, keyed by what the two statements say."""

from __future__ import annotations

import datetime
import hashlib
import json
import sqlite3
import threading
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from tabayyun.errors import InputError
from tabayyun.sqlite import foreign_parts, guard

_SCHEMA = """
CREATE TABLE IF NOT EXISTS texts (id TEXT PRIMARY KEY, text TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS reports (
  id TEXT PRIMARY KEY, at TEXT NOT NULL, a TEXT NOT NULL, b TEXT NOT NULL, report TEXT NOT NULL,
  written TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS pairs (key TEXT PRIMARY KEY, a TEXT NOT NULL, b TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS decisions (
  id INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT NOT NULL REFERENCES pairs (key), labeller TEXT NOT NULL,
  action TEXT NOT NULL, label TEXT, relation TEXT, kind TEXT, note TEXT NOT NULL, at TEXT NOT NULL,
  undoes INTEGER UNIQUE REFERENCES decisions (id)
);
CREATE INDEX IF NOT EXISTS decisions_of ON decisions (labeller, key);
CREATE TRIGGER IF NOT EXISTS decisions_stay BEFORE UPDATE ON decisions
  BEGIN SELECT RAISE (ABORT, 'decisions are never changed'); END;
CREATE TRIGGER IF NOT EXISTS decisions_remain BEFORE DELETE ON decisions
  BEGIN SELECT RAISE (ABORT, 'decisions are never deleted'); END;
CREATE VIEW IF NOT EXISTS standing AS SELECT * FROM decisions
  WHERE action != 'undo' AND id NOT IN (SELECT undoes FROM decisions WHERE undoes IS NOT NULL);
"""
_QUEUE = """
WITH mine AS (
  SELECT key, max(label IS NOT NULL) AS done, sum(action = 'skip') AS skips FROM standing
  WHERE labeller = ?1 GROUP BY key
), others AS (SELECT DISTINCT key FROM standing WHERE labeller != ?1 AND label IS NOT NULL)
SELECT pairs.key FROM pairs LEFT JOIN mine ON mine.key = pairs.key LEFT JOIN others ON others.key = pairs.key
  WHERE NOT ifnull(done, 0) ORDER BY ifnull(skips, 0), others.key IS NULL, pairs.key
"""
_LEAST_LABELS = 2
_PATIENCE = 60  # seconds to wait for another process that writes


@dataclass(frozen=True, slots=True)
class Side:
    """One statement where it stands: `article[start:end] == text`, in code points."""

    text: str
    start: int
    end: int
    article: str
    language: str = ""
    date: str | None = None
    outlet: str = ""
    speaker: str = ""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two statements that somebody may label; `key` is that of `tabayyun.report`."""

    key: str
    a: Side
    b: Side


@dataclass(frozen=True, slots=True)
class Decision:
    """What one person said of a pair.

    `action` is confirm, correct or dismiss (of a verdict), label or skip (of a pair), import, or undo. Label, relation
    and kind are those of `configs/review.toml`; an undo or a skip has none.
    """

    key: str
    labeller: str
    action: str
    label: str | None = None
    relation: str | None = None
    kind: str | None = None
    note: str = ""
    at: str = ""
    id: int = 0
    undoes: int | None = None


@dataclass(frozen=True, slots=True)
class Store:
    """The SQLite file at `path`; every call opens it anew, so that threads and processes can share it."""

    path: Path
    _turn: threading.Lock = field(default_factory=threading.Lock, repr=False, compare=False)
    """Writers of one process take turns: in SQLite's own waiting each tries again by chance, and some time out."""

    @classmethod
    def open(cls, path: Path) -> Store:
        """Return the store at `path`, made when it is not there.

        Raises:
            InputError: the file cannot be made, or is no SQLite file.
        """
        store = cls(path)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch(mode=0o600)
            with store._database() as database:
                database.execute("PRAGMA journal_mode = WAL")
                database.executescript(_SCHEMA)
                if foreign := foreign_parts(database, _SCHEMA):
                    raise InputError(f"{path} holds {foreign}, which tabayyun never made. Name another with --store.")
        except (OSError, sqlite3.Error) as error:
            raise InputError(f"{path} is no review file: {error}. Name another with --store.") from error
        return store

    @contextmanager
    def _database(self) -> Iterator[sqlite3.Connection]:
        with closing(sqlite3.connect(self.path, timeout=_PATIENCE)) as database, database:
            guard(database)
            database.row_factory = sqlite3.Row
            database.execute("PRAGMA foreign_keys = ON")
            yield database

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with self._database() as database, self._turn, database:
            database.execute("BEGIN IMMEDIATE")
            yield database

    @contextmanager
    def kept_open(self) -> Iterator[None]:
        """Hold the file, else SQLite folds its log into it and makes a new one after each call that was alone."""
        with self._database() as database:
            database.execute("SELECT count(*) FROM pairs").fetchall()
            yield

    def add_pairs(self, pairs: Iterable[Pair]) -> int:
        """Keep pairs that are not known yet; return how many are new."""
        new = 0
        with self._writing() as database:
            for pair in pairs:
                (text_a, a), (text_b, b) = _packed(pair.a), _packed(pair.b)
                database.executemany("INSERT OR IGNORE INTO texts VALUES (?, ?)", [text_a, text_b])
                new += database.execute("INSERT OR IGNORE INTO pairs VALUES (?, ?, ?)", (pair.key, a, b)).rowcount
        return new

    def pair(self, key: str) -> Pair | None:
        """Return the pair of that key."""
        with self._database() as database:
            row = database.execute("SELECT * FROM pairs WHERE key = ?", (key,)).fetchone()
            return _pair(row, database) if row else None

    def pairs(self, keys: Iterable[str] | None = None) -> list[Pair]:
        """All pairs, or those of some keys, in the order of their keys."""
        wanted = None if keys is None else json.dumps(list(keys))
        with self._database() as database:
            rows = database.execute(
                "SELECT * FROM pairs WHERE ?1 IS NULL OR key IN (SELECT value FROM json_each(?1)) ORDER BY key",
                (wanted,),
            )
            return [_pair(row, database) for row in rows]

    def pair_keys(self) -> set[str]:
        """The keys of all pairs."""
        with self._database() as database:
            return {row["key"] for row in database.execute("SELECT key FROM pairs")}

    def queue(self, labeller: str) -> list[str]:
        """The keys of the pairs that `labeller` has yet to label, in the order in which they are shown.

        Skipped pairs come last, and pairs that somebody else has labelled first, so that kappa has something to count.
        Else the order is that of the keys: they are hashes, so that neither article nor model score tells what comes.
        """
        with self._database() as database:
            return [row["key"] for row in database.execute(_QUEUE, (labeller,))]

    def save_report(self, report: Mapping[str, Any], written: Mapping[str, Any] | None = None) -> str:
        """Keep a report, and other forms of it by name, in place of an earlier one on the same texts; return its id."""
        name = _digest("\0".join(report[side]["text"] for side in "ab"))
        titles = [report[side]["outlet"] or report[side]["title"] or report[side]["id"] for side in "ab"]
        with self._writing() as database:
            database.execute(
                "INSERT OR REPLACE INTO reports VALUES (?, ?, ?, ?, ?, ?)",
                (name, _now(), *titles, *(json.dumps(data, ensure_ascii=False) for data in (report, written or {}))),
            )
        return name

    def report(self, name: str) -> dict[str, Any] | None:
        """Return the report of that id."""
        with self._database() as database:
            row = database.execute("SELECT report FROM reports WHERE id = ?", (name,)).fetchone()
        return json.loads(row["report"]) if row else None

    def written(self, name: str) -> dict[str, Any]:
        """Return the other forms of a report; one that was taken in from a file has none."""
        with self._database() as database:
            row = database.execute("SELECT written FROM reports WHERE id = ?", (name,)).fetchone()
        return json.loads(row["written"]) if row else {}

    def reports(self, newest: int = 50) -> list[dict[str, Any]]:
        """The newest reports: id, time, and a name for either article."""
        with self._database() as database:
            rows = database.execute("SELECT id, at, a, b FROM reports ORDER BY at DESC LIMIT ?", (newest,))
            return [dict(row) for row in rows]

    def decide(self, decisions: Iterable[Decision]) -> None:
        """Write decisions into the history; their `id` and `at` are given here."""
        with self._writing() as database:
            for d in decisions:
                database.execute(
                    "INSERT INTO decisions (key, labeller, action, label, relation, kind, note, at) "
                    "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                    (d.key, d.labeller, d.action, d.label, d.relation, d.kind, d.note, _now()),
                )

    def undo(self, labeller: str, key: str | None = None) -> str | None:
        """Take back the last standing decision of `labeller` (on `key`); return its key, or None when there is none."""
        with self._writing() as database:
            row = database.execute(
                "SELECT id, key FROM standing WHERE labeller = ?1 AND key = ifnull(?2, key) ORDER BY id DESC LIMIT 1",
                (labeller, key),
            ).fetchone()
            if row is None:
                return None
            database.execute(
                "INSERT INTO decisions (key, labeller, action, note, at, undoes) VALUES (?, ?, 'undo', '', ?, ?)",
                (row["key"], labeller, _now(), row["id"]),
            )
            return str(row["key"])

    def standing(self, labeller: str | None = None) -> list[Decision]:
        """The decisions that were not taken back, the oldest first."""
        return self._decisions("standing", labeller)

    def history(self, labeller: str) -> list[Decision]:
        """Everything that `labeller` ever decided, the oldest first, with what was taken back."""
        return self._decisions("decisions", labeller)

    def _decisions(self, table: str, labeller: str | None) -> list[Decision]:
        with self._database() as database:
            rows = database.execute(
                f"SELECT * FROM {table} WHERE ?1 IS NULL OR labeller = ?1 ORDER BY id",  # noqa: S608  names of ours
                (labeller,),
            )
            return [Decision(**row) for row in rows]


def labels(standing: Iterable[Decision], labeller: str) -> dict[str, Decision]:
    """The label in force of each pair: the last standing decision of `labeller` that has one."""
    return {d.key: d for d in standing if d.labeller == labeller and d.label}


def kappa(one: Mapping[str, Decision], other: Mapping[str, Decision]) -> tuple[int, float | None]:
    """Return how many pairs two labellers both labelled, and Cohen's kappa of their `labels`.

    Kappa (Cohen 1960) is None where there is nothing to compare, or both gave one and the same label to everything.

    >>> kappa({"k1": Decision("k1", "x", "label", "neutral")}, {"k1": Decision("k1", "y", "label", "neutral")})
    (1, None)
    """
    given = [(one[key].label, other[key].label) for key in one.keys() & other.keys()]
    first_gave, second_gave = Counter(x for x, _ in given), Counter(y for _, y in given)
    if len(first_gave | second_gave) < _LEAST_LABELS:
        return len(given), None
    agreed = sum(x == y for x, y in given) / len(given)
    by_chance = sum(count * second_gave[label] for label, count in first_gave.items()) / len(given) ** 2
    return len(given), round((agreed - by_chance) / (1 - by_chance), 3)


def _packed(side: Side) -> tuple[tuple[str, str], str]:
    """A side as it is stored: the row of its article's text, and everything else as JSON."""
    text = (_digest(side.article), side.article)
    return text, json.dumps({**asdict(side), "article": text[0]}, ensure_ascii=False)


def _pair(row: sqlite3.Row, database: sqlite3.Connection) -> Pair:
    sides = []
    for data in (json.loads(row["a"]), json.loads(row["b"])):
        text = database.execute("SELECT text FROM texts WHERE id = ?", (data["article"],)).fetchone()["text"]
        sides.append(Side(**{**data, "article": text}))
    return Pair(row["key"], *sides)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _now() -> str:
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
