"""What is remembered of the last answer of a feed."""

from sqlite_utils import Database


def migrate(database: Database) -> None:
    """Applies it."""
    database.execute(
        "CREATE TABLE feed_memories (feed_id TEXT PRIMARY KEY REFERENCES feeds (id), url TEXT NOT NULL,"
        " body BLOB NOT NULL, entries BLOB NOT NULL, frame BLOB NOT NULL, parts INTEGER NOT NULL,"
        " part_readings INTEGER NOT NULL, ttl INTEGER, skip_hours INTEGER NOT NULL, skip_days INTEGER NOT NULL,"
        " full_at INTEGER, not_modified INTEGER NOT NULL, moved_to TEXT NOT NULL, moved_since INTEGER,"
        " address TEXT NOT NULL, second_agent INTEGER NOT NULL) STRICT, WITHOUT ROWID"
    )
