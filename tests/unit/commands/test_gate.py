"""Strangers, floods and monsters are turned away before they cost anything."""

import pytest

from bot.commands.chat_app import Membership
from bot.commands.gate import LONGEST_REQUEST, Gate
from bot.commands.invocation import Invocation, Via
from bot.domain.access import read_allowed_chats
from bot.domain.chats import ChatKind, Destination, Platform
from bot.domain.feeds import FeedOrigin
from bot.domain.messages import Button
from bot.domain.watchlists import WatchlistCatalog
from bot.ports.store import Store
from bot.services.catalog import Catalog
from bot.services.feed_admin import MOST_FEEDS_OF_A_PERSON
from bot.services.routing import load_watchers
from tests import factories
from tests.fakes.clock import START
from tests.unit.commands.desk import NILUFAR, PRIVATE, Desk, text_of

STRANGER = factories.build_destination("666")
GROUP = factories.build_destination("-100200", kind=ChatKind.GROUP)
BURST = 60


@pytest.fixture
def closed(store: Store) -> Desk:
    """A desk that serves one chat only."""
    lists = WatchlistCatalog((factories.build_watchlist("csto"),))
    return Desk(store, catalog=Catalog(lists, allowed=read_allowed_chats(PRIVATE.address)))


async def test_a_chat_that_is_not_listed_is_told_its_id_and_can_watch_nothing(closed: Desk) -> None:
    said = text_of(await closed.write("/watch csto here", STRANGER))
    assert said.startswith("This bot serves only the chats that its operator listed.")
    assert "adds 666 to TOCSIN_ALLOWED_CHATS" in said
    await closed.press(Button("Watch", "watch", "csto", "here"), STRANGER)
    assert closed.app.notices[-1].startswith("This bot serves only")
    assert await closed.store.list_subscriptions(STRANGER.key) == []


async def test_a_listed_chat_is_served(closed: Desk) -> None:
    assert text_of(await closed.write("/watch csto here")).startswith("Watching")


async def test_a_group_that_is_not_listed_is_not_greeted(closed: Desk) -> None:
    assert await closed.handle(closed.app.update(Membership(GROUP, present=True))) is None


async def test_a_chat_that_is_listed_no_longer_gets_no_cards(closed: Desk) -> None:
    await closed.watch("csto", destination=STRANGER)
    await closed.watch("csto")
    watchers = await load_watchers(closed.store, closed.services.catalog)
    assert set(watchers.by_key) == {PRIVATE.key}


async def test_a_flood_is_told_to_wait_once_and_served_again_later(desk: Desk) -> None:
    answers = [await desk.write("/help") for _ in range(BURST + 5)]
    told = [text_of(answer) for answer in answers[BURST:] if answer]
    assert told == ["One moment: Telegram asked me to wait 1 s."]
    await desk.press(Button("Help", "help"))
    assert desk.app.notices[-1] == told[0]

    await desk.clock.advance(1.0)
    assert "/watch" in text_of(await desk.write("/help"))


async def test_what_costs_much_empties_the_allowance_sooner(desk: Desk) -> None:
    for _ in range(BURST // 5):
        await desk.write("/addfeed nonsense")
    assert text_of(await desk.write("/addfeed nonsense")) == "One moment: Telegram asked me to wait 5 s."
    assert desk.app.notices == []


async def test_a_flood_in_one_chat_holds_nobody_up_elsewhere(desk: Desk) -> None:
    for _ in range(BURST + 1):
        await desk.write("/help")
    other = factories.build_person("4002")
    assert "/watch" in text_of(await desk.write("/help", STRANGER, other))


def test_the_operators_terminal_has_no_allowance_and_needs_no_listing() -> None:
    gate = Gate(read_allowed_chats("4001"))
    terminal = Destination(Platform.CONSOLE, "local")
    asked = Invocation(terminal, NILUFAR, "help", "", Via.COMMAND, START)
    assert [gate.turn_away(asked, 10, 0.0) for _ in range(100)] == [None] * 100


async def test_a_monstrous_request_is_not_read(desk: Desk) -> None:
    said = text_of(await desk.write(f"/test {'x' * (LONGEST_REQUEST + 1)}"))
    assert said == f"That is {LONGEST_REQUEST + 1:,} characters long; I read at most {LONGEST_REQUEST:,}."


async def test_one_person_adds_a_limited_number_of_feeds(desk: Desk) -> None:
    for number in range(MOST_FEEDS_OF_A_PERSON):
        feed = factories.build_feed(f"own-{number}", origin=FeedOrigin.CHAT, added_by=NILUFAR.key)
        await desk.store.add_feed(feed, START)
    said = text_of(await desk.write("/addfeed https://one-more.example/rss"))
    assert said.startswith(f"You added {MOST_FEEDS_OF_A_PERSON} feeds already")
