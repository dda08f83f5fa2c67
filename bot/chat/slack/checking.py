"""Which channels `tocsin doctor` finds Slack's bot missing from."""

import asyncio
from collections.abc import Sequence

from bot.chat.slack.connect import open_slack
from bot.chat.slack.setup import SlackSetup
from bot.chat.slack.workspaces import Sealer
from bot.domain.chats import Destination
from bot.ports.clock import Clock
from bot.ports.workspace_store import WorkspaceStore
from bot.services.hooks import Hooks

MOST_CHANNELS = 50
_AT_ONCE = 5
_SECONDS = 20.0


async def find_obstacles(
    setup: SlackSetup, store: WorkspaceStore, sealer: Sealer, clock: Clock, channels: Sequence[Destination]
) -> dict[Destination, str]:
    """Why the bot cannot post to some of the first 50 channels, with the cure, as far as is known within 20 seconds.

    Raises SendError (UNAUTHORISED) for tokens that cannot be the right ones.
    """
    async with open_slack(setup, clock, Hooks(), store, sealer) as chat:
        turns, until = asyncio.Semaphore(_AT_ONCE), asyncio.get_running_loop().time() + _SECONDS

        async def ask(channel: Destination) -> str:
            try:
                async with asyncio.timeout_at(until), turns:
                    return await chat.app.find_obstacle(channel)
            except TimeoutError:
                return ""

        found = await asyncio.gather(*(ask(channel) for channel in channels[:MOST_CHANNELS]))
    return {channel: words for channel, words in zip(channels, found, strict=False) if words}
