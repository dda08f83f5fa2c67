"""The type of the fixture that restarts a store."""

from collections.abc import Awaitable, Callable

from bot.ports.store import Store

Reopen = Callable[[], Awaitable[Store]]
