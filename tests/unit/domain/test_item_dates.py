"""Dates that feeds give and that cannot be true."""

from datetime import timedelta

from bot.domain.items import Item, build_item, doubt_date
from tests.factories import build_item as build_known_item
from tests.factories import build_parsed_item
from tests.fakes.clock import START


def _item(published: timedelta | None) -> Item:
    parsed = build_parsed_item(published=None if published is None else START + published)
    return build_item(parsed, feed_id="asia-plus", feed_lang="en", first_seen=START, baseline=False)


def test_a_date_in_the_future_is_wrong_but_a_missing_one_is_not() -> None:
    assert _item(timedelta(days=2)).date_wrong
    assert _item(timedelta(days=2)).published is None
    assert not _item(None).date_wrong
    assert not _item(timedelta(hours=-1)).date_wrong


def test_a_date_long_before_the_last_news_of_its_feed_is_wrong() -> None:
    old = build_known_item(published=START - timedelta(days=40))
    doubted = doubt_date(old, START - timedelta(days=1))
    assert doubted.date_wrong
    assert doubted.published is None
    assert doubt_date(old, START - timedelta(days=11)) == old
    assert doubt_date(old, None) == old
