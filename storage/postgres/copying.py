"""Everything from one database to the other: moving to PostgreSQL, and backups, which are SQLite files.

Both have the same tables and columns under the same names; what only PostgreSQL has, it makes itself.
"""

import os
import sqlite3
from contextlib import closing, suppress
from pathlib import Path

from bot.errors import StoreError
from storage.postgres.link import Link
from storage.postgres.shelves import SHELF, make_shelves
from storage.sqlite.migrations import apply_migrations, check_schema

_AT_ONCE = 1000  # rows that are held in memory
# In the order in which they were made, so that a table comes after those that it refers to.
_TABLES = """
SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
    AND name NOT LIKE 'item\\_words\\_fts%' ESCAPE '\\' AND name NOT LIKE '\\_sqlite%' ESCAPE '\\'
ORDER BY rowid
"""
_SEQUENCE = """
SELECT pg_get_serial_sequence(:table, 'id') FROM information_schema.columns
WHERE table_schema = current_schema() AND table_name = :table AND column_name = 'id'
"""
_LAST = "SELECT coalesce((SELECT seq FROM sqlite_sequence WHERE name = :table), 0)"

Copied = dict[str, int]


def copy_from_sqlite(link: Link, path: Path) -> Copied:
    """Copies all rows of the SQLite file at `path`, in their order and under their numbers; how many, by table.

    Raises StoreError if anything is in the target already, if the source has not the present schema, and if what
    arrived is not what was sent; nothing is kept then.
    """
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as source:
        source.execute("BEGIN")
        check_schema(source, str(path))
        tables = _list_tables(source)
        _refuse_rows(link, list(tables))
        copied: Copied = {}
        for table, columns in tables.items():
            if table in ("items", "item_words"):
                _make_room(link, source)
            named = ", ".join(columns)
            rows = source.execute(f"SELECT {named} FROM {table} ORDER BY {_order_in_sqlite(source, table)}")  # noqa: S608  # names of our schema
            copied[table] = link.copy(table, columns, rows)
            _go_on_counting(link, source, table)
        sent = {table: source.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in tables}  # noqa: S608  # as above
    arrived = {table: link.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in tables}  # noqa: S608  # as above
    if not copied == sent == arrived:
        wrong = next(table for table in tables if not copied[table] == sent[table] == arrived[table])
        raise StoreError(f"{arrived[wrong]} of {sent[wrong]} rows of {wrong} arrived.", "Nothing was kept. Try again.")
    return copied


def copy_to_sqlite(link: Link, target: Path) -> None:
    """Writes a SQLite file with everything as it is now. It appears whole or not at all.

    Raises StoreError if it exists or cannot be written.
    """
    if target.exists():
        raise StoreError(f"{target} exists already.", "Name a file that does not.")
    unfinished = target.with_name(f"{target.name}.part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        unfinished.unlink(missing_ok=True)
        with closing(sqlite3.connect(unfinished, isolation_level=None)) as connection:
            apply_migrations(connection, str(target))
            connection.execute("BEGIN")
            _fill(connection, link)
            connection.execute("COMMIT")
        with unfinished.open("rb") as file:
            os.fsync(file.fileno())
        unfinished.rename(target)
    except (OSError, sqlite3.Error) as error:
        raise StoreError(f"{target} cannot be written: {error}.", "Choose another place.") from error
    finally:
        with suppress(OSError):
            unfinished.unlink(missing_ok=True)


def _fill(connection: sqlite3.Connection, link: Link) -> None:
    for table, columns in _list_tables(connection).items():
        named = ", ".join(columns)
        places = ", ".join("?" for _ in columns)
        rows = link.stream(f"SELECT {named} FROM {table} ORDER BY {_order_in_sqlite(connection, table)}", _AT_ONCE)  # noqa: S608  # names of our schema
        connection.executemany(f"INSERT INTO {table} ({named}) VALUES ({places})", rows)  # noqa: S608  # as above
        sequence = _find_sequence(link, table)
        if sequence:
            (last,) = link.execute(f"SELECT last_value FROM {sequence}").fetchone()  # noqa: S608  # as above
            connection.execute(
                "UPDATE sqlite_sequence SET seq = :last WHERE name = :table", {"last": last, "table": table}
            )


def _list_tables(connection: sqlite3.Connection) -> dict[str, list[str]]:
    """The columns of every table, by its name, as both databases take them."""
    names = [name for (name,) in connection.execute(_TABLES).fetchall()]
    return {name: [f'"{row[1]}"' for row in connection.execute(f"PRAGMA table_info({name})")] for name in names}


def _order_in_sqlite(connection: sqlite3.Connection, table: str) -> str:
    """The columns of the primary key; without one, the order in which rows were added."""
    rows = [row for row in connection.execute(f"PRAGMA table_info({table})") if row[5]]
    return ", ".join(f'"{row[1]}"' for row in sorted(rows, key=lambda row: row[5])) or "rowid"


def _refuse_rows(link: Link, tables: list[str]) -> None:
    for table in tables:
        (is_used,) = link.execute(f"SELECT EXISTS (SELECT 1 FROM {table})").fetchone()  # noqa: S608  # our own name
        if is_used:
            raise StoreError(
                f"The target is not empty: there is something in {table}.", "Copy into a database of its own."
            )


def _make_room(link: Link, source: sqlite3.Connection) -> None:
    for (shelf,) in source.execute("SELECT DISTINCT id / :shelf FROM items", {"shelf": SHELF}).fetchall():
        make_shelves(link, shelf * SHELF)


def _go_on_counting(link: Link, source: sqlite3.Connection, table: str) -> None:
    """Gives the next row the number that SQLite would have given it."""
    sequence = _find_sequence(link, table)
    if sequence:
        (highest,) = link.execute(f"SELECT coalesce(max(id), 0) FROM {table}").fetchone()  # noqa: S608  # our own name
        (last,) = source.execute(_LAST, {"table": table}).fetchone()
        link.execute("SELECT setval(:sequence, :next, false)", {"sequence": sequence, "next": max(highest, last) + 1})


def _find_sequence(link: Link, table: str) -> str | None:
    """What gives the rows of a table their numbers; None for a table whose rows have other keys."""
    row = link.execute(_SEQUENCE, {"table": table}).fetchone()
    return row[0] if row else None
