"""What polls taught about a feed: its rhythm and its pulse. Read with the feed, written when it changed."""

import struct
from collections.abc import Iterable
from typing import Any

from bot.domain.health import Health, Pulse
from bot.domain.rhythm import Rhythm
from storage.sql import Connection, Row
from storage.sql.codec import decode_moment, decode_optional_moment, encode_moment, encode_optional_moment

# To be joined where feeds are read; every column of either is NULL for a feed that has none yet.
MEMORY_COLUMNS = """
rhythms.reckoned, rhythms.weeks, rhythms.counts, rhythms.pace, rhythms.window,
pulses.since, pulses.state, pulses.checks, pulses.told, pulses.document, pulses.lateness, pulses.newest,
pulses.newest_date, pulses.redated
"""
MEMORY_JOINS = """
LEFT JOIN rhythms ON rhythms.feed_id = feeds.id LEFT JOIN pulses ON pulses.feed_id = feeds.id
"""
_WRITE_RHYTHM = """
INSERT INTO rhythms (feed_id, reckoned, weeks, counts, pace, "window")
VALUES (:feed_id, :reckoned, :weeks, :counts, :pace, :window)
ON CONFLICT (feed_id) DO UPDATE SET
    reckoned = excluded.reckoned, weeks = excluded.weeks, counts = excluded.counts, pace = excluded.pace,
    "window" = excluded."window"
"""
_WRITE_PULSE = """
INSERT INTO pulses (feed_id, since, state, checks, told, document, lateness, newest, newest_date, redated)
VALUES (:feed_id, :since, :state, :checks, :told, :document, :lateness, :newest, :newest_date, :redated)
ON CONFLICT (feed_id) DO UPDATE SET
    since = excluded.since, state = excluded.state, checks = excluded.checks, told = excluded.told,
    document = excluded.document, lateness = excluded.lateness, newest = excluded.newest,
    newest_date = excluded.newest_date, redated = excluded.redated
"""


def record_rhythms(connection: Connection, rhythms: Iterable[tuple[str, Rhythm]]) -> None:
    """Writes when feeds publish, by their ids."""
    connection.executemany(_WRITE_RHYTHM, [_rhythm_values(feed_id, rhythm) for feed_id, rhythm in rhythms])


def record_pulses(connection: Connection, pulses: Iterable[tuple[str, Pulse]]) -> None:
    """Writes how feeds are, by their ids."""
    connection.executemany(_WRITE_PULSE, [_pulse_values(feed_id, pulse) for feed_id, pulse in pulses])


def forget_memory(connection: Connection, feed_id: str) -> None:
    """Drops what was learned of a feed that begins anew."""
    connection.execute("DELETE FROM rhythms WHERE feed_id = :id", {"id": feed_id})
    connection.execute("DELETE FROM pulses WHERE feed_id = :id", {"id": feed_id})


def list_paces(connection: Connection) -> list[bytes]:
    """The pace of every enabled feed, empty for one that has not been read yet."""
    rows = connection.execute(
        "SELECT rhythms.pace FROM feeds LEFT JOIN rhythms ON rhythms.feed_id = feeds.id"
        " WHERE feeds.enabled = 1 AND feeds.interval IS NULL"
    )
    return [row["pace"] or b"" for row in rows]


def build_rhythm(row: Row) -> Rhythm | None:
    """The rhythm of a row that holds `MEMORY_COLUMNS`."""
    if row["reckoned"] is None:
        return None
    return Rhythm(decode_moment(row["reckoned"]), row["weeks"], row["counts"], row["pace"], row["window"])


def build_pulse(row: Row) -> Pulse | None:
    """The pulse of a row that holds `MEMORY_COLUMNS`."""
    if row["since"] is None:
        return None
    return Pulse(
        since=decode_moment(row["since"]),
        state=Health(row["state"]),
        checks=row["checks"],
        told=Health(row["told"]),
        document=Health(row["document"]),
        lateness=struct.unpack(f"<{len(row['lateness']) // 2}H", row["lateness"]),
        newest=row["newest"],
        newest_date=decode_optional_moment(row["newest_date"]),
        redated=row["redated"],
    )


def _rhythm_values(feed_id: str, rhythm: Rhythm) -> dict[str, Any]:
    return {
        "feed_id": feed_id,
        "reckoned": encode_moment(rhythm.reckoned),
        "weeks": rhythm.weeks,
        "counts": rhythm.counts,
        "pace": rhythm.pace,
        "window": rhythm.window,
    }


def _pulse_values(feed_id: str, pulse: Pulse) -> dict[str, Any]:
    return {
        "feed_id": feed_id,
        "since": encode_moment(pulse.since),
        "state": pulse.state.value,
        "checks": pulse.checks,
        "told": pulse.told.value,
        "document": pulse.document.value,
        "lateness": struct.pack(f"<{len(pulse.lateness)}H", *pulse.lateness),
        "newest": pulse.newest,
        "newest_date": encode_optional_moment(pulse.newest_date),
        "redated": pulse.redated,
    }
