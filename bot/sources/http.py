"""Fetching over HTTP, guarded against private addresses, bombs, drips and lies. Raises FeedError and nothing else."""

import asyncio
import ssl
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from importlib.metadata import version
from types import TracebackType
from typing import Self
from urllib.parse import urlencode

from yarl import URL

from bot.errors import FeedError, FetchProblem
from bot.ports.fetcher import FeedRequest, FeedResponse
from bot.sentences import Sentence
from bot.sources.addresses import Network
from bot.sources.answers import BadAnswer
from bot.sources.caching import read_wait
from bot.sources.client import HttpClient, Timeouts
from bot.sources.connections import CheckedResolver, Lookup, look_up
from bot.sources.failures import bot_wall_error, connection_error, read_retry_after, status_error
from bot.sources.redirects import next_hop
from bot.sources.replies import Document, ShortReply
from bot.sources.sealing import Vault
from bot.sources.sniffing import is_bot_wall, looks_like_feed, looks_like_html
from bot.sources.turns import Turns
from bot.sources.urls import is_private_url, read_url, redact_url

_FEED_TYPES = (
    "application/atom+xml, application/rss+xml, application/feed+json, application/rdf+xml;q=0.9, "
    "application/xml;q=0.8, text/xml;q=0.8, */*;q=0.1"
)
_PAGE_TYPES = "text/html, application/xhtml+xml, application/xml;q=0.8, */*;q=0.1"
_PERMANENT = frozenset({301, 308})
_SAME_METHOD = frozenset({307, 308})
_LONGEST_VALIDATOR = 1024
_LONGEST_LINKS = 4096
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
    """The Fetcher port. Use it as an async context manager.

    `private_networks` are the operator's own networks, where feeds may live on any port. `contact` is an address or
    URL for the User-Agent, by which a publisher can reach the operator. `lookup` is the DNS. `vault` opens and seals
    the tokens of addresses.

    A server that turns the plain User-Agent away may take the second, which has the form that browsers and the known
    crawlers share; it says who we are as openly as the first.
    """

    def __init__(
        self,
        private_networks: Sequence[Network] = (),
        concurrency: int = 320,
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
        self._timeouts = Timeouts(self._limits.connect, self._limits.read, self._limits.total)
        self._lookup = lookup
        self._vault = vault or Vault()
        self._private_hosts: set[str] = set()
        name, about = f"Tocsin/{version('tocsin')}", f"feed reader{f'; {contact}' if contact else ''}"
        self._user_agent = f"{name} ({about})"
        self._second_agent = f"Mozilla/5.0 (compatible; {name}; {about})"
        self._turns = Turns(concurrency, host_concurrency)
        self._open: AsyncExitStack | None = None
        self._clients: dict[bool, HttpClient] = {}

    async def __aenter__(self) -> Self:
        async with AsyncExitStack() as opening:
            # Made here and not at the import of a library, so that SSL_CERT_FILE is honoured whenever it is set.
            tls = ssl.create_default_context()
            # One client may enter the private networks; redirects from the public internet go through the other.
            for may_enter, networks in ((True, self._private_networks), (False, ())):
                lookups = min(self._concurrency, _LOOKUPS)
                resolver = CheckedResolver(networks, self._private_hosts, lookups, self._lookup)
                self._clients[may_enter] = await opening.enter_async_context(HttpClient(resolver, networks, tls))
            self._open = opening.pop_all()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._clients.clear()
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
        agent = self._second_agent if request.second_agent else self._user_agent
        headers = _headers(agent, _FEED_TYPES)
        if request.etag:
            headers["If-None-Match"] = request.etag
        if request.last_modified:
            headers["If-Modified-Since"] = request.last_modified
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
        return await self._ask(url, _headers(self._user_agent, _PAGE_TYPES))

    async def post_form(self, url: str, fields: Mapping[str, str], *, on_behalf_of: str) -> tuple[int, str]:
        """The status and the beginning of the text that a form sent to a hub is answered with. Raises FeedError.

        A hub may redirect, keeping the method (307, 308). Only for a feed of a private network may it live in one.
        """
        may_enter = self.is_private(on_behalf_of)
        networks = self._private_networks if may_enter else ()
        target = read_url(url, networks)
        headers = {"User-Agent": self._user_agent, "Content-Type": "application/x-www-form-urlencoded"}
        body = urlencode(fields).encode()
        for _ in range(self._limits.max_redirects + 1):
            reply = ShortReply()
            async with self._turns.take(target.host or ""):
                try:
                    await self._clients[may_enter].ask(
                        "POST", target, headers, reply, timeouts=self._timeouts, body=body
                    )
                except (OSError, BadAnswer, ValueError) as error:
                    raise connection_error(error, target) from error
            location = reply.headers.get("Location", "")
            if reply.status not in _SAME_METHOD or not location:
                return reply.status, reply.text
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
        timeouts = self._timeouts
        for hop in range(self._limits.max_redirects + 1):
            spacing = 0.0 if self.is_private(str(url)) else self._limits.spacing
            async with self._turns.take(url.host or "", spacing=spacing):
                started = loop.time()
                try:
                    answer = await self._request(url, headers, timeouts, may_enter=may_enter)
                except (OSError, BadAnswer, ValueError) as error:
                    raise connection_error(error, url) from error
            if isinstance(answer, FeedResponse):
                return replace(answer, moved_to=str(url)) if hop and is_permanent else answer
            timeouts = timeouts._replace(total=max(timeouts.total - (loop.time() - started), 0.001))
            is_permanent = is_permanent and answer.is_permanent
            # Whoever publishes on the internet must not steer us into the operator's own networks.
            may_enter = may_enter and self.is_private(str(url))
            url = next_hop(url, answer.location, self._private_networks if may_enter else ())
        raise _too_many_redirects(start, self._limits.max_redirects)

    async def _request(
        self, url: URL, headers: dict[str, str], timeouts: Timeouts, *, may_enter: bool
    ) -> FeedResponse | _Redirect:
        """One request: the document, or where it is said to be."""
        reply = Document(
            is_conditional="If-None-Match" in headers or "If-Modified-Since" in headers,
            max_packed=self._limits.max_packed,
            max_body=self._limits.max_body,
        )
        try:
            await self._clients[may_enter].ask("GET", url, headers, reply, timeouts=timeouts)
            body = reply.read()
        except (FeedError, OSError, BadAnswer):
            if not reply.may_be_wall:
                raise
            body = b""  # the status alone tells enough
        if reply.not_modified:
            return _read_answer(reply, url, b"")
        if reply.is_redirect:
            return _Redirect(reply.headers["Location"], reply.status in _PERMANENT)
        if not reply.is_document:
            raise _refusal(reply, url, body)
        if reply.headers.get("cf-mitigated") or (looks_like_html(body) and is_bot_wall(body)):
            raise bot_wall_error(url, reply.status, None)
        return _read_answer(reply, url, body)


def _refusal(reply: Document, url: URL, body: bytes) -> FeedError:
    retry_after = read_retry_after(reply.headers.get("Retry-After", ""), reply.headers.get("Date", ""))
    if "cf-mitigated" in reply.headers or (reply.may_be_wall and is_bot_wall(body)):
        return bot_wall_error(url, reply.status, retry_after)
    return status_error(reply.status, url, retry_after)


def _headers(agent: str, types: str) -> dict[str, str]:
    return {"User-Agent": agent, "Accept": types, "Accept-Encoding": "gzip"}


def _too_many_redirects(start: str, most: int) -> FeedError:
    return FeedError(
        FetchProblem.REDIRECTS,
        Sentence("{url} redirects more than {count} times.", url=redact_url(start), count=most),
        Sentence("Give the address where the feed really is."),
    )


def _read_answer(reply: Document, url: URL, body: bytes) -> FeedResponse:
    headers = reply.headers
    return FeedResponse(
        url=str(url),
        body=body,
        etag=_storable(headers.get("ETag", "")),
        last_modified=_storable(headers.get("Last-Modified", "")),
        content_type=_storable(headers.get("Content-Type", "")),
        not_modified=reply.not_modified,
        wait=read_wait(headers),
        links=", ".join(headers.getall("Link", ()))[:_LONGEST_LINKS],
    )


def _storable(value: str) -> str:
    """A header as it came, or nothing if it cannot be stored and sent back as it came."""
    return value if value.isprintable() and len(value) <= _LONGEST_VALIDATOR else ""


def _not_a_feed(response: FeedResponse) -> FeedError:
    host = URL(response.url).host
    if not response.body.strip():
        cause = Sentence("{host} sent an empty answer.", host=host)
        cure = Sentence("Tocsin tries again later; if it stays, look for the feed's new address.")
    elif looks_like_html(response.body):
        cause = Sentence("{host} sent a web page instead of a feed.", host=host)
        cure = Sentence("Look for the feed's address on that page: tocsin feeds discover URL.")
    else:
        cause = Sentence("{host} sent something that is no feed.", host=host)
        cure = Sentence("Give the address of an RSS, Atom or JSON feed.")
    return FeedError(FetchProblem.NOT_A_FEED, cause, cure)
