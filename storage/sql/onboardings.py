"""Chats at their beginning. Promises: `bot.ports.onboarding_store.OnboardingStore`."""

import json
from collections.abc import Collection
from datetime import datetime

from bot.domain.chats import Destination
from bot.domain.deliveries import OutgoingMessage, Urgency
from bot.domain.onboarding import Onboarding
from bot.domain.told import RungStory
from bot.matching.records import Priority
from storage.sql import Connection
from storage.sql.codec import decode_moment, encode_moment
from storage.sql.deliveries import enqueue
from storage.sql.destinations import find_or_add_destination
from storage.sql.rows import build_destination

_FIND = """
SELECT onboardings.* FROM onboardings JOIN destinations ON destinations.id = onboardings.destination_id
WHERE destinations.key = :key
"""
_RECORD = """
INSERT INTO onboardings (destination_id, role, lists, asked_at, reminded)
VALUES (:id, :role, :lists, :asked_at, :reminded)
ON CONFLICT (destination_id) DO UPDATE SET
    role = excluded.role, lists = excluded.lists, asked_at = excluded.asked_at, reminded = excluded.reminded
"""
_ABANDONED = """
SELECT destinations.*, (
    SELECT count(*) FROM subscriptions WHERE subscriptions.destination_id = destinations.id
) AS watched
FROM onboardings JOIN destinations ON destinations.id = onboardings.destination_id
WHERE onboardings.asked_at < :before AND onboardings.reminded = 0 AND destinations.disabled = ''
ORDER BY onboardings.asked_at, destinations.id
"""
_RINGING = """
SELECT matches.watchlist, coalesce(items.story_id, -items.id) AS story,
    min(coalesce(items.published, items.first_seen)) AS at, max(matches.priority) AS priority,
    min(items.title) AS headline, min(items.lang) AS lang
FROM matches JOIN items ON items.id = matches.item_id
WHERE matches.rings = 1 AND coalesce(items.published, items.first_seen) >= :since
    AND matches.watchlist IN (SELECT value FROM json_each(:watchlists))
GROUP BY matches.watchlist, coalesce(items.story_id, -items.id) ORDER BY at, story, matches.watchlist
"""
_NEWEST_ALERT = """
SELECT alerts.id, alerts.created_at FROM alerts
WHERE EXISTS (
    SELECT 1 FROM items JOIN matches ON matches.item_id = items.id
    WHERE items.story_id = alerts.story_id AND matches.rings = 1
        AND matches.watchlist IN (SELECT value FROM json_each(:watchlists))
) AND NOT EXISTS (
    SELECT 1 FROM deliveries WHERE deliveries.alert_id = alerts.id AND deliveries.destination_id = :destination
)
ORDER BY alerts.created_at DESC, alerts.id LIMIT 1
"""
_INSERT_CARD = """
INSERT INTO deliveries (
    alert_id, destination_id, reply_to, urgency, silent, form, state, reason, attempts, possible_duplicate,
    not_before, created_at, receipt
) VALUES (:alert, :destination, '{}', :urgency, 1, 'rich', 'pending', '', 0, 0, :now, :now, '')
"""


def find_onboarding(connection: Connection, destination_key: str) -> Onboarding | None:
    """How far a chat has come."""
    row = connection.execute(_FIND, {"key": destination_key}).fetchone()
    if row is None:
        return None
    return Onboarding(
        decode_moment(row["asked_at"]), row["role"], tuple(json.loads(row["lists"])), bool(row["reminded"])
    )


def record_onboarding(connection: Connection, destination: Destination, onboarding: Onboarding) -> None:
    """Keeps how far a chat has come."""
    connection.execute(
        _RECORD,
        {
            "id": find_or_add_destination(connection, destination),
            "role": onboarding.role,
            "lists": json.dumps(onboarding.lists),
            "asked_at": encode_moment(onboarding.asked_at),
            "reminded": int(onboarding.reminded),
        },
    )


def end_onboarding(connection: Connection, destination_key: str) -> None:
    """Lets go of what a chat answered."""
    connection.execute(
        "DELETE FROM onboardings WHERE destination_id = (SELECT id FROM destinations WHERE key = :key)",
        {"key": destination_key},
    )


def list_abandoned(connection: Connection, before: datetime) -> list[tuple[Destination, bool]]:
    """Chats that never came to the end of the questions."""
    rows = connection.execute(_ABANDONED, {"before": encode_moment(before)})
    return [(build_destination(row), bool(row["watched"])) for row in rows]


def record_reminder(connection: Connection, reminder: OutgoingMessage, now: datetime) -> None:
    """Queues the reminder of a chat."""
    connection.execute(
        "UPDATE onboardings SET reminded = 1 WHERE destination_id = (SELECT id FROM destinations WHERE key = :key)",
        {"key": reminder.destination.key},
    )
    enqueue(connection, [reminder], now)


def list_ringing(connection: Connection, since: datetime, watchlists: Collection[str]) -> list[RungStory]:
    """What rang on these lists, by its date."""
    values = {"since": encode_moment(since), "watchlists": json.dumps(sorted(watchlists))}
    return [
        RungStory(
            row["watchlist"],
            row["story"],
            decode_moment(row["at"]),
            Priority(row["priority"]),
            row["headline"],
            row["lang"],
        )
        for row in connection.execute(_RINGING, values)
    ]


def plan_example(
    connection: Connection, destination: Destination, watchlists: Collection[str], now: datetime
) -> tuple[str, datetime] | None:
    """Queues the card of the newest alert on these lists."""
    values = {
        "destination": find_or_add_destination(connection, destination),
        "watchlists": json.dumps(sorted(watchlists)),
    }
    row = connection.execute(_NEWEST_ALERT, values).fetchone()
    if row is None:
        return None
    connection.execute(
        _INSERT_CARD,
        {
            "alert": row["id"],
            "destination": values["destination"],
            "urgency": int(Urgency.REPLY),
            "now": encode_moment(now),
        },
    )
    return row["id"], decode_moment(row["created_at"])
