"""Cards that come late say so, and why. Pure."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.domain.chats import Platform
from bot.domain.language import tr
from bot.domain.messages import Gap, Message, line
from bot.domain.wording import duration_words

# What is later than this was not sent as soon as it was known.
_LATE = timedelta(minutes=3)
_NAMES = {Platform.TELEGRAM: "Telegram", Platform.SLACK: "Slack"}


@dataclass(frozen=True, slots=True)
class Sending:
    """What is known about the way to a platform: since when it is used, and when it went without an answer last."""

    platform: Platform
    since: datetime
    silent_at: datetime | None = None


def explain_delay(card: Message, due: datetime, sending: Sending, now: datetime) -> Message:
    """The card with `Sent 9 min late (Telegram limit).` where it could have gone out minutes earlier."""
    if now - due < _LATE:
        return card
    name = _NAMES.get(sending.platform, str(sending.platform))
    if due < sending.since:
        cause = tr("Tocsin was not running")
    elif sending.silent_at is not None and sending.silent_at >= due:
        cause = tr("{platform} did not answer", platform=name)
    else:
        cause = tr("{platform} limit", platform=name)
    words = line(tr("Sent {n} late ({cause}).", n=duration_words(now - due), cause=cause), style="context")
    # With the facts at the top, before the first gap.
    place = next((number for number, block in enumerate(card.blocks) if isinstance(block, Gap)), len(card.blocks))
    return replace(card, blocks=(*card.blocks[:place], words, *card.blocks[place:]))
