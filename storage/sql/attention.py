"""Settings and mutes of chats. Promises: `bot.ports.attention_store.AttentionStore`."""

import json
from collections import defaultdict
from collections.abc import Collection, Sequence

from bot.domain.audit import AuditEntry
from bot.domain.chat_settings import Attention, ChatSettings
from bot.domain.chats import Destination
from bot.domain.mutes import Mute, MuteKind
from storage.sql import Connection, Row
from storage.sql.audit import record_audit
from storage.sql.codec import (
    decode_chat_settings,
    decode_moment,
    decode_optional_moment,
    encode_chat_settings,
    encode_moment,
    encode_optional_moment,
)
from storage.sql.destinations import find_or_add_destination

_LIST_SETTINGS = """
SELECT key, settings FROM chat_settings JOIN destinations ON destinations.id = chat_settings.destination_id
WHERE :key IS NULL OR key = :key
"""
_LIST_MUTES = """
SELECT mutes.*, destinations.key FROM mutes JOIN destinations ON destinations.id = mutes.destination_id
WHERE :key IS NULL OR key = :key ORDER BY mutes.id
"""
_INSERT_MUTE = """
INSERT INTO mutes (destination_id, kind, value, what, at, until, critical, by, name, proposed)
VALUES (:destination_id, :kind, :value, :what, :at, :until, :critical, :by, :name, :proposed)
"""


def list_attention(connection: Connection, destination_key: str | None) -> dict[str, Attention]:
    """Settings and mutes by the key of their destination."""
    values = {"key": destination_key}
    settings = {row["key"]: decode_chat_settings(row["settings"]) for row in connection.execute(_LIST_SETTINGS, values)}
    mutes: dict[str, list[Mute]] = defaultdict(list)
    for row in connection.execute(_LIST_MUTES, values):
        mutes[row["key"]].append(_build_mute(row))
    return {
        key: Attention(settings.get(key, ChatSettings()), tuple(mutes.get(key, ()))) for key in settings.keys() | mutes
    }


def record_settings(
    connection: Connection, destination: Destination, settings: ChatSettings, entry: AuditEntry
) -> None:
    """Keeps the settings of a chat."""
    connection.execute(
        "INSERT INTO chat_settings (destination_id, settings) VALUES (:id, :settings)"
        " ON CONFLICT (destination_id) DO UPDATE SET settings = excluded.settings",
        {"id": find_or_add_destination(connection, destination), "settings": encode_chat_settings(settings)},
    )
    record_audit(connection, [entry])


def record_timezone(connection: Connection, destination: Destination, timezone: str, entry: AuditEntry) -> None:
    """Gives a chat another clock."""
    connection.execute(
        "UPDATE destinations SET timezone = :timezone WHERE id = :id",
        {"id": find_or_add_destination(connection, destination), "timezone": timezone},
    )
    record_audit(connection, [entry])


def record_mute(connection: Connection, mute: Mute, destination: Destination, entry: AuditEntry | None) -> Mute:
    """Keeps a mute; those that ran out are let go."""
    values = {
        "destination_id": find_or_add_destination(connection, destination),
        "kind": mute.kind.value,
        "value": mute.value,
        "what": mute.what,
        "at": encode_moment(mute.at),
        "until": encode_optional_moment(mute.until),
        "critical": int(mute.critical),
        "by": mute.by,
        "name": mute.name,
        "proposed": int(mute.proposed),
    }
    connection.execute(
        "DELETE FROM mutes WHERE destination_id = :destination_id"
        " AND (until <= :at OR (kind = :kind AND value = :value))",
        values,
    )
    row = connection.execute(f"{_INSERT_MUTE} RETURNING *, :key AS key", values | {"key": mute.destination}).fetchone()
    if entry is not None:
        record_audit(connection, [entry])
    return _build_mute(row)


def end_mutes(connection: Connection, destination_key: str, ids: Collection[int], entries: Sequence[AuditEntry]) -> int:
    """Takes mutes of a chat back; how many."""
    ended = connection.execute(
        "DELETE FROM mutes WHERE id IN (SELECT value FROM json_each(:ids))"
        " AND destination_id = (SELECT id FROM destinations WHERE key = :key)",
        {"ids": json.dumps(list(ids)), "key": destination_key},
    )
    if ended.rowcount:
        record_audit(connection, entries)
    return ended.rowcount


def _build_mute(row: Row) -> Mute:
    return Mute(
        destination=row["key"],
        kind=MuteKind(row["kind"]),
        value=row["value"],
        what=row["what"],
        at=decode_moment(row["at"]),
        until=decode_optional_moment(row["until"]),
        critical=bool(row["critical"]),
        by=row["by"],
        name=row["name"],
        proposed=bool(row["proposed"]),
        id=row["id"],
    )
