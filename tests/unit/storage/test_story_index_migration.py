"""What was filed before an upgrade is found after it."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import psycopg
from sqlite_utils import Database

from storage.postgres.connection import DatabasePool
from storage.postgres.migrations import load_migrations as load_postgres_migrations
from storage.postgres.store import PostgresStore
from storage.sqlite.schema import load_migrations

_MIGRATION = "0071_story_index"
_CONTENT = json.dumps(
    ["ru", ["взрыв", "кабул"], ["ранен"], ["~kbl", "#4"], [["killed", 4]], ["act.attack"], ["tass"], [1], [],
     [False, True, False, False]],
    ensure_ascii=False,
)  # fmt: skip
_FILED = f"""
INSERT INTO fingerprints (item_id, seen, at, text_mass, names_mass, content) VALUES (7, 1, 1, 2, 3, '{_CONTENT}')
"""
_TERMS = "INSERT INTO fingerprint_terms (term, seen, item_id) VALUES ('кабул', 1, 7), ('~kbl', 1, 7), ('gone', 1, 6)"
_COUNTS = "INSERT INTO term_counts (term, texts) VALUES ('', 12), ('кабул', 3)"
_WORDS = "взрыв кабул\nранен\n~kbl #4"
_OTHER = ["ru", [["killed", 4]], ["act.attack"], ["tass"], [1], [], [False, True, False, False]]
_AFTER = (
    "SELECT filed, words, other FROM fingerprints",
    "SELECT term, item_id FROM fingerprint_terms ORDER BY item_id, term",
    "SELECT texts, waiting, newest FROM text_counts",
    "SELECT term, texts FROM term_counts",
)


def _check(filed: list[tuple[str, str, str]], *others: list[tuple[object, ...]]) -> None:
    ((terms, words, other),) = filed
    assert (terms, words, json.loads(other)) == ("кабул ~kbl", _WORDS, _OTHER)
    assert list(others) == [[("~kbl", 7), ("кабул", 7)], [(12, 0, 7)], [("кабул", 3)]]


def test_sqlite_keeps_what_was_filed(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "tocsin.db")) as connection:
        database = Database(connection)
        load_migrations().apply(database, stop_before=_MIGRATION)
        for statement in (_FILED, _TERMS, _COUNTS):
            connection.execute(statement)
        load_migrations().apply(database)
        _check(*(connection.execute(question).fetchall() for question in _AFTER))


async def test_postgres_keeps_what_was_filed(other_postgres_url: str) -> None:
    with psycopg.connect(other_postgres_url, autocommit=True) as connection:
        connection.execute("CREATE TABLE tocsin_migrations (name text PRIMARY KEY)")
        for name, script in load_postgres_migrations().items():
            if name < _MIGRATION:
                connection.execute(script.encode())
                connection.execute("INSERT INTO tocsin_migrations (name) VALUES (%s)", [name])
        connection.execute("ALTER TABLE fingerprints DROP CONSTRAINT fingerprints_item_id_fkey")
        for statement in (_FILED, _TERMS, _COUNTS):
            connection.execute(statement.encode())
        pool = DatabasePool(other_postgres_url, size=2)
        await pool.open()
        await PostgresStore(pool).migrate()
        await pool.close()
        _check(*(connection.execute(question.encode()).fetchall() for question in _AFTER))
