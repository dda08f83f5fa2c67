"""Taking turns: how many requests run at once, over all hosts and at each one."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Turns:
    """At most `overall` holders at once and at most `per_host` for one host.

    A request waits for its host first and for the common limit after that, so that a hundred feeds of one slow host
    wait for each other and not for everybody.
    """

    def __init__(self, overall: int, per_host: int) -> None:
        self._overall = asyncio.Semaphore(overall)
        self._per_host = per_host
        self._hosts: dict[str, asyncio.Semaphore] = {}
        self._users: dict[str, int] = {}

    @asynccontextmanager
    async def take(self, host: str) -> AsyncIterator[None]:
        """Waits for a turn at `host` and holds it for the block."""
        gate = self._hosts.setdefault(host, asyncio.Semaphore(self._per_host))
        self._users[host] = self._users.get(host, 0) + 1
        try:
            async with gate, self._overall:
                yield
        finally:
            self._users[host] -= 1
            if not self._users[host]:
                del self._users[host], self._hosts[host]
