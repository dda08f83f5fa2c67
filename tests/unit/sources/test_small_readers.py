"""The small pure readers: languages, links, encodings, what a body is."""

from urllib.parse import urljoin, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sources.charsets import decode_document
from bot.sources.languages import normalise_language
from bot.sources.links import is_whole, web_link
from bot.sources.sniffing import is_bot_wall, looks_like_feed, looks_like_html


@pytest.mark.parametrize(
    ("tag", "code"),
    [
        ("en-US", "en"),
        ("EN_gb", "en"),
        ("prs", "fa"),
        ("prs-AF", "fa"),
        ("fas", "fa"),
        ("tgk-Cyrl-TJ", "tg"),
        ("uz-Latn", "uz"),
        ("zh-Hans-CN", "zh"),
        ("ckb", "ckb"),
        (" ru ", "ru"),
        ("und", ""),
        ("english", ""),
        ("e", ""),
        ("", ""),
        (None, ""),
        (7, ""),
        ("en-" + "x" * 100, ""),
    ],
)
def test_a_language_is_its_short_code(tag: object, code: str) -> None:
    assert normalise_language(tag) == code


@given(st.text(), st.text())
def test_a_link_is_a_web_address_or_nothing(link: str, base: str) -> None:
    found = web_link(link, f"https://example.org/{base}")

    assert found == "" or found.lower().startswith(("http://", "https://"))
    assert found.isprintable()


@given(st.text("aB1.-/~%=+,@!*()_;:?&# ", max_size=16), st.sampled_from(["http://a.example/b/", "https://c.example"]))
def test_what_counts_as_a_whole_link_resolves_to_itself(rest: str, base: str) -> None:
    link = f"https://{rest}"
    if is_whole(link):
        assert urljoin(base, link) == link
        assert urlsplit(link).hostname
        assert urlsplit(link).port is None


@given(st.binary(), st.sampled_from(["", "text/xml; charset=utf-16", "text/xml; charset=big5", "x; charset=punycode"]))
def test_any_bytes_become_text(body: bytes, content_type: str) -> None:
    text, warning = decode_document(body, content_type)

    assert isinstance(text, str)
    assert warning == "" or not warning.endswith(".")


@given(st.binary(max_size=500))
def test_any_bytes_can_be_looked_at(body: bytes) -> None:
    if looks_like_feed(body):
        assert b"<" in body or b"{" in body
    assert looks_like_html(b"<html>" + body)
    assert is_bot_wall(b"<title>Just a moment...</title>" + body)


@pytest.mark.parametrize(
    "body",
    [
        b"<html><body>about <rss> and <feed> tags</body></html>",
        b"<?xml version='1.0'?><!DOCTYPE html PUBLIC 'x'><html xmlns='y'/>",
        b"<urlset/>",
        b"[1, 2]",
        b'{"version": "1"}',
        b"rss",
    ],
)
def test_what_only_mentions_feeds_is_none(body: bytes) -> None:
    assert not looks_like_feed(body)
