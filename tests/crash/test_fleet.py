"""Processes killed one after the other lose nothing. The long run of this is `python -m benchmarks.fleet_kills`."""

from pathlib import Path

import pytest

from tests.crash.fleet import Plan, open_trial

pytestmark = pytest.mark.timeout(180)
# What is promised of polling and sending after a kill, and what is added while both processes are dead or starting.
POLL_GAP, SEND_GAP, STARTING = 10.0, 15.0, 30.0


async def test_kills_lose_nothing_and_keep_the_order(tmp_path: Path, postgres_url: str) -> None:
    plan = Plan(feeds=40, chats=6, processes=2, seconds=5, kill_every=3, news_per_second=4, polls_per_hour=40 * 3600)
    async with open_trial(plan, tmp_path, postgres_url) as trial:
        outcome = await trial.run()
    assert outcome.kills == 2
    assert outcome.published > 10
    assert (outcome.never_read, outcome.lost, outcome.out_of_order) == (0, 0, 0)
    assert outcome.repeats_unsaid == 0
    assert outcome.repeats <= plan.chats * outcome.kills
    assert outcome.longest_until_freed < POLL_GAP + STARTING
    assert outcome.longest_until_polled < POLL_GAP + STARTING
    assert outcome.longest_until_sent < SEND_GAP + STARTING
    assert outcome.longest_overdue_poll < POLL_GAP + STARTING
    assert outcome.longest_overdue_send < SEND_GAP + STARTING
