"""Killed at any moment, and again, Tocsin loses no alert and no command, and repeats little. The long run of this is
`python -m benchmarks.crash`.
"""

from pathlib import Path

import pytest

from tests.crash.crew import FAILPOINTS
from tests.crash.massacre import Toll, open_massacre

# Seconds on an idle machine, but every life is a process, and nothing is counted before the last message is out.
pytestmark = pytest.mark.timeout(240)


def check(toll: Toll) -> None:
    assert toll.sound
    assert toll.lost == []
    assert toll.given_up == 0
    assert toll.extra_slack == 0
    assert toll.commands_lost == 0
    assert toll.commands_answered_twice == 0
    # A crew has at most one message in flight for each of its twelve chats.
    assert toll.extra_telegram <= 12 * toll.kills


async def test_kills_at_random_moments_lose_nothing(tmp_path: Path) -> None:
    async with open_massacre(tmp_path) as massacre:
        await massacre.kill_at_random(10)
        toll = await massacre.settle(90)
    assert toll.alerts > 10
    check(toll)


async def test_kills_at_every_failpoint_lose_nothing(tmp_path: Path) -> None:
    async with open_massacre(tmp_path) as massacre:
        died = await massacre.kill_at(FAILPOINTS, 1)
        toll = await massacre.settle(90)
    assert [name for name in FAILPOINTS if not died[name] and "find_sent" not in name] == []
    check(toll)
