"""A WebSub hub on 127.0.0.1: takes subscriptions, makes sure of them, and tells of news, as the recommendation says."""

import hashlib
import hmac
import io
from dataclasses import dataclass, field
from typing import Self
from urllib.parse import parse_qs

import aiohttp
from aiohttp import web

from tests.fakes.feed_server import FeedServer


@dataclass(slots=True)
class FakeHub:
    """Answers at `/hub` as long as its `async with` block lasts: `lease` is granted, `status` is what it answers."""

    server: FeedServer = field(default_factory=FeedServer)
    lease: int = 864_000
    status: int = 202
    text: str = ""
    asked: list[dict[str, str]] = field(default_factory=list)
    _session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        await self.server.__aenter__()
        self._session = aiohttp.ClientSession()
        self.server.handle("/hub", self._take)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.session.close()
        await self.server.__aexit__()

    @property
    def url(self) -> str:
        """Where it is asked."""
        return self.server.url("/hub")

    @property
    def session(self) -> aiohttp.ClientSession:
        """What it calls others with."""
        assert self._session is not None
        return self._session

    @property
    def callback(self) -> str:
        """The subscriber's address."""
        return self.asked[-1]["hub.callback"]

    async def verify(self, **changes: str) -> tuple[int, str]:
        """Asks the subscriber whether it wants this; status and text of the answer. `changes` lies about a field."""
        fields = {
            "hub.mode": "subscribe",
            "hub.topic": self.asked[-1]["hub.topic"],
            "hub.challenge": "a1 <b>&2",
            "hub.lease_seconds": str(self.lease),
        }
        fields |= {f"hub.{name}": value for name, value in changes.items()}
        async with self.session.get(self.callback, params=fields) as answer:
            return answer.status, await answer.text()

    async def push(self, body: bytes, *, secret: str = "", callback: str = "", method: str = "sha256") -> int:
        """Sends the subscriber a document, signed with its secret or another; the status of the answer."""
        key = (secret or self.asked[-1]["hub.secret"]).encode()
        signature = f"{method}={hmac.new(key, body, getattr(hashlib, method)).hexdigest()}"
        headers = {"X-Hub-Signature": signature, "Content-Type": "application/atom+xml"}
        async with self.session.post(callback or self.callback, data=io.BytesIO(body), headers=headers) as answer:
            return answer.status

    async def _take(self, request: web.Request) -> web.Response:
        fields = {name: values[0] for name, values in parse_qs(await request.text()).items()}
        if request.method == "POST":
            self.asked.append(fields)
        return web.Response(status=self.status, text=self.text)
