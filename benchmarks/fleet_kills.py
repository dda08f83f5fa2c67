"""Kills processes that share a PostgreSQL, one after the other, while news comes in.

    python -m benchmarks.fleet_kills [--feeds 2000] [--seconds 120] [--every 5] [--processes 3]

Starts a PostgreSQL, a publisher with eight feeds on each of many loopback addresses, a fake Telegram that enforces the
platform's limits, and real `tocsin run --only …` processes, of which one is killed (SIGKILL) every few seconds and
another started in its place.
"""

import argparse
import asyncio
import os
import tempfile
from dataclasses import fields
from pathlib import Path

from tests.crash.fleet import Plan, open_trial
from tests.postgres import start_server


async def main() -> None:
    """Runs one trial and prints what was counted."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--feeds", type=int, default=2000)
    parser.add_argument("--chats", type=int, default=40)
    parser.add_argument("--processes", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=120)
    parser.add_argument("--every", type=float, default=5)
    parser.add_argument("--news", type=float, default=6, help="new items a second, each an alert to one chat")
    parser.add_argument("--interval", type=float, default=30, help="seconds between two polls of a feed, on average")
    given = parser.parse_args()
    plan = Plan(
        feeds=given.feeds,
        chats=given.chats,
        processes=given.processes,
        seconds=given.seconds,
        kill_every=given.every,
        news_per_second=given.news,
        polls_per_hour=round(given.feeds * 3600 / given.interval),
    )
    with start_server(quick=False) as server, tempfile.TemporaryDirectory() as folder:
        async with open_trial(plan, Path(folder), server.make_database()) as trial:
            outcome = await trial.run()
    for each in fields(outcome):
        value = getattr(outcome, each.name)
        print(f"{each.name.replace('_', ' '):22} {value if not isinstance(value, float) else round(value, 1)}")
    print(f"{'load at the end':22} {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    asyncio.run(main())
