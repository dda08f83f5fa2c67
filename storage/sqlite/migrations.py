"""How a database gets the present schema (`storage/sqlite/schema`). Migrations only ever go forward."""

import sqlite3
from functools import cache

from sqlite_utils import Database

from bot.errors import StoreError
from storage.sqlite.schema import load_migrations
from storage.sqlite.transactions import transaction

MIGRATIONS = load_migrations()


def apply_migrations(connection: sqlite3.Connection, place: str) -> list[str]:
    """Brings the schema up to date, all or nothing; the names of the migrations applied now.

    Raises StoreError for the database of a newer Tocsin or of another program.
    """
    database = _database(connection)
    with transaction(connection, writes=True):
        _refuse_unknown_migrations(database, place)
        if not MIGRATIONS.applied(database) and database.table_names():
            raise StoreError(f"The database {place} belongs to another program.", "Point DATABASE_URL elsewhere.")
        pending = [migration.name for migration in MIGRATIONS.pending(database)]
        MIGRATIONS.apply(database)
    return pending


def find_upgrade(connection: sqlite3.Connection) -> str:
    """The first migration that a database of an earlier version lacks; empty for a new or up-to-date one."""
    database = _database(connection)
    if not MIGRATIONS.applied(database):
        return ""
    return next((migration.name for migration in MIGRATIONS.pending(database)), "")


def check_schema(connection: sqlite3.Connection, place: str) -> None:
    """Raises StoreError unless the schema is exactly the present one."""
    database = _database(connection)
    _refuse_unknown_migrations(database, place)
    if MIGRATIONS.pending(database):
        raise StoreError(f"The database {place} has no up-to-date schema.", "Run `tocsin migrate`.")


def _refuse_unknown_migrations(database: Database, place: str) -> None:
    unknown = [migration.name for migration in MIGRATIONS.applied(database) if migration.name not in _known_names()]
    if unknown:
        raise StoreError(
            f"The database {place} was changed by a newer Tocsin ({unknown[-1]}).",
            "Install that version, or restore a backup made before it ran `tocsin migrate`.",
        )


@cache
def _known_names() -> frozenset[str]:
    with Database(memory=True, execute_plugins=False) as empty:
        return frozenset(migration.name for migration in MIGRATIONS.pending(empty))


def _database(connection: sqlite3.Connection) -> Database:
    return Database(connection, recursive_triggers=False, execute_plugins=False)
