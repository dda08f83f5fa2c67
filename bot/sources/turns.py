"""Taking turns: how many requests run at once, over all hosts and at each one, and how far apart."""

import asyncio
from dataclasses import dataclass
from types import TracebackType


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

    def take(self, host: str, *, spacing: float = 0.0) -> "Turn":
        """A turn at `host`, waited for and held by `async with`. The next begins `spacing` seconds after its end."""
        return Turn(self, host, spacing)

    async def begin(self, host: str) -> None:
        """Waits for a turn at `host`. Every turn that began is to be ended."""
        state = self._hosts.get(host)
        if state is None:
            state = self._hosts[host] = _Host(asyncio.Semaphore(self._per_host))
        state.users += 1
        try:
            await state.gate.acquire()
            try:
                if state.not_before and (pause := state.not_before - asyncio.get_running_loop().time()) > 0:
                    await asyncio.sleep(pause)
                await self._overall.acquire()
            except BaseException:
                state.gate.release()
                raise
        except BaseException:
            self._leave(host, state)
            raise

    def end(self, host: str, spacing: float) -> None:
        """Gives a turn back. The next begins `spacing` seconds from now."""
        self._overall.release()
        state = self._hosts[host]
        if spacing:
            state.not_before = asyncio.get_running_loop().time() + spacing
        state.gate.release()
        self._leave(host, state)

    def _leave(self, host: str, state: _Host) -> None:
        state.users -= 1
        if not state.users:
            self._forget(host, state)

    def _forget(self, host: str, state: _Host) -> None:
        """Drops a host nobody wants, once its pause is over."""
        if state.users:
            return
        if state.not_before:
            loop = asyncio.get_running_loop()
            if (pause := state.not_before - loop.time()) > 0:
                loop.call_later(pause, self._forget, host, state)
                return
        if self._hosts.get(host) is state:
            del self._hosts[host]


class Turn:
    """One turn, for `async with`."""

    __slots__ = ("_host", "_spacing", "_turns")

    def __init__(self, turns: Turns, host: str, spacing: float) -> None:
        self._turns = turns
        self._host = host
        self._spacing = spacing

    async def __aenter__(self) -> None:
        await self._turns.begin(self._host)

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._turns.end(self._host, self._spacing)
