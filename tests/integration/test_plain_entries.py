"""Plain documents read quickly give what feedparser gives, field by field; whatever is unusual is left to it."""

from html import escape

import pytest
from feedparser.datetimes import _parse_date
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.polling_feeds import build_feeds
from bot.domain.feed_memory import Parts
from bot.errors import FeedError
from bot.sources.cutting import cut_document
from bot.sources.documents import parse_document
from bot.sources.parts import Trial, read_whole
from bot.sources.plain_entries import read_plain_entries
from bot.sources.plain_fields import parse_date
from tests.integration.test_incremental_parse import Build, build_atom, build_rdf, build_rss
from tests.integration.test_shortcuts import TRICKY, mutations

URL = "https://publisher.example/a/feed.xml"
SPACES = (
    'xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/"'
    ' xmlns:m="http://search.yahoo.com/mrss/" xmlns:f="http://rssnamespace.org/feedburner/ext/1.0"'
)
ATOM = 'xmlns:a="http://www.w3.org/2005/Atom"'
RDF = 'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:r="http://purl.org/rss/1.0/"'
# Each format with its entries; names without a prefix are those of RSS 2.0 in all of them.
FORMS = {
    "item": f'<rss version="2.0" {SPACES} {ATOM} xml:lang="fa_IR"><channel>{{}}</channel></rss>',
    "a:entry": f'<a:feed {ATOM} {SPACES} xml:lang="ru">{{}}</a:feed>',
    "r:item": f'<rdf:RDF {RDF} {SPACES}><r:channel rdf:about="u"><r:title>T</r:title></r:channel>{{}}</rdf:RDF>',
}
# Texts that readers take in different ways: markup, half markup, wrong encodings, references, addresses, people.
MARKUP = ("", " ", "a b", "a &lt;b&gt; c", "&lt;p&gt;x&lt;/p&gt;", "&amp;amp; &amp;#8217;", "<![CDATA[<b>y</b> & z]]>")
WRITING = ("Ã©tÃ©", "\u0093q\u0094 …", "граница\u200b", "5 &lt; 6 &amp;lt; 7", "a<!-- c -->b", "\u00a0x\n y", "🙂")
LINKS = (
    *("https://publisher.example/1?a=1&amp;b=2", "/rel/2", "../3", "//other.example/x", "http:///y", "tag:x,2026:1"),
    *("https://publisher.example/?q=&amp;copy;", "HTTP://UPPER.example/a b", "?x", "#y", "https://[::1/x", "urn:x:1"),
    *("https://publisher.example/a?", "https://publisher.example", "https://é.example/ü", "mailto:a@b.example"),
)
PEOPLE = ("a@b.example (Desk)", "Desk &lt;a@b.example&gt;", "()", "Desk, a@b.example", "a@b.example")
TEXTS = st.one_of(
    st.sampled_from((*MARKUP, *WRITING, *LINKS, *PEOPLE)),
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=12).map(escape),
)
DATES = st.one_of(
    st.sampled_from(
        (
            *("Mon, 01 Jun 2026 10:00:00 GMT", "1 Jun 2026 10:00:00 +0330", "Tue, 31 Feb 2026 10:00:00 GMT", "2026"),
            *("2026-06-01T10:00:00Z", "2026-06-01T10:00:00+04:30", "2026-06-01T24:00:00Z", "0001-01-01T00:00:00+10:00"),
            *("9999-12-31T23:59:59-10:00", "Wed, 02 Foo 2026 10:00:00 GMT", "yesterday", "2026-06-01T10:00:00.5Z"),
            *("Mon, 01 Jun 2026 10:00:00 EST", "Mon, 01 Jun 2026 10:00:60 GMT", "", "1 Jun 0026 10:00:00 -9999"),
        )
    ),
    st.datetimes().map(lambda moment: f"{moment:%a, %d %b %Y %H:%M:%S} +0530"),
    st.datetimes().map(lambda moment: f"{moment.replace(microsecond=0).isoformat()}-07:00"),
)
KINDS = st.sampled_from(("html", "TEXT", "text/html", "plain"))
# By the place that an element takes in its entry, so that most documents are plain.
FIELDS = {
    "title": st.builds("<title>{}</title>".format, TEXTS),
    "link": st.builds("<link>{}</link>".format, TEXTS),
    "summary": st.one_of(
        st.builds("<description>{}</description>".format, TEXTS),
        st.builds("<a:summary type='{}'>{}</a:summary>".format, KINDS, TEXTS),
    ),
    "content": st.one_of(
        st.builds("<content:encoded>{}</content:encoded>".format, TEXTS),
        st.builds("<a:content type='{}' xml:lang='de'>{}</a:content>".format, KINDS, TEXTS),
        st.builds("<a:content>{}</a:content>".format, TEXTS),
    ),
    "id": st.one_of(
        st.builds("<guid isPermaLink='{}'>{}</guid>".format, st.sampled_from(["true", "false", "TRUE"]), TEXTS),
        st.builds("<a:id>{}</a:id>".format, TEXTS),
    ),
    "author": st.one_of(
        st.builds("<author>{}</author>".format, TEXTS),
        st.builds("<a:author><a:name>{}</a:name><a:email>{}</a:email></a:author>".format, TEXTS, TEXTS),
        st.builds("<a:author> <a:email>{}</a:email></a:author>".format, TEXTS),
        st.just("<a:author></a:author>"),
    ),
    "published": st.builds("<{0}>{1}</{0}>".format, st.sampled_from(["pubDate", "a:published"]), DATES),
    "updated": st.builds("<{0}>{1}</{0}>".format, st.sampled_from(["dc:date", "a:updated"]), DATES),
    "tag": st.builds("<category>{}</category>".format, TEXTS),
    "same tag": st.builds("<category domain='d'>{}</category>".format, TEXTS),
    "atom tag": st.builds("<a:category term='{}' label='{}'/>".format, TEXTS.map(escape), st.sampled_from(["", "x"])),
    "atom link": st.builds(
        "<a:link rel='{}' href='{}' type='{}'/>".format,
        st.sampled_from(["alternate", "self", "Alternate"]),
        st.sampled_from(LINKS),
        st.sampled_from(["text/html", "image/png"]),
    ),
    "true link": st.builds("<f:origLink>{}</f:origLink>".format, TEXTS),
    "nothing": st.sampled_from(["<enclosure url='u' lang='de'/>", "<m:thumbnail url='u'>t</m:thumbnail>", "text"]),
    "rare": st.sampled_from(["text", "text", "<dc:language>uk</dc:language>", "<title>Again</title>", "<image/>"]),
}


