"""Reminders: a critical alert that nobody in a group has taken in hand after a quarter of an hour. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.audit import AuditEntry, Subject
from bot.domain.chats import Destination, Person, Platform, ReplyAddress
from bot.domain.deliveries import OutgoingMessage, Urgency
from bot.domain.language import tr
from bot.domain.messages import Button, Line, Message, Text, isolate, line
from bot.domain.wording import shorten

REMIND_AFTER = timedelta(minutes=15)
# After an outage nobody needs to be reminded of what is hours old.
TOO_LATE = timedelta(hours=6)
_MOST_CALLED = 5
_TITLE_LIMIT = 140
# Only admins change these.
_ADMINS_CHANGE = frozenset({Subject.SUBSCRIPTION, Subject.SETTING, Subject.WATCHLIST, Subject.FEED})


@dataclass(frozen=True, slots=True)
class UnansweredCard:
    """A critical card that was sent and whose story nobody has; `message` is the platform's id of it."""

    alert_id: str
    destination: Destination
    message: str
    headline: str
    sent_at: datetime


def find_admins(trail: Iterable[AuditEntry], platform: Platform) -> tuple[Person, ...]:
    """Who is known to administer a chat, because they changed what only admins change; the last ones first."""
    people: dict[str, Person] = {}
    for entry in trail:
        where, _, who = entry.by.partition(":")
        if where == platform.value and who and entry.subject in _ADMINS_CHANGE:
            people.setdefault(entry.by, Person(platform, who, entry.name))
    return tuple(people.values())[:_MOST_CALLED]


def build_reminder(card: UnansweredCard, admins: Sequence[Person], *, discreet: bool = False) -> OutgoingMessage:
    """One reply to the card, which calls the admins. Its key makes sure that there is never a second one.

    In a `discreet` chat it names no headline.
    """
    minutes = int(REMIND_AFTER.total_seconds() // 60)
    said = tr("Nobody has {alert} after {minutes} min.", alert=card.alert_id, minutes=minutes)
    called = [span for person in admins for span in (Text(person.name or tr("Admin"), mention=person.id), Text(" "))]
    blocks = [
        line("⏰ ", said),
        *([] if discreet else [Line((Text(isolate(shorten(card.headline, _TITLE_LIMIT))),), "title")]),
        *([Line(tuple(called[:-1]))] if called else []),
    ]
    take = Button(tr("✅ I have this"), "ack", card.alert_id, primary=True)
    return OutgoingMessage(
        reminder_key(card.destination.key, card.alert_id),
        card.destination,
        Message(tuple(blocks), said, ((take,),)),
        ReplyAddress(card.message),
        Urgency.CRITICAL,
    )


def reminder_key(destination_key: str, alert_id: str) -> str:
    """The key of a reminder in the outbox."""
    return f"remind:{destination_key}:{alert_id}"
