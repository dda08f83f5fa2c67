"""Telegram's fake, and the unmodified library at it. The tests of Slack bring their own."""

from collections.abc import AsyncIterator

import pytest
from telegram import Bot

from tests.fakes.telegram import TelegramFake
from tests.unit.fakes.telegram_bots import NO_LIMITS, make_bot


@pytest.fixture(autouse=True)
def retry_after_as_timedelta(monkeypatch: pytest.MonkeyPatch) -> None:
    """The library warns at every RetryAfter unless it is told which form of it is wanted."""
    monkeypatch.setenv("PTB_TIMEDELTA", "1")


@pytest.fixture
async def fake() -> AsyncIterator[TelegramFake]:
    async with TelegramFake(limits=NO_LIMITS) as server:
        yield server


@pytest.fixture
async def bot(fake: TelegramFake) -> AsyncIterator[Bot]:
    async with make_bot(fake) as made:
        yield made
