"""Feeds that freeze, fool, flood or break parsers. Sizes reach what the fetcher lets through."""

import base64
import gzip
import json
import zlib
from collections.abc import Iterator

from tests.hostile.corpus.cases import Case, Kind, name_cases

ITEM = "<item><title>One</title><link>https://a.example/1</link><guid>1</guid></item>"
_ENTRY = "<entry><id>1</id><title>One</title><link href='https://a.example/1'/></entry>"
_CODECS = (
    *("punycode", "idna", "utf-7", "utf-16", "utf-16le", "utf-32", "utf_8_sig", "cp037", "cp875", "mbcs", "oem"),
    *("rot13", "base64", "hex", "zlib", "bz2", "uu", "quopri", "unicode_escape", "raw_unicode_escape", "undefined"),
    *("string_escape", "x" * 5_000, "", "utf-8\x00", "../../etc/passwd", "koi8-r", "iso-2022-jp", "hz", "ascii"),
)
_DATES = (
    *("9999-12-31T23:59:59-23:59", "0001-01-01T00:00:00+14:00", "1767225600", "-1", "2026-02-30T25:61:61Z", "now"),
    *("Mon, 32 Foo 2026 99:99:99 +9999", "20261125", "2026-W48-3", "٢٠٢٦-١١-٢٥", "9" * 5_000, "Thu, 01 Jan 1970", "0"),
    *("2026-11-25T10:30:00+99:99", "Wed, 25 Nov 26 10:30:00 PST", "1e400", "NaN", "2026-11-25T10:30:00.9999999999Z"),
)
_LINKS = (
    *("javascript:alert(1)", "data:text/html,<script>", "file:///etc/passwd", "//evil.example/x", "\\\\evil\\share"),
    *("https://user:pw@a.example/", "https://a.example/\r\nX: y", "https://a.example/" + "a" * 100_000, "http://[::1"),
    *("https://a.example/\u202e", "vbscript:x", "https://\ud800.example/", "tg://resolve?domain=x", " ", "http://"),
)
_TITLES = (
    *("<!channel> <!here> <@U1>", "<script>alert(1)</script>", "\u202egnp.exe", "a" + "\u0301" * 20_000, "/stop@bot"),
    *(
        "\x1b[2J\x1b[31m",
        "&lt;b&gt;&amp;amp;lt;",
        "]]>",
        "&#0;&#8;&#xFFFE;",
        "\u200b" * 5_000,
        "🏳️‍🌈" * 5_000,
        "\u2066\u2067",
    ),
    *(
        "admin: send me the code",
        "t.me/joinchat/x",
        "x" * 1_000_000,
        "\u0000",
        "&" * 200_000,
        "<" * 200_000,
        "\ufdfa" * 9_000,
    ),
)


def rss(items: str, head: str = "", encoding: str = "utf-8") -> str:
    """An RSS document around these items."""
    declared = f'<?xml version="1.0" encoding="{encoding}"?>'
    return f'{declared}{head}<rss version="2.0" xmlns:dc="urn:dc"><channel><title>T</title>{items}</channel></rss>'


def _atom(entries: str, head: str = "") -> str:
    return f'<?xml version="1.0"?>{head}<feed xmlns="http://www.w3.org/2005/Atom"><title>T</title>{entries}</feed>'


def _item(inner: str) -> str:
    return rss(f"<item><guid>1</guid><title>One</title>{inner}</item>")


def list_feeds() -> Iterator[Case]:
    """Every hostile feed."""
    for codec in _CODECS:
        document = rss(ITEM, encoding=codec).encode("utf-8", "replace")
        yield Case(Kind.FEED, f"declared as {codec[:20]!r}", document)
        if codec.isprintable() and codec.isascii():
            content_type = f"text/xml; charset={codec}"
            yield Case(Kind.FEED, f"sent as {codec[:20]!r}", rss(ITEM).encode(), content_type)
    yield from name_cases(Kind.FEED, _freezing())
    yield from name_cases(Kind.FEED, _entities())
    yield from name_cases(Kind.FEED, _fields())
    yield from name_cases(Kind.FEED, _not_feeds())
    yield from name_cases(Kind.FEED, _json_feeds())
    yield from name_cases(Kind.FEED, _shapes())


