"""Subscriptions at hubs. Promises: `bot.ports.hub_store.HubStore`."""

from datetime import datetime

from bot.domain.push import HubOffer, HubSubscription, Push, PushedFeed, PushState
from storage.sql import Connection, Row
from storage.sql.codec import decode_moment, decode_optional_moment, encode_moment, encode_optional_moment

# To be joined where feeds are read; NULL for a feed without a hub.
HUB_COLUMNS = "hubs.hub_state, hubs.hub_until, hubs.hub_pushed, hubs.hub_missed"
HUB_JOIN = "LEFT JOIN hubs ON hubs.feed_id = feeds.id"
_OFFERS = """
SELECT feeds.id, feeds.url, feed_memories.hub, feed_memories.topic, hubs.*
FROM feed_memories JOIN feeds ON feeds.id = feed_memories.feed_id LEFT JOIN hubs ON hubs.feed_id = feeds.id
WHERE feed_memories.hub <> '' AND feeds.enabled = 1 AND feed_memories.url = feeds.url AND (
    hubs.feed_id IS NULL OR hubs.hub_next <= :now OR hubs.hub_url <> feed_memories.hub
    OR hubs.hub_topic <> feed_memories.topic
) ORDER BY hubs.hub_next IS NOT NULL, hubs.hub_next, feeds.id LIMIT :limit
"""
_RECORD = """
INSERT INTO hubs (
    feed_id, hub_url, hub_topic, hub_token, hub_secret, hub_next, hub_tries, hub_reason, hub_state, hub_until,
    hub_pushed, hub_missed
) VALUES (
    :feed_id, :hub_url, :hub_topic, :hub_token, :hub_secret, :hub_next, :hub_tries, :hub_reason, :hub_state, :hub_until,
    :hub_pushed, :hub_missed
) ON CONFLICT (feed_id) DO UPDATE SET
    hub_url = excluded.hub_url, hub_topic = excluded.hub_topic, hub_token = excluded.hub_token,
    hub_secret = excluded.hub_secret, hub_next = excluded.hub_next, hub_tries = excluded.hub_tries,
    hub_reason = excluded.hub_reason, hub_state = excluded.hub_state, hub_until = excluded.hub_until,
    hub_pushed = excluded.hub_pushed, hub_missed = excluded.hub_missed
"""
_FIND = """
SELECT hubs.*, feeds.last_poll, feeds.failures FROM hubs JOIN feeds ON feeds.id = hubs.feed_id
WHERE hubs.hub_token = :token AND feeds.enabled = 1
"""


def list_hub_offers(connection: Connection, now: datetime, limit: int) -> list[HubOffer]:
    """Feeds whose hub is to be asked."""
    rows = connection.execute(_OFFERS, {"now": encode_moment(now), "limit": limit})
    return [
        HubOffer(row["id"], row["url"], row["hub"], row["topic"], _build(row) if row["hub_token"] is not None else None)
        for row in rows
    ]


def record_hub_subscription(connection: Connection, subscription: HubSubscription) -> None:
    """Writes a subscription."""
    push = subscription.push
    connection.execute(
        _RECORD,
        {
            "feed_id": subscription.feed_id,
            "hub_url": subscription.hub,
            "hub_topic": subscription.topic,
            "hub_token": subscription.token,
            "hub_secret": subscription.secret,
            "hub_next": encode_moment(subscription.next_ask),
            "hub_tries": subscription.tries,
            "hub_reason": subscription.reason,
            "hub_state": push.state.value,
            "hub_until": encode_optional_moment(push.until),
            "hub_pushed": encode_optional_moment(push.pushed),
            "hub_missed": encode_optional_moment(push.missed),
        },
    )


def find_pushed_feed(connection: Connection, token: str) -> PushedFeed | None:
    """The subscription with that token."""
    row = connection.execute(_FIND, {"token": token}).fetchone()
    return PushedFeed(_build(row), decode_optional_moment(row["last_poll"]), row["failures"]) if row else None


def record_push(connection: Connection, subscription: HubSubscription, due: datetime | None) -> None:
    """Writes that a hub told of news."""
    record_hub_subscription(connection, subscription)
    if due is not None:
        values = {"due": encode_moment(due), "id": subscription.feed_id}
        connection.execute("UPDATE feeds SET next_due = :due WHERE id = :id AND next_due > :due", values)


def record_missed(connection: Connection, feed_id: str, now: datetime) -> None:
    """Writes that a poll found what its hub had not told of."""
    values = {"now": encode_moment(now), "id": feed_id}
    connection.execute("UPDATE hubs SET hub_missed = :now WHERE feed_id = :id", values)


def build_push(row: Row) -> Push | None:
    """What a hub does, of a row that holds `HUB_COLUMNS`."""
    if row["hub_state"] is None:
        return None
    return Push(
        PushState(row["hub_state"]),
        decode_optional_moment(row["hub_until"]),
        decode_optional_moment(row["hub_pushed"]),
        decode_optional_moment(row["hub_missed"]),
    )


def _build(row: Row) -> HubSubscription:
    return HubSubscription(
        row["feed_id"],
        row["hub_url"],
        row["hub_topic"],
        row["hub_token"],
        row["hub_secret"],
        decode_moment(row["hub_next"]),
        row["hub_tries"],
        row["hub_reason"],
        build_push(row) or Push(),
    )
