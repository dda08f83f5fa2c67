"""Documents are cut only where their parts read as the whole does."""

import time

import pytest

from bot.sources.cutting import CutDocument, cut_document, may_read_in_parts, stands_elsewhere

HEAD = b'<?xml version="1.0" encoding="utf-8"?>\n<rss version="2.0"><channel><title>Wire</title>\n'
TAIL = b"\n</channel></rss>"
ONE = b"<item><title>One</title><guid>1</guid></item>"
TWO = b"<item><title>Two</title><guid>2</guid></item>"

X_ONE = b'<item><x:a xmlns:x="urn:1"/></item>'


def build(*entries: bytes, head: bytes = HEAD, tail: bytes = TAIL) -> bytes:
    """A document of these entries."""
    return head + b"\n  ".join(entries) + tail


def cut(body: bytes) -> CutDocument:
    """The pieces of a document that can be cut."""
    document = cut_document(body, "application/xml")
    assert document is not None
    return document


def is_cuttable(body: bytes) -> bool:
    """Whether every entry of the document may be read alone."""
    document = cut_document(body, "application/xml")
    return document is not None and may_read_in_parts(document, range(len(document.entries)))


@pytest.mark.parametrize(
    "body",
    [
        build(ONE, TWO),
        build(b"<item rdf:about='x'><title>One</title></item>", head=HEAD.replace(b"<rss", b"<rdf:RDF")),
        build(b"<entry><id>1</id></entry>", b"<entry>\n</entry>", head=b"<feed xmlns='http://www.w3.org/2005/Atom'>"),
        build(b"<item><title><![CDATA[a </b> <i>]]></title><!-- note --></item>", TWO),
        b"\xef\xbb\xbf" + build(ONE, TWO),
        build(ONE, TWO, head=b"<!-- by hand --><?xml-stylesheet href='x'?><rss><channel>"),
    ],
)
def test_an_ordinary_document_is_cut_into_what_makes_it_up(body: bytes) -> None:
    assert is_cuttable(body)
    document = cut(body)
    assert document.join(range(len(document.entries))).replace(b"\n  ", b"") == body.replace(b"\n  ", b"")


@pytest.mark.parametrize(
    ("why", "body"),
    [
        ("no entries", build()),
        ("a web page", b"<html><item></item></html>"),
        ("JSON", b'{"version": "https://jsonfeed.org/version/1.1", "items": []}'),
        ("an internal DTD", build(ONE, head=b'<!DOCTYPE rss [<!ENTITY x "</item>">]><rss><channel>')),
        ("text between entries", build(ONE, b"stray", TWO)),
        ("CDATA between entries", build(ONE, b"<![CDATA[ ]]>", TWO)),
        ("a comment around an entry", build(ONE, b"<!--", TWO, b"-->")),
        ("an entry in a CDATA section", build(b"<item><title><![CDATA[<item>]]></title></item>", b"<title/></item>")),
        ("the end of an entry in a CDATA section", build(b"<item><title><![CDATA[</item>]]></title></item>", TWO)),
        ("the end of an entry in a comment", build(b"<item><!-- </item> --></item>", TWO)),
        ("a section that opens in the head", build(ONE, TWO, head=HEAD + b"<![CDATA[")),
        ("a section that opens in the tail", build(ONE, TWO, tail=b"<!-- " + TAIL)),
        ("sections that only seem balanced", build(b"<item><!-- ]]> --><![CDATA[</item>", b"<item>]]></item>")),
        ("a nested entry", build(b"<item><item></item></item>", TWO)),
        ("a nested entry with a prefix", build(b"<item><rss:item/></item>", TWO)),
        ("a nested entry in capitals", build(b"<item><ITEM/></item>", TWO)),
        ("a self-closed entry", build(b"<item/>", TWO)),
        ("a self-closed entry inside", build(b"<item><title/><item/></item>", TWO)),
        ("an entry in the tail", build(ONE, tail=b"<Item><title>x</title></Item></channel></rss>")),
        ("a prefix with two meanings", build(X_ONE, X_ONE.replace(b"urn:1", b"urn:2"))),
        ("a meaning with two prefixes", build(X_ONE, b'<item><y:a xmlns:y="urn:1"/></item>')),
        ("languages that feedparser drags on", build(b'<item><title><div lang="fr">x</div></title></item>', TWO)),
    ],
)  # fmt: skip
def test_in_any_doubt_a_document_is_not_cut(why: str, body: bytes) -> None:
    assert not is_cuttable(body), why


def test_a_document_in_another_encoding_is_decoded_before_it_is_cut() -> None:
    text = "<rss><channel><item><title>Душанбе</title></item></channel></rss>"
    for encoding in ("windows-1251", "koi8-r"):
        declared = f'<?xml version="1.0" encoding="{encoding}"?>{text}'.encode(encoding)
        assert cut(declared).entries == ("<item><title>Душанбе</title></item>".encode(),)
    assert cut(text.encode("utf-16")).entries == ("<item><title>Душанбе</title></item>".encode(),)


def test_a_damaged_encoding_is_not_cut() -> None:
    assert cut_document(build("<item>Душанбе, Худжанд".encode() + b"\xff</item>"), "") is None


def test_only_what_was_not_seen_is_looked_at() -> None:
    document = cut(build(ONE, TWO))
    seen = {cut(build(TWO)).digests[0]}
    assert document.find_unseen(seen) == [0]
    assert document.join([0]) == HEAD + ONE + TAIL


def test_the_frame_changes_with_namespaces_and_not_with_dates() -> None:
    plain = cut(build(ONE))
    dated = cut(build(ONE, head=HEAD + b"<lastBuildDate>Mon, 01 Jun 2026 10:00:00 GMT</lastBuildDate>"))
    other = cut(build(ONE, head=HEAD.replace(b"<rss", b"<rss xmlns:dc='urn:dc'")))
    assert plain.frame == dated.frame != other.frame


def test_an_id_shared_with_another_entry_is_noticed() -> None:
    document = cut(build(ONE, b"<item><title>Two</title><guid>https://x.example/?a=1&amp;b=2</guid></item>"))
    assert stands_elsewhere(document, {0}, ["https://x.example/?a=1&b=2"])
    assert not stands_elsewhere(document, {0}, ["https://x.example/?a=1&b="])
    assert not stands_elsewhere(document, {1}, ["https://x.example/?a=1&b=2"])


def test_a_hostile_document_is_judged_in_linear_time() -> None:
    for piece in (b"<!--", b"<![CDATA[", b"<?", b"<item", b"<div lang", b"xmlns:a"):
        body = build(b"<item>" + piece * 200_000 + b"</item>", TWO)
        started = time.process_time()
        is_cuttable(body)
        assert time.process_time() - started < 2.0
