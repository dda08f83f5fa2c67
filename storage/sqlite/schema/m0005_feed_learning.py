"""What is learned of each feed, and every key it has shown."""

from sqlite_utils import Database

from storage.sql.seen import remember_old_items
from storage.sqlite.schema.tables import create_table


def migrate(database: Database) -> None:
    """Applies it."""
    database.execute(
        "CREATE TABLE seen (feed INTEGER NOT NULL, key INTEGER NOT NULL, listed INTEGER NOT NULL,"
        " PRIMARY KEY (feed, key)) STRICT, WITHOUT ROWID"
    )
    database.execute(
        "CREATE TABLE rhythms (feed_id TEXT PRIMARY KEY REFERENCES feeds (id), reckoned INTEGER NOT NULL,"
        " weeks REAL NOT NULL, counts BLOB NOT NULL, pace BLOB NOT NULL, window INTEGER NOT NULL)"
        " STRICT, WITHOUT ROWID"
    )
    database.execute(
        "CREATE TABLE pulses (feed_id TEXT PRIMARY KEY REFERENCES feeds (id), since INTEGER NOT NULL,"
        " state TEXT NOT NULL, checks INTEGER NOT NULL, told TEXT NOT NULL, document TEXT NOT NULL,"
        " lateness BLOB NOT NULL, newest TEXT NOT NULL, newest_date INTEGER, redated INTEGER NOT NULL)"
        " STRICT, WITHOUT ROWID"
    )
    create_table(
        database,
        "revisions",
        {"id": int, "item_id": int, "title": str, "summary": str, "at": int},
        pk="id",
        foreign_keys=[("item_id", "items", "id")],
    )
    database.table("revisions").create_index(["item_id"], "revisions_by_item")
    create_table(database, "feed_notices", {"id": int, "feed_id": str, "at": int, "kind": str, "text": str}, pk="id")
    database.table("feed_notices").create_index(["at"], "feed_notices_by_time")
    remember_old_items(database.conn)
