"""How a database gets the present schema (`storage/sqlite/schema`). Migrations only ever go forward."""

import sqlite3

from bot.errors import StoreError
from storage.sqlite.schema import load_migrations, migration_names
from storage.sqlite.transactions import transaction


def apply_migrations(connection: sqlite3.Connection, place: str) -> list[str]:
    """Brings the schema up to date, all or nothing; the names of the migrations applied now.

    Raises StoreError for the database of a newer Tocsin or of another program.
    """
    with transaction(connection, writes=True):
        applied = _list_applied(connection, place)
        if not applied and _has_tables(connection):
            raise StoreError(f"The database {place} belongs to another program.", "Point DATABASE_URL elsewhere.")
        pending = [name for name in migration_names() if name not in applied]
        if pending:
            _apply(connection)
    return pending


def find_upgrade(connection: sqlite3.Connection) -> str:
    """The first migration that a database of an earlier version lacks; empty for a new or up-to-date one."""
    applied = _read_applied(connection)
    return next((name for name in migration_names() if applied and name not in applied), "")


def check_schema(connection: sqlite3.Connection, place: str) -> None:
    """Raises StoreError unless the schema is exactly the present one."""
    if len(_list_applied(connection, place)) < len(migration_names()):
        raise StoreError(f"The database {place} has no up-to-date schema.", "Run `tocsin migrate`.")


def _list_applied(connection: sqlite3.Connection, place: str) -> list[str]:
    """The names of the migrations that the database has. Raises StoreError if there are unknown ones."""
    applied = _read_applied(connection)
    unknown = [name for name in applied if name not in migration_names()]
    if unknown:
        raise StoreError(
            f"The database {place} was changed by a newer Tocsin ({unknown[-1]}).",
            "Install that version, or restore a backup made before it ran `tocsin migrate`.",
        )
    return applied


def _read_applied(connection: sqlite3.Connection) -> list[str]:
    if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = '_sqlite_migrations'").fetchone():
        return []
    rows = connection.execute("SELECT name FROM _sqlite_migrations WHERE migration_set = 'tocsin' ORDER BY rowid")
    return [name for (name,) in rows]


def _has_tables(connection: sqlite3.Connection) -> bool:
    return connection.execute("SELECT 1 FROM sqlite_master WHERE type = 'table'").fetchone() is not None


def _apply(connection: sqlite3.Connection) -> None:
    from sqlite_utils import Database  # noqa: PLC0415  it brings numpy: 15 MB nobody needs afterwards

    load_migrations().apply(Database(connection, recursive_triggers=False, execute_plugins=False))
