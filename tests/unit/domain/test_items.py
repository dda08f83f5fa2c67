"""What makes two items the same, and which dates are believed."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.items import Item, ParsedItem, build_item, build_items, canonical_link
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


def _items(*entries: ParsedItem) -> list[Item]:
    return build_items(entries, feed_id="asia-plus", feed_lang="en", first_seen=START, baseline=False)


def test_a_changed_guid_behind_the_same_link_is_one_item() -> None:
    first = build_parsed_item(guid="a")
    assert [item.key for item in _items(first, build_parsed_item(guid="b"))] == [_item(guid="a").key]


def test_different_headlines_behind_one_link_are_different_items() -> None:
    items = _items(build_parsed_item(guid="a", title="One"), build_parsed_item(guid="b", title="Two"))
    assert [item.title for item in items] == ["One", "Two"]
    assert [item.link_key for item in items] == ["", ""]


def test_one_guid_on_different_texts_names_none_of_them() -> None:
    entries = [build_parsed_item(guid="1", title=f"Item {n}", link=f"https://x.example/{n}") for n in range(3)]
    items = _items(*entries)
    assert [item.title for item in items] == ["Item 0", "Item 1", "Item 2"]
    assert items[0].key == _item(guid="", link="https://x.example/0").key


def test_entries_without_guid_behind_the_front_page_are_different_items() -> None:
    entries = [build_parsed_item(guid="", title=f"Item {n}", link="https://x.example/") for n in range(3)]
    assert len(_items(*entries)) == 3


def test_a_headline_is_known_again_whatever_its_case_punctuation_and_path() -> None:
    one = _item(title="CSTO: troops — deploy!", link="https://www.x.example/1")
    assert one.title_key == _item(guid="b", title="csto troops deploy", link="https://x.example/2").title_key
    assert one.title_key != _item(title="CSTO: troops — deploy!", link="https://other.example/1").title_key
    assert _item(title=" – ").title_key == ""


def test_a_date_beyond_tomorrow_or_before_the_web_is_not_believed() -> None:
    assert _item(published=START + timedelta(days=2)).published is None
    assert _item(published=datetime(1970, 1, 1, tzinfo=UTC)).published is None
    assert _item(published=START - timedelta(days=400)).published == START - timedelta(days=400)


def test_a_link_that_is_no_address_is_no_identity() -> None:
    assert canonical_link("http://[broken") == ""
    assert _item(guid="", link="http://[broken", title="One").key != _item(guid="", link="http://[x", title="Two").key


@given(st.text("aB1.-/~%=+,@!*()_;:#", max_size=16))
def test_a_link_without_a_query_is_the_same_as_with_an_empty_one(rest: str) -> None:
    assert canonical_link(f"https://a{rest}") == canonical_link(f"https://a{rest.partition('#')[0]}?")
