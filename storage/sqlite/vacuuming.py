"""Giving freed space back to the disk."""

import sqlite3

_PAGES_AT_ONCE = 1000  # freed in one go: 4 MB, milliseconds


def vacuum(connection: sqlite3.Connection) -> None:
    """Gives freed pages back to the disk, a bounded number of them; nothing in a database made without that option."""
    connection.execute(f"PRAGMA incremental_vacuum({_PAGES_AT_ONCE})").fetchall()
