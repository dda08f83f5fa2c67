"""/timezone, /quiet, /digest: what a chat decides for itself, in the words of its answers."""

from datetime import time

import pytest

from bot.domain.chats import ChatKind, Destination, Platform
from bot.domain.deliveries import LEASE, Receipt
from bot.domain.messages import plain_text
from bot.domain.quiet import QuietHours
from bot.domain.routes import Route, RouteTable, RouteTarget
from bot.domain.watchlists import Place, WatchlistCatalog
from bot.ports.store import Store
from bot.services.catalog import Catalog
from bot.services.digesting import Digests
from tests.factories import build_destination, build_ringing_poll, build_slack_destination, build_watchlist
from tests.fakes.chat_app import FakeChatApp
from tests.fakes.clock import START
from tests.unit.commands.desk import NILUFAR, PRIVATE, Desk, text_of

GROUP = build_destination("-100", kind=ChatKind.GROUP)


async def say(desk: Desk, text: str, destination: Destination = PRIVATE) -> str:
    answer = await desk.write(text, destination)
    return plain_text(answer) if answer else ""


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("/timezone Dushanbe", "Times are now Asia/Dushanbe (UTC+5)."),
        ("/timezone asia/kabul", "Times are now Asia/Kabul (UTC+4:30)."),
        ("/timezone Islamabad", "Times are now Asia/Karachi (UTC+5)."),
        ("/timezone new york", "Times are now America/New_York (UTC-5)."),
        ("/timezone UTC", "Times are now UTC."),
        ("/timezone", "Times here are UTC. To change it: /timezone Dushanbe"),
        ("/timezone louisville", "2 places match: America/Kentucky/Louisville, America/Louisville. Write one of them."),
        ("/timezone Dushambe", "I know no time zone “Dushambe”. Close: Asia/Dushanbe."),
        ("/timezone ../etc", "I know no time zone “../etc”. Write a city or a name like Asia/Dushanbe."),
        ("/quiet", "There are no quiet hours here. Example: /quiet 22:00-06:30 mon-fri"),
        ("/quiet 22:00-06:30", "Quiet 22:00-06:30 daily. Critical still rings."),
        ("/quiet 22:00-06:30 mon-fri", "Quiet 22:00-06:30 mon-fri. Critical still rings."),
        ("/quiet 22:00-22:00", "The quiet hours end when they begin. Example: /quiet 22:00-06:30 mon-fri"),
        ("/quiet 25:00-06:00", "25:00 is not a time. Example: /quiet 22:00-06:30 mon-fri"),
        ("/quiet night", "“night” is no span of time. Example: /quiet 22:00-06:30 mon-fri"),
        ("/quiet 22:00-06:00 someday", "“someday” is no day. Write days like mon-fri or sat,sun."),
        ("/quiet override none", "There are no quiet hours here yet. Example: /quiet 22:00-06:30 mon-fri"),
        ("/quiet off", "Quiet hours are off. Every alert rings when it comes."),
        ("/digest 07:00", "Daily digest at 07:00 UTC."),
        ("/digest 07:00 mon-fri", "Daily digest at 07:00 UTC, mon-fri."),
        ("/digest 07:75", "07:75 is not a time. Example: /digest 07:00 mon-fri"),
        ("/digest off", "No daily digest any more."),
        ("/digest", "Daily digest at 07:00 UTC. It comes once this chat watches a list: /watch"),
        ("/digest 3", "There is no story 3 in that digest. Only the last digest is kept."),
    ],
)
async def test_a_setting_is_confirmed_or_refused_in_one_line(desk: Desk, text: str, answer: str) -> None:
    assert (await say(desk, text)).startswith(answer)


