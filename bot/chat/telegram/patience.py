"""How long to wait before Telegram is asked again, and when there is no use in it."""

import random
from datetime import timedelta

import structlog
from telegram.error import TelegramError

from bot.chat.telegram.failures import build_send_error
from bot.errors import SendOutcome
from bot.ports.clock import Clock

FIRST_WAIT = 1.0
_LONGEST_WAIT = 60.0

log = structlog.get_logger(__name__)


class Patience:
    """Waits that double up to a minute while one failure follows another."""

    def __init__(self, clock: Clock, chance: random.Random) -> None:
        self._clock = clock
        self._chance = chance
        self._failures = 0

    def restore(self) -> None:
        """Something succeeded: the next wait is short again."""
        self._failures = 0

    async def wait_out(self, problem: TelegramError) -> None:
        """Returns when it may be tried again. Raises SendError (UNAUTHORISED) if the token is refused."""
        error = build_send_error(problem)
        if error.outcome is SendOutcome.UNAUTHORISED:
            log.error("telegram_token_refused", reason=str(error))
            raise error from problem
        log.warning("telegram_not_reached", reason=str(error), failures=self._failures + 1)
        await self._back_off(error.retry_after)

    async def _back_off(self, at_least: timedelta | None) -> None:
        wait = min(FIRST_WAIT * 2 ** min(self._failures, 10), _LONGEST_WAIT) * (0.75 + self._chance.random() / 2)
        self._failures += 1
        await self._clock.sleep(max(wait, at_least.total_seconds() if at_least else 0.0))
