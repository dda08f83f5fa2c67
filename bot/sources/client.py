"""An HTTP/1.1 client for many small answers, each from another host. It connects only where the guard lets it."""

import asyncio
import math
import ssl
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import NamedTuple, Self

from yarl import URL

from bot.sources.addresses import Address, Network, find_address
from bot.sources.answers import AnswerReader, Receiver
from bot.sources.connections import CheckedResolver, open_socket
from bot.sources.exchanges import Connection, ConnectTimeout, Ends, NoConnection, Times
from bot.sources.urls import is_secure

# How long a connection waits for the next feed of its host; no feed of the internet is asked again within minutes.
_KEPT_SECONDS = 5.0
# Feeds of one host are read one after the other, so that a connection a host is enough; the oldest makes room.
_MOST_KEPT = 64
# How often it is looked whose time is over. A timer for each exchange would cost as much as parsing a small answer.
_TICK_SECONDS = 0.1
# An address that is silent for so long is left for the next of the same name.
_NEXT_ADDRESS_SECONDS = 1.0


class Timeouts(NamedTuple):
    """Seconds until there must be a connection, between two bytes, and for the whole exchange."""

    connect: float
    silence: float
    total: float


# Scheme, host and port.
_Place = tuple[str, str, int]


class HttpClient:
    """Sends requests and hands the answers on. Use it as an async context manager.

    `resolver` and `networks` say where connections may lead; `tls` says whose certificates are trusted.
    """

    def __init__(self, resolver: CheckedResolver, networks: Sequence[Network], tls: ssl.SSLContext) -> None:
        self._resolver = resolver
        self._networks = networks
        self._tls = tls
        self._ends = Ends(asyncio.get_running_loop())
        self._busy: set[Connection] = set()
        # Connections that wait for the next request, each until a loop time; the first waits longest.
        self._kept: dict[_Place, tuple[Connection, float]] = {}
        self._ticking: asyncio.TimerHandle | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._ticking is not None:
            self._ticking.cancel()
        self._look_at_times(math.inf)

    async def ask(
        self,
        method: str,
        url: URL,
        headers: Mapping[str, str],
        receiver: Receiver,
        *,
        timeouts: Timeouts,
        body: bytes = b"",
    ) -> None:
        """One exchange with the server of `url`.

        Raises OSError (AddressRefused, UnknownHost, NoConnection, ssl.SSLError, BrokenOff, TimeoutError and its two
        kinds), BadAnswer, ValueError for headers with line breaks, and whatever `receiver` raises.
        """
        request = build_request(method, url, headers, body)
        loop = asyncio.get_running_loop()
        now = loop.time()
        times = Times(now + timeouts.connect, now + timeouts.total, timeouts.silence)
        host, port = url.raw_host or "", url.port or 0
        place = (url.scheme, host, port)
        if method == "GET" and (kept := self._take_kept(place)) is not None:
            answer = AnswerReader(receiver)
            try:
                return await self._finish(kept, kept.reuse(request, answer, times), answer, place)
            except ConnectionError:
                if answer.has_begun:
                    raise
                # The server closed the connection in the moment in which it was taken.
        literal = find_address(host)
        addresses = (literal,) if literal is not None else await self._look_up(host, times)
        for number, address in enumerate(addresses, 1):
            opened = open_socket(address, port, self._networks)
            tls = self._tls if is_secure(url) else None
            connection = Connection(opened, loop, self._ends, tls, host.rstrip("."))
            is_last = number == len(addresses)
            until = (
                times
                if is_last
                else times._replace(connected=min(times.connected, loop.time() + _NEXT_ADDRESS_SECONDS))
            )
            answer = AnswerReader(receiver)
            try:
                done = connection.connect((str(address), port), request, answer, until)
                return await self._finish(connection, done, answer, place)
            except (NoConnection, ConnectTimeout):
                if is_last:
                    raise
        raise AssertionError("a name without addresses is an error of its own")

    async def _look_up(self, host: str, times: Times) -> Sequence[Address]:
        try:
            async with asyncio.timeout_at(min(times.connected, times.done)):
                return await self._resolver.resolve(host)
        except TimeoutError:
            raise ConnectTimeout from None

    async def _finish(
        self, connection: Connection, done: asyncio.Future[None], answer: AnswerReader, place: _Place
    ) -> None:
        self._busy.add(connection)
        if self._ticking is None:
            self._ticking = asyncio.get_running_loop().call_later(_TICK_SECONDS, self._tick)
        is_reusable = False
        try:
            await done
            is_reusable = answer.reusable
        finally:
            self._busy.discard(connection)
            if is_reusable:
                self._keep(connection, place)
            else:
                connection.close()

    def _keep(self, connection: Connection, place: _Place) -> None:
        if (older := self._kept.pop(place, None)) is not None:
            older[0].close()
        elif len(self._kept) >= _MOST_KEPT:
            self._kept.pop(next(iter(self._kept)))[0].close()
        self._kept[place] = (connection, asyncio.get_running_loop().time() + _KEPT_SECONDS)

    def _take_kept(self, place: _Place) -> Connection | None:
        kept = self._kept.pop(place, None)
        if kept is None:
            return None
        if kept[0].is_quiet():
            return kept[0]
        kept[0].close()
        return None

    def _tick(self) -> None:
        loop = asyncio.get_running_loop()
        self._look_at_times(loop.time())
        is_needed = self._busy or self._kept
        self._ticking = loop.call_later(_TICK_SECONDS, self._tick) if is_needed else None

    def _look_at_times(self, now: float) -> None:
        for connection in self._busy:
            connection.check(now)
        for place, (connection, until) in list(self._kept.items()):
            if until > now:
                break
            del self._kept[place]
            connection.close()


def build_request(method: str, url: URL, headers: Mapping[str, str], body: bytes = b"") -> bytes:
    """A request for `url` with these headers, of which Host and Content-Length are added.

    Raises ValueError for a header that would end early and let the rest pass for a header of its own.
    """
    lines = [f"{method} {url.raw_path_qs} HTTP/1.1", f"Host: {url.host_port_subcomponent}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    if body or method == "POST":
        lines.append(f"Content-Length: {len(body)}")
    head = "\n".join(lines)
    if head.count("\n") != len(lines) - 1 or "\r" in head or "\0" in head:
        raise ValueError("a line break in a header")
    return head.replace("\n", "\r\n").encode() + b"\r\n\r\n" + body
