"""Feeds that somebody looked at in a chat and has not added yet."""

from sqlite_utils import Database


def migrate(database: Database) -> None:
    """Applies it."""
    # An old button must not mean another feed, so numbers are never used again.
    database.execute(
        "CREATE TABLE feed_drafts (id INTEGER PRIMARY KEY AUTOINCREMENT,"
        " destination_id INTEGER NOT NULL REFERENCES destinations (id), url TEXT NOT NULL, title TEXT NOT NULL,"
        " lang TEXT NOT NULL, items INTEGER NOT NULL, newest INTEGER, ringing INTEGER NOT NULL, author TEXT NOT NULL,"
        " at INTEGER NOT NULL, owner TEXT NOT NULL, grade TEXT NOT NULL) STRICT"
    )
    database.execute("CREATE INDEX feed_drafts_by_destination ON feed_drafts (destination_id)")
    database.execute("CREATE INDEX feed_drafts_by_age ON feed_drafts (at)")
