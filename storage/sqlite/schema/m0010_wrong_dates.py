"""Items whose date cannot be."""

from sqlite_utils import Database


def migrate(database: Database) -> None:
    """Applies it."""
    database.execute("ALTER TABLE items ADD COLUMN date_wrong INTEGER NOT NULL DEFAULT 0")
