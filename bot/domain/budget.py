"""The attention budget: how often a chat may be made to look up in a day. Pure; critical alerts are exempt."""

from dataclasses import replace
from datetime import datetime, time
from zoneinfo import ZoneInfo

from bot.domain.language import tr
from bot.domain.messages import Message, line

# The BBC sends up to ten alerts a day and is told it is many; an analyst on duty bears more.
DAILY_SOUNDS = 25


def day_began(now: datetime, zone: ZoneInfo) -> datetime:
    """When the chat's day began, in UTC."""
    return datetime.combine(now.astimezone(zone).date(), time.min, zone).astimezone(now.tzinfo)


def explain_silence(card: Message) -> Message:
    """The card with the line that says why it makes no sound."""
    words = tr("quiet: daily limit of {count} reached", count=DAILY_SOUNDS)
    return replace(card, blocks=(*card.blocks, line(words, style="context")))
