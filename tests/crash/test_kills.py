"""Killed at any moment, and again, Tocsin loses no alert and no command, and repeats little. The long run of this is
`python -m benchmarks.crash`.
"""

from pathlib import Path

import pytest

from tests.crash.crew import FAILPOINTS, UNSURE
from tests.crash.massacre import Toll, open_massacre

# Seconds on an idle machine, but every life is a process, and nothing is counted before the last message is out.
pytestmark = pytest.mark.timeout(240)


def check(toll: Toll) -> None:
    assert toll.sound
    assert toll.waiting == 0
    assert toll.lost == []
    assert toll.given_up == 0
    assert toll.extra_slack == 0
    assert toll.commands_lost == 0
    assert toll.commands_answered_twice == 0
    # A crew has at most one message in flight for each of its six chats, and nothing is sent a third time.
    assert toll.extra_telegram <= 6 * toll.kills
    assert max(toll.most_copies, toll.most_copies_of_update) <= 2
    assert toll.updates_lost == 0


async def test_kills_at_random_moments_lose_nothing(tmp_path: Path) -> None:
    async with open_massacre(tmp_path) as massacre:
        await massacre.let_live(1.0)
        await massacre.kill_at_random(10)
        toll = await massacre.settle()
    assert toll.alerts > 10
    check(toll)


async def test_kills_at_every_failpoint_lose_nothing(tmp_path: Path) -> None:
    failpoints = [name for name in FAILPOINTS if name.partition(":")[2] not in UNSURE]
    async with open_massacre(tmp_path) as massacre:
        await massacre.let_live(4.0)
        died = await massacre.kill_at(failpoints, 1, patience=20.0)
        toll = await massacre.settle()
    assert [name for name in failpoints if not died[name]] == []
    check(toll)
