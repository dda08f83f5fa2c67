"""Which instance works on the database."""

from sqlite_utils import Database

from storage.sqlite.schema.tables import create_table


def migrate(database: Database) -> None:
    """Applies it."""
    create_table(database, "tenure", {"id": int, "epoch": int, "owner": str, "since": int, "seen": int}, pk="id")
    database.execute("ALTER TABLE deliveries ADD COLUMN vanished INTEGER NOT NULL DEFAULT 0")
    database.execute("CREATE INDEX deliveries_repeated ON deliveries (destination_id) WHERE possible_duplicate = 1")
    database.execute(
        "CREATE INDEX deliveries_digested ON deliveries (destination_id, created_at) WHERE state = 'digested'"
    )
