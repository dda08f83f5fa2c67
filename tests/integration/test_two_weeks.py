"""Two weeks of a newsroom on a fast clock: feeds die and return, move, flood, rename their ids and edit headlines,
and the network goes down for an afternoon. Nothing is lost, nothing floods, and everybody is told what happened once.
"""

import asyncio
import random
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.domain.feed_notices import FeedNotice, NoticeKind
from bot.domain.feeds import Feed
from bot.domain.items import ParsedItem
from bot.domain.watchlists import WatchlistCatalog
from bot.errors import FeedError, FetchProblem
from bot.ports.store import Store
from bot.services.catalog import Catalog
from bot.services.polling import Polling
from storage import open_store
from storage.sql.codec import decode_message
from tests.factories import build_destination, build_feed, build_parsed_item, build_watchlist
from tests.fakes.clock import START, FakeClock
from tests.fakes.feeds import FakePublishers

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
TICK = timedelta(minutes=10)
LISTED = 20
ROUNDS = 14 * DAY // TICK
DESK = build_destination()
PLACES = ("Khatlon", "Gorno", "Sughd", "Osh", "Termez", "Herat", "Kunduz", "Batken", "Khorog", "Murghab", "Balkh")
ACTS = ("drill", "talks", "seizure", "flood", "strike", "visit", "arrest", "quake", "blackout", "protest", "pact")

Change = Callable[[list[ParsedItem], timedelta, random.Random], list[ParsedItem]]


def as_it_is(entries: list[ParsedItem], age: timedelta, chance: random.Random) -> list[ParsedItem]:
    """An orderly feed."""
    return entries


def with_ids_of_the_hour(entries: list[ParsedItem], age: timedelta, chance: random.Random) -> list[ParsedItem]:
    """Every guid is another at every poll."""
    return [replace(entry, guid=f"{chance.random()}") for entry in entries]


def without_ids(entries: list[ParsedItem], age: timedelta, chance: random.Random) -> list[ParsedItem]:
    """No guids, and an order that changes."""
    return chance.sample([replace(entry, guid="") for entry in entries], len(entries))


def with_one_id(entries: list[ParsedItem], age: timedelta, chance: random.Random) -> list[ParsedItem]:
    """The same guid on everything."""
    return [replace(entry, guid="news") for entry in entries]


def moved_on_day_6(entries: list[ParsedItem], age: timedelta, chance: random.Random) -> list[ParsedItem]:
    """New software: ids, links and dates of everything change at once."""
    if age < 6 * DAY:
        return entries
    return [
        replace(entry, guid=f"v2-{entry.guid}", link=f"{entry.link}.html?v=2", published=START + 6 * DAY)
        if entry.published and entry.published < START + 6 * DAY
        else replace(entry, guid=f"v2-{entry.guid}", link=f"{entry.link}.html?v=2")
        for entry in entries
    ]


def flooding_on_day_7(entries: list[ParsedItem], age: timedelta, chance: random.Random) -> list[ParsedItem]:
    """For a day the whole archive is listed too."""
    if not 7 * DAY <= age < 8 * DAY:
        return entries
    old = [
        build_parsed_item(
            guid=f"old-{number}",
            title=f"CSTO archive text number {number}",
            link=f"https://old.example/{number}",
            published=START - (number + 10) * DAY,
        )
        for number in range(300)
    ]
    return [*entries, *old]


def edited(entries: list[ParsedItem], age: timedelta, chance: random.Random) -> list[ParsedItem]:
    """Every headline is edited when it is three hours old."""
    late = START + age - 3 * HOUR
    return [
        replace(entry, title=f"{entry.title} (updated)") if entry.published and entry.published < late else entry
        for entry in entries
    ]


def undated(entries: list[ParsedItem], age: timedelta, chance: random.Random) -> list[ParsedItem]:
    """No dates at all."""
    return [replace(entry, published=None) for entry in entries]


@dataclass(frozen=True, slots=True)
class Outage:
    """When a feed cannot be read, and how."""

    begins: timedelta
    ends: timedelta
    error: FeedError


