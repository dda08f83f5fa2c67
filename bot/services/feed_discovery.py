"""Finds the feeds of a web page: those it names, else those at the places where such sites keep them."""

from bot.domain.discovery import likely_feed_addresses, why_without_feeds
from bot.domain.language import tr
from bot.errors import FeedError, FetchProblem, NotFound
from bot.ports.fetcher import FeedRequest, Fetcher, FoundFeed, Parser

MOST_SHOWN = 10
# A site is asked a dozen times at most: enough for every usual place, too few to bother anybody.
_MOST_TRIES = 12
# A page that lists a site's feeds says so by its own address; any other page found on the way is the site's answer to
# everything it does not know.
_LISTS_OF_FEEDS = ("/rssfeeds", "/rss", "/rss/")
_HOPELESS = (FetchProblem.UNREACHABLE, FetchProblem.TIMEOUT, FetchProblem.TLS, FetchProblem.REFUSED_ADDRESS)


async def discover_feeds(fetcher: Fetcher, parser: Parser, url: str) -> tuple[FoundFeed, ...]:
    """The feeds that the page at `url` names, or what lies where such a site keeps its feeds; empty if there is none.

    Raises FeedError where the page cannot be read, NotFound for sites that are known to have no feeds.
    """
    reason = why_without_feeds(url)
    if reason:
        raise NotFound(reason, tr("Give the outlet's own site."))
    page = await fetcher.fetch_page(url)
    found = await parser.find_feeds(page)
    return found[:MOST_SHOWN] or await _try_usual_places(fetcher, parser, page.url)


async def _try_usual_places(fetcher: Fetcher, parser: Parser, url: str) -> tuple[FoundFeed, ...]:
    for address in likely_feed_addresses(url)[:_MOST_TRIES]:
        try:
            found = await _try_place(fetcher, parser, address)
        except FeedError as error:
            if error.problem in _HOPELESS:
                return ()
        else:
            return found
    return ()


async def _try_place(fetcher: Fetcher, parser: Parser, address: str) -> tuple[FoundFeed, ...]:
    """The feed at `address`, or the feeds that a page there lists. Raises FeedError where it is neither."""
    try:
        return (FoundFeed((await fetcher.fetch(FeedRequest(address))).url, ""),)
    except FeedError as error:
        if error.problem is not FetchProblem.NOT_A_FEED or not address.endswith(_LISTS_OF_FEEDS):
            raise
        found = await parser.find_feeds(await fetcher.fetch_page(address))
        if not found:
            raise
        return found[:MOST_SHOWN]
