"""When the shift of a chat began, and how far its weekly trends have come."""

from sqlite_utils import Database

from storage.sqlite.schema.tables import create_table


def migrate(database: Database) -> None:
    """Applies it."""
    to_destination = [("destination_id", "destinations", "id")]
    create_table(
        database, "shifts", {"destination_id": int, "at": int}, pk="destination_id", foreign_keys=to_destination
    )
    create_table(
        database,
        "trend_marks",
        {"destination_id": int, "day": str, "at": int},
        pk="destination_id",
        nullable=("day",),
        foreign_keys=to_destination,
    )
