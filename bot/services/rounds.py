"""Rounds: looking again and again for messages that are due, and giving each chat the one of its day or week."""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

import structlog

from bot.domain.chats import Destination
from bot.domain.deliveries import OutgoingMessage, Urgency
from bot.domain.digest_times import DigestMark
from bot.domain.messages import Message
from bot.domain.routing import Watcher
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


async def go_round(
    watchers: Collection[Watcher],
    marks: Mapping[str, DigestMark],
    begin: Callable[[Sequence[Destination], datetime], Awaitable[None]],
    send_if_due: Callable[[Watcher, DigestMark, datetime], Awaitable[bool]],
    now: datetime,
) -> int:
    """Asks for each chat whether its message is due; how many were sent. `marks` say by chat how far it has come.

    A chat without a mark begins now. A paused one gets its message when it goes on.
    """
    new = [one.destination for one in watchers if one.destination.key not in marks]
    if new:
        await begin(new, now)
    sent = 0
    for watcher in watchers:
        mark = marks.get(watcher.destination.key)
        if mark is not None and not watcher.is_paused(now):
            sent += await send_if_due(watcher, mark, now)
    return sent


def build_notices(key: str, watcher: Watcher, parts: Sequence[Message], now: datetime) -> list[OutgoingMessage]:
    """The parts of a message for the outbox, in their order; without a sound in quiet hours."""
    silent = watcher.is_quiet(now)
    return [
        OutgoingMessage(f"{key}:{number}", watcher.destination, replace(part, silent=silent), urgency=Urgency.NOTICE)
        for number, part in enumerate(parts, 1)
    ]
