"""Settings, mutes and digests of chats."""

from sqlite_utils import Database

from storage.sqlite.schema.tables import create_table


def migrate(database: Database) -> None:
    """Applies it."""
    to_destination = [("destination_id", "destinations", "id")]
    create_table(
        database,
        "chat_settings",
        {"destination_id": int, "settings": str},
        pk="destination_id",
        foreign_keys=to_destination,
    )
    # An old button must not mean another mute, so numbers are never used again.
    database.execute(
        "CREATE TABLE mutes (id INTEGER PRIMARY KEY AUTOINCREMENT,"
        " destination_id INTEGER NOT NULL REFERENCES destinations (id), kind TEXT NOT NULL, value TEXT NOT NULL,"
        " what TEXT NOT NULL, at INTEGER NOT NULL, until INTEGER, critical INTEGER NOT NULL, by TEXT NOT NULL,"
        " name TEXT NOT NULL, proposed INTEGER NOT NULL) STRICT"
    )
    database.execute("CREATE INDEX mutes_by_destination ON mutes (destination_id)")
    create_table(
        database,
        "digest_marks",
        {"destination_id": int, "day": str, "at": int, "last_match": int, "message_key": str, "alerts": str},
        pk="destination_id",
        nullable=("day",),
        foreign_keys=to_destination,
    )
    database.execute("ALTER TABLE deliveries ADD COLUMN in_digest INTEGER NOT NULL DEFAULT 0")
