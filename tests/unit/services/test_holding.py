"""Quiet hours hold cards, one message tells of them in the morning, and nothing is lost on the way."""

import random
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.domain.deliveries import Receipt, Urgency
from bot.domain.feeds import Feed
from bot.domain.messages import plain_text
from bot.domain.mutes import Mute, MuteKind
from bot.domain.polls import PlannedAlert
from bot.domain.quiet import Override, QuietHours
from bot.domain.routing import plan_cards
from bot.domain.watchlists import WatchlistCatalog
from bot.matching.records import Priority
from bot.ports.store import Store
from bot.services.catalog import Catalog
from bot.services.chat_settings import set_quiet
from bot.services.holding import HeldCards
from bot.services.routing import load_watchers
from tests.contract.outbox import claim
from tests.factories import (
    build_destination,
    build_feed,
    build_item,
    build_item_match,
    build_match,
    build_person,
    build_ringing_poll,
    build_watchlist,
)
from tests.fakes.clock import FakeClock

DESK = build_destination(timezone="Asia/Dushanbe")
DANA = build_person(name="Dana")
MIDNIGHT = datetime(2026, 11, 23, 19, tzinfo=UTC)  # in Dushanbe
FEED: Feed = build_feed()


class Night:
    """A chat with quiet hours from 22:00 to 06:30, at midnight."""

    def __init__(self, store: Store) -> None:
        self.store, self.clock = store, FakeClock(MIDNIGHT)
        self.catalog = Catalog(WatchlistCatalog((build_watchlist("csto"),)))
        self.held = HeldCards(store, self.catalog, self.clock)

    async def begin(self, override: Override = Override.CRITICAL) -> None:
        """The desk watches and has its quiet hours."""
        await self.store.sync_feeds([FEED], MIDNIGHT)
        await self.store.subscribe(DESK, "csto", "telegram:42", MIDNIGHT)
        quiet = QuietHours(time(22), time(6, 30), override)
        await set_quiet(self.store, self.catalog, DESK, quiet, by=DANA, now=MIDNIGHT)

    async def ring(self, key: str, priority: Priority = Priority.HIGH, *, story: str = "") -> None:
        """A report is planned as the poller plans it, and recorded."""
        now = self.clock.now()
        match, item = build_match(priority=priority), build_item(key, first_seen=now, published=now)
        watchers = await load_watchers(self.store, self.catalog)
        story = story or key
        poll = replace(
            build_ringing_poll(story, DESK),
            items=(item,),
            words=((key, "csto"),),
            matches=(build_item_match(key, story_key=story, match=match),),
            alerts=(PlannedAlert(story, priority),),
            cards=plan_cards(story, [match], item, watchers, grade=FEED.grade),
        )
        await self.store.record_polls([poll], now)

    async def send(self, hours: float = 0) -> list[tuple[str, bool]]:
        """Everything sent in that time, with whether it made a sound; cards by their alert."""
        sent = []
        for _ in range(max(round(hours * 6), 1)):
            await self.held.release_due()
            while claimed := await claim(self.store, self.clock.now()):
                for one in claimed:
                    await self.store.record_sent(one.id, Receipt(str(one.id)), self.clock.now())
                    sent.append((plain_text(one.message) if one.message else "card", not one.silent))
            await self.clock.advance(600 if hours else 0)
        return sent


@pytest.fixture
async def night(store: Store) -> Night:
    night = Night(store)
    await night.begin()
    return night


async def test_what_came_at_night_is_told_in_one_message_in_the_morning(night: Night) -> None:
    for number in range(3):
        await night.ring(f"item-{number}")
    await night.ring("item-9", Priority.CRITICAL)
    assert await night.send(6) == [("card", True)]
    assert await night.send(1) == [("While it was quiet: 4 alerts, 1 critical (sent 00:00).", True)]
    missed = await night.store.list_missed(DESK.key, 10, 0)
    assert missed.total == 3
    assert await night.send(20) == []


