"""Lists of feeds in and out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.feeds import Feed
from bot.errors import SettingsError
from bot.ports.fetcher import FoundFeed
from bot.sources.opml import read_opml, read_url_list, write_opml

OPML = """<?xml version="1.0" encoding="windows-1251"?>
<opml version="1.0"><head><title>Мои ленты</title></head><body>
  <outline text="Азия"><outline type="rss" text="Азия-Плюс" xmlUrl="https://asia.example/rss" htmlUrl="https://x/"/>
    <outline text="deeper"><outline title="Ариана &amp; Ко" text="x" xmlurl="feed://ariana.example/feed"/></outline>
  </outline>
  <outline text="again" xmlUrl="https://asia.example/rss"/>
  <outline text="no address"/>
</body></opml>"""


def test_opml_folders_are_looked_into_and_each_address_comes_once() -> None:
    assert read_opml(OPML.encode("windows-1251"), "list.opml") == (
        FoundFeed("https://asia.example/rss", "Азия-Плюс"),
        FoundFeed("http://ariana.example/feed", "Ариана & Ко"),
    )


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "list.opml:1:1"),
        (b"hello", "list.opml:1:1"),
        (b"<opml>\n<body>\n<outline></body></opml>", "list.opml:3:"),
        (b"<html><body/></html>", "not OPML"),
        (b"<rss version='2.0'/>", "not OPML"),
        (b"<opml version='2.0'><body/></opml>", "no feeds"),
        (b"<!DOCTYPE opml [<!ENTITY a 'b'>]><opml><body>&a;</body></opml>", "entities"),
        (b"<!DOCTYPE opml [<!ENTITY a SYSTEM 'file:///etc/passwd'>]><opml>&a;</opml>", "entities"),
        (b"<opml>" + b" " * 5_000_000 + b"</opml>", "5 MB"),
        (b"\xff\xfe\x00\x00", "list.opml"),
    ],
)
def test_bad_opml_is_one_line_with_a_cure(data: bytes, words: str) -> None:
    with pytest.raises(SettingsError) as caught:
        read_opml(data, "list.opml")

    assert words in caught.value.cause
    assert caught.value.cure
    assert "\n" not in str(caught.value)


def test_a_plain_list_has_addresses_titles_and_comments() -> None:
    text = "# mine\n\nhttps://a.example/rss\n  https://b.example/feed   B, the feed\r\nfeed:https://c.example/ # C\n"

    assert read_url_list(text.encode(), "list.txt") == (
        FoundFeed("https://a.example/rss", ""),
        FoundFeed("https://b.example/feed", "B, the feed"),
        FoundFeed("https://c.example/", "C"),
    )


def test_opml_given_as_a_plain_list_is_read_as_opml() -> None:
    opml = OPML.replace("windows-1251", "utf-16").encode("utf-16")

    assert read_url_list(opml, "list.txt") == read_opml(opml, "list.txt")


def test_a_line_that_is_no_address_is_named() -> None:
    with pytest.raises(SettingsError, match=r"list.txt:2: “javascript:alert\(1\)” is no web address"):
        read_url_list(b"https://a.example/\njavascript:alert(1)\n", "list.txt")


def test_an_empty_list_is_an_error() -> None:
    with pytest.raises(SettingsError, match="no feeds"):
        read_url_list(b"# nothing\n", "list.txt")


def test_a_list_of_too_many_feeds_is_an_error() -> None:
    with pytest.raises(SettingsError, match="more than 10000"):
        read_url_list("\n".join(f"https://a.example/{n}" for n in range(10_002)).encode(), "list.txt")


# What a stored outlet name can hold: the reader folds spaces and drops what no XML or screen can show.
NAMES = st.text(st.characters(categories=["L", "N", "P", "S"]), min_size=1, max_size=60)


@given(st.lists(st.tuples(NAMES, st.sampled_from(["", "ru", "fa"])), min_size=1, max_size=8))
def test_what_is_written_is_read_back(entries: list[tuple[str, str]]) -> None:
    feeds = [
        Feed(id=f"feed-{n}", url=f"https://e.example/{n}?a=1&b='2'", outlet=name, lang=lang, topics=("a", "b"))
        for n, (name, lang) in enumerate(entries)
    ]

    found = read_opml(write_opml(feeds).encode(), "export.opml")

    assert {feed.url: feed.title for feed in found} == {feed.url: feed.outlet for feed in feeds}
