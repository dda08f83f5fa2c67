"""Keeps a loop alive: what fails unexpectedly is logged and started again, later each time."""

from collections.abc import Awaitable, Callable

import structlog

from bot.errors import LoopStuck, StoreDamaged, Superseded, TocsinError
from bot.ports.clock import Clock

_FIRST_WAIT_SECONDS = 1.0
# Sending goes on within 30 seconds of the end of any trouble with the database.
_LONGEST_WAIT_SECONDS = 20.0
# A loop that ran this long before it failed was healthy: its next failure waits briefly again.
_HEALTHY_SECONDS = 300.0

log = structlog.get_logger(__name__)


async def supervise(name: str, loop: Callable[[], Awaitable[None]], clock: Clock) -> None:
    """Runs `loop` until it returns or this is cancelled; a failure is logged and it begins again, after 1 to 20 s.

    What no new beginning cures is raised: StoreDamaged, Superseded, LoopStuck.
    """
    wait = _FIRST_WAIT_SECONDS
    while True:
        started = clock.monotonic()
        try:
            return await loop()
        except (StoreDamaged, Superseded, LoopStuck):
            raise
        except TocsinError as error:
            log.warning("loop_failed", loop=name, reason=str(error), again_in_seconds=wait)
        except Exception:  # Whatever breaks one loop must not silence the service.
            log.exception("loop_crashed", loop=name, again_in_seconds=wait)
        if clock.monotonic() - started > _HEALTHY_SECONDS:
            wait = _FIRST_WAIT_SECONDS
        await clock.sleep(wait)
        wait = min(wait * 2, _LONGEST_WAIT_SECONDS)
