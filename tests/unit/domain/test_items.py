"""What makes two items the same, and which dates are believed."""

from datetime import UTC, datetime, timedelta

from bot.domain.items import Item, build_item, canonical_link, distinct_items
from tests.factories import build_parsed_item
from tests.fakes.clock import START


def _item(**fields: object) -> Item:
    parsed = build_parsed_item(**fields)
    return build_item(parsed, feed_id="asia-plus", feed_lang="en", first_seen=START, baseline=False)


def test_the_guid_names_an_item_whatever_else_changes() -> None:
    assert _item(guid="a", title="One", link="https://x.example/1").key == _item(guid="a", title="Two").key


def test_without_guid_the_link_names_it_tracking_parameters_aside() -> None:
    first = _item(guid="", link="https://X.example:443/a/?utm_source=rss#top")
    assert first.key == _item(guid="", link="https://x.example/a").key


def test_without_guid_and_link_headline_and_text_name_it() -> None:
    assert _item(guid="", link="", title="One").key != _item(guid="", link="", title="Two").key


def test_the_same_guid_in_two_feeds_is_two_items() -> None:
    parsed = build_parsed_item(guid="a")
    one = build_item(parsed, feed_id="one", feed_lang="en", first_seen=START, baseline=False)
    two = build_item(parsed, feed_id="two", feed_lang="en", first_seen=START, baseline=False)
    assert one.key != two.key


def test_the_front_page_names_no_item() -> None:
    assert _item(guid="a", link="https://x.example/").link_key == ""


def test_a_changed_guid_behind_the_same_link_is_one_item() -> None:
    twice = [_item(guid="a"), _item(guid="b")]
    assert distinct_items(twice) == twice[:1]


def test_different_headlines_behind_one_link_are_different_items() -> None:
    items = distinct_items([_item(guid="a", title="One"), _item(guid="b", title="Two")])
    assert [item.title for item in items] == ["One", "Two"]
    assert [item.link_key for item in items] == ["", ""]


def test_a_date_beyond_tomorrow_or_before_the_web_is_not_believed() -> None:
    assert _item(published=START + timedelta(days=2)).published is None
    assert _item(published=datetime(1970, 1, 1, tzinfo=UTC)).published is None
    assert _item(published=START - timedelta(days=400)).published == START - timedelta(days=400)


def test_a_link_that_is_no_address_is_no_identity() -> None:
    assert canonical_link("http://[broken") == ""
    assert _item(guid="", link="http://[broken", title="One").key != _item(guid="", link="http://[x", title="Two").key
