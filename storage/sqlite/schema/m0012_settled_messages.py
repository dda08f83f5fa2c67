"""Finding messages and updates that were dealt with."""

from sqlite_utils import Database


def migrate(database: Database) -> None:
    """Applies it."""
    database.execute("CREATE INDEX deliveries_settled ON deliveries (answered_at) WHERE alert_id IS NULL")
    database.execute("CREATE INDEX inbox_handled ON inbox (handled_at) WHERE handled_at IS NOT NULL")
