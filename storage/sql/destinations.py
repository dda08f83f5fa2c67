"""Destinations: found, made, revived, disabled, moved. Used by whatever writes about one."""

import json
from collections.abc import Sequence
from dataclasses import replace

from bot.domain.chats import Destination
from bot.errors import NotFound
from storage.sql import Connection, Row
from storage.sql.rows import build_destination, destination_values

_INSERT = """
INSERT INTO destinations (key, platform, address, thread, kind, title, workspace, timezone, disabled)
VALUES (:key, :platform, :address, :thread, :kind, :title, :workspace, :timezone, :disabled)
ON CONFLICT (key) DO NOTHING
"""
_SEE_AGAIN = """
UPDATE destinations SET
    disabled = '', kind = :kind, title = CASE WHEN :title = '' THEN title ELSE :title END,
    workspace = CASE WHEN :workspace = '' THEN workspace ELSE :workspace END
WHERE key = :key
"""
_NAME = """
UPDATE destinations SET
    title = CASE WHEN :title = '' THEN title ELSE :title END,
    workspace = CASE WHEN :workspace = '' THEN workspace ELSE :workspace END,
    timezone = :timezone
WHERE key = :key
"""
_MERGE = (
    """
    INSERT INTO subscriptions (destination_id, watchlist, created_by, created_at, level)
    SELECT :new, watchlist, created_by, created_at, level FROM subscriptions WHERE destination_id = :old
    ON CONFLICT (destination_id, watchlist) DO NOTHING
    """,
    "DELETE FROM subscriptions WHERE destination_id = :old",
    "UPDATE chat_lists SET destination_id = :new WHERE destination_id = :old",
    "UPDATE drafts SET destination_id = :new WHERE destination_id = :old",
    "UPDATE feed_drafts SET destination_id = :new WHERE destination_id = :old",
    "UPDATE mutes SET destination_id = :new WHERE destination_id = :old",
    "DELETE FROM onboardings WHERE destination_id = :old",
    """
    UPDATE chat_settings SET destination_id = :new
    WHERE destination_id = :old AND NOT EXISTS (SELECT 1 FROM chat_settings WHERE destination_id = :new)
    """,
    """
    UPDATE digest_marks SET destination_id = :new
    WHERE destination_id = :old AND NOT EXISTS (SELECT 1 FROM digest_marks WHERE destination_id = :new)
    """,
    """
    UPDATE deliveries SET destination_id = :new
    WHERE destination_id = :old AND (alert_id IS NULL OR alert_id NOT IN (
        SELECT alert_id FROM deliveries WHERE destination_id = :new AND alert_id IS NOT NULL
    ))
    """,
    """
    UPDATE deliveries SET state = 'suppressed', reason = :reason
    WHERE destination_id = :old AND state IN ('pending', 'held', 'sending')
    """,
    "UPDATE destinations SET disabled = CASE WHEN id = :old THEN :reason ELSE '' END WHERE id IN (:old, :new)",
)


def find_or_add_destination(connection: Connection, destination: Destination) -> int:
    """The row number of a destination, which stays as it is stored if it is there already."""
    values = destination_values(destination)
    connection.execute(_INSERT, values)
    row = connection.execute("SELECT id FROM destinations WHERE key = :key", values).fetchone()
    return int(row["id"])


def ensure_destination(connection: Connection, destination: Destination) -> Destination:
    """The stored destination, live, with the kind, title and workspace it has now."""
    values = destination_values(replace(destination, disabled=""))
    connection.execute(_INSERT, values)
    connection.execute(_SEE_AGAIN, values)
    return build_destination(connection.execute("SELECT * FROM destinations WHERE key = :key", values).fetchone())


def record_destinations(connection: Connection, destinations: Sequence[Destination]) -> None:
    """Makes destinations, or names those that are there; none is revived."""
    for destination in destinations:
        values = destination_values(destination)
        connection.execute(_INSERT, values)
        connection.execute(_NAME, values)


def list_destinations(connection: Connection, keys: Sequence[str]) -> list[Destination]:
    """The stored destinations with these keys."""
    rows = connection.execute(
        "SELECT * FROM destinations WHERE key IN (SELECT value FROM json_each(:keys))", {"keys": json.dumps(list(keys))}
    )
    return [build_destination(row) for row in rows]


def disable_destination(connection: Connection, key: str, reason: str) -> None:
    """Stops sending to a destination. What waits for it keeps waiting. Raises NotFound."""
    # An empty reason would mean that the destination is live.
    updated = connection.execute(
        "UPDATE destinations SET disabled = :reason WHERE key = :key", {"reason": reason or "disabled", "key": key}
    )
    if not updated.rowcount:
        raise NotFound(f"There is no destination {key}.", "Destinations appear when somebody watches a list there.")


def move_destination(connection: Connection, destination_id: int, address: str) -> None:
    """Gives a chat, with all its threads, the new address that its platform told.

    Where the new address is known already, the two become one: subscriptions and deliveries go over, except
    cards that the new address has as well, and the new address is live.
    """
    move_chat(connection, build_destination(_get(connection, destination_id)), address)


def move_chat(connection: Connection, destination: Destination, address: str) -> None:
    """Gives a chat, with all its threads, another address."""
    rows = connection.execute(
        "SELECT * FROM destinations WHERE platform = :platform AND address = :address",
        {"platform": destination.platform.value, "address": destination.address},
    ).fetchall()
    for row in rows:
        target = replace(build_destination(row), address=address)
        if target.key != row["key"]:
            _move_one(connection, row, target)


def _move_one(connection: Connection, row: Row, target: Destination) -> None:
    known = connection.execute("SELECT id FROM destinations WHERE key = :key", {"key": target.key}).fetchone()
    if known:
        _merge(connection, row["id"], known["id"], f"moved to {target.key}")
    else:
        connection.execute(
            "UPDATE destinations SET key = :key, address = :address WHERE id = :id",
            {"key": target.key, "address": target.address, "id": row["id"]},
        )


def _merge(connection: Connection, old: int, new: int, reason: str) -> None:
    values = {"old": old, "new": new, "reason": reason}
    for statement in _MERGE:
        connection.execute(statement, values)


def _get(connection: Connection, destination_id: int) -> Row:
    row: Row = connection.execute("SELECT * FROM destinations WHERE id = :id", {"id": destination_id}).fetchone()
    return row
