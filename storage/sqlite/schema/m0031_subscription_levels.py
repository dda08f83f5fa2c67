"""How much of a watched list a chat wants: everything, only what is loud, or all of it in the digest."""

from sqlite_utils import Database


def migrate(database: Database) -> None:
    """Applies it."""
    database.table("subscriptions").add_column("level", str, not_null_default="all")
