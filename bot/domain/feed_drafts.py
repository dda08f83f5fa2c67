"""Feeds that somebody looked at in a chat and has not added yet. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.sentences import Sentence

FEED_DRAFT_LIFE = timedelta(days=14)
GONE = Sentence("That feed is not waiting any more.")
LOOK_AGAIN = Sentence("Look at it again: /addfeed <address>")


@dataclass(frozen=True, slots=True)
class FeedDraft:
    """A feed as it was looked at: what it carries, and what somebody said of its outlet so far.

    `destination` is the chat's key. `newest` is the date of the newest of its `items`, `ringing` how many of the last
    seven days' ring on a list that the chat watches. `owner` and `grade` are those of a `Feed`, empty until they are
    chosen. `used_at` is the moment of the request that added it. `id` is 0 until it is recorded.
    """

    destination: str
    url: str
    title: str
    lang: str
    items: int
    newest: datetime | None
    ringing: int
    author: str
    at: datetime
    owner: str = ""
    grade: str = ""
    id: int = 0
    used_at: datetime | None = None
