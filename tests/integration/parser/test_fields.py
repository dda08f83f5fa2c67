"""What each field of an entry becomes."""

from datetime import datetime

import pytest

from bot.sources.parser import WorkerParser
from tests.integration.parser.documents import WHEN, parse_one, response


class TestFields:
    @pytest.mark.parametrize(
        ("date", "expected"),
        [
            ("Wed, 25 Nov 2026 10:30:00 GMT", WHEN),
            ("2026-11-25T10:30:00Z", WHEN),
            ("2026-11-25 10:30:00", WHEN),
            ("9999-12-31T23:59:59-23:59", None),
            ("0001-01-01T00:00:00+14:00", None),
            ("yesterday", None),
            ("", None),
            ("-" * 5000, None),
        ],
    )
    async def test_a_date_is_utc_or_none(self, parser: WorkerParser, date: str, expected: datetime | None) -> None:
        assert (await parse_one(parser, f"<title>x</title><pubDate>{date}</pubDate>")).published == expected

    @pytest.mark.parametrize(
        ("link", "expected"),
        [
            ("https://other.example/a", "https://other.example/a"),
            ("/a?b=1&amp;c=2", "https://example.org/a?b=1&c=2"),
            ("a", "https://example.org/news/a"),
            ("//cdn.example/a", "https://cdn.example/a"),
            ("\n  https://example.org/a b \n", "https://example.org/a%20b"),
            ("javascript:alert(1)", ""),
            ("data:text/html,x", ""),
            ("file:///etc/passwd", ""),
            ("http://[broken", ""),
            ("https://example.org/\u202egnp.exe", ""),
        ],
    )
    async def test_a_link_is_an_absolute_web_address_or_none(
        self, parser: WorkerParser, link: str, expected: str
    ) -> None:
        assert (await parse_one(parser, f"<title>x</title><link>{link}</link>")).link == expected

    async def test_xml_base_moves_relative_links(self, parser: WorkerParser) -> None:
        document = """<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://base.example/dir/"><title>t</title>
          <entry xml:base="deeper/"><title>a</title><link href="x"/></entry>
          <entry><title>b</title><link href="y"/></entry></feed>"""

        feed = await parser.parse(response(document))

        assert [item.link for item in feed.items] == [
            "https://base.example/dir/deeper/x",
            "https://base.example/dir/y",
        ]

    async def test_a_hostile_xml_base_cannot_change_the_scheme(self, parser: WorkerParser) -> None:
        document = """<feed xmlns="http://www.w3.org/2005/Atom" xml:base="javascript:alert(1)//"><title>t</title>
          <entry><title>a</title><link href="x"/></entry></feed>"""

        link = (await parser.parse(response(document))).items[0].link

        assert link == "" or link.startswith("https://example.org/")

    async def test_markup_becomes_words(self, parser: WorkerParser) -> None:
        markup = (
            "<![CDATA[<script>alert(1)</script><p>One<br>two</p><ul><li>three</li><li>four</li></ul>"
            "<svg/onload=alert(1)><img src=x onerror=alert(1)>five &amp; six &lt;tag&gt; AT&amp;T&#8217;s]]>"
        )
        item = await parse_one(parser, f"<title>x</title><description>{markup}</description>")

        assert item.summary.split("\n") == ["One", "two", "three", "four", "five & six <tag> AT&T’s"]

    async def test_what_hides_or_reorders_text_is_dropped(self, parser: WorkerParser) -> None:
        title = "a\u202eb\u2066c\u200bd\ufeffe\u00adf\u0007g h\u00a0i \n\t j"
        item = await parse_one(parser, f"<title>{title}</title><author>x\u202ey</author><category>p\u2069q</category>")

        assert item.title == "abcdef g h i j"
        assert item.author == "xy"
        assert item.tags == ("pq",)

    async def test_the_joiner_that_persian_needs_stays(self, parser: WorkerParser) -> None:
        assert (await parse_one(parser, "<title>می\u200cخواهد\u200c</title>")).title == "می\u200cخواهد"

    async def test_long_fields_are_bounded(self, parser: WorkerParser) -> None:
        item = await parse_one(
            parser, f"<title>{'t' * 5000}</title><description>{'d ' * 100_000}</description><guid>{'g' * 9000}</guid>"
        )

        assert len(item.title) == 1000
        assert len(item.summary) <= 64 * 1024
        assert len(item.guid) == 2048
