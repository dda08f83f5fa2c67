"""How fast a platform lets us write: when the next message to a destination, and to anyone, may go. Pure."""

from collections import deque
from dataclasses import dataclass

from bot.domain.chats import ChatKind, Destination, Platform

_MINUTE = 60.0


@dataclass(frozen=True, slots=True)
class Pace:
    """Limits in seconds and messages: a least distance, and at most `per_minute` in any sixty seconds (0: no limit)."""

    distance: float
    per_minute: int = 0


_FREE = Pace(0.0)
# Bots FAQ (core.telegram.org/bots/faq): a message a second to a chat, 20 a minute to a group, about 30 a second to all.
# A twentieth of a second, one a minute and 1.3 a second are left as room for what the way through the network adds.
_TELEGRAM_PRIVATE = Pace(1.05)
_TELEGRAM_GROUP = Pace(1.05, per_minute=19)
# docs.slack.dev/apis/web-api/rate-limits: about one message a second to a channel.
_SLACK_CHANNEL = Pace(1.0)
_OVERALL = {Platform.TELEGRAM: Pace(1 / 28.7), Platform.SLACK: Pace(0.02), Platform.CONSOLE: _FREE}


def pace_of(destination: Destination) -> Pace:
    """How fast one destination may be written to."""
    if destination.platform is Platform.TELEGRAM:
        return _TELEGRAM_PRIVATE if destination.kind is ChatKind.PRIVATE else _TELEGRAM_GROUP
    return _SLACK_CHANNEL if destination.platform is Platform.SLACK else _FREE


class Pacer:
    """Remembers what was sent on one platform. All times are seconds on one monotonic clock."""

    def __init__(self, platform: Platform) -> None:
        self._overall = _OVERALL[platform]
        self._next_slot = float("-inf")
        self._sent: dict[str, deque[float]] = {}
        self._paces: dict[str, Pace] = {}

    def next_slot(self) -> float:
        """When the next message to anyone may go."""
        return self._next_slot

    def record_send(self, destination: Destination, at: float) -> None:
        """A message went to `destination`."""
        pace = pace_of(destination)
        sent = self._sent.setdefault(destination.key, deque(maxlen=max(pace.per_minute, 1)))
        sent.append(at)
        self._paces[destination.key] = pace
        # Slots lie at even distances: who comes late into one, by half of that at most, does not put off who is behind.
        self._next_slot = max(self._next_slot, at - self._overall.distance / 2) + self._overall.distance

    def resting(self, now: float) -> dict[str, float]:
        """The keys of destinations that must not be written to yet, with the moment from which they may."""
        resting = {}
        for key, sent in list(self._sent.items()):
            free_at = _free_at(sent, self._paces[key])
            if free_at > now:
                resting[key] = free_at
            elif now - sent[-1] > _MINUTE:
                del self._sent[key], self._paces[key]
        return resting


def _free_at(sent: deque[float], pace: Pace) -> float:
    after_last = sent[-1] + pace.distance
    if pace.per_minute and len(sent) == pace.per_minute:
        return max(after_last, sent[0] + _MINUTE)
    return after_last
