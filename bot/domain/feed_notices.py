"""What happened to a feed that its readers should know: kept for the digest and for `/feeds problems`."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from urllib.parse import urlsplit

from bot.domain.health import Health, HealthChange
from bot.domain.novelty import Novelty
from bot.domain.wording import count_words, duration_words


class NoticeKind(StrEnum):
    """What a notice is about; the value is stored. A notice about the network names no feed."""

    HEALTH = "health"
    RECOVERY = "recovery"
    REWRITE = "rewrite"
    FLOOD = "flood"
    GAP = "gap"
    MOVED = "moved"
    NETWORK_DOWN = "network_down"
    NETWORK_UP = "network_up"


@dataclass(frozen=True, slots=True)
class FeedNotice:
    """One line about one feed. `feed_id` is empty where it concerns all."""

    feed_id: str
    at: datetime
    kind: NoticeKind
    text: str


def build_health_notice(change: HealthChange, outlet: str, now: datetime) -> FeedNotice:
    """The line about a state that held long enough."""
    if change.now is Health.OK:
        text = f"{outlet} is well again ({change.before.words} until now)."
        return FeedNotice(change.feed_id, now, NoticeKind.RECOVERY, text)
    return FeedNotice(change.feed_id, now, NoticeKind.HEALTH, f"{outlet}: {change.now.words}.")


def build_novelty_notices(
    novelty: Novelty, *, feed_id: str, outlet: str, previous: datetime | None, now: datetime
) -> list[FeedNotice]:
    """The lines about a document that was not an ordinary one. `previous` is the successful poll before."""
    notices = []
    if novelty.rewritten:
        text = f"{outlet} changed the ids and links of its items. None of the known ones was sent again."
        notices.append(FeedNotice(feed_id, now, NoticeKind.REWRITE, text))
    if novelty.flood:
        text = f"{outlet} listed {count_words(novelty.flood, 'old or unknown item')} at once. They are kept, not sent."
        notices.append(FeedNotice(feed_id, now, NoticeKind.FLOOD, text))
    if novelty.gap and previous is not None:
        text = (
            f"{outlet}: possible gap. Nothing listed {duration_words(now - previous)} ago is still there; "
            "what came and went between is missing. The feed is polled more often from now on."
        )
        notices.append(FeedNotice(feed_id, now, NoticeKind.GAP, text))
    return notices


def build_move_notice(feed_id: str, outlet: str, address: str, now: datetime) -> FeedNotice:
    """The line about a feed that is read elsewhere from now on. What may be secret in the address is not shown."""
    parts = urlsplit(address)
    place = f"{parts.scheme}://{parts.hostname or ''}{parts.path}"
    text = f"{outlet} has moved to {place} and is read there from now on. Change its address where you keep it."
    return FeedNotice(feed_id, now, NoticeKind.MOVED, text)


def build_network_notice(*, down_since: datetime | None, ended: timedelta | None, now: datetime) -> FeedNotice:
    """The line about the network: down (`ended` None) or back after that long."""
    if ended is None:
        return FeedNotice("", down_since or now, NoticeKind.NETWORK_DOWN, "No feed answers: the network seems down.")
    return FeedNotice("", now, NoticeKind.NETWORK_UP, f"Feeds answer again, after {duration_words(ended)}.")
