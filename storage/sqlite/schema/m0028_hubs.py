"""Subscriptions at the hubs that feeds name."""

from sqlite_utils import Database


def migrate(database: Database) -> None:
    """Applies it."""
    database.execute("ALTER TABLE feed_memories ADD COLUMN hub TEXT NOT NULL DEFAULT ''")
    database.execute("ALTER TABLE feed_memories ADD COLUMN topic TEXT NOT NULL DEFAULT ''")
    database.execute(
        "CREATE TABLE hubs (feed_id TEXT PRIMARY KEY REFERENCES feeds (id), hub_url TEXT NOT NULL,"
        " hub_topic TEXT NOT NULL, hub_token TEXT NOT NULL UNIQUE, hub_secret TEXT NOT NULL, hub_next INTEGER NOT NULL,"
        " hub_tries INTEGER NOT NULL, hub_reason TEXT NOT NULL, hub_state TEXT NOT NULL, hub_until INTEGER,"
        " hub_pushed INTEGER, hub_missed INTEGER) STRICT, WITHOUT ROWID"
    )
    database.execute("CREATE INDEX feed_memories_hubs ON feed_memories (feed_id) WHERE hub <> ''")
