"""/feeds and /addfeed; the feeds are served over real HTTP on loopback and parsed by real workers."""

from collections.abc import AsyncIterator
from datetime import timedelta
from email.utils import format_datetime
from ipaddress import ip_network

import pytest
from aiohttp import web

from bot.domain.chats import ChatKind
from bot.domain.feed_notices import FeedNotice, NoticeKind
from bot.domain.health import Health, Pulse
from bot.errors import FeedError, FetchProblem
from bot.ports.fetcher import Fetcher, Parser
from bot.ports.store import Store
from bot.sources.http import HttpFetcher
from bot.sources.parser import WorkerParser
from tests import factories
from tests.fakes.clock import START
from tests.fakes.feeds import FakePublishers
from tests.unit.commands.desk import NILUFAR, Desk, button_of, buttons_of, text_of

GROUP = factories.build_destination("-100200", kind=ChatKind.GROUP, title="Field desk")


def _entry(title: str, days_ago: float) -> str:
    date = format_datetime(START - timedelta(days=days_ago))
    return f"<item><title>{title}</title><guid>{title}</guid><pubDate>{date}</pubDate></item>"


FEED = (
    '<?xml version="1.0"?><rss version="2.0"><channel><title>Pamir Post</title><language>en</language>'
    f"{_entry('CSTO meets', 1)}{_entry('Football', 1)}{_entry('CSTO met long ago', 20)}</channel></rss>"
)


