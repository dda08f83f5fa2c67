"""Turns at hosts: never too many, never too close, and a slow host holds up only itself."""

import asyncio

from bot.sources.turns import Turns


async def test_a_slow_host_leaves_the_common_limit_to_others() -> None:
    turns, release, done = Turns(2, 1), asyncio.Event(), []

    async def slow() -> None:
        async with turns.take("slow.example"):
            await release.wait()

    async def quick(host: str) -> None:
        async with turns.take(host):
            done.append(host)

    async with asyncio.TaskGroup() as tasks:
        for _ in range(50):
            tasks.create_task(slow())
        await asyncio.sleep(0)
        for number in range(5):
            await quick(f"{number}.example")
        release.set()
    assert len(done) == 5


async def test_requests_to_one_host_keep_their_distance() -> None:
    turns, loop, moments = Turns(10, 1), asyncio.get_running_loop(), []

    async def ask(host: str) -> None:
        async with turns.take(host, spacing=0.05):
            moments.append((host, loop.time()))

    started = loop.time()
    await asyncio.gather(ask("a.example"), ask("a.example"), ask("b.example"))
    await ask("a.example")
    times = sorted(moment - started for host, moment in moments if host == "a.example")
    assert [moment >= number * 0.05 for number, moment in enumerate(times)] == [True, True, True]
    assert min(moment - started for host, moment in moments if host == "b.example") < 0.05
