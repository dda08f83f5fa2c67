"""How far weekly trends have come. Promises: `bot.ports.statistics_store.TrendStore`."""

from collections.abc import Sequence
from datetime import date, datetime

from bot.domain.chats import Destination
from bot.domain.deliveries import OutgoingMessage
from bot.domain.digest_times import DigestMark
from storage.sql import Connection
from storage.sql.codec import decode_moment, encode_moment
from storage.sql.deliveries import enqueue
from storage.sql.destinations import find_or_add_destination


def list_trend_marks(connection: Connection) -> dict[str, DigestMark]:
    """The marks by the key of their destination."""
    rows = connection.execute(
        "SELECT key, day, at FROM trend_marks JOIN destinations ON destinations.id = trend_marks.destination_id"
    )
    return {
        row["key"]: DigestMark(decode_moment(row["at"]), date.fromisoformat(row["day"]) if row["day"] else None)
        for row in rows
    }


def begin_trends(connection: Connection, destinations: Sequence[Destination], now: datetime) -> None:
    """Sets the marks of destinations that have none."""
    for destination in destinations:
        connection.execute(
            "INSERT INTO trend_marks (destination_id, day, at) VALUES (:id, NULL, :at)"
            " ON CONFLICT (destination_id) DO NOTHING",
            {"id": find_or_add_destination(connection, destination), "at": encode_moment(now)},
        )


def record_trend(
    connection: Connection, destination: Destination, day: date, at: datetime, messages: Sequence[OutgoingMessage]
) -> bool:
    """Queues the trend of a day unless it had one."""
    marked = connection.execute(
        "UPDATE trend_marks SET day = :day, at = :at WHERE destination_id = :id AND (day IS NULL OR day < :day)",
        {
            "id": find_or_add_destination(connection, destination),
            "day": day.isoformat(),
            "at": encode_moment(at),
        },
    )
    if not marked.rowcount:
        return False
    enqueue(connection, messages, at)
    return True
