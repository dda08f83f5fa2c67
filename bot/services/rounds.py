"""Looks again and again for messages that are due."""

from collections.abc import Awaitable, Callable

import structlog

from bot.errors import StoreDamaged, StoreError, Superseded
from bot.ports.clock import Clock

log = structlog.get_logger(__name__)


async def look_every(
    seconds: float,
    send_due: Callable[[], Awaitable[int]],
    on_messages: Callable[[], None],
    clock: Clock,
    *,
    failed: str,
) -> None:
    """Calls `send_due` every so many seconds until cancelled, and `on_messages` where it queued some.

    A store that refuses is logged as the event `failed` and asked again; StoreDamaged and Superseded are raised.
    """
    while True:
        try:
            if await send_due():
                on_messages()
        except (StoreDamaged, Superseded):
            raise
        except StoreError as error:
            log.warning(failed, reason=str(error))
        await clock.sleep(seconds)
