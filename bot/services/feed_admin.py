"""Feeds as people manage them: listed with their health, added after a look at what they carry."""

import re
from collections.abc import Container, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from bot.domain.chats import Person
from bot.domain.feeds import Feed, FeedOrigin, FeedStatus, is_troubled
from bot.domain.items import Item, build_item, canonical_link
from bot.domain.language import later, retold, tr
from bot.domain.triage import lifeless
from bot.errors import Conflict, FeedError, FetchProblem, Forbidden, SettingsError, TocsinError
from bot.matching.matcher import Matcher
from bot.matching.records import Match
from bot.ports.feed_store import FeedStore
from bot.ports.fetcher import FeedRequest, Fetcher, FoundFeed, ParsedFeed, Parser
from bot.services.catalog import Catalog
from bot.services.documents import document_for
from bot.services.feed_discovery import discover_feeds

PREVIEWED = timedelta(days=7)
PROBLEMS = "problems"
# Enough for a newsroom's beat; a person who needs more has a feeds.yaml.
MOST_FEEDS_OF_A_PERSON = 50
# A feed that is followed is asked again by itself, as the cures of these say; one that was not added is not.
_ASKED_AGAIN = (
    FetchProblem.UNREACHABLE,
    FetchProblem.TIMEOUT,
    FetchProblem.SERVER_ERROR,
    FetchProblem.RATE_LIMITED,
    FetchProblem.BROKEN,
    FetchProblem.PARSER_KILLED,
)
_CURE = later("Check the address, or try again later.")
_LONGEST_ADDRESS = 2_000
_WEB_SCHEMES = ("http", "https")
_GENERIC_LABELS = {"www", "rss", "feed", "feeds", "news", "m"}


@dataclass(frozen=True, slots=True)
class AddedFeed:
    """A feed that was added: `items` it carries, and how many of its last seven days ring on a watchlist."""

    feed: Feed
    items: int
    ringing: int


class WebPage(TocsinError):
    """The address holds a web page. `found` are the feeds it offers, as far as it names any."""

    def __init__(self, url: str, found: Sequence[FoundFeed]) -> None:
        self.url = url
        self.found = tuple(found)
        cause = tr("That address returns a web page, not a feed.")
        listed = " · ".join(feed.url for feed in found)
        super().__init__(cause, tr("I found: {feeds}", feeds=listed) if found else tr("It names no feeds either."))


async def list_feeds(store: FeedStore, wanted: str = "") -> list[FeedStatus]:
    """Enabled feeds, troubled ones first; of one country or language, or only the troubled (`problems`)."""
    return choose_feeds(await store.list_feeds(), wanted)


def choose_feeds(known: Sequence[FeedStatus], wanted: str = "") -> list[FeedStatus]:
    """As `list_feeds`, of feeds that were read already."""
    statuses = [status for status in known if status.feed.enabled]
    key = wanted.strip().casefold()
    if key == PROBLEMS:
        statuses = [status for status in statuses if is_troubled(status)]
    elif key:
        statuses = [status for status in statuses if key in _tags(status.feed)]
    return sorted(statuses, key=lambda status: (not is_troubled(status), status.feed.id))


def _tags(feed: Feed) -> set[str]:
    return {tag.casefold() for tag in (feed.country, feed.lang, feed.owner, feed.id, *feed.topics) if tag}


async def add_feed(
    store: FeedStore,
    catalog: Catalog,
    fetcher: Fetcher,
    parser: Parser,
    *,
    url: str,
    person: Person,
    origin: FeedOrigin,
    now: datetime,
) -> AddedFeed:
    """Reads the feed at `url` once, then adds it; nothing it carries now is sent. Raises as `read_new_feed` does."""
    feed, parsed = await read_new_feed(store, fetcher, parser, url=url, person=person, origin=origin)
    await store.add_feed(feed, now, name=person.name)
    items = build_first_items(feed, parsed, now)
    return AddedFeed(feed, len(items), count_ringing(items, feed, catalog.matcher, now - PREVIEWED))


