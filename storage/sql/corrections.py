"""Stories put together or taken apart by hand. Promises: `bot.ports.store.StoryStore`."""

import json
from collections.abc import Sequence

from bot.domain.corrections import Correction, Split
from bot.domain.deliveries import Urgency
from bot.domain.stories import Story
from bot.errors import NotFound
from storage.sql import Connection
from storage.sql.card_edits import edit_cards
from storage.sql.codec import decode_strings, encode_moment, encode_strings
from storage.sql.polls import insert_card, record_alert
from storage.sql.rows import build_story
from storage.sql.stories import insert_story

_FIND_STORY_ALERT = """
SELECT alerts.id FROM alerts
JOIN deliveries ON deliveries.alert_id = alerts.id
JOIN destinations ON destinations.id = deliveries.destination_id
WHERE alerts.story_id = coalesce((SELECT merged_into FROM stories WHERE id = :story), :story)
    AND destinations.key = :key AND deliveries.state <> 'suppressed'
ORDER BY alerts.created_at, alerts.id LIMIT 1
"""
_RECORD = """
INSERT INTO corrections (kind, story_id, other_id, items, alerts, by, destination, at, undone)
VALUES (:kind, :story, :other, :items, :alerts, :by, :destination, :at, 0)
"""
# A destination that has a card of the story kept needs no second one.
_DROP_SECOND_CARDS = """
UPDATE deliveries SET state = 'suppressed', reason = :reason
WHERE state IN ('pending', 'held') AND attempts = 0 AND alert_id IN (SELECT value FROM json_each(:moved))
    AND destination_id IN (
        SELECT destination_id FROM deliveries
        WHERE alert_id IN (SELECT id FROM alerts WHERE story_id = :story)
            AND alert_id NOT IN (SELECT value FROM json_each(:moved)) AND state <> 'suppressed'
    )
"""
_SET_TIMES = """
UPDATE stories SET
    first_seen = (SELECT min(first_seen) FROM items WHERE story_id = :story),
    last_seen = (SELECT max(first_seen) FROM items WHERE story_id = :story)
WHERE id = :story AND EXISTS (SELECT 1 FROM items WHERE story_id = :story)
"""


def find_story_alert(connection: Connection, story_id: int, destination_key: str) -> str | None:
    """The first alert of a story that was shown at a destination."""
    row = connection.execute(_FIND_STORY_ALERT, {"story": story_id, "key": destination_key}).fetchone()
    return row["id"] if row else None


def record_merge(connection: Connection, kept_alert: str, other_alert: str, by: Correction) -> Story:
    """Moves all reports and alerts of one story to another, which is given back."""
    kept, other = _story_of(connection, kept_alert), _story_of(connection, other_alert)
    values = {"kept": kept, "other": other}
    items = [row["id"] for row in connection.execute("SELECT id FROM items WHERE story_id = :other", values)]
    alerts = [row["id"] for row in connection.execute("SELECT id FROM alerts WHERE story_id = :other", values)]
    connection.execute("UPDATE items SET story_id = :kept WHERE story_id = :other", values)
    connection.execute("UPDATE alerts SET story_id = :kept WHERE story_id = :other", values)
    connection.execute("UPDATE stories SET merged_into = :kept WHERE id = :other OR merged_into = :other", values)
    connection.execute(_SET_TIMES, {"story": kept})
    _record(connection, "merge", kept, other, items=items, alerts=alerts, by=by)
    story = _get_story(connection, kept)
    edit_cards(connection, kept, by.at, urgency=Urgency.REPLY)
    connection.execute(
        _DROP_SECOND_CARDS, {"reason": f"merged into {story.label}", "moved": encode_strings(alerts), "story": kept}
    )
    return story


def undo_merge(connection: Connection, alert_id: str, by: Correction) -> Story | None:
    """Gives an alert that a merge brought into its story its own story back, with the reports it came with."""
    present = _story_of(connection, alert_id)
    merges = connection.execute(
        "SELECT * FROM corrections WHERE kind = 'merge' AND story_id = :story AND undone = 0 ORDER BY id DESC",
        {"story": present},
    ).fetchall()
    merge = next((row for row in merges if alert_id in decode_strings(row["alerts"])), None)
    if merge is None:
        return None
    values = {"own": merge["other_id"], "story": present, "items": merge["items"], "alerts": merge["alerts"]}
    connection.execute(
        "UPDATE items SET story_id = :own WHERE story_id = :story AND id IN (SELECT value FROM json_each(:items))",
        values,
    )
    connection.execute(
        "UPDATE alerts SET story_id = :own WHERE story_id = :story AND id IN (SELECT value FROM json_each(:alerts))",
        values,
    )
    connection.execute("UPDATE stories SET merged_into = NULL WHERE id = :own", values)
    connection.execute("UPDATE corrections SET undone = 1 WHERE id = :id", {"id": merge["id"]})
    for story in (present, merge["other_id"]):
        connection.execute(_SET_TIMES, {"story": story})
        edit_cards(connection, story, by.at, urgency=Urgency.REPLY)
    _record(
        connection, "undo", present, merge["other_id"], items=json.loads(merge["items"]),
        alerts=decode_strings(merge["alerts"]), by=by,
    )  # fmt: skip
    return _get_story(connection, merge["other_id"])


def record_split(connection: Connection, split: Split, by: Correction) -> Story:
    """Moves items to a new story, and records the alerts and cards that follow."""
    left = _story_of(connection, split.alert_id)
    new = insert_story(connection, split.story)
    moved = connection.execute(
        "SELECT id FROM items WHERE story_id = :left AND key IN (SELECT value FROM json_each(:keys))",
        {"left": left, "keys": encode_strings(split.items)},
    ).fetchall()
    items = [row["id"] for row in moved]
    connection.execute(
        "UPDATE items SET story_id = :new WHERE id IN (SELECT value FROM json_each(:items))",
        {"new": new, "items": json.dumps(items)},
    )
    connection.execute(_SET_TIMES, {"story": left})
    edit_cards(connection, left, by.at, urgency=Urgency.REPLY)
    _record(connection, "split", left, new, items=items, alerts=(), by=by)
    for alert in split.alerts:
        record_alert(connection, alert, new, by.at)
    for card in split.cards:
        insert_card(connection, card, new, by.at)
    return _get_story(connection, new)


def _record(
    connection: Connection,
    kind: str,
    story: int,
    other: int,
    *,
    items: Sequence[int],
    alerts: Sequence[str],
    by: Correction,
) -> None:
    connection.execute(
        _RECORD,
        {
            "kind": kind,
            "story": story,
            "other": other,
            "items": json.dumps(items),
            "alerts": encode_strings(alerts),
            "by": by.person,
            "destination": by.destination,
            "at": encode_moment(by.at),
        },
    )


def _story_of(connection: Connection, alert_id: str) -> int:
    row = connection.execute("SELECT story_id FROM alerts WHERE id = :id", {"id": alert_id}).fetchone()
    if row is None:
        raise NotFound(f"There is no alert {alert_id}.", "Its id stands at the top of its card.")
    return int(row["story_id"])


def _get_story(connection: Connection, story_id: int) -> Story:
    return build_story(connection.execute("SELECT * FROM stories WHERE id = :id", {"id": story_id}).fetchone())
