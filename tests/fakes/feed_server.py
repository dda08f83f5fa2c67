"""A publisher on 127.0.0.1: serves documents by path, remembers what it was asked, and can misbehave on the wire."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from ipaddress import ip_network
from pathlib import Path
from typing import Self

from aiohttp import web
from multidict import CIMultiDictProxy

LOOPBACK = (ip_network("127.0.0.0/8"), ip_network("::1/128"))
# Key and certificate for publisher.example and 127.0.0.1, signed by itself and good for nothing but tests.
CERTIFICATE = Path(__file__).with_name("self_signed.pem")
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

RSS = (
    b'<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>Feed</title>'
    b"<item><title>Border post attacked</title><link>https://example.org/1</link><guid>1</guid></item></channel></rss>"
)


@dataclass(frozen=True, slots=True)
class SeenRequest:
    """One request as it arrived."""

    path: str
    headers: CIMultiDictProxy[str]
    query: str = ""


@dataclass(slots=True)
class FeedServer:
    """Serves what was put on it, as long as its `async with` block lasts; everything else is 404."""

    host: str = "127.0.0.1"
    tls: bool = False
    requests: list[SeenRequest] = field(default_factory=list)
    _handlers: dict[str, Handler] = field(default_factory=dict)
    _runner: web.AppRunner | None = None
    port: int = 0

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._answer)
        self._runner = web.AppRunner(app, access_log=None, handler_cancellation=True, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, self.host, 0, ssl_context=self._tls_context()).start()
        self.port = self._runner.addresses[0][1]
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._runner is not None
        await self._runner.cleanup()

    def url(self, path: str, host: str = "") -> str:
        """The address of `path` on this server, under another host name if there is one."""
        scheme = "https" if self.tls else "http"
        return f"{scheme}://{host or self.host}:{self.port}{path}"

    def serve(
        self, path: str, body: bytes = RSS, *, status: int = 200, headers: Mapping[str, str] | None = None
    ) -> str:
        """Puts a document at `path`; its URL."""

        async def handler(_: web.Request) -> web.Response:
            return web.Response(body=body, status=status, headers=headers or {"Content-Type": "application/xml"})

        return self.handle(path, handler)

    def redirect(self, path: str, target: str, status: int = 302) -> str:
        """Puts a redirect at `path`; its URL."""
        return self.serve(path, b"", status=status, headers={"Location": target})

    def handle(self, path: str, handler: Handler) -> str:
        """Puts a handler at `path`; its URL."""
        self._handlers[path] = handler
        return self.url(path)

    def _tls_context(self) -> ssl.SSLContext | None:
        if not self.tls:
            return None
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(CERTIFICATE)
        return context

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        self.requests.append(SeenRequest(request.path, request.headers, request.query_string))
        handler = self._handlers.get(request.path)
        return await handler(request) if handler is not None else web.Response(status=404, text="nothing here")


@asynccontextmanager
async def serve_bytes(*chunks: bytes, pause: float = 0.0, hold_open: bool = False) -> AsyncIterator[str]:
    """A server that writes exactly these bytes to whoever connects, `pause` seconds apart; its URL."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await reader.readuntil(b"\r\n\r\n")
            for chunk in chunks:
                writer.write(chunk)
                await writer.drain()
                await asyncio.sleep(pause)
            if hold_open:
                await reader.read()
        except (ConnectionError, asyncio.IncompleteReadError):
            return
        finally:
            writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/feed"
