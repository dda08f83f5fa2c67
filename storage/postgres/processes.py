"""This process among those that share the database. Promises: `bot.ports.fleet.Fleet`.

A process is dead when it said nothing for some seconds, or when the lock that its connection held is free: a killed
process is noticed at once, a lost machine after those seconds. Deleting its row waits for whatever it is recording at
that moment and forbids the rest, so nobody ever records beside its successor.
"""

from datetime import datetime, timedelta

from bot.domain.chats import Destination, Platform
from bot.domain.feeds import FeedStatus
from bot.errors import Superseded
from storage.sql import Connection
from storage.sql.codec import decode_moment, encode_moment
from storage.sql.deliveries import EXPIRED
from storage.sql.feeds import SELECT_STATUS
from storage.sql.rows import build_destination, build_feed_status

_SILENCE_SECONDS = 6
_GRACE_SECONDS = 2.5  # in which a process whose connection broke makes a new one
# With the number of a process, the lock that its connection holds as long as it lives.
LIFE = 0x746F6373
_BURY = """
DELETE FROM processes
WHERE id <> :process AND (
    seen < clock_timestamp() - make_interval(secs => :silence)
    OR (seen < clock_timestamp() - make_interval(secs => :grace) AND NOT EXISTS (
        SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 2 AND classid::bigint = :life
            AND objid::bigint = processes.id
            AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
    ))
)
RETURNING id
"""
# A process that hangs may still hold a lock that others wait for.
_HANG_UP = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = ANY(:names)"
_EXPIRE = f"UPDATE deliveries SET {EXPIRED} WHERE state = 'sending' AND claimed_by = ANY(:dead)"  # noqa: S608  # a constant
_LIST_DUE = f"""
{SELECT_STATUS} WHERE enabled = 1 AND shard = :shard AND next_due <= :now ORDER BY next_due LIMIT :limit
"""  # own constants
# What is being sent, or was when its sender died, counts as sent now: nobody knows better.
_RECENT = """
SELECT destinations.*, coalesce(answered_at, :now) AS sent_at
FROM deliveries JOIN destinations ON destinations.id = deliveries.destination_id
WHERE platform = :platform AND (
    answered_at >= :since OR state = 'sending' OR (state = 'pending' AND vanished > 0 AND answered_at IS NULL)
)
ORDER BY sent_at
"""


def join(connection: Connection, name: str) -> int:
    """Makes a process known; its number. An instance that had the database to itself may record no more."""
    connection.execute(
        "UPDATE tenure SET epoch = epoch + 1, owner = 'several processes' WHERE owner <> 'several processes'"
    )
    row = connection.execute("INSERT INTO processes (name) VALUES (:name) RETURNING id", {"name": name}).fetchone()
    return int(row["id"])


def leave(connection: Connection, process: int, now: datetime) -> None:
    """Forgets a process and its leases; what it was still sending is due again."""
    connection.execute(_EXPIRE, {"dead": [process], "now": encode_moment(now)})
    connection.execute("DELETE FROM processes WHERE id = :process", {"process": process})


def beat(connection: Connection, process: int) -> None:
    """Says that a process lives. Raises Superseded."""
    said = connection.execute("UPDATE processes SET seen = clock_timestamp() WHERE id = :process", {"process": process})
    if not said.rowcount:
        raise _superseded()


def refuse_dead(connection: Connection, process: int) -> None:
    """Raises Superseded if the process was declared dead; it cannot be until this transaction has ended."""
    alive = connection.execute("SELECT 1 FROM processes WHERE id = :process FOR KEY SHARE", {"process": process})
    if alive.fetchone() is None:
        raise _superseded()


def bury_dead(connection: Connection, process: int, now: datetime) -> int:
    """Declares silent processes dead; how many."""
    values = {"process": process, "silence": _SILENCE_SECONDS, "grace": _GRACE_SECONDS, "life": LIFE}
    dead = [row["id"] for row in connection.execute(_BURY, values)]
    if dead:
        connection.execute(_EXPIRE, {"dead": dead, "now": encode_moment(now)})
        connection.execute(_HANG_UP, {"names": [name_connections(number) for number in dead]})
    return len(dead)


def name_connections(process: int) -> str:
    """What the connections are called that a process holds locks with."""
    return f"tocsin process {process}"


def measure_clock(connection: Connection, now: datetime) -> timedelta:
    """How far a clock is ahead of the database's."""
    row = connection.execute(
        "SELECT CAST(:now - extract(epoch FROM clock_timestamp()) * 1000000 AS bigint) AS ahead",
        {"now": encode_moment(now)},
    ).fetchone()
    return timedelta(microseconds=row["ahead"])


def list_processes(connection: Connection) -> list[str]:
    """The names of the processes that take part now."""
    return [row["name"] for row in connection.execute("SELECT name FROM processes ORDER BY id")]


def list_failed_jobs(connection: Connection) -> dict[str, int]:
    """How often jobs failed, by their name."""
    rows = connection.execute(
        "SELECT queueing_lock AS name, count(*) AS times FROM procrastinate_jobs"
        " WHERE status = 'failed' AND queueing_lock IS NOT NULL GROUP BY queueing_lock ORDER BY queueing_lock"
    )
    return {row["name"]: row["times"] for row in rows}


def take(connection: Connection, name: str, process: int) -> bool:
    """Whether the process has the lease now."""
    connection.execute(
        "INSERT INTO leases (name, process_id) VALUES (:name, :process) ON CONFLICT (name) DO NOTHING",
        {"name": name, "process": process},
    )
    row = connection.execute("SELECT process_id FROM leases WHERE name = :name", {"name": name}).fetchone()
    return row is not None and row["process_id"] == process


def give_back(connection: Connection, name: str, process: int) -> None:
    """Ends a lease of a process."""
    connection.execute(
        "DELETE FROM leases WHERE name = :name AND process_id = :process", {"name": name, "process": process}
    )


def list_due_shards(connection: Connection, now: datetime) -> list[int]:
    """The shards of which nobody has taken hold and that have feeds whose time has come."""
    rows = connection.execute(
        "SELECT shard FROM feeds WHERE enabled = 1 AND next_due <= :now GROUP BY shard ORDER BY min(next_due)",
        {"now": encode_moment(now)},
    )
    return [row["shard"] for row in rows]


def list_due_feeds_of(connection: Connection, shard: int, now: datetime, limit: int) -> list[FeedStatus]:
    """The feeds of a shard whose time has come."""
    rows = connection.execute(_LIST_DUE, {"shard": shard, "now": encode_moment(now), "limit": limit})
    return [build_feed_status(row) for row in rows]


def list_recent_sends(
    connection: Connection, platform: Platform, since: datetime, now: datetime
) -> list[tuple[Destination, datetime]]:
    """Where anything was sent since then, and when."""
    values = {"platform": platform.value, "since": encode_moment(since), "now": encode_moment(now)}
    return [(build_destination(row), decode_moment(row["sent_at"])) for row in connection.execute(_RECENT, values)]


def _superseded() -> Superseded:
    return Superseded(
        "The other processes have given this one up: it was silent for too long.", "Started again, it takes part."
    )
