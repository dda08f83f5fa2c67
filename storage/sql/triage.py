"""What people settled about stories. Promises: `bot.ports.triage_store.TriageStore` and `SavedStore`.

It is kept with the alert it was said on and read for the whole story, so that it follows merges and splits.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from bot.domain.deliveries import Urgency
from bot.domain.reminders import UnansweredCard
from bot.domain.triage import (
    MOST_NOTES,
    MOST_SAVED,
    Acknowledgement,
    Credibility,
    Note,
    Response,
    Saved,
    Triage,
)
from bot.errors import Conflict, NotFound
from bot.matching.records import Priority
from bot.sentences import Sentence
from storage.sql import Connection, Row
from storage.sql.card_edits import edit_cards
from storage.sql.codec import decode_moment, encode_moment
from storage.sql.rows import build_destination

# Of a story that was merged the first acknowledgement holds, and the last word on how likely it is.
_ACKNOWLEDGED = """
SELECT acknowledgements.* FROM acknowledgements JOIN alerts ON alerts.id = acknowledgements.alert_id
WHERE alerts.story_id = :story ORDER BY acknowledgements.at, alert_id LIMIT 1
"""
_CREDIBILITY = """
SELECT credibilities.* FROM credibilities JOIN alerts ON alerts.id = credibilities.alert_id
WHERE alerts.story_id = :story ORDER BY credibilities.at DESC, alert_id LIMIT 1
"""
_SAME_NOTE = "SELECT * FROM notes WHERE alert_id = :alert_id AND person = :person AND text = :text"
_NOTES = """
SELECT notes.* FROM notes JOIN alerts ON alerts.id = notes.alert_id
WHERE alerts.story_id = :story ORDER BY notes.at, notes.id
"""
_RESPONSES = """
SELECT alerts.id, alerts.priority, alerts.created_at, acknowledgements.at FROM acknowledgements
JOIN alerts ON alerts.id = acknowledgements.alert_id
WHERE acknowledgements.at >= :since AND alerts.created_at >= :since ORDER BY alerts.created_at, alerts.id
"""
# The key is that of `bot.domain.reminders.reminder_key`.
_UNANSWERED = """
SELECT cards.alert_id, cards.receipt, cards.answered_at, stories.headline, destinations.* FROM deliveries AS cards
JOIN destinations ON destinations.id = cards.destination_id
JOIN alerts ON alerts.id = cards.alert_id
JOIN stories ON stories.id = alerts.story_id
WHERE cards.destination_id = (SELECT id FROM destinations WHERE key = :key)
    AND cards.alert_id IS NOT NULL AND cards.created_at >= :since AND cards.answered_at <= :before
    AND cards.state = 'sent' AND cards.receipt <> ''
    AND cards.message IS NULL AND cards.target_id IS NULL
    AND alerts.priority = :critical AND destinations.disabled = ''
    AND NOT EXISTS (
        SELECT 1 FROM acknowledgements JOIN alerts AS others ON others.id = acknowledgements.alert_id
        WHERE others.story_id = alerts.story_id
    )
    AND NOT EXISTS (
        SELECT 1 FROM deliveries AS reminders
        WHERE reminders.key = 'remind:' || destinations.key || ':' || cards.alert_id
    )
