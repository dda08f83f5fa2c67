"""Reading feeds from the network."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from bot.domain.feed_memory import FeedMemory
from bot.domain.items import ParsedItem


@dataclass(frozen=True, slots=True)
class FeedRequest:
    """What to fetch, with the validators of the last answer to send back verbatim.

    `second_agent` introduces us in the other form, for servers that turn the first one away.
    """

    url: str
    etag: str = ""
    last_modified: str = ""
    second_agent: bool = False


@dataclass(frozen=True, slots=True)
class FeedResponse:
    """A server's answer: `body` decoded from transfer and content coding, at most the fetcher's size limit.

    With `not_modified` the body is empty. `url` is where the last redirect led. `wait` is how long the server asked
    (max-age, Expires, Retry-After) not to be asked again; None if it asked for nothing. `moved_to` equals `url` where
    permanent redirects and no others led there, and is empty otherwise. `links` is the Link header.
    """

    url: str
    body: bytes
    etag: str
    last_modified: str
    content_type: str
    not_modified: bool
    wait: timedelta | None = None
    moved_to: str = ""
    links: str = ""


@dataclass(frozen=True, slots=True)
class ParsedFeed:
    """A parsed document: its own title and language, and its entries in document order.

    `skipped` counts entries that could not be read, `warning` names damage that was repaired on the way. `left_out`
    counts entries of the document that are not in `items`, because an earlier poll read them and they have not
    changed since. `wait` is how long the document asked (ttl, skipHours, sy:updatePeriod) not to be read again.
    """

    title: str
    lang: str
    home: str
    items: tuple[ParsedItem, ...]
    skipped: int = 0
    warning: str = ""
    left_out: int = 0
    wait: timedelta | None = None


@dataclass(frozen=True, slots=True)
class FoundFeed:
    """A feed that a web page offers."""

    url: str
    title: str


class Fetcher(Protocol):
    """HTTP, guarded against private addresses, bombs and drips."""

    async def fetch(self, request: FeedRequest) -> FeedResponse:
        """The document behind a feed URL, which must look like a feed. Raises FeedError."""
        ...

    async def fetch_page(self, url: str) -> FeedResponse:
        """Any document, to look for feeds in it. Raises FeedError."""
        ...

    def is_private(self, url: str) -> bool:
        """Whether `url` names an address on one of the operator's own networks."""
        ...

    def seal(self, url: str) -> str:
        """`url` as it may be stored: with its tokens encrypted where the operator set a key. `fetch` opens it."""
        ...


class Parser(Protocol):
    """Bytes to entries, in a process that can be killed."""

    async def parse(self, response: FeedResponse) -> ParsedFeed:
        """The entries of a feed document. Raises FeedError."""
        ...

    async def parse_news(self, response: FeedResponse, memory: FeedMemory) -> tuple[ParsedFeed | None, FeedMemory]:
        """The entries that the document remembered in `memory` did not have, or all of them, and the new memory.

        None for the same document again, where nobody knows how many entries it has.
        The memory is only worth keeping together with what was made of the entries. Raises FeedError.
        """
        ...

    async def find_feeds(self, response: FeedResponse) -> tuple[FoundFeed, ...]:
        """The feeds that a web page links to; empty if none."""
        ...