def _freezing() -> Iterator[tuple[str, str]]:
    """Inputs that cost feedparser seconds or minutes (its issue 562 and others)."""
    for field in ("author", "dc:creator", "managingEditor", "webMaster", "itunes:author"):
        for size in (20_000, 200_000):
            yield f"{field} of {size}", _item(f"<{field}>{'a' * size}</{field}>")
        yield f"{field} of brackets", _item(f"<{field}>{'(@' * 50_000}</{field}>")
    for count in (1_000, 50_000):
        yield f"{count} categories", _item("".join(f"<category>c{number}</category>" for number in range(count)))
        yield f"{count} links", _item("<link>https://a.example/</link>" * count)
        yield f"{count} enclosures", _item("<enclosure url='x' length='9' type='a/b'/>" * count)
    for count in (1_000, 100_000, 700_000):
        yield f"{count} nested elements", _item("<x>" * count)
        yield f"{count // 10} closed nested elements", _item("<b>" * (count // 10) + "</b>" * (count // 10))
    for count in (10_000, 60_000):
        yield f"{count} entries", rss(ITEM * count)
    yield "ill-formed of four megabytes", rss("<item><title>a<b></title>&x;</item>" * 110_000)
    for piece in (
        "<!--",
        "<![CDATA[",
        "<a href='",
        "<!",
        "<?",
        "&amp;",
        "&#x",
        "<b ",
        "</",
        "<p>" * 9,
        "%",
        "<!DOCTYPE",
    ):
        yield f"description of {piece}", _item(f"<description><![CDATA[{piece.replace(']]>', '') * 20_000}")
        yield f"document of {piece}", rss(piece * 20_000)
    yield "attributes", _item("<enclosure " + " ".join(f"a{number}='x'" for number in range(50_000)) + "/>")
    yield "namespaces", rss("".join(f"<x{n}:a xmlns:x{n}='urn:{n}'/>" for n in range(20_000)))


def _entities() -> Iterator[tuple[str, str]]:
    """Entities that grow, and entities that read files and addresses."""
    laughs = "".join(f"<!ENTITY l{n} '{f'&l{n - 1};' * 10}'>" for n in range(1, 10))
    yield "billion laughs", rss("<item><title>&l9;</title></item>", f"<!DOCTYPE x [<!ENTITY l0 'ha'>{laughs}]>")
    yield (
        "quadratic entities",
        rss(f"<item><title>{'&a;' * 40_000}</title></item>", f"<!DOCTYPE x [<!ENTITY a '{'a' * 50_000}'>]>"),
    )
    for target in (
        "file:///etc/passwd",
        "http://127.0.0.1:1/",
        "ftp://127.0.0.1/",
        "php://filter/x",
        "/dev/zero",
        "\\\\h\\s",
    ):
        head = f"<!DOCTYPE x [<!ENTITY e SYSTEM '{target}'>]>"
        yield f"external entity {target}", rss("<item><title>&e;</title></item>", head)
        yield f"external DTD {target}", rss(ITEM, f"<!DOCTYPE rss SYSTEM '{target}'>")
        yield f"parameter entity {target}", rss(ITEM, f"<!DOCTYPE x [<!ENTITY % p SYSTEM '{target}'> %p;]>")
    yield "stylesheet", rss(ITEM, "<?xml-stylesheet href='file:///etc/passwd' type='text/xsl'?>")
    yield "xinclude", _item("<xi:include xmlns:xi='http://www.w3.org/2001/XInclude' href='file:///etc/passwd'/>")


def _fields() -> Iterator[tuple[str, str]]:
    for date in _DATES:
        yield f"date {date[:30]}", _item(f"<pubDate>{date}</pubDate>")
    for link in _LINKS:
        yield f"link {link[:30]!a}", _item(f"<link>{link.replace('&', '&amp;').replace('<', '&lt;')}</link>")
    for title in _TITLES:
        yield f"title {title[:20]!a}", rss(f"<item><guid>1</guid><title><![CDATA[{title}]]></title></item>")
    for guid in ("", " ", "g" * 1_000_000, "\u202e", "<b>"):
        yield f"guid {guid[:10]!a}", rss(f"<item><guid><![CDATA[{guid}]]></guid><title>One</title></item>" * 3)


def _not_feeds() -> Iterator[tuple[str, bytes]]:
    """Bodies that are something else: feedparser opens a text that is a path, and fetches one that is an address."""
    for text in (
        "/etc/passwd",
        "http://127.0.0.1:1/",
        "file:///etc/passwd",
        "feed://127.0.0.1/",
        "-",
        "",
        "\n" * 90_000,
    ):
        yield f"the text {text[:25]!r}", text.encode()
    feed = rss(ITEM).encode()
    yield "gzip inside", gzip.compress(feed)
    yield "gzip bomb inside", gzip.compress(b"<" * 20_000_000, 9)[:2_000_000]
    yield "zlib inside", zlib.compress(feed)
    yield "base64", base64.b64encode(feed)
    for name, magic in (
        ("png", b"\x89PNG\r\n\x1a\n"),
        ("pdf", b"%PDF-1.7\n"),
        ("elf", b"\x7fELF"),
        ("zip", b"PK\x03\x04"),
    ):
        yield name, magic + bytes(range(256)) * 4_000
    yield "zeros", b"\x00" * 1_000_000
    yield "a bot wall", b"<!DOCTYPE html><html><head><title>Just a moment...</title></head><body>cf</body></html>"
    yield (
        "a page that names itself a feed",
        b"<html><rss><channel><item><title>One</title></item></channel></rss></html>",
    )
    yield "utf-16 without a mark", rss(ITEM).encode("utf-16-le")
    yield "utf-32", rss(ITEM).encode("utf-32")
    yield "half a document", feed[: len(feed) // 2]
    yield "two documents", feed * 2
    yield "garbage before", b"\xff\xfe\x00garbage" + feed
    yield "only a declaration", b'<?xml version="1.0"?>'


def _json_feeds() -> Iterator[tuple[str, str]]:
    def feed(items: str, more: str = "") -> str:
        return f'{{"version": "https://jsonfeed.org/version/1.1", "title": "T", "items": {items}{more}}}'

    yield "JSON nested", feed("[" * 200_000)
    yield "JSON objects nested", feed('{"a":' * 100_000)
    yield "JSON huge number", feed(f'[{{"id": {"9" * 20_000}, "title": "One"}}]')
    yield "JSON infinite", feed('[{"id": 1e999, "title": NaN, "url": Infinity}]')
    for value in ("null", "true", "7", '"x"', "{}", "[[]]", "[null]", '[{"id": []}]', '[{"id": {}, "title": []}]'):
        yield f"JSON items {value}", feed(value)
    for value in ('"\\ud800"', '"\\u0000"', "[]", "{}", "1e5", '"' + "x" * 500_000 + '"'):
        yield f"JSON title {value[:12]}", feed(f'[{{"id": "1", "title": {value}, "date_published": {value}}}]')
    yield "JSON 60,000 items", feed(json.dumps([{"id": str(number), "title": "One"} for number in range(60_000)]))
    yield "JSON same key", feed('[{"id": "1", "id": "2", "title": "a", "title": "b"}]')


def _shapes() -> Iterator[tuple[str, str]]:
    yield (
        "RDF",
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><item><title>One</title></item></rdf:RDF>',
    )
    yield "unknown root", "<feeed><entry/></feeed>"
    yield "no entries", rss("")
    yield "entry outside", f"<rss>{ITEM}</rss>"
    yield "Atom in RSS", rss(_ENTRY)
    yield "RSS in Atom", _atom(ITEM)
    yield "foreign XHTML", _atom("<entry><content type='xhtml'><div><svg onload='x'/></div></content></entry>" * 50)
    yield "binary content", _atom("<entry><id>1</id><content type='application/zip'>UEsDBA==</content></entry>")
    yield "content by address", _atom("<entry><id>1</id><content src='file:///etc/passwd'/></entry>")
    yield "xml:base loops", _atom("<entry xml:base='javascript:'><link href='x'/></entry>" * 50)
    yield "upper case", rss(ITEM).upper()
    yield (
        "sy:updatePeriod",
        rss("<sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>0</sy:updateFrequency>" + ITEM),
    )
    yield "ttl", rss(f"<ttl>{'9' * 400}</ttl><ttl>-5</ttl><ttl>x</ttl>" + ITEM)
    yield "skipHours", rss("<skipHours>" + "<hour>25</hour>" * 1_000 + "</skipHours>" + ITEM)
    yield "processing instructions", rss("<?x y?>" * 100_000 + ITEM)
    yield "comments", rss("<!-- x -->" * 100_000 + ITEM)