ORDER BY cards.answered_at, cards.id
"""


def read_triage(connection: Connection, story_id: int) -> Triage:
    """All that was settled about a story."""
    values = {"story": story_id}
    acknowledged = connection.execute(_ACKNOWLEDGED, values).fetchone()
    credibility = connection.execute(_CREDIBILITY, values).fetchone()
    return Triage(
        acknowledged=_build_acknowledgement(acknowledged) if acknowledged else None,
        notes=tuple(_build_note(row) for row in connection.execute(_NOTES, values)),
        credibility=_build_credibility(credibility) if credibility else None,
    )


def record_acknowledgement(connection: Connection, acknowledgement: Acknowledgement) -> Acknowledgement:
    """Takes a story in hand; what holds."""
    story = story_of(connection, acknowledgement.alert_id)
    known = connection.execute(_ACKNOWLEDGED, {"story": story}).fetchone()
    if known:
        return _build_acknowledgement(known)
    connection.execute(
        "INSERT INTO acknowledgements (alert_id, person, name, at) VALUES (:alert_id, :person, :name, :at)",
        _values(acknowledgement),
    )
    edit_cards(connection, story, acknowledgement.at, urgency=Urgency.REPLY)
    return acknowledgement


def end_acknowledgement(connection: Connection, alert_id: str, now: datetime) -> Acknowledgement | None:
    """Gives a story back; what held until then."""
    story = story_of(connection, alert_id)
    known = connection.execute(_ACKNOWLEDGED, {"story": story}).fetchone()
    if known is None:
        return None
    connection.execute(
        "DELETE FROM acknowledgements WHERE alert_id IN (SELECT id FROM alerts WHERE story_id = :story)",
        {"story": story},
    )
    edit_cards(connection, story, now, urgency=Urgency.REPLY)
    return _build_acknowledgement(known)


def record_note(connection: Connection, note: Note) -> Note:
    """Keeps a note; the same words of the same person are one note, however often they come."""
    story = story_of(connection, note.alert_id)
    known = connection.execute(_SAME_NOTE, {**_values(note), "text": note.text}).fetchone()
    if known is not None:
        return _build_note(known)
    if len(connection.execute(_NOTES, {"story": story}).fetchall()) >= MOST_NOTES:
        raise Conflict(
            Sentence("{most} notes are the most a story can have.", most=MOST_NOTES), Sentence("/story shows them.")
        )
    row = connection.execute(
        "INSERT INTO notes (alert_id, person, name, text, at) VALUES (:alert_id, :person, :name, :text, :at)"
        " RETURNING id",
        {**_values(note), "text": note.text},
    ).fetchone()
    return replace(note, id=row["id"])


def record_credibility(connection: Connection, credibility: Credibility) -> None:
    """Says how likely a story is."""
    story = story_of(connection, credibility.alert_id)
    connection.execute(
        "INSERT INTO credibilities (alert_id, digit, person, name, at)"
        " VALUES (:alert_id, :digit, :person, :name, :at) ON CONFLICT (alert_id) DO UPDATE SET"
        " digit = excluded.digit, person = excluded.person, name = excluded.name, at = excluded.at",
        {**_values(credibility), "digit": credibility.digit},
    )
    edit_cards(connection, story, credibility.at, urgency=Urgency.REPLY)


def list_responses(connection: Connection, since: datetime) -> list[Response]:
    """How fast stories that rang since then were taken in hand."""
    return [
        Response(row["id"], Priority(row["priority"]), decode_moment(row["created_at"]), decode_moment(row["at"]))
        for row in connection.execute(_RESPONSES, {"since": encode_moment(since)})
    ]


def list_unanswered(
    connection: Connection, destination_key: str, since: datetime, before: datetime
) -> list[UnansweredCard]:
    """Critical cards sent to a destination between the two whose story nobody has."""
    values = {
        "key": destination_key,
        "since": encode_moment(since),
        "before": encode_moment(before),
        "critical": int(Priority.CRITICAL),
    }
    return [
        UnansweredCard(
            row["alert_id"], build_destination(row), row["receipt"], row["headline"], decode_moment(row["answered_at"])
        )
        for row in connection.execute(_UNANSWERED, values)
    ]


def save_alert(connection: Connection, saved: Saved) -> bool:
    """Keeps an alert for a person."""
    story_of(connection, saved.alert_id)
    (count,) = connection.execute(
        "SELECT count(*) FROM saved_alerts WHERE person = :person", {"person": saved.person}
    ).fetchone()
    if count >= MOST_SAVED:
        raise Conflict(
            Sentence("{most} saved alerts are the most I keep.", most=MOST_SAVED), Sentence("Remove some: /saved")
        )
    inserted = connection.execute(
        "INSERT INTO saved_alerts (person, alert_id, title, link, at) VALUES (:person, :alert_id, :title, :link, :at)"
        " ON CONFLICT (person, alert_id) DO NOTHING",
        {
            "person": saved.person,
            "alert_id": saved.alert_id,
            "title": saved.title,
            "link": saved.link,
            "at": encode_moment(saved.at),
        },
    )
    return inserted.rowcount > 0


def list_saved(connection: Connection, person: str) -> list[Saved]:
    """What a person saved, newest first."""
    rows = connection.execute(
        "SELECT * FROM saved_alerts WHERE person = :person ORDER BY at DESC, alert_id", {"person": person}
    )
    return [Saved(row["person"], row["alert_id"], row["title"], row["link"], decode_moment(row["at"])) for row in rows]


def remove_saved(connection: Connection, person: str, alert_id: str) -> bool:
    """Lets go of a saved alert."""
    removed = connection.execute(
        "DELETE FROM saved_alerts WHERE person = :person AND alert_id = :alert_id",
        {"person": person, "alert_id": alert_id},
    )
    return removed.rowcount > 0


def story_of(connection: Connection, alert_id: str) -> int:
    """The story of an alert. Raises NotFound."""
    row = connection.execute("SELECT story_id FROM alerts WHERE id = :id", {"id": alert_id}).fetchone()
    if row is None:
        raise NotFound(
            Sentence("There is no alert {alert}.", alert=alert_id), Sentence("Its id stands at the top of its card.")
        )
    return int(row["story_id"])


def _values(said: Acknowledgement | Note | Credibility) -> Mapping[str, object]:
    return {"alert_id": said.alert_id, "person": said.person, "name": said.name, "at": encode_moment(said.at)}


def _build_acknowledgement(row: Row) -> Acknowledgement:
    return Acknowledgement(row["alert_id"], row["person"], row["name"], decode_moment(row["at"]))


def _build_note(row: Row) -> Note:
    return Note(row["alert_id"], row["person"], row["name"], row["text"], decode_moment(row["at"]), row["id"])


def _build_credibility(row: Row) -> Credibility:
    return Credibility(row["alert_id"], row["digit"], row["person"], row["name"], decode_moment(row["at"]))
