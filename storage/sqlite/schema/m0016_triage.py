"""Who has a story in hand, notes, credibility, saved alerts, and questions about alerts that nobody chose to rate."""

from sqlite_utils import Database

from storage.sqlite.schema.tables import create_table


def migrate(database: Database) -> None:
    """Applies it."""
    to_alert = [("alert_id", "alerts", "id")]
    create_table(
        database,
        "acknowledgements",
        {"alert_id": str, "person": str, "name": str, "at": int},
        pk="alert_id",
        foreign_keys=to_alert,
    )
    create_table(
        database,
        "credibilities",
        {"alert_id": str, "digit": int, "person": str, "name": str, "at": int},
        pk="alert_id",
        foreign_keys=to_alert,
    )
    create_table(
        database,
        "notes",
        {"id": int, "alert_id": str, "person": str, "name": str, "text": str, "at": int},
        pk="id",
        foreign_keys=to_alert,
    )
    database.table("notes").create_index(["alert_id"], "notes_by_alert")
    create_table(
        database,
        "saved_alerts",
        {"person": str, "alert_id": str, "title": str, "link": str, "at": int},
        pk=("person", "alert_id"),
        foreign_keys=to_alert,
    )
    create_table(
        database,
        "rating_questions",
        {"destination_id": int, "alert_id": str, "at": int},
        pk=("destination_id", "alert_id"),
        foreign_keys=[("destination_id", "destinations", "id"), *to_alert],
    )
    database.execute("ALTER TABLE feedback ADD COLUMN asked INTEGER NOT NULL DEFAULT 0")
    database.execute("CREATE INDEX feedback_by_time ON feedback (at)")
    database.execute("CREATE INDEX acknowledgements_by_time ON acknowledgements (at)")
