"""Messages that were given up: listed with the reason, and sent again when somebody asks for it."""

from collections.abc import Collection
from datetime import datetime

from bot.domain.chats import Destination
from bot.domain.deliveries import DeadLetter
from bot.domain.language import tr
from bot.errors import NotFound
from bot.ports.outbox_store import OutboxStore

MOST_LETTERS = 1000


async def list_dead_letters(store: OutboxStore, destination: Destination | None = None) -> list[DeadLetter]:
    """What was given up, newest first: at one destination or anywhere."""
    return await store.list_dead_letters(destination.key if destination else None, MOST_LETTERS)


async def retry_dead_letters(
    store: OutboxStore, ids: Collection[int] | None, now: datetime, destination: Destination | None = None
) -> int:
    """Puts dead letters back into the outbox; how many. `ids` None means all of them, at one destination or anywhere.

    Raises NotFound for an id that is no dead letter there; then nothing is sent again.
    """
    known = [letter.id for letter in await list_dead_letters(store, destination)]
    for wanted in ids or ():
        if wanted not in known:
            raise NotFound(
                tr("No message {wanted} was given up here.", wanted=wanted), tr("See which were without a number.")
            )
    return await store.retry_dead_letters(list(known if ids is None else ids), now)
