"""Messages under cards: what changed about a story. Promises: `StoryStore` and `PollStore` in `bot.ports`."""

import json
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from bot.domain.chats import ReplyAddress
from bot.domain.deliveries import DeliveryState, Urgency
from bot.domain.updates import PlannedUpdate, ShownCard, ShownStory
from storage.sql import Connection
from storage.sql.alerts import get_alert
from storage.sql.codec import decode_moment, encode_message, encode_moment, encode_reply_address
from storage.sql.rows import build_destination

_SHOWN = """
SELECT deliveries.id, alert_id, story_id, destinations.key, platform, address, thread, kind, title, workspace,
    timezone, disabled
FROM deliveries
JOIN alerts ON alerts.id = deliveries.alert_id
JOIN destinations ON destinations.id = deliveries.destination_id
WHERE alerts.story_id IN (SELECT value FROM json_each(:stories)) AND deliveries.state IN ('sent', 'sending')
    AND disabled = ''
ORDER BY deliveries.id
"""
_RANG = """
SELECT story_id, min(id) AS id FROM alerts WHERE story_id IN (SELECT value FROM json_each(:stories)) GROUP BY story_id
"""
_UPDATES = """
SELECT target_id, created_at FROM deliveries
WHERE target_id IN (SELECT value FROM json_each(:cards)) AND message IS NOT NULL AND state <> 'suppressed'
    AND created_at >= :since ORDER BY created_at
"""
_FIND_CARD = """
SELECT deliveries.id, destination_id FROM deliveries JOIN destinations ON destinations.id = deliveries.destination_id
WHERE alert_id = :alert AND destinations.key = :key AND state IN ('sent', 'sending')
"""
_INSERT = """
INSERT INTO deliveries (
    key, target_id, destination_id, message, reply_to, urgency, silent, form, state, reason, attempts,
    possible_duplicate, not_before, created_at, receipt
) VALUES (
    :key, :target, :destination, :message, :reply_to, :urgency, :silent, 'rich', :state, :reason, 0, 0, :now, :now, ''
) ON CONFLICT (key) DO NOTHING
"""


def list_shown(connection: Connection, story_ids: Sequence[int], since: datetime) -> dict[int, ShownStory]:
    """Stories that rang, and their cards that stand in chats."""
    rows = connection.execute(_SHOWN, {"stories": json.dumps(list(story_ids))}).fetchall()
    updates: dict[int, list[datetime]] = defaultdict(list)
    values = {"cards": json.dumps([row["id"] for row in rows]), "since": encode_moment(since)}
    for row in connection.execute(_UPDATES, values):
        updates[row["target_id"]].append(decode_moment(row["created_at"]))
    cards: dict[int, dict[str, ShownCard]] = defaultdict(dict)
    for row in rows:
        card = ShownCard(build_destination(row), row["alert_id"], tuple(updates[row["id"]]))
        cards[row["story_id"]].setdefault(row["key"], card)
    rang = connection.execute(_RANG, {"stories": json.dumps(list(story_ids))}).fetchall()
    return {
        row["story_id"]: ShownStory(get_alert(connection, row["id"]), tuple(cards[row["story_id"]].values()))
        for row in rang
    }


def insert_update(connection: Connection, update: PlannedUpdate, now: datetime) -> int:
    """1 if a message is to go out. A card that has not gone out yet will say everything itself."""
    values = {"alert": update.alert_id, "key": update.destination.key}
    card = connection.execute(_FIND_CARD, values).fetchone()
    if card is None:
        return 0
    state = DeliveryState.SUPPRESSED if update.suppressed else DeliveryState.PENDING
    inserted = connection.execute(
        _INSERT,
        {
            "key": f"update:{card['id']}:{update.item_key}",
            "target": card["id"],
            "destination": card["destination_id"],
            "message": encode_message(update.message),
            "reply_to": encode_reply_address(ReplyAddress(broadcast=update.urgency is Urgency.CRITICAL)),
            "urgency": int(update.urgency),
            "silent": int(update.message.silent),
            "state": state.value,
            "reason": update.suppressed,
            "now": encode_moment(now),
        },
    )
    return inserted.rowcount if state is DeliveryState.PENDING else 0
