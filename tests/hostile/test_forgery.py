"""Forged, replayed and cross-chat presses: a short run of `python -m tests.hostile.forgery`."""

from pathlib import Path

import pytest

from bot.domain.chats import Platform
from tests.hostile.forgery import attack_platform


@pytest.mark.parametrize("platform", [Platform.TELEGRAM, Platform.SLACK])
async def test_no_forged_press_is_accepted(tmp_path: Path, platform: Platform) -> None:
    for report in await attack_platform(tmp_path, platform, 3_000):
        assert report.accepted == []
        assert report.tried == 1_500
        # Most of them are well formed, so that it is the lookup that stops them and not the decoder alone.
        assert report.understood > 700


async def test_a_press_that_is_accepted_is_noticed(tmp_path: Path) -> None:
    """The control: an administrator's presses change the group."""
    _, member = await attack_platform(tmp_path, Platform.TELEGRAM, 200, admins=("telegram:666",))
    assert "subscriptions is not what it was" in member.accepted
