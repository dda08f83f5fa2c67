"""Taking over many feeds at once, from another reader's export."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.domain.chats import Person
from bot.domain.feeds import Feed, FeedOrigin
from bot.errors import Conflict, TocsinError
from bot.ports.feed_store import FeedStore
from bot.ports.fetcher import FoundFeed, ParsedFeed
from bot.services.feed_admin import build_feed, read_address


@dataclass(frozen=True, slots=True)
class ImportedFeeds:
    """What came of an import: feeds added, addresses known already, and addresses refused with the reason."""

    added: tuple[Feed, ...]
    known: tuple[str, ...]
    refused: tuple[tuple[str, str], ...]


async def import_feeds(
    store: FeedStore,
    found: Sequence[FoundFeed],
    *,
    person: Person,
    origin: FeedOrigin,
    now: datetime,
    seal: Callable[[str], str] = str,
) -> ImportedFeeds:
    """Adds feeds without reading them; their first poll tells whether they work and alerts nothing.

    `seal` gives the address as it may be stored.
    """
    taken = {status.feed.id for status in await store.list_feeds()}
    added: list[Feed] = []
    known: list[str] = []
    refused: list[tuple[str, str]] = []
    for one in found:
        try:
            address = seal(read_address(one.url))
            named = ParsedFeed(title=one.title, lang="", home="", items=())
            feed = build_feed(address, named, taken, person=person, origin=origin)
            await store.add_feed(feed, now, name=person.name)
        except Conflict:
            known.append(one.url)
        except TocsinError as error:
            refused.append((one.url, str(error)))
        else:
            taken.add(feed.id)
            added.append(feed)
    return ImportedFeeds(tuple(added), tuple(known), tuple(refused))
