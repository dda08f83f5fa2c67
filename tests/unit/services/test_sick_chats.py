"""Chats that hang, are flooded or forbid cost the others no moment. In numbers: `python -m benchmarks.outbox`."""

from benchmarks.sick_chats import LATENCY_SECONDS, wait_on_a_fast_clock
from bot.ports.store import Store


async def test_beside_sick_chats_nobody_waits_longer_than_the_platform_takes(store: Store) -> None:
    waits = await wait_on_a_fast_clock(store, sick=True, chats=24, messages=60)
    assert [round(wait, 6) for wait in waits] == [LATENCY_SECONDS] * 24
