"""Verdicts on alerts, and what a chat was asked about. Promises: `bot.ports.triage_store.VerdictStore`."""

from collections import defaultdict
from datetime import datetime

from bot.domain.alerts import Feedback
from bot.domain.precision import RatedAlert
from storage.sql import Connection
from storage.sql.alerts import get_alert
from storage.sql.codec import decode_moment, encode_moment, encode_strings

_RATED = """
SELECT feedback.alert_id, max(feedback.at) AS newest FROM feedback
WHERE feedback.at >= :since AND (:watchlist = '' OR EXISTS (
    SELECT 1 FROM alerts
    JOIN items ON items.story_id = alerts.story_id
    JOIN matches ON matches.item_id = items.id
    WHERE alerts.id = feedback.alert_id AND matches.watchlist = :watchlist AND matches.rings = 1
))
GROUP BY feedback.alert_id ORDER BY newest DESC, feedback.alert_id LIMIT :limit
"""
_VERDICTS = """
SELECT * FROM feedback WHERE alert_id IN (SELECT value FROM json_each(:ids)) ORDER BY at, person
"""
_UNRATED = """
SELECT deliveries.alert_id FROM deliveries
WHERE destination_id = (SELECT id FROM destinations WHERE key = :key)
    AND deliveries.alert_id IS NOT NULL AND deliveries.created_at >= :since AND deliveries.state = 'sent'
    AND NOT EXISTS (SELECT 1 FROM feedback WHERE feedback.alert_id = deliveries.alert_id)
    AND NOT EXISTS (
        SELECT 1 FROM rating_questions
        WHERE rating_questions.destination_id = deliveries.destination_id
            AND rating_questions.alert_id = deliveries.alert_id
    )
ORDER BY deliveries.created_at, deliveries.id
"""
_QUESTION = """
INSERT INTO rating_questions (destination_id, alert_id, at)
SELECT id, :alert_id, :at FROM destinations WHERE key = :key
ON CONFLICT (destination_id, alert_id) DO NOTHING
"""
_ASKED = """
SELECT 1 FROM rating_questions JOIN destinations ON destinations.id = rating_questions.destination_id
WHERE destinations.key = :key AND rating_questions.alert_id = :alert_id
"""


def remove_feedback(connection: Connection, alert_id: str, person: str) -> bool:
    """Takes a person's verdict on an alert back."""
    removed = connection.execute(
        "DELETE FROM feedback WHERE alert_id = :alert_id AND person = :person",
        {"alert_id": alert_id, "person": person},
    )
    return removed.rowcount > 0


def list_rated(connection: Connection, since: datetime, watchlist: str, limit: int) -> list[RatedAlert]:
    """Alerts that were rated since then with all their verdicts, newest first."""
    values = {"since": encode_moment(since), "watchlist": watchlist, "limit": limit}
    ids = [row["alert_id"] for row in connection.execute(_RATED, values)]
    verdicts: dict[str, list[Feedback]] = defaultdict(list)
    for row in connection.execute(_VERDICTS, {"ids": encode_strings(ids)}):
        verdicts[row["alert_id"]].append(
            Feedback(
                row["alert_id"],
                row["person"],
                row["destination"],
                bool(row["useful"]),
                row["reason"],
                decode_moment(row["at"]),
                bool(row["asked"]),
            )
        )
    return [RatedAlert(get_alert(connection, alert_id), tuple(verdicts[alert_id])) for alert_id in ids]


def list_unrated(connection: Connection, destination_key: str, since: datetime) -> list[str]:
    """Ids of alerts sent to a destination since then that nobody rated and that it was not asked about."""
    values = {"key": destination_key, "since": encode_moment(since)}
    return [row["alert_id"] for row in connection.execute(_UNRATED, values)]


def record_question(connection: Connection, destination_key: str, alert_id: str, at: datetime) -> None:
    """Remembers that a destination was asked about an alert."""
    connection.execute(_QUESTION, {"key": destination_key, "alert_id": alert_id, "at": encode_moment(at)})


def was_asked(connection: Connection, destination_key: str, alert_id: str) -> bool:
    """Whether a destination was asked about an alert."""
    return connection.execute(_ASKED, {"key": destination_key, "alert_id": alert_id}).fetchone() is not None
