"""Runs an inbox for as long as there is something to handle."""

import asyncio

from bot.commands.chat_app import ChatApp
from bot.commands.inbox import Inbox


async def handle_pending(inbox: Inbox, app: ChatApp) -> None:
    """Returns once everything stored is handled. Raises what the inbox's loop raises, as StoreError."""
    loop, rest = asyncio.create_task(inbox.run(app)), asyncio.create_task(inbox.settle(app))
    await asyncio.wait((loop, rest), return_when=asyncio.FIRST_COMPLETED)
    for task in (loop, rest):
        task.cancel()
    results = await asyncio.gather(loop, rest, return_exceptions=True)
    for result in results:
        if isinstance(result, Exception):  # being cancelled is not one
            raise result
