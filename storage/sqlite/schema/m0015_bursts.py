"""Rolling messages of busy chats, and articles that are gone."""

from sqlite_utils import Database


def migrate(database: Database) -> None:
    """Applies it."""
    database.execute(
        "CREATE TABLE bursts (delivery_id INTEGER PRIMARY KEY REFERENCES deliveries (id) ON DELETE CASCADE,"
        " began_at INTEGER NOT NULL, last_at INTEGER NOT NULL, closed INTEGER NOT NULL, alerts TEXT NOT NULL) STRICT"
    )
    database.execute("CREATE INDEX bursts_open ON bursts (delivery_id) WHERE closed = 0")
    # What stands under cards, to count what a chat was sent lately.
    database.execute(
        "CREATE INDEX updates_by_time ON deliveries (destination_id, created_at) WHERE target_id IS NOT NULL"
    )
    # When a card could have gone out first, where that is not when it was made.
    database.execute("ALTER TABLE deliveries ADD COLUMN due_at INTEGER")
    database.execute("ALTER TABLE items ADD COLUMN gone_at INTEGER")