async def test_what_was_set_is_told_and_kept(desk: Desk) -> None:
    await say(desk, "/timezone Dushanbe")
    await say(desk, "/quiet 22:00-06:30 sat,sun")
    assert await say(desk, "/quiet override none") == "Quiet 22:00-06:30 sat, sun. Nothing rings then."
    assert await say(desk, "/quiet") == "Quiet 22:00-06:30 sat, sun. Nothing rings then."
    await desk.store.subscribe(PRIVATE, "csto", "telegram:42", START)
    await say(desk, "/digest 13:00")
    assert "Next: Tue 24 Nov 2026, 13:00 (UTC+5)" in await say(desk, "/digest")
    assert "Next digest: Tue 24 Nov 2026, 13:00 (UTC+5)" in await say(desk, "/status")
    await say(desk, "/mute csto 1d")
    assert "Muted here: 1" in await say(desk, "/status")
    changes = [(one.subject_id, one.detail) for one in await desk.store.list_audit(4)]
    assert ("quiet hours", "22:00-06:30 sat, sun, rings: none") in changes


async def test_only_admins_of_a_group_change_anything_and_everybody_may_look(desk: Desk) -> None:

    for text in ("/quiet off", "/timezone Dushanbe", "/digest off"):
        assert await say(desk, text, GROUP) == "Only admins of this group can do that. I told no one you asked."
    assert "No matches since" in await say(desk, "/digest now", GROUP)


async def test_what_a_file_sets_is_changed_in_the_file(store: Store) -> None:
    place = Place("/etc/routes.yaml", 12, 1)
    target = RouteTarget("desk", PRIVATE, place, QuietHours(time(22), time(6)), time(8))
    catalog = Catalog(WatchlistCatalog((build_watchlist(),)), RouteTable((target,), (Route(("desk",), place),)))
    desk = Desk(store, catalog=catalog)
    assert await say(desk, "/quiet off") == "Quiet hours here are set by routes.yaml, line 12. Change it there."
    assert await say(desk, "/digest off") == "The digest's time here is set by routes.yaml, line 12. Change it there."
    assert await say(desk, "/timezone Kabul") == "The time zone here is set by routes.yaml, line 12. Change it there."
    assert await say(desk, "/quiet") == "Quiet 22:00-06:00 daily. Critical still rings."


async def test_the_digest_comes_when_asked_and_a_number_shows_a_card(desk: Desk) -> None:
    await desk.store.ensure_destination(PRIVATE)
    await desk.store.subscribe(PRIVATE, "csto", "telegram:42", START)
    digests = Digests(desk.store, desk.services.catalog, desk.clock)
    await digests.send_due()
    await desk.store.record_polls([build_ringing_poll("item-1", PRIVATE)], START)
    assert " 1. CSTO troops deploy" in await say(desk, "/digest now")
    await desk.clock.advance(86_400)
    assert await digests.send_due() == 1
    (digest,) = await desk.take_messages()
    assert " 1. CSTO troops deploy" in plain_text(digest.message)
    assert "HIGH · CSTO" in await say(desk, "/digest 1")
    assert "HIGH · CSTO" in await say(desk, "1")
    assert await say(desk, "1", GROUP) == ""


async def test_in_a_channel_a_number_is_said_to_the_bot_in_the_thread_of_the_digest(desk: Desk) -> None:
    """Slack hands over nothing of a channel but what names the bot."""
    channel = build_slack_destination()
    desk.app = FakeChatApp(desk.clock, Platform.SLACK)
    await desk.store.ensure_destination(channel)
    await desk.store.subscribe(channel, "csto", "slack:U1", START)
    digests = Digests(desk.store, desk.services.catalog, desk.clock)
    await digests.send_due()
    await desk.store.record_polls([build_ringing_poll("item-1", channel)], START)
    await desk.clock.advance(86_400)
    await digests.send_due()
    while due := await desk.store.claim_deliveries(Platform.SLACK, desk.clock.now(), 1, LEASE, frozenset()):
        await desk.store.record_sent(due[0].id, Receipt("1700.1" if due[0].message else "1700.0"), desk.clock.now())
    assert "HIGH · CSTO" in text_of(await desk.handle(desk.app.write("1", channel, NILUFAR, answering="1700.1")))
    assert await desk.handle(desk.app.write("1", channel, NILUFAR, answering="1700.0")) is None
    assert await desk.handle(desk.app.write("1", channel, NILUFAR)) is None


async def test_a_number_answers_the_digest_and_nothing_else(desk: Desk) -> None:
    assert await desk.answer("1", "m404") is None
