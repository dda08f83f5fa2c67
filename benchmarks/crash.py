"""How many alerts and commands are lost or doubled when the process is killed again and again.

    python -m benchmarks.crash [--kills 1000] [--each 20]

Kills a process that polls, sends to fake Telegram and Slack through the real adapters and answers commands: at random
moments of its life, and at every failpoint. Then the last one is let live until nothing waits, and all is counted.
"""

import argparse
import asyncio
import tempfile
import time
from pathlib import Path

from tests.crash.crew import FAILPOINTS
from tests.crash.massacre import Toll, open_massacre


async def run(kills: int, each: int) -> None:
    """Kills, counts, prints."""
    with tempfile.TemporaryDirectory() as folder:
        began = time.monotonic()
        async with open_massacre(Path(folder)) as massacre:
            await massacre.kill_at_random(kills)
            show(f"{kills} kills at random moments", await massacre.settle(), time.monotonic() - began)
    with tempfile.TemporaryDirectory() as folder:
        began = time.monotonic()
        async with open_massacre(Path(folder)) as massacre:
            await massacre.let_live(2.0)
            died = await massacre.kill_at(FAILPOINTS, each)
            toll = await massacre.settle()
            show(f"{each} kills at each of {len(FAILPOINTS)} failpoints", toll, time.monotonic() - began)
        missed = {name: each - count for name, count in died.items() if count < each}
        if missed:
            print(f"  not reached in time, killed from outside: {missed}")


def show(title: str, toll: Toll, seconds: float) -> None:
    """Prints one count."""
    print(f"{title} ({seconds:.0f} s)")
    if toll.waiting:
        print(f"  NOT FINISHED: {toll.waiting} still wait, and count as lost below")
    print(f"  alerts {toll.alerts}, lost {len(toll.lost)}, given up {toll.given_up}, sent in a digest {toll.digested}")
    per_kill = toll.extra_telegram / max(toll.kills, 1)
    print(f"  extra copies: Telegram {toll.extra_telegram} ({per_kill:.2f} a kill), Slack {toll.extra_slack}")
    print(f"  most copies of one alert: {toll.most_copies}")
    print(
        f"  updates under cards {toll.updates}, lost {toll.updates_lost}, most copies of one "
        f"{toll.most_copies_of_update}; cards edited {toll.edits}"
    )
    print(
        f"  commands {toll.commands}, of which {toll.notes} write something down; lost {toll.commands_lost}, "
        f"done or answered twice {toll.commands_answered_twice}"
    )
    print(f"  database {'intact' if toll.sound else 'DAMAGED'}", flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=1000)
    parser.add_argument("--each", type=int, default=20)
    given = parser.parse_args()
    asyncio.run(run(given.kills, given.each))
