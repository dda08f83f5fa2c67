"""What a chat decided for itself: quiet hours, the time of its digest, what is muted."""

from dataclasses import dataclass, field
from datetime import time
from enum import StrEnum

from bot.domain.digest_times import DigestTime
from bot.domain.mutes import Mute
from bot.domain.quiet import QuietHours

MONDAY = frozenset({0})
# Half an hour after the digest of the same morning.
WEEKLY = DigestTime(time(7, 30), MONDAY)


class Switch(StrEnum):
    """A setting that is on or off; the value is its field below."""

    DISCREET = "discreet"
    REMINDERS = "reminders"
    MEMBERS_CAN_MUTE = "members_can_mute"
    HIDE_EXILE = "hide_exile"
    HERE = "here"


@dataclass(frozen=True, slots=True)
class ChatSettings:
    """`quiet` is None where the chat has no quiet hours, `digest` and `weekly` where it wants no digest, or no trend.

    `reminders` asks to be reminded of critical alerts that nobody has taken in hand. With `members_can_mute` not only
    admins of a group mute lists, outlets and words. In a `discreet` chat cards show their number alone at first. With
    `hide_exile` outlets that may harm their readers are neither named nor linked to. `here` calls who is online
    when a story becomes critical, where the platform can do that.
    """

    quiet: QuietHours | None = None
    digest: DigestTime | None = field(default_factory=DigestTime)
    language: str = ""  # a code of `bot.domain.language`; empty where the chat chose none
    reminders: bool = False
    members_can_mute: bool = False
    discreet: bool = False
    weekly: DigestTime | None = WEEKLY
    hide_exile: bool = False
    here: bool = False


@dataclass(frozen=True, slots=True)
class Attention:
    """All that a chat said about when it wants to be told."""

    settings: ChatSettings = field(default_factory=ChatSettings)
    mutes: tuple[Mute, ...] = ()
