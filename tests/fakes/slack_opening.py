"""Opens the Slack adapter on a fake, with nothing kept and nothing sealed."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bot.chat.slack.connect import SlackChat, open_slack
from bot.chat.slack.setup import SlackSetup
from bot.ports.clock import Clock
from bot.services.hooks import Hooks
from bot.sources.sealing import SecretSealer
from storage import open_store


@asynccontextmanager
async def opened_slack(
    setup: SlackSetup, clock: Clock, hooks: Hooks | None = None, *, key: str = ""
) -> AsyncIterator[SlackChat]:
    """The adapter, with a store in memory."""
    store = await open_store("sqlite:///:memory:")
    await store.migrate()
    try:
        async with open_slack(setup, clock, hooks or Hooks(), store, SecretSealer(key)) as chat:
            yield chat
    finally:
        await store.close()
