"""Edits of messages that were sent. Promises: `bot.ports.outbox_store.EditStore`.

An edit is a delivery without content of its own: what its target says is put together when it goes out.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from bot.domain.alerts import LoneArticle
from bot.domain.deliveries import REPORTS_APART, Urgency
from bot.domain.novelty import Revision
from storage.sql import Connection
from storage.sql.codec import decode_moment, encode_moment

# Cards that stand in a chat, or may do so in a moment. A card that is still to be built will know everything itself.
_CARDS = """
SELECT deliveries.id, deliveries.destination_id, deliveries.answered_at, (
    SELECT max(edits.answered_at) FROM deliveries AS edits
    WHERE edits.target_id = deliveries.id AND edits.message IS NULL AND edits.state = 'sent'
) AS edited_at
FROM deliveries JOIN alerts ON alerts.id = deliveries.alert_id
WHERE alerts.story_id = :story
    AND (deliveries.state = 'sending' OR (deliveries.state = 'sent' AND deliveries.receipt <> ''))
"""
_FIND_OPEN = """
SELECT id, state, not_before, urgency FROM deliveries
WHERE target_id = :target AND message IS NULL AND state IN ('ahead', 'pending')
"""
_HASTEN = "UPDATE deliveries SET not_before = :due, urgency = :urgency WHERE id = :id"
_ASK = """
INSERT INTO deliveries (
    target_id, destination_id, reply_to, urgency, silent, form, state, reason, attempts, possible_duplicate,
    not_before, created_at, receipt
) VALUES (:target, :destination, '{}', :urgency, 1, 'rich', 'ahead', '', 0, 0, :due, :now, '')
"""
_STORY_OF = """
SELECT DISTINCT story_id FROM items
WHERE feed_id = :feed_id AND story_id IS NOT NULL AND (key = :key OR (link_key = :link_key AND link_key <> ''))
"""
_LONE = """
SELECT items.key, items.link FROM alerts JOIN items ON items.story_id = alerts.story_id
WHERE alerts.created_at >= :since AND alerts.created_at < :until AND items.link <> '' AND items.gone_at IS NULL
    AND (SELECT count(*) FROM items AS others WHERE others.story_id = alerts.story_id) = 1
    AND EXISTS (SELECT 1 FROM deliveries WHERE deliveries.alert_id = alerts.id AND deliveries.state = 'sent')
ORDER BY alerts.created_at
"""


def edit_cards(
    connection: Connection, story_id: int, now: datetime, *, apart: timedelta = timedelta(0), urgency: Urgency
) -> int:
    """Asks for an edit of every card of a story, `apart` from when each was sent or edited last; how many cards."""
    cards = connection.execute(_CARDS, {"story": story_id}).fetchall()
    for card in cards:
        shown = max(card["answered_at"] or encode_moment(now), card["edited_at"] or 0)
        due = max(decode_moment(shown) + apart, now)
        ask_edit(connection, card["id"], card["destination_id"], due=due, now=now, urgency=urgency)
    return len(cards)


def ask_edit(
    connection: Connection, target_id: int, destination_id: int, *, due: datetime, now: datetime, urgency: Urgency
) -> None:
    """Asks for an edit of one message. One that was asked for already comes no later and says the newest anyway."""
    open_edits = connection.execute(_FIND_OPEN, {"target": target_id}).fetchall()
    for edit in open_edits:
        # One that is due may be waiting for its retry, which stays as it is.
        earliest = edit["not_before"] if edit["state"] == "pending" else min(edit["not_before"], encode_moment(due))
        values = {"due": earliest, "urgency": min(edit["urgency"], int(urgency)), "id": edit["id"]}
        connection.execute(_HASTEN, values)
    if not open_edits:
        connection.execute(
            _ASK,
            {
                "target": target_id,
                "destination": destination_id,
                "urgency": int(urgency),
                "due": encode_moment(due),
                "now": encode_moment(now),
            },
        )


def record_opened(connection: Connection, destination_key: str, message_id: str) -> None:
    """Remembers that a reader opened a hidden card."""
    connection.execute(
        "UPDATE deliveries SET opened = 1 WHERE receipt = :message AND receipt <> '' AND alert_id IS NOT NULL"
        " AND destination_id = (SELECT id FROM destinations WHERE key = :key)",
        {"message": message_id, "key": destination_key},
    )


def request_edits(connection: Connection, alert_id: str, now: datetime) -> int:
    """Brings the cards of an alert's story up to date at once."""
    row = connection.execute("SELECT story_id FROM alerts WHERE id = :id", {"id": alert_id}).fetchone()
    return edit_cards(connection, row["story_id"], now, urgency=Urgency.REPLY) if row else 0


def edit_revised(connection: Connection, revisions: Iterable[Revision], now: datetime) -> None:
    """Has the cards of stories whose headlines were edited say so."""
    for revision in revisions:
        values = {"feed_id": revision.feed_id, "key": revision.key, "link_key": revision.link_key}
        for row in connection.execute(_STORY_OF, values).fetchall():
            edit_cards(connection, row["story_id"], now, apart=REPORTS_APART, urgency=Urgency.EDIT)


def list_lone_articles(connection: Connection, since: datetime, until: datetime) -> list[LoneArticle]:
    """Articles that are the only report of a story whose alert was made in that time."""
    values = {"since": encode_moment(since), "until": encode_moment(until)}
    return [LoneArticle(row["key"], row["link"]) for row in connection.execute(_LONE, values)]


def record_gone(connection: Connection, item_key: str, now: datetime) -> None:
    """An article is no longer there; the cards of its story say so."""
    values = {"key": item_key, "now": encode_moment(now)}
    connection.execute("UPDATE items SET gone_at = :now WHERE key = :key AND gone_at IS NULL", values)
    row = connection.execute("SELECT story_id FROM items WHERE key = :key", values).fetchone()
    if row is not None and row["story_id"] is not None:
        edit_cards(connection, row["story_id"], now, apart=REPORTS_APART, urgency=Urgency.EDIT)
