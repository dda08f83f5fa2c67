"""Numbers of drafts are never used again."""

from sqlite_utils import Database


def migrate(database: Database) -> None:
    """Applies it."""
    # An old button must not mean another draft. Drafts live two weeks, so those of before are let go.
    database.execute("DROP TABLE drafts")
    database.execute(
        "CREATE TABLE drafts (id INTEGER PRIMARY KEY AUTOINCREMENT,"
        " destination_id INTEGER NOT NULL REFERENCES destinations (id), watchlist TEXT NOT NULL,"
        " based_on INTEGER NOT NULL, yaml TEXT NOT NULL, content TEXT NOT NULL, author TEXT NOT NULL,"
        " author_name TEXT NOT NULL, at INTEGER NOT NULL, query TEXT NOT NULL, samples TEXT NOT NULL) STRICT"
    )
    database.execute("CREATE INDEX drafts_by_age ON drafts (at)")
