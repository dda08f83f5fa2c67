"""Digests go out once a day by the chat's clock, with everything since the last one."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest

from bot.domain.chat_settings import Switch
from bot.domain.chats import Level
from bot.domain.deliveries import Receipt
from bot.domain.digest_times import DigestTime
from bot.domain.messages import plain_text
from bot.domain.mutes import Mute, MuteKind
from bot.domain.policy import DIGEST_ONLY
from bot.domain.quiet import QuietHours
from bot.domain.routes import Route, RouteTable, RouteTarget
from bot.domain.watchlists import Place, WatchlistCatalog
from bot.errors import NotFound
from bot.matching.records import Priority
from bot.ports.store import Store
from bot.services.catalog import Catalog
from bot.services.chat_settings import set_digest, set_quiet, set_switch
from bot.services.digesting import Digests, find_digest_card, list_told
from tests.contract.outbox import claim
from tests.factories import (
    HEADLINE,
    build_destination,
    build_feed,
    build_item_match,
    build_match,
    build_person,
    build_planned_card,
    build_ringing_poll,
    build_watchlist,
)
from tests.fakes.clock import FakeClock

DESK = build_destination(timezone="Asia/Dushanbe")
DANA = build_person(name="Dana")
EVENING = datetime(2026, 11, 23, 13, tzinfo=UTC)  # 18:00 in Dushanbe
CSTO = build_watchlist("csto", title="CSTO", priority=Priority.LOW)


class Night:
    """A chat, a store and a clock that goes from the evening to the morning."""

    def __init__(self, store: Store, routes: RouteTable | None = None) -> None:
        self.store, self.clock = store, FakeClock(EVENING)
        self.catalog = Catalog(WatchlistCatalog((CSTO,)), routes or RouteTable())
        self.digests = Digests(store, self.catalog, self.clock)

    async def watch(self) -> None:
        """The desk watches, and the service has seen it do so."""
        await self.store.sync_feeds([build_feed()], EVENING)
        await self.store.subscribe(DESK, "csto", "telegram:42", EVENING)
        assert await self.digests.send_due() == 0

    async def ring(self, key: str) -> None:
        """A story of low priority."""
        poll = build_ringing_poll(key, DESK)
        card = build_planned_card(story_key=key, destination=DESK, suppressed=DIGEST_ONLY)
        await self.store.record_polls([replace(poll, cards=(card,))], self.clock.now())

    async def pass_hours(self, hours: float) -> list[str]:
        """What is sent meanwhile."""
        for _ in range(round(hours * 4)):
            await self.clock.advance(900)
            await self.digests.send_due()
        texts = []
        for one in await claim(self.store, self.clock.now()):
            await self.store.record_sent(one.id, Receipt(str(one.id)), self.clock.now())
            texts += [plain_text(one.message)] if one.message else []
        return texts


async def test_a_discreet_chat_reads_numbers_only_until_it_asks(store: Store) -> None:
    night = Night(store)
    await night.watch()
    await night.ring("item-1")
    await set_switch(store, DESK, Switch.DISCREET, on=True, by=DANA, now=EVENING)
    (text,) = await night.pass_hours(24)
    assert "1 story from 1 report" in text
    assert HEADLINE not in text
    views, _ = await list_told(store, night.catalog, DESK)
    assert [view.story.headline for view in views] == [HEADLINE]


async def test_only_what_a_chat_wants_of_a_list_is_in_its_digest(store: Store) -> None:
    night = Night(store)
    await night.watch()
    await night.ring("item-1")
    await store.subscribe(DESK, "csto", "telegram:42", EVENING, level=Level.DIGEST)
    assert HEADLINE in "".join(await night.pass_hours(24))
    await store.subscribe(DESK, "csto", "telegram:42", EVENING, level=Level.HIGH)
    poll = build_ringing_poll("item-2", DESK)
    medium = build_item_match("item-2", match=build_match(priority=Priority.MEDIUM))
    await store.record_polls([replace(poll, matches=(medium,), cards=())], night.clock.now())
    assert HEADLINE not in "".join(await night.pass_hours(24))


async def test_low_priority_reaches_the_chat_with_its_digest(store: Store) -> None:
    night = Night(store)
    await night.watch()
    await night.ring("item-1")
    (text,) = await night.pass_hours(24)
    assert "Morning digest · Tue 24 Nov 2026, 07:00 Dushanbe (UTC+5)" in text
    assert "CSTO (1)" in text
    assert "CSTO troops deploy" in text


async def test_silence_is_told_every_day(store: Store) -> None:
    night = Night(store)
    await night.watch()
    assert "No matches since" in (await night.pass_hours(24))[0]
    assert "Wed 25 Nov" in (await night.pass_hours(24))[0]


async def test_a_restart_sends_no_second_digest(store: Store) -> None:
    night = Night(store)
    await night.watch()
    assert len(await night.pass_hours(14)) == 1
    again = Digests(store, night.catalog, night.clock)
    assert await again.send_due() == 0


async def test_after_a_long_break_one_digest_tells_of_all_of_it(store: Store) -> None:
    night = Night(store)
    await night.watch()
    await night.ring("item-1")
    await night.clock.advance(5 * 86_400)
    assert await night.digests.send_due() == 1
    assert await night.digests.send_due() == 0
    (digest,) = await claim(store, night.clock.now())
    assert digest.message
    assert "Since 23 Nov 18:00: 1 story from 1 report" in plain_text(digest.message)


async def test_a_chat_without_digest_gets_none_and_a_chosen_hour_counts(store: Store) -> None:
    night = Night(store)
    await night.watch()
    await set_digest(store, night.catalog, DESK, None, by=DANA, now=EVENING)
    assert await night.pass_hours(24) == []
    await set_digest(store, night.catalog, DESK, DigestTime(time(20)), by=DANA, now=night.clock.now())
    assert "Daily digest · Tue 24 Nov 2026, 20:00" in (await night.pass_hours(3))[0]


async def test_in_quiet_hours_it_makes_no_sound(store: Store) -> None:
    night = Night(store)
    await night.watch()
    await set_quiet(store, night.catalog, DESK, QuietHours(time(22), time(8)), by=DANA, now=EVENING)
    await night.clock.advance(13.5 * 3600)
    await night.digests.send_due()
    (digest,) = await claim(store, night.clock.now())
    assert digest.silent


async def test_a_paused_chat_gets_it_when_it_goes_on(store: Store) -> None:
    night = Night(store)
    await night.watch()
    pause = Mute(DESK.key, MuteKind.ALL, "", "everything", EVENING, EVENING + timedelta(hours=20), critical=True)
    await store.record_mute(pause, DESK, None)
    assert await night.pass_hours(19) == []
    assert len(await night.pass_hours(2)) == 1


async def test_routes_say_when_it_comes(store: Store) -> None:
    place = Place("routes.yaml", 3, 1)
    target = RouteTarget("desk", DESK, place, digest=time(19))
    night = Night(store, RouteTable((target,), (Route(("desk",), place),)))
    await store.record_destinations([DESK])
    await night.digests.send_due()
    assert "19:00 Dushanbe" in (await night.pass_hours(2))[0]


async def test_the_card_of_a_story_is_found_by_its_number(store: Store) -> None:
    night = Night(store)
    await night.watch()
    await night.ring("item-1")
    await night.pass_hours(14)
    card = await find_digest_card(store, night.catalog, DESK, 1)
    assert "CSTO troops deploy" in plain_text(card)
    with pytest.raises(NotFound, match=r"no story 2 in that digest. It has 1 story"):
        await find_digest_card(store, night.catalog, DESK, 2)
    with pytest.raises(NotFound, match="Only the last digest"):
        await find_digest_card(store, night.catalog, DESK, 1, "99")


async def test_one_sent_alert_that_nobody_rated_is_asked_about_once(store: Store) -> None:
    night = Night(store)
    await night.watch()
    for key in ("item-1", "item-2"):
        await store.record_polls([build_ringing_poll(key, DESK)], night.clock.now())
        (card,) = await claim(store, night.clock.now())
        await store.record_sent(card.id, Receipt(key), night.clock.now())
    (first,) = await night.pass_hours(24)
    asked = first.split("Was this one useful? ")[1][:4]
    assert await store.was_asked(DESK.key, asked)
    (second,) = await night.pass_hours(24)
    assert "Was this one useful?" not in second
