"""The update queue behind getUpdates, as tdlib/telegram-bot-api runs it."""

from collections.abc import Callable
from dataclasses import dataclass

from tests.fakes.server import JSON, Signal
from tests.fakes.telegram_rules import ApiError

FIRST_UPDATE_ID = 810_000_001
LIFETIME = 86_400.0
POLL_SECONDS_MAX = 50
NOT_BY_DEFAULT = {"chat_member", "message_reaction", "message_reaction_count"}


@dataclass(slots=True)
class _Poll:
    is_terminated: bool = False


class UpdateQueue:
    """Keeps updates until a higher offset confirms them, at most 24 hours of platform time."""

    def __init__(self, signal: Signal, now: Callable[[], float]) -> None:
        self._signal = signal
        self._now = now
        self._waiting: list[tuple[float, JSON]] = []
        self._next_id = FIRST_UPDATE_ID
        self._allowed: set[str] | None = None
        self._parked: _Poll | None = None
        self._last_poll: tuple[int, float] | None = None
        self.is_webhook_set = False
        self.confirmed = 0

    @property
    def pending(self) -> list[JSON]:
        """Updates not confirmed yet."""
        oldest = self._now() - LIFETIME
        self._waiting = [(at, update) for at, update in self._waiting if at > oldest]
        return [update for _, update in self._waiting]

    @property
    def is_polled(self) -> bool:
        """Whether a long poll is waiting right now."""
        return self._parked is not None

    def add(self, kind: str, body: JSON) -> bool:
        """Queues an update; False if the bot asked not to get this kind."""
        if kind in NOT_BY_DEFAULT if self._allowed is None else kind not in self._allowed:
            return False
        self._waiting.append((self._now(), {"update_id": self._next_id, kind: body}))
        self._next_id += 1
        self._signal.fire()
        return True

    def allow(self, kinds: list[str] | None) -> None:
        """Sets which kinds are queued from now on; None keeps the last choice, [] is the default."""
        if kinds is not None:
            self._allowed = set(kinds) or None

    def drop_all(self) -> None:
        """Forgets everything pending."""
        self._waiting.clear()

    async def get(self, *, offset: int, limit: int, seconds: int) -> list[JSON]:
        """Updates from `offset` on, waiting up to `seconds` for the first; confirms everything before `offset`.

        Raises:
            ApiError: 409 because a webhook is set, or because a second poll came to wait where this one waited.
        """
        if self.is_webhook_set:
            raise ApiError(
                409,
                "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the "
                "webhook first",
            )
        self.confirm_before(offset)
        limit = self._limit(offset, limit)
        if found := self.pending[:limit]:
            return found
        poll = self._park()
        try:
            await self._signal.wait_for(
                lambda: True if poll.is_terminated or self.pending else None, min(seconds, POLL_SECONDS_MAX)
            )
        finally:
            if self._parked is poll:
                self._parked = None
        if poll.is_terminated:
            raise ApiError(
                409, "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
            )
        return self.pending[:limit]

    def confirm_before(self, offset: int) -> None:
        """Forgets everything before `offset`; a negative one counts from the end."""
        before = len(self._waiting)
        if offset < 0:
            self._waiting = self._waiting[offset:]
        else:
            self._waiting = [(at, update) for at, update in self._waiting if update["update_id"] >= offset]
        self.confirmed += before - len(self._waiting)
        self._signal.fire()

    def _limit(self, offset: int, limit: int) -> int:
        """Polling the same offset again within half a second gets one update (Client.cpp)."""
        now, last = self._now(), self._last_poll
        self._last_poll = (offset, now)
        if last is not None and last[0] == offset and now - last[1] < 0.5:
            return 1
        return limit if 1 <= limit <= 100 else 100

    def _park(self) -> _Poll:
        if self._parked is not None:
            self._parked.is_terminated = True
        self._parked = _Poll()
        self._signal.fire()
        return self._parked
