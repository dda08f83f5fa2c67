"""What people settled about a story: who has it, what they noted, how likely it is. One state for all chats. Pure.

Saved alerts are a person's own and stand apart.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.domain.language import later, tr
from bot.domain.messages import isolate
from bot.domain.wording import short_time, shorten
from bot.matching.records import Priority

LONGEST_NOTE = 1_000
MOST_NOTES = 50  # of a story
MOST_SAVED = 500  # of a person
_LONGEST_NAME = 40
_WOULD_BE_LIVE = re.compile(r"[@/#$:<>|]|(?<=\w)\.(?=\w)")

# The Admiralty code's credibility of information, in the words of NATO AJP-2.1.
CREDIBILITY = {
    1: later("confirmed by other sources"),
    2: later("probably true"),
    3: later("possibly true"),
    4: later("doubtful"),
    5: later("improbable"),
    6: later("truth cannot be judged"),
}


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """Somebody has a story in hand. `alert_id` is the card it was said on, `person` a key, `name` for display."""

    alert_id: str
    person: str
    name: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Note:
    """What somebody noted about a story. `id` is given by the store."""

    alert_id: str
    person: str
    name: str
    text: str
    at: datetime
    id: int = 0


@dataclass(frozen=True, slots=True)
class Credibility:
    """How likely somebody thinks a story is: the digit of the Admiralty code, 1 to 6."""

    alert_id: str
    digit: int
    person: str
    name: str
    at: datetime

    @property
    def words(self) -> str:
        """`2 (probably true)`."""
        return f"{self.digit} ({tr(CREDIBILITY[self.digit])})"


@dataclass(frozen=True, slots=True)
class Triage:
    """All that was settled about a story; `notes` are oldest first."""

    acknowledged: Acknowledgement | None = None
    notes: tuple[Note, ...] = ()
    credibility: Credibility | None = None


@dataclass(frozen=True, slots=True)
class Saved:
    """An alert that a person kept for later, as it was named then; it outlives the news themselves."""

    person: str
    alert_id: str
    title: str
    link: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Response:
    """How fast a story was taken in hand: from its alert to its acknowledgement."""

    alert_id: str
    priority: Priority
    alerted_at: datetime
    acknowledged_at: datetime

    @property
    def took(self) -> timedelta:
        """The time between."""
        return self.acknowledged_at - self.alerted_at


def acknowledged_words(acknowledgement: Acknowledgement, alerted_at: datetime, zone: ZoneInfo) -> str:
    """`✅ Dana, 07:14`."""
    return f"✅ {name_of(acknowledgement.name)}, {_clock(acknowledgement.at, alerted_at, zone)}"


def taken_words(acknowledgement: Acknowledgement, alerted_at: datetime, zone: ZoneInfo, *, reader: str = "") -> str:
    """`Dana has it since 07:14.`; to `reader`, a key, `You have it since 07:14.`"""
    time = _clock(acknowledgement.at, alerted_at, zone)
    if reader and acknowledgement.person == reader:
        return tr("You have it since {time}.", time=time)
    return tr("{name} has it since {time}.", name=name_of(acknowledgement.name), time=time)


def credibility_words(credibility: Credibility) -> str:
    """`Credibility 2 (probably true), says Dana`."""
    return tr("Credibility {digit}, says {name}", digit=credibility.words, name=name_of(credibility.name))


def name_of(name: str) -> str:
    """A person's name in one line, without what an app would make a link or a mention; some platforms tell none."""
    return isolate(shorten(lifeless(name), _LONGEST_NAME)) or tr("Somebody")


def lifeless(name: str) -> str:
    """What somebody or an outlet calls itself, without what an app would make a link, a mention or a command."""
    return " ".join(_WOULD_BE_LIVE.sub(" ", name).split())


def _clock(at: datetime, alerted_at: datetime, zone: ZoneInfo) -> str:
    """The time alone on the day of the alert, with the date later."""
    local = at.astimezone(zone)
    return f"{local:%H:%M}" if local.date() == alerted_at.astimezone(zone).date() else short_time(at, zone)