@pytest.fixture
async def site() -> AsyncIterator[str]:
    """The address of an outlet: a feed, a page that names it, a page that names none, a refusal, and rubbish."""
    alternate = '<link rel="alternate" type="application/rss+xml" title="Pamir Post" href="/rss.xml">'
    pages = {
        "/rss.xml": (200, FEED, "application/rss+xml"),
        "/": (200, f"<html><head>{alternate}</head><body></body></html>", "text/html"),
        "/empty": (200, "<html><body>Nothing</body></html>", "text/html"),
        "/refused": (403, "no", "text/plain"),
    }

    async def answer(request: web.Request) -> web.Response:
        if request.path == "/moved":
            raise web.HTTPFound("/rss.xml")
        status, text, content_type = pages.get(request.path, (404, "", "text/plain"))
        return web.Response(status=status, text=text, content_type=content_type)

    app = web.Application()
    app.router.add_get("/{tail:.*}", answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()


@pytest.fixture
async def fetcher() -> AsyncIterator[Fetcher]:
    async with HttpFetcher([ip_network("127.0.0.0/8")]) as fetcher:
        yield fetcher


@pytest.fixture
async def parser() -> AsyncIterator[Parser]:
    async with WorkerParser(workers=1) as parser:
        yield parser


@pytest.fixture
def online(store: Store, fetcher: Fetcher, parser: Parser) -> Desk:
    return Desk(store, factories.build_watchlist("csto"), fetcher=fetcher, parser=parser)


async def test_a_feed_is_added_and_tells_what_would_have_matched(online: Desk, site: str) -> None:
    await online.watch("csto")
    preview = await online.write(f"/addfeed {site}/rss.xml")
    assert text_of(preview).splitlines() == [
        "Pamir Post",
        f"{site}/rss.xml",
        "English · 3 items · newest 23 Nov 07:00",
        "1 would have matched in 7 days.",
        "",
        "Who controls this outlet, and how reliable is it?",
        "Owner: not said. Reliability: F (not yet rated).",
    ]
    assert await online.store.list_feeds() == []
    answer = text_of(await online.press(button_of(preview, "Add")))
    assert answer == "Added Pamir Post (127-0-0-1-en): 3 items read, none sent. 1 would have matched in 7 days."
    (status,) = await online.store.list_feeds()
    assert status.feed.url == f"{site}/rss.xml"
    assert status.feed.lang == "en"
    assert status.feed.grade == "F"
    assert status.state.next_due <= online.clock.now()
    assert await online.take_messages() == []


async def test_what_is_said_of_the_outlet_stands_in_its_feed(online: Desk, site: str) -> None:
    preview = await online.write(f"/addfeed {site}/rss.xml")
    await online.press(button_of(preview, "Public broadcaster"))
    preview = await online.press(button_of(preview, "B"))
    assert "Owner: public broadcaster. Reliability: B (usually reliable)." in text_of(preview)
    online.name_owner(factories.build_destination(NILUFAR.id))
    await online.press(button_of(preview, "Add"))
    (status,) = await online.store.list_feeds()
    assert (status.feed.owner, status.feed.grade) == ("public", "B")


async def test_the_letter_of_somebody_else_waits_for_the_owner(online: Desk, site: str) -> None:
    preview = await online.press(button_of(await online.write(f"/addfeed {site}/rss.xml"), "B"))
    answer = text_of(await online.press(button_of(preview, "Add")))
    assert answer.endswith(" in 7 days. Your B is a proposal: the bot's owner decides on letters.")
    assert [status.feed.grade for status in await online.store.list_feeds()] == ["F"]
    assert [one.detail for one in await online.store.list_audit(1)] == ["reliability B"]


async def test_only_lists_that_the_chat_watches_count(online: Desk, site: str) -> None:
    answer = text_of(await online.write(f"/addfeed {site}/rss.xml"))
    assert "0 would have matched in 7 days.\nThis chat watches nothing yet: /watch" in answer


async def test_the_same_feed_is_not_added_twice(online: Desk, site: str) -> None:
    await online.press(button_of(await online.write(f"/addfeed {site}/rss.xml"), "Add"))
    assert text_of(await online.write(f"/addfeed <{site}/rss.xml?utm_source=x>")) == "Same feed as 127-0-0-1-en."


async def test_an_address_that_leads_to_a_known_feed_is_the_same_feed(online: Desk, site: str) -> None:
    await online.press(button_of(await online.write(f"/addfeed {site}/rss.xml"), "Add"))
    assert text_of(await online.write(f"/addfeed {site}/moved")) == "Same feed as 127-0-0-1-en."


async def test_a_web_page_is_answered_with_the_feeds_it_names(online: Desk, site: str) -> None:
    answer = await online.write(f"/addfeed {site}/")
    assert text_of(answer).splitlines() == [
        "That address returns a web page, not a feed. I found:",
        "1. Pamir Post",
        f"/addfeed {site}/rss.xml",
    ]
    assert text_of(await online.press(button_of(answer, "Add 1"))).startswith("Pamir Post\n")


async def test_a_web_page_that_names_no_feed_gets_those_of_the_usual_places(online: Desk, site: str) -> None:
    answer = text_of(await online.write(f"/addfeed {site}/empty"))
    assert answer.splitlines()[:2] == ["That address returns a web page, not a feed. I found:", f"1. {site}/rss.xml"]
    assert await online.store.list_feeds() == []


async def test_a_channel_without_feeds_is_named_as_such(desk: Desk) -> None:
    page = FeedError(FetchProblem.NOT_A_FEED, "t.me sent a web page instead of a feed.")
    publishers = FakePublishers()
    publishers.fail("https://t.me/s/asiaplus", page)
    answer = await Desk(desk.store, fetcher=publishers).write("/addfeed https://t.me/s/asiaplus")
    assert text_of(answer) == "Telegram channels have no feeds. Give the outlet's own site."


async def test_a_site_that_refuses_bots_is_not_added(online: Desk, site: str) -> None:
    answer = text_of(await online.write(f"/addfeed {site}/refused"))
    assert answer == "403: the site refuses bots. Nothing was added."


async def test_an_address_without_anything_is_told_with_its_cure(online: Desk, site: str) -> None:
    answer = text_of(await online.write(f"/addfeed {site}/gone"))
    assert "(404). Nothing was added." in answer
    assert "Look for the feed's new address" in answer


async def test_a_host_that_takes_no_connections_is_named_and_not_added(online: Desk) -> None:
    answer = text_of(await online.write("/addfeed http://127.0.0.1:1/rss.xml"))
    assert answer == ("127.0.0.1 does not take connections. Nothing was added. Check the address, or try again later.")


@pytest.mark.parametrize("url", ["http://127.0.0.1/rss.xml", "http://169.254.169.254/latest/", "http://[::1]/rss"])
async def test_private_addresses_are_refused(desk: Desk, url: str) -> None:
    async with HttpFetcher() as guarded:
        online = Desk(desk.store, fetcher=guarded)
        assert "is not on the public internet." in text_of(await online.write(f"/addfeed {url}"))
    assert [status.feed.id for status in await desk.store.list_feeds()] == ["asia-plus"]


@pytest.mark.parametrize("typed", ["nonsense", "ftp://example.org/rss", "http://", "https://a b.example", "x" * 3000])
async def test_what_is_no_address_is_refused_with_an_example(online: Desk, typed: str) -> None:
    assert text_of(await online.write(f"/addfeed {typed}")).endswith(
        "is not a web address. Example: https://example.org/rss.xml"
    )


async def test_addfeed_needs_an_address(online: Desk) -> None:
    assert text_of(await online.write("/addfeed")) == "Which feed? Example: /addfeed https://example.org/rss.xml"


async def test_only_admins_add_feeds_in_a_group(online: Desk, site: str) -> None:
    answer = text_of(await online.write(f"/addfeed {site}/rss.xml", GROUP))
    assert answer == "Only admins of this group can do that. I told no one you asked."
    assert await online.store.list_feeds() == []


async def test_feeds_shows_health_with_troubled_feeds_first(desk: Desk) -> None:
    store, now = desk.store, desk.clock.now()
    await store.sync_feeds([factories.build_feed(), factories.build_feed("khovar", lang="tg", grade="C")], now)
    sick = factories.build_feed_state("khovar", last_success=None, problem="not_a_feed", failures=2)
    await store.record_polls([factories.build_poll(state=sick)], now)
    await store.record_polls([factories.build_poll(state=factories.build_feed_state(last_new_item=now))], now)
    assert text_of(await desk.write("/feeds")).splitlines() == [
        "2 feeds: 1 ok, 1 with problems",
        "⚠️ Khovar (khovar) · Tajik · C · no new item yet · not a feed",
        "✅ Asia Plus (asia-plus) · English · B · newest item 24 Nov 07:00 · found after ~7 min · ok",
    ]
    assert text_of(await desk.write("/feeds problems")).splitlines()[0] == "1 feed: 1 with problems"
    assert "Khovar" in text_of(await desk.write("/feeds tg"))
    assert text_of(await desk.write("/feeds TJ")).startswith("2 feeds: 1 ok, 1 with problems")


async def test_feeds_problems_tells_what_is_wrong_and_what_happened_lately(desk: Desk) -> None:
    store, now = desk.store, desk.clock.now()
    stuck = Pulse(now, Health.STUCK, 2, Health.STUCK)
    notice = FeedNotice("asia-plus", now, NoticeKind.GAP, "Asia Plus: possible gap.")
    await store.record_polls([factories.build_poll(pulse=stuck, notices=(notice,))], now)
    assert text_of(await desk.write("/feeds problems")).splitlines() == [
        "1 feed: 1 with problems",
        "⚠️ Asia Plus (asia-plus) · English · B · no new item yet · found after ~7 min · stuck",
        (
            "since 24 Nov 07:00: The same newest item again and again, with new dates. "
            "Look at the outlet's site: it may publish newer items elsewhere."
        ),
        "Lately",
        "24 Nov 07:00 · Asia Plus: possible gap.",
    ]


async def test_feeds_problems_tells_when_a_feed_that_cannot_be_read_is_tried_again(desk: Desk) -> None:
    broken = factories.build_feed_state(problem="blocked", problem_text="The site refuses bots.", failures=2)
    await desk.store.record_polls([factories.build_poll(state=broken)], desk.clock.now())
    answer = text_of(await desk.write("/feeds problems"))
    assert answer.endswith("The site refuses bots. I will try again in 15 min.")


async def test_ten_feeds_are_shown_a_page(desk: Desk) -> None:
    feeds = [factories.build_feed(f"feed-{number:02}") for number in range(23)]
    await desk.store.sync_feeds(feeds, desk.clock.now())
    first = await desk.write("/feeds en")
    assert text_of(first).startswith("23 feeds: 23 not read yet\n🆕 Feed 00")
    assert buttons_of(first) == ["1/3", "›"]
    assert len(text_of(first).splitlines()) == 11
    third = await desk.press(button_of(await desk.press(button_of(first, "›")), "›"))
    assert len(text_of(third).splitlines()) == 4
    assert text_of(await desk.write("/feeds p.3 en")) == text_of(third)


async def test_a_filter_that_leaves_no_feed_says_so(desk: Desk) -> None:
    assert text_of(await desk.write("/feeds kk")) == "No feeds for kk. /addfeed <address>"
    assert text_of(await desk.write("/feeds problems")) == "No feed has problems."


async def test_where_no_feed_is_read_the_way_to_add_one_is_shown(online: Desk) -> None:
    assert text_of(await online.write("/feeds")) == "No feeds yet. /addfeed <address>"
