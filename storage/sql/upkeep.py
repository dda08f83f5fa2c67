"""Keeping the database and its times in order. Promises: `bot.ports.store.UpkeepStore`."""

from datetime import datetime, timedelta

from bot.errors import Superseded
from storage.sql import Connection
from storage.sql.codec import encode_duration, encode_moment
from storage.sql.deliveries import EXPIRED

_EXPIRE_ALL = f"UPDATE deliveries SET {EXPIRED} WHERE state = 'sending'"  # noqa: S608  # a constant
_SHIFTS = (
    "UPDATE feeds SET next_due = next_due + :by",
    "UPDATE deliveries SET not_before = not_before + :by WHERE state = 'pending'",
    "UPDATE deliveries SET not_before = not_before + :by WHERE state = 'ahead'",
    "UPDATE deliveries SET lease_until = lease_until + :by WHERE state = 'sending'",
    "UPDATE platform_holds SET until = until + :by",
)
# Nothing was polled or made later than now, unless the clock has gone back since.
_HEALS = (
    "UPDATE feeds SET next_due = :now WHERE last_poll > :now",
    "UPDATE deliveries SET not_before = :now WHERE state = 'pending' AND created_at > :now",
    "UPDATE deliveries SET not_before = :now WHERE state = 'ahead' AND created_at > :now",
    "DELETE FROM platform_holds WHERE until > :now + 3600000000",
)
_FORGET = (
    "DELETE FROM deliveries WHERE alert_id IS NULL AND answered_at < :messages AND state IN ('sent', 'suppressed')",
    "DELETE FROM inbox WHERE handled_at IS NOT NULL AND handled_at < :messages",
)


def take_over(connection: Connection, owner: str, now: datetime) -> int:
    """Begins a new tenure; its number. What the one before was sending may have arrived, so it goes out once more."""
    connection.execute(
        "INSERT INTO tenure (id, epoch, owner, since, seen) VALUES (1, 1, :owner, :now, :now)"
        " ON CONFLICT (id) DO UPDATE SET epoch = tenure.epoch + 1, owner = excluded.owner, since = excluded.since,"
        " seen = excluded.seen",
        {"owner": owner, "now": encode_moment(now)},
    )
    connection.execute(_EXPIRE_ALL, {"now": encode_moment(now)})
    for statement in _HEALS:
        connection.execute(statement, {"now": encode_moment(now)})
    (epoch,) = connection.execute("SELECT epoch FROM tenure").fetchone()
    return int(epoch)


def refuse_superseded(connection: Connection, epoch: int | None) -> None:
    """Raises Superseded if a later tenure than `epoch` has begun; None holds none and is never refused."""
    if epoch is None:
        return
    row = connection.execute("SELECT epoch, owner FROM tenure").fetchone()
    if row is not None and row["epoch"] != epoch:
        raise Superseded(f"{row['owner']} has taken over this database.", "Stop one of the two.")


def check_writable(connection: Connection, now: datetime) -> None:
    """Writes for the sake of writing."""
    connection.execute("UPDATE tenure SET seen = :now", {"now": encode_moment(now)})


def shift_times(connection: Connection, by: timedelta) -> None:
    """Moves everything that is planned by as much as the clock was."""
    for statement in _SHIFTS:
        connection.execute(statement, {"by": encode_duration(by)})


def forget_settled(connection: Connection, before: datetime) -> int:
    """Deletes settled messages and handled updates; how many rows. Cards stay with their alerts."""
    values = {"messages": encode_moment(before)}
    return sum(connection.execute(statement, values).rowcount for statement in _FORGET)
