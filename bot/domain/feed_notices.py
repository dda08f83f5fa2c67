"""What happened to a feed that its readers should know: kept for the digest and for `/feeds problems`."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from urllib.parse import urlsplit

from bot.domain.health import Health, HealthChange
from bot.domain.language import later
from bot.domain.novelty import Novelty
from bot.domain.recorded import recorded_words
from bot.domain.wording import count_words, duration_words

_WELL = later("{outlet} is well again ({state} until now).")
_UNWELL = later("{outlet}: {state}.")
_REWRITTEN = later("{outlet} changed the ids and links of its items. None of the known ones was sent again.")
_FLOOD = later("{outlet} listed {items} at once. They are kept, not sent.")
_GAP = later(
    "{outlet}: possible gap. Nothing listed {time} ago is still there; what came and went between is missing. "
    "The feed is polled more often from now on."
)
_MOVED = later("{outlet} has moved to {place} and is read there from now on. Change its address where you keep it.")
_NETWORK_DOWN = later("No feed answers: the network seems down.")
_NETWORK_UP = later("Feeds answer again, after {time}.")
# What the others are made of.
_PARTS = (
    *(one.words for one in Health),
    later("{count} old or unknown item"),
    later("{count} old or unknown items"),
)


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


_TEMPLATES = {
    NoticeKind.HEALTH: _UNWELL,
    NoticeKind.RECOVERY: _WELL,
    NoticeKind.REWRITE: _REWRITTEN,
    NoticeKind.FLOOD: _FLOOD,
    NoticeKind.GAP: _GAP,
    NoticeKind.MOVED: _MOVED,
    NoticeKind.NETWORK_DOWN: _NETWORK_DOWN,
    NoticeKind.NETWORK_UP: _NETWORK_UP,
}


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
        text = _WELL.format(outlet=outlet, state=change.before.words)
        return FeedNotice(change.feed_id, now, NoticeKind.RECOVERY, text)
    return FeedNotice(change.feed_id, now, NoticeKind.HEALTH, _UNWELL.format(outlet=outlet, state=change.now.words))


def build_novelty_notices(
    novelty: Novelty, *, feed_id: str, outlet: str, previous: datetime | None, now: datetime
) -> list[FeedNotice]:
    """The lines about a document that was not an ordinary one. `previous` is the successful poll before."""
    notices = []
    if novelty.rewritten:
        text = _REWRITTEN.format(outlet=outlet)
        notices.append(FeedNotice(feed_id, now, NoticeKind.REWRITE, text))
    if novelty.flood:
        text = _FLOOD.format(outlet=outlet, items=count_words(novelty.flood, "old or unknown item"))
        notices.append(FeedNotice(feed_id, now, NoticeKind.FLOOD, text))
    if novelty.gap and previous is not None:
        text = _GAP.format(outlet=outlet, time=duration_words(now - previous))
        notices.append(FeedNotice(feed_id, now, NoticeKind.GAP, text))
    return notices


def build_move_notice(feed_id: str, outlet: str, address: str, now: datetime) -> FeedNotice:
    """The line about a feed that is read elsewhere from now on. What may be secret in the address is not shown."""
    parts = urlsplit(address)
    place = f"{parts.scheme}://{parts.hostname or ''}{parts.path}"
    text = _MOVED.format(outlet=outlet, place=place)
    return FeedNotice(feed_id, now, NoticeKind.MOVED, text)


def build_network_notice(*, down_since: datetime | None, ended: timedelta | None, now: datetime) -> FeedNotice:
    """The line about the network: down (`ended` None) or back after that long."""
    if ended is None:
        return FeedNotice("", down_since or now, NoticeKind.NETWORK_DOWN, _NETWORK_DOWN)
    return FeedNotice("", now, NoticeKind.NETWORK_UP, _NETWORK_UP.format(time=duration_words(ended)))


def notice_words(notice: FeedNotice) -> str:
    """What a notice says, in the language spoken now."""
    return recorded_words(notice.text, (_TEMPLATES[notice.kind], *_PARTS))