FEEDS: dict[str, Change] = {
    "steady": as_it_is,
    "busy": as_it_is,
    "dies": as_it_is,
    "blinks": as_it_is,
    "ozodi": as_it_is,
    "restless": with_ids_of_the_hour,
    "nameless": without_ids,
    "uniform": with_one_id,
    "moves": moved_on_day_6,
    "floods": flooding_on_day_7,
    "edits": edited,
    "undated": undated,
}
PAGE = FeedError(FetchProblem.NOT_A_FEED, "ozodi.example sent a web page instead of a feed.")
OUTAGES = {
    "dies": Outage(5 * DAY, 9 * DAY, FeedError(FetchProblem.HTTP, "Nothing is there (404).", status=404)),
    "blinks": Outage(3 * DAY, 3 * DAY + TICK, FeedError(FetchProblem.SERVER_ERROR, "It has a fault (500).")),
    "ozodi": Outage(10 * DAY, 11 * DAY, PAGE),
}
BLACKOUT = Outage(8 * DAY + 10 * HOUR, 8 * DAY + 14 * HOUR, FeedError(FetchProblem.UNREACHABLE, "No route."))


class World:
    """Everything that is published in two weeks, and which texts were visible in how many polls."""

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)
        self.publishers = FakePublishers()
        self.visible: Counter[str] = Counter()
        self._texts = {feed_id: self._write(feed_id) for feed_id in FEEDS}
        self._asked = 0

    def _write(self, feed_id: str) -> list[ParsedItem]:
        per_day = 30 if feed_id == "busy" else 6
        texts: list[ParsedItem] = []
        moment = START - 4 * DAY
        while moment < START + 14 * DAY:
            number = len(texts)
            word = "CSTO " if number % 5 == 0 else ""
            place, act = self._chance.choice(PLACES), self._chance.choice(ACTS)
            texts.append(
                build_parsed_item(
                    guid=f"{feed_id}-{number}",
                    title=f"{word}{place} {act} {feed_id} dispatch {number}",
                    summary="",
                    link=f"https://{feed_id}.example/{number}",
                    published=moment,
                )
            )
            moment += DAY / per_day * self._chance.uniform(0.3, 1.7)
        return texts

    def show(self, now: datetime) -> None:
        """Puts everything as it stands at this moment in front of the poller."""
        age = now - START
        for feed_id, change in FEEDS.items():
            url = build_feed(feed_id).url
            outages = [BLACKOUT, *([OUTAGES[feed_id]] if feed_id in OUTAGES else [])]
            failing = next((one for one in outages if one.begins <= age < one.ends), None)
            if failing is not None:
                self.publishers.fail(url, failing.error)
                continue
            written = [text for text in self._texts[feed_id] if text.published and text.published <= now]
            self.publishers.publish(url, *change(written[: -LISTED - 1 : -1], age, self._chance))

    def note_visible(self, now: datetime) -> None:
        """Counts the texts that the polls since the last call could see."""
        asked = self.publishers.requests[self._asked :]
        self._asked += len(asked)
        for request in asked:
            feed_id = request.url.split("/")[2].removesuffix(".example")
            if not _is_out(feed_id, now - START):
                written = [text for text in self._texts[feed_id] if text.published and text.published <= now]
                self.visible.update(text.title for text in written[-LISTED:])


def _is_out(feed_id: str, age: timedelta) -> bool:
    outages = [BLACKOUT, *([OUTAGES[feed_id]] if feed_id in OUTAGES else [])]
    return any(one.begins <= age < one.ends for one in outages)


@dataclass(frozen=True, slots=True)
class Diary:
    """What two weeks left behind."""

    world: World
    titles: dict[str, Counter[str]]
    notices: list[FeedNotice]
    messages: list[str]
    most_alerts: int
    alerts: int
    polls: int


@pytest.fixture(scope="module")
def diary(tmp_path_factory: pytest.TempPathFactory) -> Diary:
    """Two weeks, lived once for all tests of this file."""
    return asyncio.run(live(tmp_path_factory.mktemp("weeks")))


