"""Work that takes long lets others have their turn."""

import asyncio

from bot.services.rests import Rests


async def _turns_of_others(lengths: list[int]) -> int:
    """How often somebody else on the loop gets to work while items of these lengths are dealt with."""
    turns = 0

    async def others() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    task, rests = asyncio.create_task(others()), Rests()
    for length in lengths:
        await rests.after(length)
    task.cancel()
    return turns


async def test_a_few_short_items_are_dealt_with_in_one_go() -> None:
    assert await _turns_of_others([100] * 10) == 0


async def test_others_have_a_turn_after_every_long_item() -> None:
    assert await _turns_of_others([64_000] * 10) == 10


async def test_others_have_turns_among_many_short_items() -> None:
    assert await _turns_of_others([0] * 1_000) >= 5
