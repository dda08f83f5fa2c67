"""Every format, from document to entries, in real worker processes."""

import json

from bot.domain.items import ParsedItem
from bot.sources.parser import WorkerParser
from tests.integration.parser.documents import WHEN, parse_one, response, rss


class TestFormats:
    async def test_rss_2_gives_every_field(self, parser: WorkerParser) -> None:
        document = rss(
            "<title>Border post attacked</title><link>https://example.org/1</link><guid isPermaLink='false'>id-1</guid>"
            "<description>&lt;p&gt;Two &lt;b&gt;guards&lt;/b&gt;&lt;/p&gt;&lt;p&gt;wounded&lt;/p&gt;</description>"
            "<pubDate>Wed, 25 Nov 2026 15:30:00 +0500</pubDate><author>desk@example.org (The Desk)</author>"
            "<category>Tajikistan</category><category>Border</category><category>Border</category>",
            head="<link>https://example.org/</link><language>en-US</language>",
        )

        feed = await parser.parse(response(document))

        assert (feed.title, feed.lang, feed.home, feed.skipped, feed.warning) == (
            "T",
            "en",
            "https://example.org/",
            0,
            "",
        )
        assert feed.items == (
            ParsedItem(
                guid="id-1",
                title="Border post attacked",
                summary="Two guards\nwounded",
                link="https://example.org/1",
                author="The Desk",
                published=WHEN,
                tags=("Tajikistan", "Border"),
            ),
        )

    async def test_rss_1_gives_every_field(self, parser: WorkerParser) -> None:
        document = """<?xml version="1.0"?>
        <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
          xmlns:dc="http://purl.org/dc/elements/1.1/">
          <channel rdf:about="https://example.org/"><title>Ленты</title><link>https://example.org/</link>
          <dc:language>ru</dc:language></channel>
          <item rdf:about="https://example.org/2"><title>Учения ОДКБ</title><link>https://example.org/2</link>
          <dc:date>2026-11-25T10:30:00Z</dc:date><dc:creator>Редакция</dc:creator></item>
        </rdf:RDF>"""

        feed = await parser.parse(response(document))

        assert (feed.title, feed.lang) == ("Ленты", "ru")
        item = feed.items[0]
        assert (item.title, item.link, item.author, item.published) == (
            "Учения ОДКБ",
            "https://example.org/2",
            "Редакция",
            WHEN,
        )

    async def test_atom_gives_every_field(self, parser: WorkerParser) -> None:
        document = """<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="prs-AF">
          <title type="html">A &amp;amp; B</title>
          <link rel="self" href="/self"/><link href="https://example.org/home"/>
          <entry><id>tag:example.org,2026:3</id><title type="text">Talks &lt;b&gt; resume</title>
          <link rel="enclosure" href="https://example.org/x.mp3"/><link rel="alternate" href="/3?a=1&amp;b=2"/>
          <summary>Short</summary><content type="html">&lt;p&gt;Long text&lt;/p&gt;</content>
          <published>2026-11-25T15:30:00+05:00</published><updated>2026-11-26T00:00:00Z</updated>
          <author><name>N. N.</name></author><category term="talks" label="Talks"/></entry></feed>"""

        feed = await parser.parse(response(document, "application/atom+xml"))

        assert (feed.title, feed.lang, feed.home) == ("A & B", "fa", "https://example.org/home")
        assert feed.items == (
            ParsedItem(
                guid="tag:example.org,2026:3",
                title="Talks <b> resume",
                summary="Short",
                content="Long text",
                link="https://example.org/3?a=1&b=2",
                author="N. N.",
                lang="fa",
                published=WHEN,
                tags=("Talks",),
            ),
        )

    async def test_json_feed(self, parser: WorkerParser) -> None:
        document = {
            "version": "https://jsonfeed.org/version/1.1",
            "title": "J",
            "home_page_url": "https://example.org/",
            "language": "tg",
            "items": [
                {
                    "id": 7,
                    "url": "/7",
                    "title": "Seven",
                    "summary": "In short",
                    "content_html": "<p>In full</p>",
                    "date_published": "2026-11-25T15:30:00+05:00",
                    "authors": [{"name": "A"}, {"name": "B"}],
                    "tags": ["x", "x", 3],
                },
                "no object",
                {"id": "8", "content_text": "Only text"},
            ],
        }

        feed = await parser.parse(response(json.dumps(document), "application/feed+json"))

        assert (feed.title, feed.lang, feed.home, feed.skipped) == ("J", "tg", "https://example.org/", 1)
        assert feed.items == (
            ParsedItem("7", "Seven", "In short", "In full", "https://example.org/7", "A, B", "", WHEN, ("x",)),
            ParsedItem("8", summary="Only text"),
        )

    async def test_an_empty_feed_is_a_feed(self, parser: WorkerParser) -> None:
        assert (await parser.parse(response(rss()))).items == ()

    async def test_full_text_and_summary_are_not_the_same_text_twice(self, parser: WorkerParser) -> None:
        only_content = await parse_one(parser, "<title>x</title><content:encoded>The text</content:encoded>")
        assert (only_content.summary, only_content.content) == ("The text", "")
