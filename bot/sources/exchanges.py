"""One request and its answer over one connection: connects, encrypts, sends, receives, and gives up in time.

The event loop watches the sockets themselves. asyncio's transports and streams would take as long again as all that a
small answer needs (docs/decisions/0009-sockets-of-our-own.md).
"""

import asyncio
import errno
import math
import os
import select
import socket
import ssl
from collections import deque
from collections.abc import Callable
from typing import NamedTuple

from bot.sources.answers import AnswerReader

_CHUNK = 64 * 1024
# Planning what follows upon a 304 and asking the next host takes 0.1 to 0.2 ms.
_TOLD_AT_ONCE = 32
_NOTHING, _READING, _WRITING = range(3)


class NoConnection(OSError):
    """The server does not take connections."""


class ConnectTimeout(TimeoutError):
    """The server did not take a connection in time."""


class SilenceTimeout(TimeoutError):
    """The server fell silent in the middle of its answer."""


class Times(NamedTuple):
    """When an exchange gives up, in loop time: on the connection, and on everything. `silence` is how many seconds may
    lie between two bytes.
    """

    connected: float
    done: float
    silence: float


class Ends:
    """Tells of exchanges that ended, few at a time.

    What follows upon an end takes longer than the exchange took: hundreds that end in the same moment would hold
    everybody else on the event loop up.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._waiting: deque[tuple[asyncio.Future[None], Exception | None]] = deque()

    def add(self, done: asyncio.Future[None], error: Exception | None) -> None:
        """Has `done` told soon that its exchange ended, with an error or well."""
        if not self._waiting:
            self._loop.call_soon(self._tell)
        self._waiting.append((done, error))

    def _tell(self) -> None:
        for _ in range(min(_TOLD_AT_ONCE, len(self._waiting))):
            done, error = self._waiting.popleft()
            if done.done():  # nobody waits any more
                continue
            if error is None:
                done.set_result(None)
            else:
                done.set_exception(error)
        if self._waiting:
            self._loop.call_soon(self._tell)


class Connection:
    """A socket on the event loop that carries one exchange after the other.

    Whoever owns it calls `check` now and then, and closes it. With `tls` the connection is encrypted, and the server's
    certificate must be one for `host`.
    """

    __slots__ = (
        "_answer",
        "_deadline",
        "_done",
        "_ends",
        "_host",
        "_is_connected",
        "_loop",
        "_number",
        "_request",
        "_socket",
        "_step",
        "_times",
        "_tls",
        "_watched",
    )
    _answer: AnswerReader
    _done: asyncio.Future[None]
    _request: bytes
    _step: Callable[[], None]
    _times: Times

    def __init__(
        self,
        opened: socket.socket,
        loop: asyncio.AbstractEventLoop,
        ends: Ends,
        tls: ssl.SSLContext | None = None,
        host: str = "",
    ) -> None:
        self._socket = opened
        self._number = opened.fileno()
        self._loop = loop
        self._ends = ends
        self._tls = tls
        self._host = host
        self._watched = _NOTHING
        self._deadline = 0.0
        self._is_connected = False

    def connect(
        self, address: tuple[str, int], request: bytes, answer: AnswerReader, times: Times
    ) -> asyncio.Future[None]:
        """The end of the first exchange, for which the connection must be made."""
        done = self._prepare(request, answer, times)
        self._deadline = min(times.connected, times.done)
        self._step = self._open
        failure = self._socket.connect_ex(address)
        if failure in (0, errno.EINPROGRESS):
            self._watch(_WRITING)
        else:
            self._end(NoConnection(failure, os.strerror(failure)))
        return done

    def reuse(self, request: bytes, answer: AnswerReader, times: Times) -> asyncio.Future[None]:
        """The end of one more exchange."""
        done = self._prepare(request, answer, times)
        self._step = self._send
        self._wait_longer()
        self._go_on()
        return done

    def check(self, now: float) -> None:
        """Ends an exchange whose time is over."""
        if now < self._deadline:
            return
        if now >= self._times.done:
            self._end(TimeoutError())
        elif not self._is_connected:
            self._end(ConnectTimeout())
        else:
            self._end(SilenceTimeout())

    def is_quiet(self) -> bool:
        """Whether nothing came since the last exchange. What would come is the end of the connection."""
        watch = select.poll()
        watch.register(self._number, select.POLLIN)
        return not watch.poll(0)

    def close(self) -> None:
        """Closes the socket, whatever it is doing."""
        self._watch(_NOTHING)
        self._socket.close()

    def _prepare(self, request: bytes, answer: AnswerReader, times: Times) -> asyncio.Future[None]:
        self._request = request
        self._answer = answer
        self._times = times
        self._done = self._loop.create_future()
        return self._done

    def _go_on(self) -> None:
        """Does what comes next, as far as the socket lets it."""
        try:
            self._step()
        except (BlockingIOError, ssl.SSLWantReadError):
            self._watch(_READING)
        except ssl.SSLWantWriteError:
            self._watch(_WRITING)
        except Exception as error:  # noqa: BLE001  whoever waits for the answer raises it
            self._end(error)

    def _open(self) -> None:
        failure = self._socket.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if failure:
            raise NoConnection(failure, "")
        if self._tls is None:
            self._is_connected = True
            self._step = self._send
        else:
            self._socket = self._tls.wrap_socket(
                self._socket, server_hostname=self._host, do_handshake_on_connect=False
            )
            # This address answers: it is given its time, however little was meant for the first of several.
            self._wait_longer()
            self._step = self._shake_hands
        self._step()

    def _shake_hands(self) -> None:
        assert isinstance(self._socket, ssl.SSLSocket)
        try:
            self._socket.do_handshake()
        except ssl.SSLEOFError as error:
            raise NoConnection(None, "") from error
        self._is_connected = True
        self._step = self._send
        self._step()

    def _send(self) -> None:
        try:
            sent = self._socket.send(self._request)
        except BlockingIOError:
            self._watch(_WRITING)
            return
        self._wait_longer()
        if sent < len(self._request):
            self._request = self._request[sent:]
            self._watch(_WRITING)
            return
        self._step = self._receive
        self._watch(_READING)

    def _receive(self) -> None:
        data = self._socket.recv(_CHUNK)
        while data:
            if self._answer.feed(data):
                self._end(None)
                return
            if not isinstance(self._socket, ssl.SSLSocket) or not self._socket.pending():
                self._wait_longer()
                return
            # What is decrypted already is no event for the loop.
            data = self._socket.recv(_CHUNK)
        self._answer.end()
        self._end(None)

    def _wait_longer(self) -> None:
        self._deadline = min(self._loop.time() + self._times.silence, self._times.done)

    def _end(self, error: Exception | None) -> None:
        self._watch(_NOTHING)
        self._deadline = math.inf
        self._ends.add(self._done, error)

    def _watch(self, what: int) -> None:
        """Lets the loop call when the socket can be read or written, or not at all.

        The new wish comes before the old one goes, so that the loop changes its entry and need not make a new one.
        """
        before, self._watched = self._watched, what
        if what == before:
            return
        if what == _READING:
            self._loop.add_reader(self._number, self._go_on)
        elif what == _WRITING:
            self._loop.add_writer(self._number, self._go_on)
        if before == _READING:
            self._loop.remove_reader(self._number)
        elif before == _WRITING:
            self._loop.remove_writer(self._number)
