"""Rests in work that takes long, so that chats are answered in between."""

import asyncio

# Matched or folded in one to three milliseconds, whatever the language; a rest itself takes as long as 500 of them.
_AT_ONCE = 20_000
# What an item costs besides its text.
_EACH = 200


class Rests:
    """Lets everybody else on the event loop have their turn, after every few items or one long one."""

    def __init__(self) -> None:
        self._since_the_last = 0

    async def after(self, characters: int) -> None:
        """To be called after each item, which had so many characters."""
        self._since_the_last += characters + _EACH
        if self._since_the_last >= _AT_ONCE:
            self._since_the_last = 0
            await asyncio.sleep(0)
