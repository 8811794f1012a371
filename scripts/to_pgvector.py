"""Copy the claims of a corpus, with their vectors, into PostgreSQL with pgvector, for search from other programs.

    python scripts/to_pgvector.py STORE postgresql://user@host/database

The corpus itself does not need it: it searches a window of days by brute force. The table `claims` is made anew, with
an HNSW index over cosines. Needs `pip install psycopg[binary]`.
"""

from __future__ import annotations

import argparse

import psycopg

from tabayyun.corpus import Store


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("store")
    parser.add_argument("database")
    options = parser.parse_args()
    store = Store.open(options.store)
    copied = 0
    with psycopg.connect(options.database) as database:
        database.execute("CREATE EXTENSION IF NOT EXISTS vector")
        database.execute("DROP TABLE IF EXISTS claims")
        database.execute("CREATE TABLE claims (article text, number int, text text, vector halfvec)")
        with database.cursor().copy("COPY claims FROM STDIN") as rows:
            for key in store.articles():
                reading = store.a_reading(key)
                for number, (claim, vector) in enumerate(zip(reading.claims, reading.vectors, strict=True)):
                    rows.write_row((key, number, claim.text, str(vector.tolist())))
                    copied += 1
        size = database.execute("SELECT vector_dims(vector) FROM claims LIMIT 1").fetchone()
        if size:
            database.execute(f"ALTER TABLE claims ALTER vector TYPE halfvec({int(size[0])})")
            database.execute("CREATE INDEX ON claims USING hnsw (vector halfvec_cosine_ops)")
    print(f"{copied} claims copied")


if __name__ == "__main__":
    main()
