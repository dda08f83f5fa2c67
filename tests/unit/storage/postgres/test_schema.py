"""Both databases have the same tables and columns, so that everything can be copied from one to the other."""

from pathlib import Path

from storage.postgres.connection import DatabasePool
from storage.postgres.migrations import load_migrations
from storage.postgres.store import PostgresStore
from storage.sql import Connection
from storage.sqlite.connection import DatabaseThread
from storage.sqlite.migrations import apply_migrations
from storage.sqlite.schema import migration_names

_FIRST = 13  # what SQLite's migrations up to this number make is PostgreSQL's first
_OWN = 100  # from here on, what only PostgreSQL has
# Of PostgreSQL alone: partitions and what serves them, and the job engine's.
_COLUMNS = """
SELECT tablename AS table, column_name AS column FROM pg_tables
JOIN information_schema.columns ON table_schema = schemaname AND table_name = tablename
WHERE schemaname = 'public' AND tablename NOT IN ('item_keys', 'tocsin_migrations', 'processes', 'leases')
    AND tablename !~ '^item(s|_words)_[0-9]+$' AND tablename NOT LIKE 'procrastinate%'
    AND column_name NOT IN ('positions', 'claimed_by', 'shard')
"""
_SQLITE_COLUMNS = """
SELECT tables.name AS "table", columns.name AS "column" FROM sqlite_master AS tables
JOIN pragma_table_info(tables.name) AS columns
WHERE tables.type = 'table' AND tables.name NOT LIKE 'sqlite!_%' ESCAPE '!'
    AND tables.name NOT LIKE '!_sqlite%' ESCAPE '!' AND tables.name NOT LIKE 'item!_words!_fts%' ESCAPE '!'
"""


def _list(connection: Connection, question: str) -> set[tuple[str, str]]:
    return {(table, column) for table, column in connection.execute(question)}


def test_each_migration_of_sqlite_has_its_twin() -> None:
    numbers = {name: int(name[:4]) for name in migration_names()}
    shared = [name for name in load_migrations() if _FIRST < int(name[:4]) < _OWN]
    assert shared == [name for name, number in numbers.items() if number > _FIRST]


async def test_both_have_the_same_tables_and_columns(pool: DatabasePool, tmp_path: Path) -> None:
    thread = DatabaseThread(tmp_path / "tocsin.db")
    await thread.open()
    await thread.call(apply_migrations, "here")
    sqlite = await thread.call(_list, _SQLITE_COLUMNS)
    await thread.close()
    assert await pool.database.read(_list, _COLUMNS) == sqlite


async def test_migrating_twice_changes_nothing(store: PostgresStore) -> None:
    assert await store.migrate() == []
