"""Records polls, claims and confirms for ever, and says each number once it is acknowledged. Made to be killed."""

import asyncio
import itertools
import sys

from bot.domain.chats import Platform
from bot.domain.deliveries import LEASE, Receipt
from storage import open_store
from tests.factories import at, build_destination, build_feed, build_ringing_poll, build_update


async def _record(url: str, first: int) -> None:
    store = await open_store(url)
    await store.migrate()
    await store.sync_feeds([build_feed()], at(0))
    desk = build_destination()
    for number in itertools.count(first):
        await store.record_update(build_update(str(number)))
        await store.record_polls([build_ringing_poll(f"{number}-{twin}", desk) for twin in "ab"], at(number))
        for delivery in await store.claim_deliveries(Platform.TELEGRAM, at(number), 1, LEASE, frozenset()):
            await store.record_sent(delivery.id, Receipt(str(number)), at(number))
        sys.stdout.write(f"{number}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(_record(sys.argv[1], int(sys.argv[2])))
