"""Which hub a document names."""

import pytest

from bot.sources.hub_links import find_hub

URL = "https://outlet.example/feed.xml"
BOTH = ("https://hub.example/", "https://outlet.example/feed.xml")


@pytest.mark.parametrize(
    "document",
    [
        (
            b'<feed xmlns="http://www.w3.org/2005/Atom"><link rel="hub" href="https://hub.example/"/>'
            b'<link rel="self" href="https://outlet.example/feed.xml"/></feed>'
        ),
        (
            b"<rss><channel><atom:link href='https://hub.example/' rel='hub'/>"
            b'<atom10:link xmlns:atom10="http://www.w3.org/2005/Atom" rel="self alternate" href="/feed.xml" />'
            b"</channel></rss>"
        ),
        (
            b'<feed><link rel="HUB"\n href="https://hub.example/"/><link rel="self" href="feed.xml"/><entry>'
            b'<link rel="hub" href="https://wrong.example/"/></entry></feed>'
        ),
    ],
)
def test_a_document_names_hub_and_topic_in_its_head(document: bytes) -> None:
    assert find_hub(document, "", URL) == BOTH


def test_the_header_comes_before_the_document() -> None:
    header = '<https://hub.example/>; rel="hub", <https://outlet.example/feed.xml>; rel=self'
    other = (
        b'<feed><link rel="hub" href="https://other.example/"/><link rel="self" href="https://other.example/f"/></feed>'
    )
    assert find_hub(b"<feed/>", header, URL) == find_hub(other, header, URL) == BOTH


@pytest.mark.parametrize(
    "document",
    [
        b"<feed/>",
        b'<feed><link rel="hub" href="https://hub.example/"/></feed>',
        b'<feed><link rel="self" href="https://outlet.example/feed.xml"/></feed>',
        b'<feed><link rel="hub" href="ftp://hub.example/"/><link rel="self" href="feed.xml"/></feed>',
        b'<feed><link rel="hub" href="http://[hub"/><link rel="self" href="feed.xml"/></feed>',
        b'<feed><link rel="hub" href="https://hub.example/"/><link rel="self" href="feed.xml?token=abcdef"/></feed>',
        b'<feed><entry><link rel="hub" href="https://hub.example/"/><link rel="self" href="feed.xml"/></entry></feed>',
        b'<feed><link rel="hub" href="https://hub.example/'
        + b"a" * 3000
        + b'"/><link rel="self" href="feed.xml"/></feed>',
    ],
)
def test_half_a_pair_and_odd_addresses_are_no_hub(document: bytes) -> None:
    assert find_hub(document, "", URL) == ("", "")
