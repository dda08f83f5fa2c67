"""Where feeds are looked for when a page does not name them."""

import pytest

from bot.domain.discovery import likely_feed_addresses, why_without_feeds


@pytest.mark.parametrize(
    ("page", "first"),
    [
        ("https://desk.substack.com/p/one", "https://desk.substack.com/feed"),
        ("https://news.blogspot.com/", "https://news.blogspot.com/feeds/posts/default"),
        (
            "https://www.youtube.com/channel/UCabcdefghijklmnopqrstuv/videos",
            "https://www.youtube.com/feeds/videos.xml?channel_id=UCabcdefghijklmnopqrstuv",
        ),
        ("https://old.reddit.com/r/Tajikistan", "https://old.reddit.com/r/Tajikistan/feed/"),
        ("https://www.reddit.com/r/Tajikistan/top", "https://www.reddit.com/r/Tajikistan/.rss"),
        ("https://github.com/kovidgoyal/calibre", "https://github.com/kovidgoyal/calibre/releases.atom"),
        ("https://medium.com/@author", "https://medium.com/feed/@author"),
        ("https://social.example/@desk", "https://social.example/@desk.rss"),
        ("https://outlet.example/news", "https://outlet.example/news/feed/"),
        ("https://outlet.example", "https://outlet.example/feed/"),
        ("https://outlet.example/about.html", "https://outlet.example/feed/"),
    ],
)
def test_the_most_likely_place_comes_first(page: str, first: str) -> None:
    assert likely_feed_addresses(page)[0] == first


def test_every_place_is_tried_once_and_never_the_page_itself() -> None:
    ways = likely_feed_addresses("https://www.ozodi.org/rssfeeds")
    assert len(set(ways)) == len(ways)
    assert "https://www.ozodi.org/rssfeeds" not in ways


def test_sites_without_feeds_are_named() -> None:
    assert why_without_feeds("https://t.me/s/asiaplus") == "Telegram channels have no feeds."
    assert why_without_feeds("https://asiaplus.tj") == ""
