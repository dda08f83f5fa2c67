"""What quiet hours held comes out as one message when they are over. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.domain.backlog import MISSED
from bot.domain.chats import Destination
from bot.domain.language import tr, trn
from bot.domain.messages import Button, Message, line
from bot.matching.records import Priority

_MOST_TIMES = 3


@dataclass(frozen=True, slots=True)
class HeldCard:
    """A card that quiet hours hold."""

    id: int
    destination: Destination
    priority: Priority
    created_at: datetime


def build_summary(held: Sequence[HeldCard], critical: Sequence[datetime], destination: Destination) -> Message:
    """`While it was quiet: 7 alerts, 1 critical (sent 02:14).`, with a button that shows what was held.

    `critical` is when critical alerts rang meanwhile. The message makes a sound if one of the held alerts would have.
    """
    alerts = trn("{count:,} alert", "{count:,} alerts", len(held) + len(critical))
    text = tr("While it was quiet: {alerts}.", alerts=alerts)
    if critical:
        zone = ZoneInfo(destination.timezone)
        times = ", ".join(f"{moment.astimezone(zone):%H:%M}" for moment in critical[:_MOST_TIMES])
        if len(critical) > _MOST_TIMES:
            times = tr("{times} and later", times=times)
        count = len(critical)
        text = tr(
            "While it was quiet: {alerts}, {count} critical (sent {times}).", alerts=alerts, count=count, times=times
        )
    silent = all(card.priority <= Priority.MEDIUM for card in held)
    return Message((line(text),), text, ((Button(tr("Show"), MISSED),),), silent=silent)