async def read_new_feed(
    store: FeedStore, fetcher: Fetcher, parser: Parser, *, url: str, person: Person, origin: FeedOrigin
) -> tuple[Feed, ParsedFeed]:
    """The feed at `url` as it would be added, and what it carries now.

    Raises Conflict for a feed that is there, WebPage for an address without a feed, FeedError when it cannot
    be read, SettingsError for something that is no address, NotFound for
    sites that have no feeds, Forbidden for somebody who added too many in chats.
    """
    address = fetcher.seal(read_address(url))
    known = await store.list_feeds()
    refuse_known(known, address)
    if origin is FeedOrigin.CHAT:
        refuse_glutton(known, person)
    try:
        response = await fetcher.fetch(FeedRequest(address))
        parsed = await parser.parse(response)
    except FeedError as error:
        if error.problem is FetchProblem.NOT_A_FEED:
            raise WebPage(address, await discover_feeds(fetcher, parser, address)) from error
        cure = f"{tr('Nothing was added.')} {tr(_CURE) if error.problem in _ASKED_AGAIN else retold(error.cure)}"
        raise FeedError(error.problem, error.cause, cure, status=error.status, retry_after=error.retry_after) from error
    refuse_known(known, response.url)
    return build_feed(address, parsed, {status.feed.id for status in known}, person=person, origin=origin), parsed


def build_first_items(feed: Feed, parsed: ParsedFeed, now: datetime) -> list[Item]:
    """What a feed carried when it was looked at; none of it is news."""
    return [
        build_item(one, feed_id=feed.id, feed_lang=feed.lang, first_seen=now, baseline=True) for one in parsed.items
    ]


def read_address(text: str) -> str:
    """The web address a person typed, with https in front where nothing stood. Raises SettingsError."""
    typed = text.strip().strip("<>")
    address = typed if "://" in typed else f"https://{typed}"
    try:
        parts = urlsplit(address)
        host, scheme = parts.hostname or "", parts.scheme.lower()
    except ValueError:
        host = scheme = ""
    # A bare word is rather a mistake than a host; one of an own network is written with its scheme.
    good = scheme in _WEB_SCHEMES and host and ("." in host or "://" in typed)
    if not good or len(address) > _LONGEST_ADDRESS or any(char.isspace() for char in address):
        raise SettingsError(
            tr("“{name}” is not a web address.", name=text.strip()[:80]), tr("Example: https://example.org/rss.xml")
        )
    return address


def refuse_known(known: Sequence[FeedStatus], url: str) -> None:
    """Raises Conflict for an address that is read already."""
    wanted = _same_address(url)
    for status in known:
        if _same_address(status.feed.url) == wanted and status.feed.enabled:
            raise Conflict(tr("Same feed as {id}.", id=status.feed.id))


def refuse_glutton(known: Sequence[FeedStatus], person: Person) -> None:
    """Raises Forbidden for somebody who added as many feeds in chats as one person may."""
    added = sum(
        one.feed.enabled and one.feed.origin is FeedOrigin.CHAT and one.feed.added_by == person.key for one in known
    )
    if added >= MOST_FEEDS_OF_A_PERSON:
        raise Forbidden(
            tr("You added {added} feeds already, the most that one person can add in chats.", added=added),
            tr("`tocsin feeds remove` makes room, and feeds.yaml holds as many as you like."),
        )


def _same_address(url: str) -> str:
    return canonical_link(url).removeprefix("https://").removeprefix("http://").removeprefix("www.")


def build_feed(url: str, parsed: ParsedFeed, taken: set[str], *, person: Person, origin: FeedOrigin) -> Feed:
    """A feed with a free id made from its host and language; its reliability is not yet rated."""
    host = (urlsplit(url).hostname or "feed").casefold()
    lang = parsed.lang.casefold().split("-")[0]
    base = re.sub(r"[^a-z0-9]+", "-", _telling_label(host)).strip("-") or "feed"
    name = f"{base}-{lang}" if lang else base
    candidates = (name, *(f"{name}-{number}" for number in range(2, len(taken) + 3)))
    return Feed(
        id=next(candidate for candidate in candidates if candidate not in taken),
        url=url,
        outlet=lifeless(parsed.title)[:80].strip() or host,
        lang=lang,
        origin=origin,
        added_by=person.key,
    )


def _telling_label(host: str) -> str:
    """`asiaplus` of `www.asiaplus.co.tj`; a numeric address as it is."""
    *labels, last = host.split(".")
    telling = [label for label in labels if label not in _GENERIC_LABELS]
    return host if last.isdigit() or not telling else max(telling, key=len)


def count_ringing(
    items: Sequence[Item], feed: Feed, matcher: Matcher, since: datetime, watched: Container[str] | None = None
) -> int:
    """How many items published since then (or undated) ring on at least one watchlist; of those `watched`, if given."""
    recent = (item for item in items if item.published is None or item.published >= since)
    return sum(any(_counts(match, watched) for match in matcher.match(document_for(item, feed))) for item in recent)


def _counts(match: Match, watched: Container[str] | None) -> bool:
    return match.rings and (watched is None or match.watchlist in watched)