async def test_a_single_alert_comes_as_its_card(night: Night) -> None:
    await night.ring("item-1")
    assert await night.send(6) == []
    assert await night.send(1) == [("card", False)]


async def test_a_night_of_medium_alerts_makes_no_sound_in_the_morning(night: Night) -> None:
    for number in range(2):
        await night.ring(f"item-{number}", Priority.MEDIUM)
    assert await night.send(7) == [("While it was quiet: 2 alerts.", False)]


async def test_a_held_story_that_becomes_critical_rings_at_once(night: Night) -> None:
    await night.ring("item-1")
    await night.ring("item-2")
    await night.ring("item-3", Priority.CRITICAL, story="item-1")
    assert await night.send() == [("card", True)]
    assert await night.send(7) == [("While it was quiet: 2 alerts, 1 critical (sent 00:00).", True)]


async def test_switching_quiet_hours_off_lets_out_what_they_held(night: Night) -> None:
    await night.ring("item-1")
    await night.ring("item-2")
    await set_quiet(night.store, night.catalog, DESK, None, by=DANA, now=night.clock.now())
    assert await night.send() == [("While it was quiet: 2 alerts.", True)]


async def test_longer_quiet_hours_hold_longer(night: Night) -> None:
    await night.ring("item-1")
    await set_quiet(night.store, night.catalog, DESK, QuietHours(time(22), time(9)), by=DANA, now=night.clock.now())
    assert await night.send(8.5) == []
    assert len(await night.send(1)) == 1


async def test_a_pause_holds_cards_beyond_quiet_hours(night: Night) -> None:
    await night.ring("item-1")
    pause = Mute(DESK.key, MuteKind.ALL, "", "Everything", MIDNIGHT, MIDNIGHT + timedelta(hours=10), critical=True)
    await night.store.record_mute(pause, DESK, None)
    assert await night.send(9.5) == []
    assert len(await night.send(1)) == 1


async def test_without_override_even_critical_waits(store: Store) -> None:
    night = Night(store)
    await night.begin(Override.NONE)
    await night.ring("item-1", Priority.CRITICAL)
    await night.ring("item-2", Priority.CRITICAL)
    assert await night.send(6) == []
    assert await night.send(1) == [("While it was quiet: 2 alerts.", True)]


@pytest.mark.parametrize("seed", range(6))
async def test_whatever_the_order_no_alert_is_lost_or_doubled_and_only_critical_sounds_at_night(
    store: Store, seed: int
) -> None:
    """Reports of five stories, settings that change, mutes that come and go, over two days."""
    chance, night = random.Random(seed), Night(store)
    await night.begin()
    quiet: QuietHours | None = QuietHours(time(22), time(6, 30))
    stories: list[str] = []
    for step in range(96):
        action = chance.random()
        if action < 0.5:
            priority = chance.choice([Priority.MEDIUM, Priority.HIGH, Priority.CRITICAL])
            story = chance.choice([*stories[-4:], f"item-{step}"])
            stories.append(story)
            await night.ring(f"item-{step}", priority, story=story)
        elif action < 0.6:
            quiet = chance.choice([None, QuietHours(time(22), time(6, 30)), QuietHours(time(1), time(13))])
            await set_quiet(store, night.catalog, DESK, quiet, by=DANA, now=night.clock.now())
        await night.held.release_due()
        for one in await claim(store, night.clock.now()):
            await store.record_sent(one.id, Receipt(str(one.id)), night.clock.now())
            at_night = quiet is not None and quiet.find_end(night.clock.now(), ZoneInfo(DESK.timezone)) is not None
            assert one.silent or not at_night or one.urgency is Urgency.CRITICAL
        await night.clock.advance(1800)
    await set_quiet(store, night.catalog, DESK, None, by=DANA, now=night.clock.now())
    await night.send(1)
    cards = await store.list_alerts(DESK.key, MIDNIGHT, 500)
    assert sorted(view.story.key for view in cards) == sorted(set(stories))
    assert await store.list_held() == []
    assert await store.next_delivery_at(DESK.platform) is None
