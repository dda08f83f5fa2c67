"""What both fake platforms share: a server on 127.0.0.1, faults to order, waiting, and a clock that can run faster."""

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Literal, Self, TypeVar

from aiohttp import web

JSON = dict[str, Any]
T = TypeVar("T")

FaultKind = Literal[
    "reset_before",  # the connection breaks before anything is done
    "reset_after_receive",  # everything is done, then the connection breaks instead of an answer
    "hang",  # nothing is done and no answer ever comes
    "500",
    "502_html",
    "429",
    "html_200",  # a captive portal: status 200, a web page
    "text_200",  # a proxy: status 200, a line of plain text
    "cut_body",  # everything is done, then the answer breaks off in the middle
    "403",
    "400",
]

BAD_GATEWAY = "<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>"
CAPTIVE_PORTAL = "<html><body><h1>Welcome to the hotel network</h1><form>Accept the terms</form></body></html>"

_CANNED: dict[FaultKind, Callable[[], web.Response]] = {
    "502_html": lambda: web.Response(status=502, text=BAD_GATEWAY, content_type="text/html"),
    "html_200": lambda: web.Response(text=CAPTIVE_PORTAL, content_type="text/html"),
    "text_200": lambda: web.Response(text="upstream is busy"),
}


@dataclass(frozen=True, slots=True)
class Fault:
    """One ordered misbehaviour; `detail` is the error text of a 400 or 403, `retry_after` the seconds of a 429."""

    method: str
    kind: FaultKind
    retry_after: int = 1
    detail: str = ""


class Signal:
    """Lets any number of tasks wait until something they look for has happened."""

    def __init__(self) -> None:
        self._waiters: set[asyncio.Future[None]] = set()

    def fire(self) -> None:
        """Wakes every waiter so that it looks again."""
        for waiter in self._waiters:
            if not waiter.done():
                waiter.set_result(None)
        self._waiters.clear()

    async def wait_for(self, find: Callable[[], T | None], seconds: float) -> T | None:
        """What `find` gives back as soon as it is not None; None after `seconds`."""
        deadline = asyncio.get_running_loop().time() + seconds
        while (found := find()) is None:
            waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._waiters.add(waiter)
            try:
                async with asyncio.timeout_at(deadline):
                    await waiter
            except TimeoutError:
                return find()
            finally:
                self._waiters.discard(waiter)
        return found


class FakeServer:
    """An HTTP server that lives as long as its `async with` block.

    `time_scale` is how many seconds pass on the platform in one real second: 100 makes every rate limit and every
    expiry a hundred times shorter. `now` replaces the clock behind it, in seconds.
    """

    def __init__(self, *, time_scale: float = 1.0, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._time_scale = time_scale
        self._faults: deque[Fault] = deque()
        self._runner: web.AppRunner | None = None
        self._port = 0
        self._stopping = asyncio.Event()
        self.signal = Signal()

    @property
    def origin(self) -> str:
        """Scheme, host and port, without a slash at the end."""
        return f"http://127.0.0.1:{self._port}"

    def platform_time(self) -> float:
        """Seconds on the platform's own clock; only differences mean something."""
        return self._now() * self._time_scale

    def add_routes(self, app: web.Application) -> None:
        """Each platform adds its own addresses here."""
        raise NotImplementedError

    async def start(self, port: int = 0) -> Self:
        """Listens on `port` of 127.0.0.1; 0 takes a free one."""
        app = web.Application(client_max_size=64 * 1024 * 1024)
        self.add_routes(app)
        self._stopping.clear()
        self._runner = web.AppRunner(app, access_log=None, handler_cancellation=True, shutdown_timeout=0.2)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", port)
        await site.start()
        self._port = self._runner.addresses[0][1]
        return self

    async def stop(self) -> None:
        """Ends every open request and closes the port; the state stays, so `start` brings the platform back."""
        self._stopping.set()
        self.signal.fire()
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def __aenter__(self) -> Self:
        return await self.start()

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    def fail_next(
        self, method: str, kind: FaultKind, *, times: int = 1, retry_after: int = 1, detail: str = ""
    ) -> None:
        """Orders a fault for the next `times` calls of `method`; "*" is any method."""
        self._faults.extend([Fault(method, kind, retry_after, detail)] * times)

    def clear_faults(self) -> None:
        """Forgets every fault not yet used."""
        self._faults.clear()

    def take_fault(self, method: str) -> Fault | None:
        """The first fault ordered for this method, used up."""
        for fault in self._faults:
            if fault.method in {method, "*"}:
                self._faults.remove(fault)
                return fault
        return None

    async def misbehave(
        self, request: web.Request, fault: Fault, do: Callable[[], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse | None:
        """The answer of a fault that looks the same on every platform; None where the platform words it itself."""
        if fault.kind in _CANNED:
            return _CANNED[fault.kind]()
        match fault.kind:
            case "reset_before":
                return break_connection(request)
            case "reset_after_receive":
                await do()
                return break_connection(request)
            case "cut_body":
                await do()
                return await cut_answer(request)
            case "hang":
                await self._stopping.wait()
                return break_connection(request)
            case _:
                return None

    async def wait_until(self, find: Callable[[], T | None], what: str, seconds: float) -> T:
        """What `find` gives back once it is not None.

        Raises:
            AssertionError: it did not come within `seconds`.
        """
        found = await self.signal.wait_for(find, seconds)
        if found is None:
            raise AssertionError(f"{what} did not come within {seconds} s")
        return found


def break_connection(request: web.Request) -> web.Response:
    """Resets the client's connection; the response goes nowhere."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response()


async def cut_answer(request: web.Request) -> web.StreamResponse:
    """Sends the beginning of an answer and then breaks the connection."""
    response = web.StreamResponse(headers={"Content-Type": "application/json", "Content-Length": "1000"})
    await response.prepare(request)
    await response.write(b'{"ok": tr')
    if request.transport is not None:
        request.transport.close()
    return response
