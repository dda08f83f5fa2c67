"""How far chats have come in the questions at their beginning."""

from sqlite_utils import Database

from storage.sqlite.schema.tables import create_table


def migrate(database: Database) -> None:
    """Applies it."""
    create_table(
        database,
        "onboardings",
        {"destination_id": int, "role": str, "lists": str, "asked_at": int, "reminded": int},
        pk="destination_id",
        foreign_keys=[("destination_id", "destinations", "id")],
    )
