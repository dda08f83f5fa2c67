"""The audit trail may forget the chat of a person who asks for it, as it may forget the person."""

from sqlite_utils import Database

_REFUSAL = "BEGIN SELECT raise(ABORT, 'the audit trail is only ever added to'); END"


def migrate(database: Database) -> None:
    """Applies it."""
    database.execute("DROP TRIGGER audit_keeps_facts")
    database.execute(
        "CREATE TRIGGER audit_keeps_facts BEFORE UPDATE OF id, at, action, subject, subject_id, detail, version"
        f" ON audit {_REFUSAL}"
    )
    database.execute(
        "CREATE TRIGGER audit_keeps_places BEFORE UPDATE OF destination ON audit"
        f" WHEN new.destination NOT LIKE 'forgotten:%' {_REFUSAL}"
    )
