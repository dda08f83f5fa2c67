"""Fetching over HTTP, guarded against private addresses, bombs, drips and lies. Raises FeedError and nothing else."""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from http import HTTPStatus
from importlib.metadata import version
from types import TracebackType
from typing import Self

import aiohttp
from yarl import URL

from bot.errors import FeedError, FetchProblem
from bot.ports.fetcher import FeedRequest, FeedResponse
from bot.sources.addresses import Network
from bot.sources.caching import read_wait
from bot.sources.connections import CheckedResolver, Lookup, guarded_connector, look_up
from bot.sources.decompression import BodyReader
from bot.sources.failures import bot_wall_error, connection_error, read_retry_after, status_error
from bot.sources.redirects import next_hop
from bot.sources.sealing import Vault
from bot.sources.sniffing import is_bot_wall, looks_like_feed, looks_like_html
from bot.sources.turns import Turns
from bot.sources.urls import is_private_url, read_url, redact_url

_FEED_TYPES = (
    "application/atom+xml, application/rss+xml, application/feed+json, application/rdf+xml;q=0.9, "
    "application/xml;q=0.8, text/xml;q=0.8, */*;q=0.1"
)
_PAGE_TYPES = "text/html, application/xhtml+xml, application/xml;q=0.8, */*;q=0.1"
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_WALL_STATUSES = frozenset({401, 403, 429, 503})
_PERMANENT = frozenset({301, 308})
_SAME_METHOD = frozenset({307, 308})
_LONGEST_VALIDATOR = 1024
_LONGEST_LINKS = 4096
_LONGEST_REPLY = 1024
# Each takes a thread, and few name servers like more at once.
_LOOKUPS = 32


@dataclass(frozen=True, slots=True)
class FetchLimits:
    """Bounds of one fetch. Times are seconds: for the whole chain of redirects, to connect, and between two bytes;
    `spacing` between two requests to one host on the internet.

    The sizes fit what the web serves: of 100 real captures the largest is 2.5 MB unpacked and 0.5 MB packed. An
    unpacked answer may take the larger bound, because what comes plain is what is kept.
    """

    total: float = 20.0
    connect: float = 5.0
    read: float = 10.0
    max_packed: int = 2_000_000
    max_body: int = 5_000_000
    max_redirects: int = 5
    spacing: float = 0.5


@dataclass(frozen=True, slots=True)
class _Redirect:
    """Where an answer sends us."""

    location: str
    is_permanent: bool