@st.composite
def documents(draw: st.DrawFn) -> bytes:
    """A document of up to three entries, in any of the formats. RDF has no Atom in it."""
    name = draw(st.sampled_from(sorted(FORMS)))
    known = sorted(FIELDS)
    chosen = draw(
        st.lists(st.lists(st.sampled_from(known), min_size=1, max_size=6, unique=True), min_size=1, max_size=3)
    )
    entries = [[draw(FIELDS[field]) for field in fields] for fields in chosen]
    if name == "r:item":
        entries = [[field for field in fields if "<a:" not in field] for fields in entries]
    inside = "".join(f"<{name}>{''.join(fields)}</{name}>" for fields in entries)
    return FORMS[name].format(inside).encode()


PLAIN = pytest.mark.parametrize("build", [build_rss, build_atom, build_rdf])


def compare(document: bytes) -> bool:
    """Whether the document is plain; if so, both ways give the same."""
    quick = read_plain_entries(document, URL, "")
    if quick is not None:
        whole = parse_document(document, URL, "")
        assert quick == whole.items
        assert (whole.skipped, whole.warning) == (0, "")
    return quick is not None


def try_whole(document: bytes) -> Trial:
    """The document with its first, middle and last entry for a sample."""
    cut = cut_document(document, "")
    assert cut is not None
    last = len(cut.entries) - 1
    numbers = sorted({0, last // 2, last})
    return Trial(document, "", URL, last + 1, cut.join(numbers), numbers)


@settings(max_examples=250, deadline=None)
@given(documents())
def test_any_entries_of_known_elements_read_as_feedparser_reads_them(document: bytes) -> None:
    compare(document)


@settings(max_examples=300, deadline=None)
@given(DATES)
def test_dates_read_as_feedparser_reads_them(date: str) -> None:
    assert parse_date(date) == _parse_date(date)


def test_generated_feeds_in_ten_languages_read_the_same_and_nearly_all_are_plain() -> None:
    documents = [feed.build(1_000, 0) for feed in build_feeds(40, seed=5, tiny=True)]

    assert sum(map(compare, documents)) >= len(documents) * 0.9


@pytest.mark.parametrize("build", [build_rss, build_rdf])
def test_damaged_documents_read_the_same_or_are_left_to_feedparser(build: Build) -> None:
    document = build(range(6), "")
    assert compare(document)
    for changed in mutations(document, 11):
        compare(changed)


@pytest.mark.parametrize("tricky", TRICKY)
def test_tricky_documents_read_the_same_or_are_left_to_feedparser(tricky: str) -> None:
    compare(tricky.encode())


@pytest.mark.parametrize(
    "unusual",
    [
        build_atom(range(3), "").decode(),  # a base address, and languages that change
        "<rss><channel><item><title>a</title><title>b</title></item></channel></rss>",
        "<rss><channel><item><title>a</title><item><title>b</title></item></item></channel></rss>",
        "<rss><item><title>outside</title></item></rss>",
        "<rss><channel xml:base='/x'><item><title>a</title></item></channel></rss>",
        "<!DOCTYPE rss [<!ENTITY e 'x'>]><rss><channel><item><title>&e;</title></item></channel></rss>",
        "<rss xmlns:content='http://purl.org/dc/elements/1.1/'><channel><item><title>a</title></item></channel></rss>",
        f"<rdf:RDF {RDF} {ATOM}><r:item><r:title>&lt;b&gt;a&lt;/b&gt;</r:title></r:item></rdf:RDF>",
        f"<a:feed xmlns:r='http://purl.org/rss/1.0/' {ATOM}><a:entry><a:title>a</a:title></a:entry></a:feed>",
        "<rss><channel><item/></channel></rss>",
    ],
)
def test_what_is_unusual_is_left_to_feedparser(unusual: str) -> None:
    assert read_plain_entries(unusual.encode(), URL, "") is None


@PLAIN
def test_a_whole_document_reads_the_same_through_its_trial(build: Build) -> None:
    document = build(range(9), "")

    whole, parts = read_whole(try_whole(document))

    assert whole == parse_document(document, URL, "")
    assert parts is Parts.ANY


def test_a_sample_that_feedparser_reads_otherwise_sends_the_whole_to_it(monkeypatch: pytest.MonkeyPatch) -> None:
    document = build_rss(range(9), "")
    quick = read_plain_entries(document, URL, "")
    assert quick is not None
    wrong = (*quick[:-1], quick[0])
    monkeypatch.setattr("bot.sources.parts.read_plain_entries", lambda *_: wrong)

    assert read_whole(try_whole(document))[0] == parse_document(document, URL, "")


def test_entries_that_share_an_id_are_all_there_and_are_not_read_apart_later() -> None:
    entry = "<item><guid>g</guid><title>{}</title></item>"
    document = f"<rss><channel><title>T</title>{''.join(map(entry.format, range(4)))}</channel></rss>".encode()

    whole, parts = read_whole(try_whole(document))

    assert [item.title for item in whole.items] == ["0", "1", "2", "3"]
    assert parts is Parts.NONE


def test_an_empty_entry_is_counted_as_feedparser_counts_it() -> None:
    document = b"<rss><channel><item><title>a</title></item><item></item></channel></rss>"

    with_empty, _ = read_whole(try_whole(document))

    assert with_empty.skipped == 1


def test_a_document_that_is_no_feed_stays_one() -> None:
    with pytest.raises(FeedError):
        read_whole(Trial(b"<html/>", "", URL, 1, b"<html/>", (0,)))
