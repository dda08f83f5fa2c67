"""Where messages go and come from: platforms, destinations, people, inbound updates."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Platform(StrEnum):
    """A chat platform; the value is stored."""

    TELEGRAM = "telegram"
    SLACK = "slack"
    CONSOLE = "console"


class Level(StrEnum):
    """How much of a watched list a destination wants; the value is stored, and typed behind a list's name."""

    ALL = "all"
    HIGH = "high"  # nothing below high
    DIGEST = "digest"  # no cards of its own, critical ones neither


class ChatKind(StrEnum):
    """Who reads along in a destination."""

    PRIVATE = "private"
    GROUP = "group"
    CHANNEL = "channel"


@dataclass(frozen=True, slots=True)
class Destination:
    """A platform, an address there and (Telegram topics) a thread. `workspace` is Slack's team id.

    `disabled` holds the reason why nothing is sent there at present; empty means it is live.
    """

    platform: Platform
    address: str
    thread: str = ""
    kind: ChatKind = ChatKind.PRIVATE
    title: str = ""
    workspace: str = ""
    timezone: str = "UTC"
    disabled: str = ""

    @property
    def key(self) -> str:
        """Natural identity, stable across restarts: `telegram:-100123:7`."""
        return ":".join(part for part in (self.platform.value, self.address, self.thread) if part)


@dataclass(frozen=True, slots=True)
class Person:
    """Who wrote or pressed. `id` is the platform's; `name` is for display only."""

    platform: Platform
    id: str
    name: str = ""

    @property
    def key(self) -> str:
        """Natural identity: `slack:U024BE7LH`."""
        return f"{self.platform.value}:{self.id}"


@dataclass(frozen=True, slots=True)
class ReplyAddress:
    """How to answer one update: under which message, or privately to one person.

    `message` is the platform's id of the message to answer under, `only_for` a person id where the
    platform can show a reply to one person, `response_url` Slack's address for command replies. `broadcast` shows an
    answer in a thread to the whole channel as well.
    """

    message: str = ""
    only_for: str = ""
    response_url: str = ""
    broadcast: bool = False


NO_REPLY_ADDRESS = ReplyAddress()


@dataclass(frozen=True, slots=True)
class InboundUpdate:
    """One raw update as the platform sent it, stored before it is acknowledged. `key` is the platform's id of it."""

    platform: Platform
    key: str
    payload: str
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Subscription:
    """A destination watches a watchlist."""

    destination: Destination
    watchlist: str
    created_by: str
    created_at: datetime
    level: Level = Level.ALL
