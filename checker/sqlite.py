"""SQLite files that somebody else may have made: no code in their schema, nothing in them but our tables."""

from __future__ import annotations

import sqlite3
from contextlib import closing

LONGEST = 200_000_000
"""Bytes of one value; the largest that we write are the vectors of an article of 5 MB."""


def guard(connection: sqlite3.Connection) -> None:
    """Let a file neither call functions from its schema nor hand over a value that fills the memory."""
    connection.execute("PRAGMA trusted_schema = OFF")
    connection.execute("PRAGMA cell_size_check = ON")
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LONGEST)


def foreign_parts(connection: sqlite3.Connection, schema: str) -> str:
    """Return the names of what differs from `schema` (tables, triggers, views, indexes); nothing when all is as it is.

    >>> connection = sqlite3.connect(":memory:")
    >>> _ = connection.execute("CREATE TABLE a (b)")
    >>> foreign_parts(connection, "CREATE TABLE a (b);"), foreign_parts(connection, "CREATE TABLE a (c);")
    ('', 'a')
    >>> connection.close()
    """
    with closing(sqlite3.connect(":memory:")) as ours:
        ours.executescript(schema)
        return ", ".join(sorted({name for _, name, _ in _parts(connection) ^ _parts(ours)}))


def _parts(connection: sqlite3.Connection) -> set[tuple[str, str, str]]:
    """Kind, name and statement of each; SQLite's own statistics are left out."""
    query = "SELECT type, name, sql FROM sqlite_master WHERE sql NOT NULL AND NOT (type = 'table' AND name GLOB ?)"
    return {tuple(row) for row in connection.execute(query, ("sqlite_stat?",))}