class HttpFetcher:
    """The Fetcher port over aiohttp. Use it as an async context manager.

    `private_networks` are the operator's own networks, where feeds may live on any port. `contact` is an address or
    URL for the User-Agent, by which a publisher can reach the operator. `lookup` is the DNS. `vault` opens and seals
    the tokens of addresses.

    A server that turns the plain User-Agent away may take the second, which has the form that browsers and the known
    crawlers share; it says who we are as openly as the first.
    """

    def __init__(
        self,
        private_networks: Sequence[Network] = (),
        concurrency: int = 256,
        host_concurrency: int = 1,
        contact: str = "",
        *,
        limits: FetchLimits | None = None,
        lookup: Lookup = look_up,
        vault: Vault | None = None,
    ) -> None:
        self._private_networks = tuple(private_networks)
        self._concurrency = concurrency
        self._host_concurrency = host_concurrency
        self._limits = limits or FetchLimits()
        self._timeout = _timeout(self._limits, self._limits.total)
        self._lookup = lookup
        self._vault = vault or Vault()
        self._private_hosts: set[str] = set()
        name, about = f"Tocsin/{version('tocsin')}", f"feed reader{f'; {contact}' if contact else ''}"
        self._user_agent = f"{name} ({about})"
        self._second_agent = f"Mozilla/5.0 (compatible; {name}; {about})"
        self._turns = Turns(concurrency, host_concurrency)
        self._open: AsyncExitStack | None = None
        self._sessions: dict[bool, aiohttp.ClientSession] = {}

    async def __aenter__(self) -> Self:
        async with AsyncExitStack() as opening:
            # One session may enter the private networks; redirects from the public internet go through the other.
            for may_enter, networks in ((True, self._private_networks), (False, ())):
                lookups = min(self._concurrency, _LOOKUPS)
                resolver = CheckedResolver(networks, self._private_hosts, lookups, self._lookup)
                session = aiohttp.ClientSession(
                    connector=guarded_connector(resolver, networks),
                    headers={"User-Agent": self._user_agent, "Accept-Encoding": "gzip"},
                    cookie_jar=aiohttp.DummyCookieJar(),
                    auto_decompress=False,
                    trust_env=False,
                )
                self._sessions[may_enter] = await opening.enter_async_context(session)
            self._open = opening.pop_all()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._sessions.clear()
        if self._open is not None:
            await self._open.aclose()
            self._open = None

    def is_private(self, url: str) -> bool:
        """Whether `url` names an address on a private network, or a name that led to one when it was last fetched."""
        return is_private_url(url, self._private_networks, self._private_hosts)

    def seal(self, url: str) -> str:
        """`url` with its tokens encrypted, where there is a key."""
        return self._vault.seal(url)

    async def fetch(self, request: FeedRequest) -> FeedResponse:
        """The document behind a feed URL, or "not modified" against the request's validators. Raises FeedError."""
        headers = {"Accept": _FEED_TYPES}
        if request.etag:
            headers["If-None-Match"] = request.etag
        if request.last_modified:
            headers["If-Modified-Since"] = request.last_modified
        if request.second_agent:
            headers["User-Agent"] = self._second_agent
        response = await self._ask(request.url, headers)
        if response.not_modified:
            # A 304 need not repeat the validators it confirms.
            etag, last_modified = response.etag or request.etag, response.last_modified or request.last_modified
            if (etag, last_modified) == (response.etag, response.last_modified):
                return response
            return replace(response, etag=etag, last_modified=last_modified)
        if not looks_like_feed(response.body):
            raise _not_a_feed(response)
        return response

    async def fetch_page(self, url: str) -> FeedResponse:
        """Any document. Raises FeedError."""
        return await self._ask(url, {"Accept": _PAGE_TYPES})

    async def post_form(self, url: str, fields: Mapping[str, str], *, on_behalf_of: str) -> tuple[int, str]:
        """The status and the beginning of the text that a form sent to a hub is answered with. Raises FeedError.

        A hub may redirect, keeping the method (307, 308). Only for a feed of a private network may it live in one.
        """
        may_enter = self.is_private(on_behalf_of)
        networks = self._private_networks if may_enter else ()
        target = read_url(url, networks)
        for _ in range(self._limits.max_redirects + 1):
            async with self._turns.take(target.host or ""):
                try:
                    async with self._sessions[may_enter].post(
                        target, data=dict(fields), allow_redirects=False, timeout=self._timeout
                    ) as response:
                        location = response.headers.get("Location", "")
                        if response.status not in _SAME_METHOD or not location:
                            reply = await response.content.read(_LONGEST_REPLY)
                            return response.status, " ".join(reply.decode("utf-8", "replace").split())
                except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
                    raise connection_error(error, target) from error
            target = next_hop(target, location, networks)
        raise _too_many_redirects(url, self._limits.max_redirects)

    async def _ask(self, url: str, headers: dict[str, str]) -> FeedResponse:
        """The answer; tokens are in clear only on the way there and back."""
        answer = await self._follow(self._vault.open(url), headers)
        sealed, moved_to = self.seal(answer.url), self.seal(answer.moved_to)
        if (sealed, moved_to) == (answer.url, answer.moved_to):
            return answer
        return replace(answer, url=sealed, moved_to=moved_to)

    async def _follow(self, start: str, headers: dict[str, str]) -> FeedResponse:
        url, may_enter, is_permanent = read_url(start, self._private_networks), True, True
        loop = asyncio.get_running_loop()
        # Only requests are counted: waiting for one's turn is not the server's fault.
        seconds = self._limits.total
        for hop in range(self._limits.max_redirects + 1):
            spacing = 0.0 if self.is_private(str(url)) else self._limits.spacing
            async with self._turns.take(url.host or "", spacing=spacing):
                started = loop.time()
                try:
                    answer = await self._request(url, headers, seconds, may_enter=may_enter)
                except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
                    # ValueError is what aiohttp lets through for some malformed answers.
                    raise connection_error(error, url) from error
                seconds = max(seconds - (loop.time() - started), 0.001)
            if isinstance(answer, FeedResponse):
                return replace(answer, moved_to=str(url)) if hop and is_permanent else answer
            is_permanent = is_permanent and answer.is_permanent
            # Whoever publishes on the internet must not steer us into the operator's own networks.
            may_enter = may_enter and self.is_private(str(url))
            url = next_hop(url, answer.location, self._private_networks if may_enter else ())
        raise _too_many_redirects(start, self._limits.max_redirects)

    async def _request(
        self, url: URL, headers: dict[str, str], seconds: float, *, may_enter: bool
    ) -> FeedResponse | _Redirect:
        """One request: the document, or where it is said to be."""
        timeout = self._timeout if seconds == self._limits.total else _timeout(self._limits, seconds)
        session = self._sessions[may_enter]
        async with session.get(url, headers=headers, allow_redirects=False, timeout=timeout) as response:
            status = response.status
            if status in _REDIRECTS and "Location" in response.headers:
                return _Redirect(response.headers["Location"], status in _PERMANENT)
            if status == HTTPStatus.NOT_MODIFIED and ("If-None-Match" in headers or "If-Modified-Since" in headers):
                return _read_answer(response, url, b"")
            if not HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
                raise await self._refusal(response, url)
            body = await self._read_body(response)
            if response.headers.get("cf-mitigated") or (looks_like_html(body) and is_bot_wall(body)):
                raise bot_wall_error(url, status, None)
            return _read_answer(response, url, body)

    async def _read_body(self, response: aiohttp.ClientResponse) -> bytes:
        reader = BodyReader(
            response.headers.get("Content-Encoding", ""),
            max_raw=self._limits.max_packed,
            max_decoded=self._limits.max_body,
        )
        async for chunk in response.content.iter_any():
            reader.feed(chunk)
        return reader.finish()

    async def _refusal(self, response: aiohttp.ClientResponse, url: URL) -> FeedError:
        retry_after = read_retry_after(response.headers.get("Retry-After", ""), response.headers.get("Date", ""))
        wall = "cf-mitigated" in response.headers
        if response.status in _WALL_STATUSES and not wall:
            try:
                wall = is_bot_wall(await self._read_body(response))
            except (FeedError, aiohttp.ClientError, TimeoutError):
                wall = False  # the status alone tells enough
        if wall:
            return bot_wall_error(url, response.status, retry_after)
        return status_error(response.status, url, retry_after)


