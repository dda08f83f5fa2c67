"""Alerts: a story that rings on at least one watchlist. One alert a story, however many lists and chats see it."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from bot.domain.feeds import Feed
from bot.domain.items import Item
from bot.domain.stories import Story
from bot.domain.triage import Triage
from bot.matching.records import Match, Priority

# Douglas Crockford's base 32: no I, L, O, U, so that an id can be read aloud. https://www.crockford.com/base32.html
_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_ID_LENGTH = 4
_READ_AS = str.maketrans({"I": "1", "L": "1", "O": "0"})


@dataclass(frozen=True, slots=True)
class ItemMatch:
    """A match together with the item it was found in and what became of it (`outcome`, words for a reader)."""

    item_key: str
    story_key: str
    match: Match
    outcome: str


@dataclass(frozen=True, slots=True)
class Alert:
    """A story that rings. `id` is short and stable; `priority` is the loudest of its ringing lists."""

    id: str
    story_key: str
    priority: Priority
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Report:
    """One item of a story with the feed it came from and the matches found in it.

    `revised` is the headline that it has now where that was edited, `gone_at` when its article was found to be gone.
    """

    item: Item
    feed: Feed
    matches: tuple[Match, ...] = ()
    revised: str = ""
    gone_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class LoneArticle:
    """The only report of a story, by its item's key, and where it can be read."""

    item_key: str
    link: str


@dataclass(frozen=True, slots=True)
class AlertView:
    """Everything a card, an explanation or a list row shows of an alert. `reports` are oldest first and never empty."""

    alert: Alert
    story: Story
    reports: tuple[Report, ...]
    triage: Triage = field(default_factory=Triage)


@dataclass(frozen=True, slots=True)
class Feedback:
    """One person's verdict on an alert: useful or not, and why not. `asked`: it answers a digest's question."""

    alert_id: str
    person: str
    destination: str
    useful: bool
    reason: str
    at: datetime
    asked: bool = False


def alert_ids(story_key: str) -> Iterator[str]:
    """Endless candidate ids for a story's alert; the store takes the first that is free."""
    attempt = 0
    while True:
        digest = int.from_bytes(hashlib.blake2b(f"{story_key}:{attempt}".encode(), digest_size=8).digest(), "big")
        yield "".join(_CROCKFORD[(digest >> (5 * place)) & 31] for place in range(_ID_LENGTH))
        attempt += 1


def read_alert_id(text: str) -> str:
    """The alert id a person typed, with look-alike letters put right; empty if it cannot be one."""
    candidate = text.strip().upper().translate(_READ_AS)
    if len(candidate) == _ID_LENGTH and all(char in _CROCKFORD for char in candidate):
        return candidate
    return ""
