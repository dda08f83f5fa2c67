"""Finding the cards that quiet hours hold."""

from sqlite_utils import Database


def migrate(database: Database) -> None:
    """Applies it."""
    database.execute("CREATE INDEX deliveries_held ON deliveries (destination_id) WHERE state = 'held'")
