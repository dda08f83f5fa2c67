"""What chats were told and when, one small record each: for statistics, trends and the handover of a shift."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.matching.records import Priority


@dataclass(frozen=True, slots=True)
class ToldAlert:
    """An alert that one destination was told of, or is about to be.

    `lists` are all watchlists on which its story rings and `reports` the number of its reports by now. `feed_id` is
    that of the report which brought the card, first seen at `seen_at`. The card was decided at `at`, due at `due_at`
    and sent at `sent_at`, which is None while it was not, or came in a digest. `tries` counts attempts to send it.
    """

    alert_id: str
    story_id: int
    destination: str
    priority: Priority
    lists: frozenset[str]
    reports: int
    feed_id: str
    at: datetime
    seen_at: datetime
    due_at: datetime
    sent_at: datetime | None
    tries: int

    @property
    def sent_after(self) -> timedelta | None:
        """From first sight to the chat, without the time that quiet hours held it; None if it was not sent by itself.

        A card that failed is due again later, so its time counts from first sight whatever it was due.
        """
        if self.sent_at is None:
            return None
        return self.sent_at - (self.due_at if self.tries <= 1 and self.due_at > self.at else self.seen_at)


@dataclass(frozen=True, slots=True)
class RungStory:
    """A story that rang on a watchlist: when it first did, how loud it became there, under which headline."""

    watchlist: str
    story_id: int
    at: datetime
    priority: Priority
    headline: str
    lang: str


@dataclass(frozen=True, slots=True)
class SeenDelay:
    """How long after its publication an item of a feed was first seen."""

    feed_id: str
    delay: timedelta
