"""The archive stays within its bounds, a bite at a time."""

import asyncio
from datetime import timedelta

from bot.ports.store import Store
from bot.services.retention import BITE, Retention
from tests.factories import build_feed, build_item, build_poll
from tests.fakes.clock import START, FakeClock

HOUR = 3600


async def fill(store: Store, items: int) -> None:
    """One feed with items that were first seen a minute apart, from START on."""
    await store.sync_feeds([build_feed()], START)
    seen = [START + timedelta(minutes=number) for number in range(items)]
    made = tuple(build_item(f"k{number}", link_key="", first_seen=at) for number, at in enumerate(seen))
    await store.record_polls([build_poll(items=made)], START)


async def test_what_is_too_old_goes_and_then_the_oldest_of_what_is_too_much(store: Store) -> None:
    await fill(store, 2 * BITE + 50)
    clock = FakeClock(START + timedelta(minutes=BITE + 10))
    retention = Retention(store, clock, keep=timedelta(0), most_of_feed=100)
    forgetting = asyncio.create_task(retention.forget_old())
    while not forgetting.done():
        await asyncio.sleep(0.01)
        await clock.advance(1)
    assert await forgetting == 2 * BITE + 50 - 100
    left = [report.item.key for report in await store.search_items([], 1000)]
    assert left == [f"k{number}" for number in range(2 * BITE + 49, 2 * BITE - 51, -1)]


async def test_nothing_goes_while_it_is_within_bounds(store: Store) -> None:
    await fill(store, 10)
    retention = Retention(store, FakeClock(), keep=timedelta(days=1), most_of_feed=10)
    assert await retention.forget_old() == 0


async def test_a_clock_that_is_years_ahead_for_a_while_costs_no_item(store: Store) -> None:
    await fill(store, 10)
    clock = FakeClock()
    running = asyncio.create_task(Retention(store, clock, keep=timedelta(days=1), most_of_feed=1000).run())
    await clock.advance(7 * HOUR)
    clock.set_wall_clock(clock.now() + timedelta(days=3650))
    for _ in range(5):
        await clock.advance(HOUR)
        await store.check_writable(START)  # whatever was to be deleted is by then
    assert len(await store.search_items([], 100)) == 10
    clock.set_wall_clock(clock.now() - timedelta(days=3650))
    await clock.advance(HOUR)
    await store.check_writable(START)
    assert len(await store.search_items([], 100)) == 10
    for _ in range(30):
        await clock.advance(HOUR)
    while await store.search_items([], 100):
        await asyncio.sleep(0.01)
        await clock.advance(HOUR)
    running.cancel()
