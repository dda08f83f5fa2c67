"""Forgetting people and chats. Promises: `bot.ports.forgetting_store.ForgettingStore`.

A chat's row stays without anything that names it, for a message may be on its way there at this moment.
"""

import json
from datetime import datetime

from bot.domain.chats import Destination, Person
from bot.domain.deliveries import Urgency
from storage.sql import Connection
from storage.sql.card_edits import edit_cards

_OF_PERSON = (
    "DELETE FROM feedback WHERE person = :person",
    "DELETE FROM saved_alerts WHERE person = :person",
    "DELETE FROM drafts WHERE author = :person",
    "DELETE FROM feed_drafts WHERE author = :person",
    "DELETE FROM service_owner WHERE platform = :platform AND address = :id",
    "UPDATE acknowledgements SET person = '', name = '' WHERE person = :person",
    "UPDATE credibilities SET person = '', name = '' WHERE person = :person",
    "UPDATE notes SET person = '', name = '' WHERE person = :person",
    "UPDATE mutes SET by = '', name = '' WHERE by = :person",
    "UPDATE subscriptions SET created_by = '' WHERE created_by = :person",
    "UPDATE chat_lists SET owner = '', owner_name = '' WHERE owner = :person",
    "UPDATE watchlist_versions SET author = '', author_name = '' WHERE author = :person",
    "UPDATE corrections SET by = '' WHERE by = :person",
    "UPDATE workspaces SET installed_by = '' WHERE installed_by = :person",
    "UPDATE feeds SET added_by = '' WHERE added_by = :person",
    "UPDATE audit SET by = '', name = '' WHERE by = :person",
)
_BLANK = "forgotten:"  # what the audit trail may put in the place of a chat
_ACKNOWLEDGED = """
SELECT DISTINCT alerts.story_id FROM acknowledgements JOIN alerts ON alerts.id = acknowledgements.alert_id
WHERE acknowledgements.person = :person AND acknowledgements.name <> ''
"""
_OF_LISTS = (
    "DELETE FROM matches WHERE watchlist IN (SELECT value FROM json_each(:lists))",
    "DELETE FROM watchlist_versions WHERE watchlist IN (SELECT value FROM json_each(:lists))",
    "DELETE FROM chat_lists WHERE id IN (SELECT value FROM json_each(:lists))",
    "DELETE FROM subscriptions WHERE watchlist IN (SELECT value FROM json_each(:lists))",
)
_OF_CHAT = (
    "DELETE FROM subscriptions WHERE destination_id = :chat",
    "DELETE FROM drafts WHERE destination_id = :chat",
    "DELETE FROM feed_drafts WHERE destination_id = :chat",
    "DELETE FROM mutes WHERE destination_id = :chat",
    "DELETE FROM chat_settings WHERE destination_id = :chat",
    "DELETE FROM digest_marks WHERE destination_id = :chat",
    "DELETE FROM trend_marks WHERE destination_id = :chat",
    "DELETE FROM shifts WHERE destination_id = :chat",
    "DELETE FROM onboardings WHERE destination_id = :chat",
    "DELETE FROM rating_questions WHERE destination_id = :chat",
    "DELETE FROM fixes WHERE destination_id = :chat",
    "DELETE FROM feedback WHERE destination = :key",
    # What is being edited goes with the edit, which somebody is about to record.
    """
    DELETE FROM deliveries WHERE destination_id = :chat AND state <> 'sending' AND id NOT IN (
        SELECT target_id FROM deliveries
        WHERE destination_id = :chat AND state = 'sending' AND target_id IS NOT NULL
    )
    """,
    "UPDATE corrections SET destination = '' WHERE destination = :key",
    "UPDATE audit SET destination = :blank, by = '', name = '' WHERE destination = :key",
    """
    UPDATE destinations SET
        key = :blank, address = '', thread = '', title = '', workspace = '', timezone = 'UTC', disabled = 'forgotten'
    WHERE id = :chat
    """,
)


def forget(connection: Connection, person: Person, chat: Destination | None, now: datetime) -> None:
    """Deletes what is kept of a person, and of a chat."""
    values = {"person": person.key, "platform": person.platform.value, "id": person.id}
    stories = [row["story_id"] for row in connection.execute(_ACKNOWLEDGED, values)]
    for statement in _OF_PERSON:
        connection.execute(statement, values)
    for story in stories:
        edit_cards(connection, story, now, urgency=Urgency.REPLY)
    if chat is not None:
        forget_chat(connection, chat)


def forget_chat(connection: Connection, chat: Destination) -> None:
    """Deletes what is kept of a chat; nothing for one that is not known."""
    row = connection.execute("SELECT id FROM destinations WHERE key = :key", {"key": chat.key}).fetchone()
    if row is None:
        return
    values = {"chat": row["id"], "key": chat.key, "blank": f"{_BLANK}{row['id']}"}
    made = connection.execute("SELECT id FROM chat_lists WHERE destination_id = :chat", values).fetchall()
    for statement in _OF_LISTS:
        connection.execute(statement, {"lists": json.dumps([one["id"] for one in made])})
    for statement in _OF_CHAT:
        connection.execute(statement, values)
