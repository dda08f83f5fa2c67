"""Who claimed the bot."""

from sqlite_utils import Database

from storage.sqlite.schema.tables import create_table


def migrate(database: Database) -> None:
    """Applies it."""
    create_table(
        database,
        "service_owner",
        {"id": int, "platform": str, "address": str, "workspace": str, "name": str, "since": int},
        pk="id",
    )
