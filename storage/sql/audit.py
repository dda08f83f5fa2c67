"""The audit trail. Promises: `bot.ports.store.AuditStore`. Other files write to it inside their own transactions."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from bot.domain.audit import Action, AuditEntry, Subject
from bot.domain.deliveries import OutgoingMessage
from storage.sql import Connection, Row
from storage.sql.codec import decode_moment, encode_moment
from storage.sql.deliveries import enqueue

_INSERT = """
INSERT INTO audit (at, by, name, action, subject, subject_id, destination, detail, version)
VALUES (:at, :by, :name, :action, :subject, :subject_id, :destination, :detail, :version)
"""
_LIST = """
SELECT * FROM audit WHERE :destination IS NULL OR destination = :destination OR destination = ''
ORDER BY id DESC LIMIT :limit
"""
_STANDING = """
SELECT * FROM audit
WHERE id IN (SELECT max(id) FROM audit WHERE subject = :subject AND by = :by GROUP BY subject_id) AND version <> ''
"""


def record_audit(connection: Connection, entries: Iterable[AuditEntry]) -> None:
    """Adds entries, as part of the transaction whose change they tell of."""
    connection.executemany(_INSERT, [_values(entry) for entry in entries])


def record_changes(
    connection: Connection, entries: Sequence[AuditEntry], notices: Sequence[OutgoingMessage], now: datetime
) -> None:
    """Adds entries and queues the notices that tell of the same changes."""
    record_audit(connection, entries)
    enqueue(connection, notices, now)


def list_audit(connection: Connection, limit: int, destination: str | None) -> list[AuditEntry]:
    """The newest entries, newest first; those of one destination with those that concern all, or every one."""
    return [_build(row) for row in connection.execute(_LIST, {"limit": limit, "destination": destination})]


def list_standing(connection: Connection, subject: Subject, by: str) -> list[AuditEntry]:
    """The latest entry of each subject that an author entered, without those that are gone."""
    return [_build(row) for row in connection.execute(_STANDING, {"subject": subject.value, "by": by})]


def _values(entry: AuditEntry) -> dict[str, Any]:
    return {
        "at": encode_moment(entry.at),
        "by": entry.by,
        "name": entry.name,
        "action": entry.action.value,
        "subject": entry.subject.value,
        "subject_id": entry.subject_id,
        "destination": entry.destination,
        "detail": entry.detail,
        "version": entry.version,
    }


def _build(row: Row) -> AuditEntry:
    return AuditEntry(
        at=decode_moment(row["at"]),
        by=row["by"],
        action=Action(row["action"]),
        subject=Subject(row["subject"]),
        subject_id=row["subject_id"],
        destination=row["destination"],
        name=row["name"],
        detail=row["detail"],
        version=row["version"],
        id=row["id"],
    )
