"""Changes of watchlists that were proposed in chats because of what people said of alerts."""

from sqlite_utils import Database


def migrate(database: Database) -> None:
    """Applies it."""
    # An old button must not mean another fix, so numbers are never used again.
    database.execute(
        "CREATE TABLE fixes (id INTEGER PRIMARY KEY AUTOINCREMENT,"
        " destination_id INTEGER NOT NULL REFERENCES destinations (id), watchlist TEXT NOT NULL, kind TEXT NOT NULL,"
        " value TEXT NOT NULL, bad_gone INTEGER NOT NULL, bad INTEGER NOT NULL, useful_gone INTEGER NOT NULL,"
        " useful INTEGER NOT NULL, at INTEGER NOT NULL, state TEXT NOT NULL, version INTEGER NOT NULL,"
        " settled_at INTEGER) STRICT"
    )
    database.execute("CREATE INDEX fixes_by_destination ON fixes (destination_id, watchlist)")