async def live(folder: Path) -> Diary:
    """Lives two weeks in steps of ten minutes."""
    store = await open_store(f"sqlite:///{folder}/tocsin.db")
    await store.migrate()
    clock, world = FakeClock(), World(11)
    polling = Polling(
        store,
        world.publishers,
        world.publishers,
        Catalog(WatchlistCatalog((build_watchlist(),))),
        clock,
        chance=random.Random(5),
        polls_per_hour=len(FEEDS),
    )
    await store.sync_feeds([_feed(feed_id) for feed_id in FEEDS], START)
    await store.subscribe(DESK, "csto", "telegram:42", START)
    most = alerts = polls = 0
    for _ in range(ROUNDS):
        world.show(clock.now())
        summary = await polling.poll_due()
        world.note_visible(clock.now())
        most, alerts, polls = max(most, summary.alerts), alerts + summary.alerts, polls + summary.feeds
        await clock.advance(TICK.total_seconds())
    diary = Diary(
        world,
        await _titles(store),
        await store.list_feed_notices(START, 1000),
        _messages(folder),
        most,
        alerts,
        polls,
    )
    await store.close()
    return diary


def _messages(folder: Path) -> list[str]:
    """What chats were told at once, beside alerts."""
    with closing(sqlite3.connect(folder / "tocsin.db")) as connection:
        rows = connection.execute("SELECT message FROM deliveries WHERE alert_id IS NULL ORDER BY id").fetchall()
    return [decode_message(text).summary for (text,) in rows]


def _feed(feed_id: str) -> Feed:
    return build_feed(feed_id, lang="tg" if feed_id == "ozodi" else "en", outlet=feed_id.title())


async def _titles(store: Store) -> dict[str, Counter[str]]:
    titles: dict[str, Counter[str]] = defaultdict(Counter)
    for report in await store.search_items([], 100_000):
        titles[report.feed.id][report.item.title.removesuffix(" (updated)")] += 1
    return titles


def test_no_text_that_was_visible_in_two_polls_is_lost(diary: Diary) -> None:
    archived = set().union(*diary.titles.values())
    twice = {title for title, count in diary.world.visible.items() if count >= 2}
    assert len(twice) > 1000
    assert twice - archived == set()


def test_no_text_is_taken_twice(diary: Diary) -> None:
    repeated = {title: count for titles in diary.titles.values() for title, count in titles.items() if count > 1}
    assert repeated == {}


def test_nothing_floods(diary: Diary) -> None:
    assert diary.alerts > 100
    assert diary.most_alerts <= 6


def test_the_budget_is_kept(diary: Diary) -> None:
    assert diary.polls <= 1.15 * 14 * 24 * len(FEEDS)


def told(diary: Diary, feed_id: str) -> list[NoticeKind]:
    """The notices about a feed, oldest first."""
    return [notice.kind for notice in diary.notices[::-1] if notice.feed_id == feed_id]


def test_what_happened_to_each_feed_is_told_once(diary: Diary) -> None:
    assert {feed_id: told(diary, feed_id) for feed_id in FEEDS} == {
        "steady": [],
        "busy": [],
        # Four days are more than its document holds.
        "dies": [NoticeKind.HEALTH, NoticeKind.GAP, NoticeKind.RECOVERY],
        "blinks": [],
        "ozodi": [NoticeKind.HEALTH, NoticeKind.RECOVERY],
        "restless": [],
        "nameless": [],
        "uniform": [],
        "moves": [NoticeKind.REWRITE],
        "floods": [NoticeKind.FLOOD],
        "edits": [],
        "undated": [NoticeKind.HEALTH],
    }


def test_a_dead_network_is_one_notice_and_one_more_when_it_is_back(diary: Diary) -> None:
    assert told(diary, "") == [NoticeKind.NETWORK_DOWN, NoticeKind.NETWORK_UP]


def test_the_only_feed_of_a_language_is_missed_at_once(diary: Diary) -> None:
    lost, back = diary.messages
    assert lost.startswith("No healthy Tajik-language feed for CSTO since Fri 4 Dec 2026, ")
    assert lost.endswith("(Ozodi: web page instead of feed).")
    assert back.startswith("Tajik-language feeds for CSTO are healthy again since Sat 5 Dec 2026, ")
