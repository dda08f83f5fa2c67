"""Naming a new feed, and counting what of it would have rung."""

from datetime import timedelta

import pytest

from bot.domain.feeds import FeedOrigin
from bot.matching.matcher import Matcher
from bot.ports.fetcher import ParsedFeed
from bot.services.feed_admin import build_feed, count_ringing, read_address
from tests import factories
from tests.fakes.clock import START


@pytest.mark.parametrize(
    ("url", "lang", "feed_id"),
    [
        ("https://asiaplustj.info/ru/rss.xml", "ru", "asiaplustj-ru"),
        ("https://www.asiaplus.co.tj/rss", "tg-TJ", "asiaplus-tg"),
        ("https://tj.sputniknews.ru/rss", "", "sputniknews"),
        ("https://feeds.bbci.co.uk/persian/rss.xml", "fa", "bbci-fa"),
        ("http://10.0.0.7:8080/rss", "en", "10-0-0-7-en"),
        ("http://localhost:8080/rss", "", "localhost"),
        ("https://пример.рф/rss", "ru", "feed-ru"),
    ],
)
def test_a_feed_is_named_after_its_host_and_language(url: str, lang: str, feed_id: str) -> None:
    parsed = ParsedFeed("A title", lang, "", ())
    feed = build_feed(url, parsed, set(), person=factories.build_person(), origin=FeedOrigin.CHAT)
    assert feed.id == feed_id
    assert (feed.outlet, feed.grade, feed.origin, feed.added_by) == ("A title", "F", FeedOrigin.CHAT, "telegram:42")


def test_a_taken_name_gets_a_number() -> None:
    parsed = ParsedFeed("", "en", "", ())
    taken = {"post-en", "post-en-2"}
    feed = build_feed(
        "https://post.example/rss", parsed, taken, person=factories.build_person(), origin=FeedOrigin.CHAT
    )
    assert feed.id == "post-en-3"
    assert feed.outlet == "post.example"


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        (" example.org/rss.xml ", "https://example.org/rss.xml"),
        ("<http://example.org/rss>", "http://example.org/rss"),
        ("http://localhost:8080/rss", "http://localhost:8080/rss"),
    ],
)
def test_an_address_is_read_as_people_type_it(typed: str, address: str) -> None:
    assert read_address(typed) == address


def test_only_recent_items_that_ring_are_counted() -> None:
    items = [
        factories.build_item("new"),
        factories.build_item("undated", published=None),
        factories.build_item("old", published=START - timedelta(days=8)),
        factories.build_item("other", title="Football", summary=""),
    ]
    matcher = Matcher.build([factories.build_watchlist("csto")])
    assert count_ringing(items, factories.build_feed(), matcher, START - timedelta(days=7)) == 2
