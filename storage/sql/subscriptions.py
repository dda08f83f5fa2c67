"""Who watches what. Promises: `bot.ports.store.SubscriptionStore`."""

from datetime import datetime

from bot.domain.audit import Action, AuditEntry, Subject
from bot.domain.chats import Destination, Level, Subscription
from storage.sql import Connection
from storage.sql.audit import record_audit
from storage.sql.codec import decode_moment, encode_moment
from storage.sql.destinations import ensure_destination
from storage.sql.rows import build_destination

_LIST = """
SELECT watchlist, created_by, created_at, level, platform, address, thread, kind, title, workspace, timezone, disabled
FROM subscriptions JOIN destinations ON destinations.id = subscriptions.destination_id
WHERE key = :key OR (:key IS NULL AND disabled = '')
ORDER BY destinations.id, watchlist
"""


def subscribe(
    connection: Connection,
    destination: Destination,
    watchlist: str,
    by: str,
    now: datetime,
    *,
    name: str,
    level: Level,
) -> bool:
    """Watches a list; False if it was watched already at this level."""
    ensure_destination(connection, destination)
    given = {"watchlist": watchlist, "level": level.value, "key": destination.key}
    action = Action.ADDED
    done = connection.execute(
        "INSERT INTO subscriptions (destination_id, watchlist, created_by, created_at, level)"
        " SELECT id, :watchlist, :by, :now, :level FROM destinations WHERE key = :key"
        " ON CONFLICT (destination_id, watchlist) DO NOTHING",
        {**given, "by": by, "now": encode_moment(now)},
    )
    if not done.rowcount:
        action = Action.CHANGED
        done = connection.execute(
            "UPDATE subscriptions SET level = :level WHERE watchlist = :watchlist AND level <> :level"
            " AND destination_id = (SELECT id FROM destinations WHERE key = :key)",
            given,
        )
    if not done.rowcount:
        return False
    detail = "" if level is Level.ALL and action is Action.ADDED else level.value
    entry = AuditEntry(now, by, action, Subject.SUBSCRIPTION, watchlist, destination.key, name, detail)
    record_audit(connection, [entry])
    return True


def unsubscribe(
    connection: Connection, destination: Destination, watchlist: str, by: str, now: datetime, *, name: str
) -> bool:
    """Stops watching; False if it was not watched."""
    deleted = connection.execute(
        "DELETE FROM subscriptions WHERE watchlist = :watchlist"
        " AND destination_id = (SELECT id FROM destinations WHERE key = :key)",
        {"watchlist": watchlist, "key": destination.key},
    )
    if not deleted.rowcount:
        return False
    entry = AuditEntry(now, by, Action.REMOVED, Subject.SUBSCRIPTION, watchlist, destination.key, name)
    record_audit(connection, [entry])
    return True


def list_subscriptions(connection: Connection, destination_key: str | None) -> list[Subscription]:
    """Subscriptions of all live destinations, or of one."""
    return [
        Subscription(
            build_destination(row),
            row["watchlist"],
            row["created_by"],
            decode_moment(row["created_at"]),
            Level(row["level"]),
        )
        for row in connection.execute(_LIST, {"key": destination_key})
    ]
