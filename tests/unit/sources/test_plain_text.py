"""Markup and untrusted strings to plain text."""

import html
import unicodedata

import nh3
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sources.plain_text import PRINTABLE_UNWANTED, clean_tags, clean_text, html_to_text, one_line, strip_plain_tags


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("plain", "plain"),
        ("<p>One</p><p>Two</p>", "One\nTwo"),
        ("a<br/>b<BR>c", "a\nb\nc"),
        ("<b>bo</b>ld", "bold"),
        ("<td>1</td><td>2</td>", "1\n2"),
        ("a &lt;b&gt; &amp; c", "a <b> & c"),
        ("Taliban&amp;#8217;s", "Taliban’s"),
        ("&amp;lt;script&amp;gt;", "&lt;script&gt;"),
        ("5 < 6 and 7 > 2", "5 < 6 and 7 > 2"),
        ("<script>alert(1)</script>x<style>p{}</style>", "x"),
        ("<!-- hidden -->shown", "shown"),
        ("<img src=x onerror=alert(1)>", ""),
        ("<a href='javascript:x'>link", "link"),
        ("non\u00a0breaking  \t space", "non breaking space"),
        ("\n\n a \n\n\n b ", "a\nb"),
        ("", ""),
    ],
)
def test_markup_becomes_the_words_a_reader_sees(markup: str, text: str) -> None:
    assert html_to_text(markup) == text


def test_a_cut_falls_neither_inside_a_tag_nor_inside_an_entity() -> None:
    assert html_to_text("a" * 10 + "<b class='x'>", limit=14) == "a" * 10
    assert html_to_text("a" * 10 + "&rsquo;", limit=14) == "a" * 10
    assert html_to_text("a" * 10 + "<b>c</b>", limit=14) == "a" * 10 + "c"


@given(st.text())
def test_clean_text_holds_nothing_that_hides_or_reorders(text: str) -> None:
    cleaned = clean_text(text)

    assert not any(unicodedata.category(c) in ("Cc", "Cs") for c in cleaned if c != "\n")
    assert not set(cleaned) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200b\u200e\u200f\ufeff")
    assert cleaned == cleaned.strip()
    assert clean_text(cleaned) == cleaned


@given(st.text(alphabet="<>&;/!-[]='\"abp \n"))
def test_no_markup_survives_twice_through(markup: str) -> None:
    text = html_to_text(markup)

    assert "<script" not in html_to_text(text)
    assert "\n\n" not in text


@given(st.text())
def test_text_without_markup_reads_as_it_does_between_tags(text: str) -> None:
    text = text.replace("<", " ").replace("&", " ").encode("utf-8", "replace").decode()
    assert html_to_text(text) == html_to_text(f"<b></b>{text}")


@given(st.text(), st.integers(2, 50))
def test_one_line_is_one_line_within_its_limit(text: str, limit: int) -> None:
    line = one_line(text, limit)

    assert len(line) <= limit
    assert len(line.splitlines()) <= 1


@pytest.mark.parametrize("text", ["می\u200cخواهد", "क्\u200dष", "نامه\u200cهای"])
def test_joiners_between_letters_stay(text: str) -> None:
    assert clean_text(text) == text


def test_tags_are_distinct_clean_and_few() -> None:
    assert clean_tags(["a", " a ", "", None, "b\u202e", "x" * 200]) == ("a", "b", "x" * 99 + "…")
    assert len(clean_tags(str(number) for number in range(1000))) == 50


PIECES = [
    "<p>", "</p>", "<b>", "</b>", "<br/>", "<a href='x?a=1&b=2'>", "</a>", '<a href="y>z">', "<img src=a/>", "<u",
    "</a", '<a href="cut',
    '<i x" y="z>', "<i x='\"' y>", "<ſ>", "<td>", "</td>", "<table>", "<script>", "</script>", "<svg>", "<!--", "-->",
    "<", ">", "&",
    "&amp;", "&lt;", "&amp;lt;", "&l", "t;", "&nbsp;", "&nbsp", "&#8217;", "&#39;", "&#150;", '"', "'", "=",
    "word", "два", "\n", "\r", " ", "/", "\x00", "<p\x0b>", "<p/ >", "<h1 id=a class='b'>", "<pre>",
]  # fmt: skip


@given(st.lists(st.sampled_from(PIECES), max_size=14))
def test_plain_tags_are_stripped_as_a_browser_reads_them(pieces: list[str]) -> None:
    markup = "".join(pieces)
    text = strip_plain_tags(markup)
    if text is not None:
        assert clean_text(html.unescape(text)) == clean_text(html.unescape(nh3.clean(markup, tags=set())))


def test_most_markup_is_plain() -> None:
    markup = (
        '<p class="lead">a <a href="https://a.example/?b" rel="nofollow">b</a>&nbsp;&amp;<br />c</p><img src=\'d\'>'
    )
    assert strip_plain_tags(markup) == "a b&nbsp;&amp;c"
    assert strip_plain_tags("<p>a <a href='https://a.exam") == "a "
    assert strip_plain_tags("<table><tr><td>a</td></tr></table>") is None


def test_every_unwanted_character_goes_also_where_all_others_can_be_printed() -> None:
    printable = [
        chr(code) for code in range(0x10000) if chr(code).isprintable() and not clean_text(f"a{chr(code)}b")[1:-1]
    ]

    assert "".join(printable) == PRINTABLE_UNWANTED
    assert clean_text("a\U000e0100b") == "ab"
