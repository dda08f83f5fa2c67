"""Which cards of discreet chats a reader opened."""

from sqlite_utils import Database


def migrate(database: Database) -> None:
    """Applies it."""
    database.table("deliveries").add_column("opened", int, not_null_default=0)
