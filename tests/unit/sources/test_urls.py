"""Which URLs are fetched at all, and that no message shows a secret."""

import contextlib
from ipaddress import ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import FeedError, FetchProblem
from bot.sources.urls import is_private_url, read_url, redact_url

PRIVATE = (ip_network("127.0.0.0/8"),)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("http://example.org/feed.xml", "http://example.org/feed.xml"),
        ("HTTPS://Example.ORG/Feed?x=1#part", "https://example.org/Feed?x=1"),
        ("https://example.org:8443/feed", "https://example.org:8443/feed"),
        (" https://example.org/feed ", "https://example.org/feed"),
        ("https://bücher.example/ленты?тема=граница", None),
        ("https://example.org./feed", "https://example.org./feed"),
        ("https://my_host.example.org/", "https://my_host.example.org/"),
        ("https://8.8.8.8/feed", "https://8.8.8.8/feed"),
        ("https://[2606:4700:4700::1111]/feed", "https://[2606:4700:4700::1111]/feed"),
        ("https://4chan.example/feed", "https://4chan.example/feed"),
    ],
)
def test_a_web_address_is_read(text: str, read: str | None) -> None:
    url = read_url(text)

    assert read is None or str(url) == read
    assert url.raw_host is not None
    assert url.raw_host.isascii()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "example.org/feed",
        "//example.org/feed",
        "ftp://example.org/feed",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "data:text/xml,<rss/>",
        "gopher://127.0.0.1:70/",
        "http://",
        "http:///feed",
        "http:/feed",
        "http://user:secret@example.org/",
        "http://user@example.org/",
        "http://example.org:22/",
        "http://example.org:0/",
        "http://example.org:99999/",
        "http://example.org:port/",
        "http://exa mple.org/",
        "http://example.org/\r\nHost: internal",
        "http://example.org\\@127.0.0.1/",
        "http://a..b/",
        "http://-x/",
        "http://2130706433/",
        "http://0x7f000001/",
        "http://0x7f.1/",
        "http://127.1/",
        "http://0177.0.0.1/",
        "http://127.0.0.1.1/",
        "http://example.0/",
        "http://example.org%00.evil/",
        "http://example.org%2f@evil/",
        "http://" + "a" * 300 + ".org/",
        "http://example.org/" + "a" * 2100,
        "http://[::1/",
        "http://[v1.x:y]/",
    ],
)
def test_what_is_no_fetchable_web_address_is_refused_with_a_cure(text: str) -> None:
    with pytest.raises(FeedError) as caught:
        read_url(text)

    assert caught.value.problem is FetchProblem.BAD_URL
    assert caught.value.cure
    assert "\n" not in str(caught.value)
    assert "secret" not in str(caught.value)


def test_a_private_network_may_use_any_port_and_a_public_address_may_not() -> None:
    assert str(read_url("http://127.0.0.1:9999/x", PRIVATE)) == "http://127.0.0.1:9999/x"
    with pytest.raises(FeedError, match="Port 9999"):
        read_url("http://8.8.8.8:9999/x", PRIVATE)


def test_an_address_off_the_internet_is_refused_and_the_cure_names_the_setting() -> None:
    with pytest.raises(FeedError, match="TOCSIN_PRIVATE_NETWORKS") as caught:
        read_url("http://10.0.0.1/feed")

    assert caught.value.problem is FetchProblem.REFUSED_ADDRESS


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("https://u:p@example.org/x", "https://***@example.org/x"),
        ("https://example.org/x?token=abc&y=1", "https://example.org/x?token=***&y=1"),
        ("https://example.org/x?y=1&api_key=abc", "https://example.org/x?y=1&api_key=***"),
        ("https://example.org/x?access_token=a", "https://example.org/x?access_token=***"),
        ("got https://a:b@c/ and http://d:e@f/?key=g", "got https://***@c/ and http://***@f/?key=***"),
        ("1-http://u:p@h and (http://u:p@h)", "1-http://***@h and (http://***@h)"),
        ("https://example.org/plain?page=2", "https://example.org/plain?page=2"),
    ],
)
def test_secrets_in_an_address_are_not_shown(text: str, shown: str) -> None:
    assert redact_url(text) == shown


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused_with_a_feed_error(text: str) -> None:
    url = None
    with contextlib.suppress(FeedError):
        url = read_url(f"http://{text}")

    if url is not None:
        assert url.scheme == "http"
        assert url.raw_host
        assert url.raw_user is None


@given(st.text(max_size=100))
def test_a_message_about_any_address_is_one_line(text: str) -> None:
    assert redact_url(f"http://{text}").isprintable()


def test_is_private_knows_addresses_localhost_and_names_seen_before() -> None:
    assert is_private_url("http://127.0.0.1:8080/feed", PRIVATE, set())
    assert is_private_url("http://localhost/feed", PRIVATE, set())
    assert is_private_url("http://intranet.example/feed", PRIVATE, {"intranet.example"})
    assert not is_private_url("http://example.org/feed", PRIVATE, {"intranet.example"})
    assert not is_private_url("http://127.0.0.1/feed", (), set())
    assert not is_private_url("http://[broken", PRIVATE, set())
