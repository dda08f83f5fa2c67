"""Alerts and what people say of them. Promises: `bot.ports.store.AlertStore`."""

from collections import defaultdict
from datetime import datetime

from bot.domain.alerts import AlertView, Feedback, Report
from bot.errors import NotFound
from bot.matching.records import Match
from bot.sentences import Sentence
from storage.sql import Connection, Row
from storage.sql.codec import decode_optional_moment, encode_moment
from storage.sql.rows import build_alert, build_feed, build_item, build_match, build_story
from storage.sql.triage import read_triage

_FIND_AT = """
SELECT alerts.* FROM deliveries
JOIN destinations ON destinations.id = deliveries.destination_id
JOIN alerts ON alerts.id = deliveries.alert_id
WHERE deliveries.alert_id = :alert_id AND destinations.key = :key AND deliveries.state <> 'suppressed'
"""
_FIND_BY_MESSAGE = """
SELECT alert_id FROM deliveries
WHERE destination_id = (SELECT id FROM destinations WHERE key = :key)
    AND receipt = :message AND receipt <> '' AND alert_id IS NOT NULL
"""
_LIST = """
SELECT alerts.* FROM deliveries JOIN alerts ON alerts.id = deliveries.alert_id
WHERE deliveries.destination_id = (SELECT id FROM destinations WHERE key = :key)
    AND deliveries.alert_id IS NOT NULL AND deliveries.created_at >= :since
    AND deliveries.state IN ('pending', 'held', 'sending', 'sent', 'digested')
ORDER BY deliveries.created_at DESC, deliveries.id DESC LIMIT :limit
"""
_COUNT_STORIES = """
SELECT matches.watchlist, count(DISTINCT alerts.story_id) AS stories
FROM deliveries
JOIN alerts ON alerts.id = deliveries.alert_id
JOIN items ON items.story_id = alerts.story_id
JOIN matches ON matches.item_id = items.id AND matches.rings = 1
JOIN subscriptions
    ON subscriptions.destination_id = deliveries.destination_id AND subscriptions.watchlist = matches.watchlist
WHERE deliveries.destination_id = (SELECT id FROM destinations WHERE key = :key)
    AND deliveries.alert_id IS NOT NULL AND deliveries.created_at >= :since
    AND deliveries.state IN ('pending', 'held', 'sending', 'sent', 'digested')
GROUP BY matches.watchlist
"""
# A list made in a chat is that chat's own affair.
_MATCHES = """
SELECT matches.* FROM items JOIN matches ON matches.item_id = items.id
WHERE items.story_id = :story AND (:key = '' OR matches.watchlist NOT IN (
    SELECT chat_lists.id FROM chat_lists JOIN destinations ON destinations.id = chat_lists.destination_id
    WHERE destinations.key <> :key
))
ORDER BY matches.id
"""
_REVISED = """
SELECT item_id, revisions.title FROM items JOIN revisions ON revisions.item_id = items.id
WHERE items.story_id = :story ORDER BY revisions.id
"""
_COUNT_FEEDBACK = """
SELECT coalesce(sum(CASE WHEN 2 * said.useful >= said.verdicts THEN 1 ELSE 0 END), 0) AS useful, count(*) AS rated
FROM (SELECT alert_id, sum(useful) AS useful, count(*) AS verdicts FROM feedback GROUP BY alert_id) AS said
WHERE EXISTS (
    SELECT 1 FROM alerts
    JOIN items ON items.story_id = alerts.story_id
    JOIN matches ON matches.item_id = items.id
    WHERE alerts.id = said.alert_id AND matches.watchlist = :watchlist AND matches.rings = 1
)
"""
_RECORD_FEEDBACK = """
INSERT INTO feedback (alert_id, person, destination, useful, reason, at, asked)
VALUES (:alert_id, :person, :destination, :useful, :reason, :at, :asked)
ON CONFLICT (alert_id, person) DO UPDATE SET
    destination = excluded.destination, useful = excluded.useful, reason = excluded.reason, at = excluded.at,
    asked = CASE WHEN feedback.asked > excluded.asked THEN feedback.asked ELSE excluded.asked END
"""


