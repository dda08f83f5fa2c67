"""Whether a message was handed over a second time, so that no third copy goes out."""

from sqlite_utils import Database


def migrate(database: Database) -> None:
    """Applies it."""
    database.execute("ALTER TABLE deliveries ADD COLUMN repeated INTEGER NOT NULL DEFAULT 0")
