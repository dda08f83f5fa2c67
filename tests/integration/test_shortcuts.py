"""feedparser's shorter ways give what its own give: every field of every document, whole and broken."""

import io
import random
import warnings
from collections.abc import Iterator

import feedparser
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.sources.shortcuts import shortcuts
from tests.integration.test_incremental_parse import Build, build_atom, build_rdf, build_rss

NUMBERS = range(6)
ATOM = '<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="ru" xml:base="https://a.example/x/"><title>T</title>'
XHTML = "xmlns='http://www.w3.org/1999/xhtml'"
RDF = "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' xmlns='http://purl.org/rss/1.0/'>"
RSS = (
    "<rss version='2.0' xmlns:dc='http://purl.org/dc/elements/1.1/' xmlns:m='http://search.yahoo.com/mrss/'><channel>"
    "<language>fa</language>"
)
# What the shorter ways are careful about: pieces of text around tags, bases and languages that change, old names.
ENTRIES = (
    "<content type='html'>&lt;div class='x'>a<br/>&lt;/div></content>",
    "<content type='html'>\n&lt;div&gt;\n<b>a</b>&amp;amp;\n</content>",
    f"<content type='xhtml'><div {XHTML}>\n\n<p>a &lt; b</p>\n </div>\n</content>",
    "<content type='xhtml'> \n<div>a</div>\n<div>b</div> \n</content><summary>s\n&amp;c</summary>",
    "<content type='text/plain' xml:base='../y/' xml:lang=''>a\nb</content><link href='z'/>",
    "<content><![CDATA[<div>x</div>]]>\n<![CDATA[<p>]]></content><category term='c'/>",
)
ITEMS = (
    "<title>&#1576;\n\x85 &amp;#8217; “\u0093”</title><dc:date>2026-01-02</dc:date><category>c</category>",
    "<enclosure url='u' length='1'/><m:content url='v'><m:title>t</m:title></m:content><guid>g</guid>",
    "<description>\n&lt;p&gt;a\nb&lt;/p&gt; <i>raw</i> tail\n</description>",
)
LATE_ATOM = "<a:entry><a:title type='html'>&lt;div a='1'>x<br/>&lt;/div></a:title></a:entry>"
TRICKY = [
    *(f"{ATOM}<entry>{entry}</entry></feed>" for entry in ENTRIES),
    *(f"{RSS}<item>{item}</item></channel></rss>" for item in ITEMS),
    f"{ATOM}<rss version='2.0'><channel><item><title>in &lt;b&gt;\nit</title></item></channel></rss></feed>",
    f"<x xmlns:a='http://www.w3.org/2005/Atom'>t\nu{LATE_ATOM}</x>",
    f"{RDF}<item><title>鸟 \u009f\n&lt;ł</title><link>https://a.example/?a=1&amp;b=2</link></item></rdf:RDF>",
    "<rss><channel lastmod='2026-01-01' href='h'><item/>\n text</channel></rss>",
    "<rss><channel><item><title>a & b</title></item></channel></rss>",
    "<feed version='0.3' xmlns='http://purl.org/atom/ns#'><entry><content mode='base64'>PGI+</content></entry></feed>",
    "",
]
HEADERS = {"content-type": "application/xml; charset=utf-8", "content-location": "https://a.example/f"}
MARKS = [*b"< > & &lt; <![CDATA[ ]]> <div> </div> <br/> ' <div".split(), b"\n", b' xml:base="/q"', b"\xc2\x85"]


def read(document: bytes) -> dict[str, object]:
    """Everything feedparser says of a document, or how it fails."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found = feedparser.parse(
                io.BytesIO(document),
                sanitize_html=False,
                resolve_relative_uris=False,
                response_headers=HEADERS,
            )
    except Exception as error:  # noqa: BLE001  whatever it is, it is to be the same
        return {"error": repr(error)}
    return {**found, "bozo_exception": repr(found.get("bozo_exception"))}


def compare(document: bytes) -> None:
    """Reads a document in both ways."""
    long = read(document)
    with shortcuts():
        short = read(document)
    assert short == long
    assert repr(short) == repr(long)


def mutations(document: bytes, seed: int) -> Iterator[bytes]:
    """The document with pieces cut out, doubled, swapped and sprinkled with marks."""
    chance = random.Random(seed)
    for _ in range(25):
        first, second, third = sorted(chance.randrange(len(document) + 1) for _ in range(3))
        yield document[:first] + document[second:]
        yield document[:second] + document[first:]
        yield document[:first] + document[second:third] + document[first:second] + document[third:]
        yield (
            document[:first] + chance.choice(MARKS) + document[first:second] + chance.choice(MARKS) + document[second:]
        )


@pytest.mark.parametrize("number", range(len(TRICKY)))
def test_tricky_documents_read_the_same(number: int) -> None:
    document = TRICKY[number].encode()
    compare(document)
    for changed in mutations(document, number):
        compare(changed)


@pytest.mark.parametrize("build", [build_rss, build_atom, build_rdf])
def test_ordinary_documents_read_the_same_however_they_are_damaged(build: Build) -> None:
    document = build(list(NUMBERS), "")
    compare(document)
    for changed in mutations(document, 7):
        compare(changed)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.sampled_from(["&lt;", "div", "<b>", "</b>", ">", "\n", " ", "<div>", "</div>", "<br/>", "a", "&amp;"]))
)
def test_any_mixture_of_text_and_tags_in_atom_reads_the_same(pieces: list[str]) -> None:
    for kind in ("html", "xhtml", "text"):
        compare(f"{ATOM}<entry><content type='{kind}'>{''.join(pieces)}</content></entry></feed>".encode())


def test_afterwards_feedparser_is_as_it_was() -> None:
    before = (feedparser.api.StrictFeedParser, feedparser.util.FeedParserDict.get, feedparser.mixin.copy)
    with shortcuts():
        assert feedparser.util.FeedParserDict.get is not before[1]
    assert before == (feedparser.api.StrictFeedParser, feedparser.util.FeedParserDict.get, feedparser.mixin.copy)
