"""Random damage to feeds: the answer is a clean feed or a known problem, whatever the bytes."""

import json
import unicodedata
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.errors import FetchProblem
from bot.sources.parse_worker import answer_request

# feedparser warns about its own past behaviour; in a worker nobody sees that.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

URL = "https://example.org/feeds/news.xml"
RSS = (
    '<?xml version="1.0" encoding="utf-8"?><rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>'
    "<title>T</title><link>/</link><language>ru</language><item><title>Граница &amp; мир</title><link>/1?a=1&amp;b=2"
    "</link><guid>1</guid><description><![CDATA[<p>One</p>]]></description><dc:creator>Ann</dc:creator>"
    "<pubDate>Wed, 25 Nov 2026 10:30:00 GMT</pubDate><category>x</category></item></channel></rss>"
).encode()
ATOM = (
    b'<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://example.org/"><title>T</title><entry><id>1</id>'
    b'<title type="html">A &lt;b></title><link href="x"/><updated>2026-11-25T10:30:00Z</updated>'
    b'<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>In full</p></div></content></entry></feed>'
)
JSON_FEED = json.dumps(
    {"version": "https://jsonfeed.org/version/1.1", "items": [{"id": "1", "url": "/1", "content_html": "<p>x</p>"}]}
).encode()
SNIPPETS = [
    *(b"<", b">", b"&", b'"', b"}", b"[", b"<?", b"?>", b"]]>", b"<![CDATA[", b"<!--", b"-->"),
    *(b"<item>", b"</item>", b"<entry/>", b"</channel>", b"<title>", b"<author>(@)((", b"<category term='"),
    *(b"\x00", b"\xff\xfe", b"\xef\xbb\xbf", b"&#0;", b"&#xD83D;", b"&#99999999;", b"&nbsp;", "\u202e\u200b".encode()),
    *(b"<!DOCTYPE x [<!ENTITY a 'b'>]>", b"xml:base='javascript:x'", b"<link>javascript:alert(1)</link>"),
    *(b"<pubDate>9999-12-31T23:59:59-23:59</pubDate>", b"<script>", b"<svg/onload=1>"),
]


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """A feed with a few pieces cut out, moved or put in."""
    body = bytearray(draw(st.sampled_from([RSS, ATOM, JSON_FEED])))
    for _ in range(draw(st.integers(1, 5))):
        first, last = sorted((draw(st.integers(0, len(body))), draw(st.integers(0, len(body)))))
        match draw(st.sampled_from(["insert", "cut", "repeat", "noise"])):
            case "insert":
                body[first:first] = draw(st.sampled_from(SNIPPETS))
            case "cut":
                del body[first : first + min(last - first, 40)]
            case "repeat":
                body[first:first] = body[first:last][:200]
            case _:
                body[first:first] = draw(st.binary(max_size=8))
    return bytes(body)


def is_clean(item: dict[str, Any]) -> bool:
    """Whether an item holds only what the rest of the product may rely on."""
    texts = "".join([item["guid"], item["title"], item["summary"], item["content"], item["author"], *item["tags"]])
    return (
        not any(unicodedata.category(character) in ("Cc", "Cs") for character in texts if character != "\n")
        and not set(texts) & set("\u202e\u2066\u200b")
        and "\n" not in item["title"] + item["author"]
        and (item["link"] == "" or item["link"].startswith(("http://", "https://")))
        and any((item["title"], item["summary"], item["content"], item["link"]))
    )


@given(damaged(), st.sampled_from(["", "text/xml", "text/html; charset=koi8-r", "application/json; charset=utf-16"]))
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_damaged_document_gives_clean_items_or_a_known_problem(body: bytes, content_type: str) -> None:
    request = {"task": "feed", "url": URL, "content_type": content_type}

    answer, *frames = answer_request(request, body)

    if "feed" in answer:
        assert all(is_clean(item) for items in frames for item in items)
        assert answer["feed"]["warning"].isprintable()
    else:
        assert FetchProblem(answer["problem"]) in (FetchProblem.BROKEN, FetchProblem.NOT_A_FEED)
        assert answer["cure"]


@given(st.binary(max_size=400))
@settings(max_examples=200, deadline=None)
def test_a_page_of_any_bytes_gives_web_addresses_or_nothing(body: bytes) -> None:
    page = b"<html><link rel=alternate type='application/rss+xml' href='/f'>" + body

    (answer,) = answer_request({"task": "links", "url": URL, "content_type": "text/html"}, page)

    assert answer["links"][0]["url"].startswith(("http://", "https://"))


@pytest.mark.parametrize(
    ("error", "problem"),
    [
        (MemoryError(), FetchProblem.PARSER_KILLED),
        (RecursionError(), FetchProblem.BROKEN),
        (KeyError(), FetchProblem.BROKEN),
    ],
)
def test_whatever_the_parser_raises_is_an_answer(
    monkeypatch: pytest.MonkeyPatch, error: Exception, problem: FetchProblem
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr("feedparser.parse", fail)

    (answer,) = answer_request({"task": "feed", "url": URL, "content_type": ""}, RSS)

    assert answer["problem"] == problem
    assert answer["cure"]