def find_alert(connection: Connection, alert_id: str, destination_key: str) -> AlertView | None:
    """An alert as shown at a destination."""
    row = connection.execute(_FIND_AT, {"alert_id": alert_id, "key": destination_key}).fetchone()
    return _view(connection, row, destination_key) if row else None


def find_alert_by_message(connection: Connection, destination_key: str, message: str) -> str | None:
    """The id of the alert whose card is this message."""
    row = connection.execute(_FIND_BY_MESSAGE, {"key": destination_key, "message": message}).fetchone()
    return row["alert_id"] if row else None


def get_alert(connection: Connection, alert_id: str, destination_key: str = "") -> AlertView:
    """An alert, wherever it was sent."""
    row = connection.execute("SELECT * FROM alerts WHERE id = :id", {"id": alert_id}).fetchone()
    if row is None:
        raise _unknown(alert_id)
    return _view(connection, row, destination_key)


def list_alerts(connection: Connection, destination_key: str, since: datetime, limit: int) -> list[AlertView]:
    """Alerts of a destination, newest first."""
    rows = connection.execute(_LIST, {"key": destination_key, "since": encode_moment(since), "limit": limit}).fetchall()
    return [_view(connection, row, destination_key) for row in rows]


def count_story_alerts(connection: Connection, destination_key: str, since: datetime) -> dict[str, int]:
    """Stories per watchlist that the destination watches."""
    rows = connection.execute(_COUNT_STORIES, {"key": destination_key, "since": encode_moment(since)})
    return {row["watchlist"]: row["stories"] for row in rows}


def record_feedback(connection: Connection, feedback: Feedback) -> None:
    """A person's verdict on an alert. Raises NotFound."""
    if not connection.execute("SELECT 1 FROM alerts WHERE id = :id", {"id": feedback.alert_id}).fetchone():
        raise _unknown(feedback.alert_id)
    connection.execute(
        _RECORD_FEEDBACK,
        {
            "alert_id": feedback.alert_id,
            "person": feedback.person,
            "destination": feedback.destination,
            "useful": int(feedback.useful),
            "reason": feedback.reason,
            "at": encode_moment(feedback.at),
            "asked": int(feedback.asked),
        },
    )


def count_feedback(connection: Connection, watchlist: str) -> tuple[int, int]:
    """(useful, rated) alerts that rang on a list; useful are those that at least half of their raters found so."""
    row = connection.execute(_COUNT_FEEDBACK, {"watchlist": watchlist}).fetchone()
    return row["useful"], row["rated"]


def _view(connection: Connection, alert: Row, destination_key: str) -> AlertView:
    values = {"story": alert["story_id"], "key": destination_key}
    story = build_story(connection.execute("SELECT * FROM stories WHERE id = :story", values).fetchone())
    matches: dict[int, list[Match]] = defaultdict(list)
    for row in connection.execute(_MATCHES, values):
        matches[row["item_id"]].append(build_match(row))
    feeds = {
        row["id"]: build_feed(row)
        for row in connection.execute(
            "SELECT * FROM feeds WHERE id IN (SELECT feed_id FROM items WHERE story_id = :story)", values
        )
    }
    # In the order in which they were seen, so that the last one stays.
    revised = {row["item_id"]: row["title"] for row in connection.execute(_REVISED, values)}
    reports = tuple(
        Report(
            build_item(row),
            feeds[row["feed_id"]],
            tuple(matches[row["id"]]),
            revised.get(row["id"], ""),
            decode_optional_moment(row["gone_at"]),
        )
        for row in connection.execute("SELECT * FROM items WHERE story_id = :story ORDER BY first_seen, id", values)
    )
    return AlertView(build_alert(alert, story.key), story, reports, read_triage(connection, alert["story_id"]))


def _unknown(alert_id: str) -> NotFound:
    return NotFound(
        Sentence("There is no alert {alert}.", alert=alert_id), Sentence("Its id stands at the top of its card.")
    )