def _too_many_redirects(start: str, most: int) -> FeedError:
    return FeedError(
        FetchProblem.REDIRECTS,
        f"{redact_url(start)} redirects more than {most} times.",
        "Give the address where the feed really is.",
    )


def _timeout(limits: FetchLimits, seconds: float) -> aiohttp.ClientTimeout:
    return aiohttp.ClientTimeout(total=seconds, connect=limits.connect, sock_read=limits.read)


def _read_answer(response: aiohttp.ClientResponse, url: URL, body: bytes) -> FeedResponse:
    return FeedResponse(
        url=str(url),
        body=body,
        etag=_storable(response.headers.get("ETag", "")),
        last_modified=_storable(response.headers.get("Last-Modified", "")),
        content_type=_storable(response.headers.get("Content-Type", "")),
        not_modified=response.status == HTTPStatus.NOT_MODIFIED,
        wait=read_wait(response.headers),
        links=", ".join(response.headers.getall("Link", ()))[:_LONGEST_LINKS],
    )


def _storable(value: str) -> str:
    """A header as it came, or nothing if it cannot be stored and sent back as it came."""
    return value if value.isprintable() and len(value) <= _LONGEST_VALIDATOR else ""


def _not_a_feed(response: FeedResponse) -> FeedError:
    host = URL(response.url).host
    if not response.body.strip():
        what, cure = "an empty answer", "Tocsin tries again later; if it stays, look for the feed's new address."
    elif looks_like_html(response.body):
        what = "a web page instead of a feed"
        cure = "Look for the feed's address on that page: tocsin feeds discover URL."
    else:
        what, cure = "something that is no feed", "Give the address of an RSS, Atom or JSON feed."
    return FeedError(FetchProblem.NOT_A_FEED, f"{host} sent {what}.", cure)
