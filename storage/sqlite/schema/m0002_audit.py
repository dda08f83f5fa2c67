"""The audit trail."""

from sqlite_utils import Database

from storage.sqlite.schema.tables import create_table


def migrate(database: Database) -> None:
    """Applies it."""
    create_table(
        database,
        "audit",
        {
            "id": int, "at": int, "by": str, "name": str, "action": str, "subject": str, "subject_id": str,
            "destination": str, "detail": str, "version": str,
        },
        pk="id",
    )  # fmt: skip
    database.table("audit").create_index(["subject", "by", "subject_id"], "audit_by_subject")
    # Written once. Who did it may be blanked, for a person can ask to be forgotten; what was done may not.
    for name, event in (
        ("audit_keeps_facts", "UPDATE OF id, at, action, subject, subject_id, destination, detail, version"),
        ("audit_keeps_entries", "DELETE"),
    ):
        database.execute(
            f"CREATE TRIGGER {name} BEFORE {event} ON audit"
            " BEGIN SELECT raise(ABORT, 'the audit trail is only ever added to'); END"
        )
