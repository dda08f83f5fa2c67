"""Reads one feed: asks for it, parses what is new in the answer, and works out what to remember of it."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.domain.feed_memory import (
    MOVE_AFTER,
    NO_MEMORY,
    FeedMemory,
    Parts,
    is_full_fetch_due,
    is_only_counted,
    remember_answer,
    remember_move,
)
from bot.domain.feeds import FeedStatus
from bot.domain.items import build_items
from bot.domain.novelty import keys_of
from bot.domain.wishes import asked_wait
from bot.errors import FeedError, FetchProblem
from bot.ports.clock import Clock
from bot.ports.feed_store import SeenStore
from bot.ports.fetcher import FeedRequest, FeedResponse, Fetcher, ParsedFeed, Parser

# A server that answers so may only dislike how we introduce ourselves.
_DISLIKES = frozenset(
    {
        FetchProblem.BLOCKED,
        FetchProblem.BOT_WALL,
        FetchProblem.UNAUTHORISED,
        FetchProblem.HTTP,
        FetchProblem.GONE,
        FetchProblem.NOT_A_FEED,
    }
)
# A feed that stays away is introduced to in the second way at its first failure, and at every so many after that.
_SECOND_AGENT_EVERY = 8
_TOLD_WITHIN = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Reading:
    """What came of fetching and parsing one feed: a document, a 304 (no document), or an error.

    `response.wait` holds what the server and the document ask for. `memory` is to be recorded with the poll;
    `only_counted` says that nothing is to be remembered but one more 304. `moved_to` is the address at which the feed
    is read from now on, where that was decided just now.
    """

    status: FeedStatus
    response: FeedResponse | None = None
    parsed: ParsedFeed | None = None
    error: FeedError | None = None
    memory: FeedMemory | None = None
    only_counted: bool = False
    moved_to: str = ""


class FeedReader:
    """Reads feeds one by one; may read many at a time."""

    def __init__(self, store: SeenStore, fetcher: Fetcher, parser: Parser, clock: Clock) -> None:
        self._store = store
        self._fetcher = fetcher
        self._parser = parser
        self._clock = clock

    async def read(self, status: FeedStatus, memory: FeedMemory = NO_MEMORY) -> Reading:
        """What the feed says now, and what is new in it. An error of the feed is part of the reading."""
        try:
            return await self._read(status, memory)
        except FeedError as error:
            # Whatever lived at the address that a redirect led to, the feed's own is asked next.
            forgotten = replace(memory, address="", second_agent=False)
            return Reading(status, error=error, memory=forgotten if forgotten != memory else None)

    async def _read(self, status: FeedStatus, memory: FeedMemory) -> Reading:
        now = self._clock.now()
        response, second_agent = await self._fetch(status, memory, now)
        if response.not_modified and is_only_counted(
            memory, status.feed.url, response.moved_to, now, second_agent=second_agent
        ):
            return Reading(status, _with_wishes(response, memory, now), only_counted=True)
        parsed = None
        remembered = remember_answer(memory, now=now, not_modified=response.not_modified, second_agent=second_agent)
        if response.moved_to and response.moved_to != memory.moved_to and not response.not_modified:
            # Whether the new address shows the same feed can be told only from all of its entries.
            parsed = await self._parser.parse(response)
            remembered = replace(remembered, body=b"", entries=b"", parts=Parts.NONE)
            same_feed = await self._shows_known_entry(status, parsed, now)
        else:
            same_feed = bool(memory.moved_to)
            if not response.not_modified:
                parsed, remembered = await self._parser.parse_news(response, remembered)
        remembered = remember_move(remembered, status.feed.url, response.moved_to, now, same_feed=same_feed)
        moved_to = remembered.address if _has_just_moved(memory, remembered, now) else ""
        return Reading(status, _with_wishes(response, remembered, now), parsed, memory=remembered, moved_to=moved_to)

    async def _fetch(self, status: FeedStatus, memory: FeedMemory, now: datetime) -> tuple[FeedResponse, bool]:
        """The answer, and whether it was the second User-Agent that got it."""
        state = status.state
        request = FeedRequest(memory.address or status.feed.url, state.etag, state.last_modified, memory.second_agent)
        if is_full_fetch_due(memory, now):
            request = replace(request, etag="", last_modified="")
        try:
            return await self._fetcher.fetch(request), request.second_agent
        except FeedError as error:
            if request.second_agent or error.problem not in _DISLIKES or state.failures % _SECOND_AGENT_EVERY:
                raise
            first = error
        try:
            return await self._fetcher.fetch(replace(request, second_agent=True)), True
        except FeedError:
            raise first from None

    async def _shows_known_entry(self, status: FeedStatus, parsed: ParsedFeed, now: datetime) -> bool:
        items = build_items(parsed.items, feed_id=status.feed.id, feed_lang="", first_seen=now, baseline=False)
        return bool((await self._store.find_seen({status.feed.id: keys_of(items)})).get(status.feed.id))


def _with_wishes(response: FeedResponse, memory: FeedMemory, now: datetime) -> FeedResponse:
    """The answer with what the feed's last document asks for, too."""
    wait = asked_wait(memory.wishes, response.wait, now)
    return response if wait == response.wait else replace(response, wait=wait)


def _has_just_moved(before: FeedMemory, after: FeedMemory, now: datetime) -> bool:
    """Whether a new address came into use. One that failed for a moment comes back silently."""
    if not after.address or after.address == before.address:
        return False
    return after.moved_since is None or now - after.moved_since < MOVE_AFTER + _TOLD_WITHIN
