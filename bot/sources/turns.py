"""Taking turns: how many requests run at once, over all hosts and at each one, and how far apart."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass


@dataclass(slots=True)
class _Host:
    """One host: its turns, how many hold or want one, and the loop time from which the next may begin."""

    gate: asyncio.Semaphore
    users: int = 0
    not_before: float = 0.0


class Turns:
    """At most `overall` holders at once and at most `per_host` for one host.

    A request waits for its host first and for the common limit after that, so that a hundred feeds of one slow host
    wait for each other and not for everybody.
    """

    def __init__(self, overall: int, per_host: int) -> None:
        self._overall = asyncio.Semaphore(overall)
        self._per_host = per_host
        self._hosts: dict[str, _Host] = {}

    @asynccontextmanager
    async def take(self, host: str, *, spacing: float = 0.0) -> AsyncIterator[None]:
        """Waits for a turn at `host` and holds it for the block. The next begins `spacing` seconds after its end."""
        loop = asyncio.get_running_loop()
        state = self._hosts.get(host)
        if state is None:
            state = self._hosts[host] = _Host(asyncio.Semaphore(self._per_host))
        state.users += 1
        try:
            async with state.gate:
                if (pause := state.not_before - loop.time()) > 0:
                    await asyncio.sleep(pause)
                async with self._overall:
                    yield
                if spacing:
                    state.not_before = loop.time() + spacing
        finally:
            state.users -= 1
            if not state.users:
                self._forget(host, state, loop)

    def _forget(self, host: str, state: _Host, loop: asyncio.AbstractEventLoop) -> None:
        """Drops a host nobody wants, once its pause is over."""
        pause = state.not_before - loop.time()
        if pause > 0:
            loop.call_later(pause, self._forget, host, state, loop)
        elif not state.users:
            self._hosts.pop(host, None)
