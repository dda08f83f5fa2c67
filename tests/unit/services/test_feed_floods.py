"""A feed that gives everything a new id does not flood a chat."""

import random
from dataclasses import replace
from datetime import timedelta

from bot.domain.watchlists import WatchlistCatalog
from bot.ports.store import Store
from bot.services.catalog import Catalog
from bot.services.delivering import Lanes
from tests.factories import build_parsed_item, build_watchlist
from tests.fakes.clock import START
from tests.fakes.messenger import FakeMessenger
from tests.unit.services.test_polling import WIRE, Newsroom

ENTRIES = [
    build_parsed_item(
        guid=f"old-{number}",
        title=f"CSTO patrol number {number} leaves for the border post at kilometre {number * 7}",
        summary="",
        link=f"https://wire.example/old/{number}",
        published=START - timedelta(minutes=number),
    )
    for number in range(500)
]


async def test_a_feed_whose_five_hundred_entries_all_get_new_ids_sends_nothing(store: Store) -> None:
    room = Newsroom(store)
    room.publishers.publish(WIRE.url, *ENTRIES)
    await room.open(WIRE)
    rewritten = [
        replace(entry, guid=f"new-{number}", link=f"https://wire.example/new/{number}")
        for number, entry in enumerate(ENTRIES)
    ]
    room.publishers.publish(WIRE.url, *rewritten)
    await room.clock.advance(3600)
    await room.polling.poll_all()
    messenger = FakeMessenger(room.clock.monotonic)
    catalog = Catalog(WatchlistCatalog((build_watchlist(),)))
    await Lanes(store, messenger, catalog, room.clock, chance=random.Random(7)).deliver_due()
    assert messenger.sent == []
