"""The dead man's switch: a service elsewhere is called every minute while all is well, and raises alarm otherwise."""

import aiohttp
import structlog

from bot.ports.clock import Clock
from bot.services.health import Health

_EVERY_SECONDS = 60.0
_ANSWER_SECONDS = 10.0

log = structlog.get_logger(__name__)


class Ping:
    """Calls `url`, which may hold a secret and is never logged."""

    def __init__(self, url: str, health: Health, clock: Clock) -> None:
        self._url = url
        self._health = health
        self._clock = clock

    async def run(self) -> None:
        """Calls every minute until cancelled; not while something hangs or nothing can be recorded."""
        timeout = aiohttp.ClientTimeout(total=_ANSWER_SECONDS)
        async with aiohttp.ClientSession(timeout=timeout) as session:
            while True:
                if self._health.is_ready:
                    await self._call(session)
                await self._clock.sleep(_EVERY_SECONDS)

    async def _call(self, session: aiohttp.ClientSession) -> None:
        try:
            async with session.get(self._url) as answer:
                if not answer.ok:
                    log.warning("ping_refused", status=answer.status)
        except (TimeoutError, aiohttp.ClientError, ValueError) as error:
            log.warning("ping_failed", reason=type(error).__name__)
