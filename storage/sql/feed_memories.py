"""What is remembered of feeds' last answers. Promises: `bot.ports.store.FeedMemoryStore`."""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from bot.domain.feed_memory import FeedMemory, Parts
from bot.domain.wishes import Wishes
from storage.sql import Connection, Row
from storage.sql.codec import decode_duration, decode_optional_moment, encode_duration, encode_optional_moment

# A feed that was given another address begins anew: what its old address answered means nothing there.
_FIND = """
SELECT feed_memories.* FROM feed_memories JOIN feeds ON feeds.id = feed_memories.feed_id
WHERE feeds.url = feed_memories.url AND feeds.id IN (SELECT value FROM json_each(:ids))
"""
_RECORD = """
INSERT INTO feed_memories (
    feed_id, url, body, entries, frame, parts, part_readings, ttl, skip_hours, skip_days, full_at, not_modified,
    moved_to, moved_since, address, second_agent, hub, topic
)
SELECT id, url, :body, :entries, :frame, :parts, :part_readings, :ttl, :skip_hours, :skip_days, :full_at,
    :not_modified, :moved_to, :moved_since, :address, :second_agent, :hub, :topic
FROM feeds WHERE id = :feed_id
ON CONFLICT (feed_id) DO UPDATE SET
    url = excluded.url, body = excluded.body, entries = excluded.entries, frame = excluded.frame,
    parts = excluded.parts, part_readings = excluded.part_readings, ttl = excluded.ttl,
    skip_hours = excluded.skip_hours, skip_days = excluded.skip_days, full_at = excluded.full_at,
    not_modified = excluded.not_modified, moved_to = excluded.moved_to, moved_since = excluded.moved_since,
    address = excluded.address, second_agent = excluded.second_agent, hub = excluded.hub, topic = excluded.topic
"""
_COUNT = """
UPDATE feed_memories SET not_modified = not_modified + 1 WHERE feed_id IN (SELECT value FROM json_each(:ids))
"""


def find_memories(connection: Connection, feed_ids: Sequence[str]) -> dict[str, FeedMemory]:
    """What is remembered of those feeds, by id."""
    rows = connection.execute(_FIND, {"ids": json.dumps(list(feed_ids))})
    return {row["feed_id"]: _build(row) for row in rows}


def record_memories(connection: Connection, memories: Iterable[tuple[str, FeedMemory]]) -> None:
    """Remembers the last answers of feeds, by id, as part of the transaction that records what was made of them."""
    connection.executemany(_RECORD, [_values(feed_id, memory) for feed_id, memory in memories])


def count_not_modified(connection: Connection, feed_ids: Sequence[str]) -> None:
    """Remembers one more 304 of each of those feeds."""
    if feed_ids:
        connection.execute(_COUNT, {"ids": json.dumps(feed_ids)})


def _values(feed_id: str, memory: FeedMemory) -> dict[str, Any]:
    return {
        "feed_id": feed_id,
        "body": memory.body,
        "entries": memory.entries,
        "frame": memory.frame,
        "parts": int(memory.parts),
        "part_readings": memory.part_readings,
        "ttl": encode_duration(memory.wishes.interval),
        "skip_hours": _encode_set(memory.wishes.skip_hours),
        "skip_days": _encode_set(memory.wishes.skip_days),
        "full_at": encode_optional_moment(memory.full_at),
        "not_modified": memory.not_modified,
        "moved_to": memory.moved_to,
        "moved_since": encode_optional_moment(memory.moved_since),
        "address": memory.address,
        "second_agent": int(memory.second_agent),
        "hub": memory.hub,
        "topic": memory.topic,
    }


def _build(row: Row) -> FeedMemory:
    return FeedMemory(
        body=row["body"],
        entries=row["entries"],
        frame=row["frame"],
        parts=Parts(row["parts"]),
        part_readings=row["part_readings"],
        wishes=Wishes(decode_duration(row["ttl"]), _decode_set(row["skip_hours"]), _decode_set(row["skip_days"])),
        full_at=decode_optional_moment(row["full_at"]),
        not_modified=row["not_modified"],
        moved_to=row["moved_to"],
        moved_since=decode_optional_moment(row["moved_since"]),
        address=row["address"],
        second_agent=bool(row["second_agent"]),
        hub=row["hub"],
        topic=row["topic"],
    )


def _encode_set(numbers: Sequence[int]) -> int:
    """Small numbers as bits."""
    return sum(1 << number for number in numbers)


def _decode_set(bits: int) -> tuple[int, ...]:
    return tuple(number for number in range(bits.bit_length()) if bits >> number & 1)
