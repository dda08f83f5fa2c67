"""Chats hear at once when a list of theirs loses its last healthy feed in a language, and once when it is back."""

from datetime import time

from bot.domain.chat_settings import Switch
from bot.domain.health import Health, HealthChange, Pulse
from bot.domain.hearing import listens_to
from bot.domain.quiet import QuietHours
from bot.domain.watchlists import WatchlistCatalog
from bot.matching.watchlist import SourceFilter
from bot.ports.store import Store
from bot.services.catalog import Catalog
from bot.services.chat_settings import set_quiet, set_switch
from bot.services.coverage import plan_coverage_messages
from tests.factories import at, build_destination, build_feed, build_person, build_poll, build_watchlist
from tests.fakes.clock import START

OZODI = build_feed("ozodi", lang="tg", outlet="Ozodi")
KHOVAR = build_feed("khovar", lang="tg", outlet="Khovar")
RADIO = build_feed("radio", lang="ru", outlet="Radio")
CATALOG = Catalog(WatchlistCatalog((build_watchlist("border"), build_watchlist("russian", languages=("ru",)))))


async def messages(store: Store, *changes: HealthChange) -> list[str]:
    """What chats are told of these changes."""
    planned = await plan_coverage_messages(store, CATALOG, changes, START)
    return [f"{one.destination.address}: {one.message.summary}" for one in planned]


async def open_desk(store: Store, *deaf: str) -> None:
    """Two Tajik feeds and a Russian one, of which some are known to be deaf; a desk watches both lists."""
    await store.sync_feeds([OZODI, KHOVAR, RADIO], START)
    for watchlist in ("border", "russian"):
        await store.subscribe(build_destination(), watchlist, "telegram:42", START)
    pulse = Pulse(START, Health.ERROR, 3, Health.ERROR)
    await store.record_polls([build_poll(feed_id, pulse=pulse) for feed_id in deaf], START)


async def test_losing_one_of_two_feeds_in_a_language_is_for_the_digest(store: Store) -> None:
    await open_desk(store)
    assert await messages(store, HealthChange("ozodi", Health.OK, Health.NOT_A_FEED, at(0))) == []


async def test_losing_the_last_is_told_at_once_with_the_reason(store: Store) -> None:
    await open_desk(store, "khovar")
    assert await messages(store, HealthChange("ozodi", Health.OK, Health.NOT_A_FEED, at(20))) == [
        (
            "1001: No healthy Tajik-language feed for BORDER since Tue 24 Nov 2026, 07:20 (UTC) "
            "(Ozodi: web page instead of feed)."
        )
    ]


async def test_losing_both_in_one_round_is_one_message(store: Store) -> None:
    await open_desk(store)
    changes = [HealthChange(feed, Health.OK, Health.ERROR, at(5)) for feed in ("ozodi", "khovar")]
    (only,) = await messages(store, *changes)
    assert "(Ozodi: cannot be read; Khovar: cannot be read)" in only


async def test_a_recovery_is_told_and_a_quiet_feed_is_no_loss(store: Store) -> None:
    await open_desk(store, "khovar", "ozodi")
    assert await messages(store, HealthChange("khovar", Health.ERROR, Health.OK, at(60))) == [
        "1001: Tajik-language feeds for BORDER are healthy again since Tue 24 Nov 2026, 08:00 (UTC)."
    ]
    assert await messages(store, HealthChange("radio", Health.OK, Health.QUIET, at(60))) == []


async def test_nobody_hears_of_lists_they_do_not_watch(store: Store) -> None:
    await store.sync_feeds([RADIO], START)
    await store.subscribe(build_destination(), "elsewhere", "telegram:42", START)
    assert await messages(store, HealthChange("radio", Health.OK, Health.GONE, at(0))) == []


def test_a_list_hears_only_the_feeds_and_languages_it_asks_for() -> None:
    assert listens_to(build_watchlist(), OZODI)
    assert not listens_to(build_watchlist(languages=("ru",)), OZODI)
    assert not listens_to(build_watchlist(sources=SourceFilter(only=("radio",))), OZODI)
    assert not listens_to(build_watchlist(sources=SourceFilter(except_=("ozodi",))), OZODI)
    assert listens_to(build_watchlist(sources=SourceFilter(min_grade="B")), OZODI)
    assert not listens_to(build_watchlist(sources=SourceFilter(min_grade="A")), OZODI)


async def test_at_night_it_makes_no_sound(store: Store) -> None:
    await open_desk(store, "khovar")
    quiet = QuietHours(time(6), time(8))  # START is 07:00
    await set_quiet(store, CATALOG, build_destination(), quiet, by=build_person(), now=START)
    lost = HealthChange("ozodi", Health.OK, Health.NOT_A_FEED, at(20))
    (night,) = await plan_coverage_messages(store, CATALOG, [lost], START)
    (morning,) = await plan_coverage_messages(store, CATALOG, [lost], at(60))
    assert (night.message.silent, morning.message.silent) == (True, False)


async def test_a_discreet_chat_is_told_of_no_list_by_name(store: Store) -> None:
    await open_desk(store, "khovar")
    await set_switch(store, build_destination(), Switch.DISCREET, on=True, by=build_person(), now=START)
    (only,) = await messages(store, HealthChange("ozodi", Health.OK, Health.NOT_A_FEED, at(20)))
    assert "No healthy Tajik-language feed for 1 list since" in only
