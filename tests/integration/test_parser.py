"""WorkerParser with real worker processes: every format, hostile documents, and how workers end."""

import asyncio
import contextlib
import json
import os
import resource
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.domain.items import ParsedItem
from bot.errors import FeedError, FetchProblem
from bot.ports.fetcher import FeedResponse, FoundFeed
from bot.sources import parser as parser_module
from bot.sources.parse_protocol import LENGTH
from bot.sources.parser import WorkerParser

URL = "https://example.org/news/feed.xml"
WHEN = datetime(2026, 11, 25, 10, 30, tzinfo=UTC)


def response(body: bytes | str, content_type: str = "application/xml", url: str = URL) -> FeedResponse:
    """An answer that carries `body`."""
    return FeedResponse(url, body if isinstance(body, bytes) else body.encode(), "", "", content_type, False)


def rss(*items: str, head: str = "") -> str:
    """An RSS 2.0 document of these items."""
    inner = "".join(f"<item>{item}</item>" for item in items)
    channel = f"<channel><title>T</title>{head}{inner}</channel>"
    return f'<?xml version="1.0" encoding="utf-8"?><rss version="2.0">{channel}</rss>'


@pytest.fixture
async def parser() -> AsyncIterator[WorkerParser]:
    async with WorkerParser(workers=1) as running:
        yield running


async def parse_one(parser: WorkerParser, item: str) -> ParsedItem:
    """The one item of an RSS document that holds `item`."""
    feed = await parser.parse(response(rss(item)))
    assert len(feed.items) == 1
    return feed.items[0]


class TestFormats:
    async def test_rss_2(self, parser: WorkerParser) -> None:
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

    async def test_rss_1_rdf(self, parser: WorkerParser) -> None:
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

    async def test_atom(self, parser: WorkerParser) -> None:
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


class TestRepair:
    async def test_broken_xml_without_entries_names_the_line(self, parser: WorkerParser) -> None:
        with pytest.raises(FeedError, match="line 3") as caught:
            await parser.parse(response("<rss version='2.0'>\n<channel>\n<title>T</wrong>\n</channel></rss>"))

        assert caught.value.problem is FetchProblem.BROKEN

    async def test_broken_xml_with_entries_is_read_with_a_warning(self, parser: WorkerParser) -> None:
        document = rss("<title>One</title>", "<title>Two &nosuch; things</title>")[:-20]

        feed = await parser.parse(response(document))

        assert [item.title for item in feed.items] == ["One", "Two &nosuch; things"]
        assert "line 1" in feed.warning

    async def test_a_warning_printed_before_the_document_is_dropped(self, parser: WorkerParser) -> None:
        feed = await parser.parse(
            response("<br />\n<b>Warning</b>: mysql in x.php<br />\n" + rss("<title>One</title>"))
        )

        assert [item.title for item in feed.items] == ["One"]
        assert "before the document" in feed.warning

    async def test_control_characters_do_not_break_the_document(self, parser: WorkerParser) -> None:
        feed = await parser.parse(response(rss("<title>A\x08B\x00C</title>")))

        assert feed.items[0].title == "A B C"
        assert "2 forbidden characters" in feed.warning

    async def test_references_to_forbidden_characters_and_half_emoji_are_repaired(self, parser: WorkerParser) -> None:
        feed = await parser.parse(
            response(rss("<title>a&#8;b&#xD83D;&#xDE00;c&#55357;d&#38;lt;e&#x110000;f&#99999999;g&#8217;s</title>"))
        )

        assert (
            feed.items[0].title == "ab\N{GRINNING FACE}c\N{REPLACEMENT CHARACTER}d<efg\N{RIGHT SINGLE QUOTATION MARK}s"
        )

    async def test_an_entry_with_nothing_in_it_is_counted_and_the_rest_is_read(self, parser: WorkerParser) -> None:
        feed = await parser.parse(response(rss("<title>One</title>", "", "<title>Three</title>")))

        assert ([item.title for item in feed.items], feed.skipped) == (["One", "Three"], 1)

    @pytest.mark.parametrize(
        ("encoding", "content_type", "declared"),
        [
            ("utf-8", "text/xml; charset=iso-8859-1", ""),
            ("utf-8", "text/xml", "windows-1251"),
            ("utf-16", "text/xml", "utf-16"),
            ("utf-16-le", "text/xml", "utf-16"),
            ("utf-16-be", "text/xml", "utf-16"),
            ("utf-32", "text/xml", ""),
            ("windows-1251", "text/xml", "windows-1251"),
            ("windows-1251", "text/xml; charset=windows-1251", ""),
            ("windows-1251", "text/xml; charset=iso-8859-1", "windows-1251"),
            ("koi8-r", "application/rss+xml; charset=KOI8-R", "utf-8"),
            ("iso-8859-5", "text/xml", "ISO-8859-5"),
        ],
    )
    async def test_the_encoding_is_found(
        self, parser: WorkerParser, encoding: str, content_type: str, declared: str
    ) -> None:
        declaration = f'<?xml version="1.0" encoding="{declared}"?>' if declared else '<?xml version="1.0"?>'
        document = (
            f"{declaration}<rss version='2.0'><channel><item><title>Граница закрыта</title></item></channel></rss>"
        )

        feed = await parser.parse(response(document.encode(encoding), content_type))

        assert feed.items[0].title == "Граница закрыта"
        assert feed.warning == ""

    async def test_one_damaged_character_does_not_change_the_encoding(self, parser: WorkerParser) -> None:
        body = rss("<title>Граница закрыта X</title>").encode().replace(b"X", b"\xd0")

        feed = await parser.parse(response(body))

        assert feed.items[0].title == "Граница закрыта \N{REPLACEMENT CHARACTER}"
        assert "1 characters were damaged" in feed.warning

    @pytest.mark.parametrize(
        "encoding", ["punycode", "idna", "rot13", "unicode_escape", "hex", "zlib", "utf-7", "nope"]
    )
    async def test_an_encoding_off_the_list_is_not_used(self, parser: WorkerParser, encoding: str) -> None:
        body = rss("<title>caf\xe9</title>").replace("utf-8", encoding).encode("latin-1")

        feed = await parser.parse(response(body, f"text/xml; charset={encoding}"))

        assert feed.items[0].title == "café"


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


HOSTILE = {
    "author regex": b"<rss version='2.0'><channel><item><title>x</title><author>"
    + b"a" * 200_000
    + b"</author></item>",
    "categories": b"<rss version='2.0'><channel><item>"
    + b"".join(b"<category>c%d</category>" % number for number in range(50_000)),
    "nested tags": b"<rss version='2.0'><channel><item><title>" + b"<a>" * 1_000_000,
    "loose": b"<rss version='2.0'><channel>" + b"<item><title>x & y</title><b></item>" * 120_000,
    "comments": b"<rss version='2.0'><channel><item><description>" + b"&lt;!--" * 300_000 + b"</description></item>",
    "divs": b"<rss version='2.0'><channel>"
    b"<item><description><![CDATA[" + b"<div>" * 400_000 + b"]]></description></item></channel></rss>",
    "entities": b"<?xml version='1.0'?><!DOCTYPE rss [<!ENTITY a0 'ha'>"
    + b"".join(b"<!ENTITY a%d '&a%d;&a%d;'>" % (n, n - 1, n - 1) for n in range(1, 40))
    + b"]><rss version='2.0'><channel><item><title>&a39;</title></item></channel></rss>",
    "deep json": b'{"version": "https://jsonfeed.org/version/1.1", "items": ' + b"[" * 500_000,
    "long number": b'{"version": "https://jsonfeed.org/version/1.1", "items": [' + b"9" * 100_000 + b"]}",
    "many entries": b"<rss version='2.0'><channel>" + b"<item><title>x</title></item>" * 100_000 + b"</channel></rss>",
}


class TestHostileDocuments:
    @pytest.mark.parametrize("name", HOSTILE)
    async def test_a_hostile_document_ends_within_the_deadline(self, name: str) -> None:
        loop = asyncio.get_running_loop()
        async with WorkerParser(workers=1, deadline=1.0) as parser:
            await parser.parse(response(rss()))
            started = loop.time()
            try:
                feed = await parser.parse(response(HOSTILE[name]))
                outcome = f"{len(feed.items)} items"
            except FeedError as error:
                outcome = error.problem
            elapsed = loop.time() - started

            assert outcome in (FetchProblem.PARSER_KILLED, FetchProblem.BROKEN, "1 items", "0 items")
            assert elapsed < 3.0
            assert (await parser.parse(response(rss("<title>Still here</title>")))).items[0].title == "Still here"

    async def test_the_regular_expression_trap_in_feedparser_is_killed(self) -> None:
        """An author of 20 KB costs feedparser 1.6 s, one of 40 KB 6 s; the deadline is what ends it."""
        body = b"<rss version='2.0'><channel><item><title>x</title><author>" + b"a" * 40_000 + b"</author></item>"
        async with WorkerParser(workers=1, deadline=1.0) as parser:
            await parser.parse(response(rss()))
            with pytest.raises(FeedError) as caught:
                await parser.parse(response(body))

        assert caught.value.problem is FetchProblem.PARSER_KILLED

    @pytest.mark.parametrize(
        "body",
        [b"/etc/passwd", b"https://127.0.0.1/feed", b"file:///etc/passwd", b"<a>/etc/passwd</a>", b"", b"\x00" * 1000],
    )
    async def test_a_body_is_never_taken_for_a_place_to_read(self, parser: WorkerParser, body: bytes) -> None:
        with pytest.raises(FeedError) as caught:
            await parser.parse(response(body))

        assert caught.value.problem in (FetchProblem.BROKEN, FetchProblem.NOT_A_FEED)

    async def test_external_entities_are_not_read(self, parser: WorkerParser) -> None:
        document = (
            "<!DOCTYPE rss [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><rss version='2.0'><channel><item>"
            "<title>a&x;b</title></item></channel></rss>"
        )

        assert "root:" not in (await parser.parse(response(document))).items[0].title


def worker_processes(of: int) -> list[int]:
    """The ids of the parse workers whose parent is process `of`, from /proc (a bare machine has no `ps`)."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):  # it may end while it is looked at
            parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            if parent == of and b"bot.sources.parse_worker" in (entry / "cmdline").read_bytes():
                found.append(int(entry.name))
    return found


def ends_within(pid: int, seconds: float) -> bool:
    """Whether a process that is nobody's child any more ends in time; a zombie that nobody collects has ended."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            if not Path(f"/proc/{pid}/cmdline").read_bytes():
                return True
        except OSError:
            return True
        time.sleep(0.02)
    return False


def environment_names(pid: int) -> set[str]:
    """The names of the environment variables that a process was started with."""
    return {line.split("=")[0] for line in Path(f"/proc/{pid}/environ").read_text().split("\0") if line}


class TestProcesses:
    async def test_many_documents_at_once_take_one_worker_and_none_is_left(self) -> None:
        async with WorkerParser(workers=2) as parser:
            feeds = await asyncio.gather(*(parser.parse(response(rss(f"<title>{n}</title>"))) for n in range(20)))
            assert len(worker_processes(os.getpid())) == 1

        assert [feed.items[0].title for feed in feeds] == [str(number) for number in range(20)]
        assert worker_processes(os.getpid()) == []

    async def test_a_stuck_worker_holds_nobody_up_and_its_stand_in_goes_again(self) -> None:
        async with WorkerParser(workers=2, deadline=20.0) as parser:
            await parser.parse(response(rss()))
            (worker,) = worker_processes(os.getpid())
            os.kill(worker, signal.SIGSTOP)
            stuck = asyncio.create_task(parser.parse(response(rss("<title>Stuck</title>"))))
            await asyncio.sleep(0)
            feeds = await asyncio.gather(*(parser.parse(response(rss(f"<title>{n}</title>"))) for n in range(3)))
            assert [feed.items[0].title for feed in feeds] == ["0", "1", "2"]
            assert len(worker_processes(os.getpid())) == 2
            os.kill(worker, signal.SIGCONT)
            assert (await stuck).items[0].title == "Stuck"
            await parser.parse(response(rss()))
            assert len(worker_processes(os.getpid())) == 1

    async def test_a_worker_is_started_only_when_it_is_needed(self) -> None:
        async with WorkerParser(workers=2) as parser:
            assert worker_processes(os.getpid()) == []
            for _ in range(3):
                await parser.parse(response(rss()))
            assert len(worker_processes(os.getpid())) == 1

    async def test_a_worker_that_was_killed_from_outside_is_replaced(self, parser: WorkerParser) -> None:
        await parser.parse(response(rss()))
        (worker,) = worker_processes(os.getpid())
        os.kill(worker, signal.SIGKILL)

        assert (await parser.parse(response(rss("<title>Next</title>")))).items[0].title == "Next"

    async def test_a_polite_signal_is_left_to_the_parent(self, parser: WorkerParser) -> None:
        await parser.parse(response(rss()))
        (worker,) = worker_processes(os.getpid())
        for number in (signal.SIGTERM, signal.SIGINT):
            os.kill(worker, number)
            await parser.parse(response(rss()))

        assert worker_processes(os.getpid()) == [worker]

    async def test_a_worker_that_does_not_start_is_a_feed_error(
        self, parser: WorkerParser, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for program in ("/nowhere/python", "/bin/false"):
            monkeypatch.setattr(sys, "executable", program)
            with pytest.raises(FeedError, match="does not start") as caught:
                await parser.parse(response(rss()))
            assert caught.value.problem is FetchProblem.PARSER_KILLED

    @pytest.mark.parametrize(
        "answer", [b"[]", b"{}", b'{"feed": {"items": [{}]}}', b'{"feed": 1}', b'{"problem": "new"}', b"\xff", b"{"]
    )
    async def test_a_worker_that_was_taken_over_cannot_break_the_parser(
        self, parser: WorkerParser, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, answer: bytes
    ) -> None:
        impostor = tmp_path / "python"
        impostor.write_bytes(
            b"#!%s\nimport sys\nsys.stdout.buffer.write(b'+')\nsys.stdout.flush()\nsys.stdin.readline()\n"
            b"sys.stdout.buffer.write(%r)\n" % (sys.executable.encode(), LENGTH.pack(len(answer)) + answer)
        )
        impostor.chmod(0o755)
        monkeypatch.setattr(sys, "executable", str(impostor))

        with pytest.raises(FeedError) as caught:
            await parser.parse(response(rss()))
        assert caught.value.problem is FetchProblem.PARSER_KILLED

    async def test_leaving_while_a_document_is_read_ends_that_with_an_error(self) -> None:
        async with WorkerParser(workers=1) as parser:
            await parser.parse(response(rss()))
            task = asyncio.create_task(parser.parse(response(HOSTILE["author regex"])))
            await asyncio.sleep(0.05)

        with pytest.raises(FeedError) as caught:
            await task
        assert caught.value.problem is FetchProblem.PARSER_KILLED

    async def test_a_worker_is_replaced_after_many_documents(
        self, parser: WorkerParser, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(parser_module, "RECYCLE_AFTER", 3)
        seen = set()
        for _ in range(7):
            await parser.parse(response(rss()))
            seen.update(worker_processes(os.getpid()))

        assert len(seen) == 3

    async def test_a_cancelled_parse_leaves_the_parser_usable(self, parser: WorkerParser) -> None:
        await parser.parse(response(rss()))
        task = asyncio.create_task(parser.parse(response(HOSTILE["author regex"])))
        await asyncio.sleep(0.05)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

        assert (await parser.parse(response(rss("<title>Next</title>")))).items[0].title == "Next"

    async def test_a_worker_does_not_see_the_environment(self, parser: WorkerParser) -> None:
        await parser.parse(response(rss()))
        (worker,) = worker_processes(os.getpid())

        assert environment_names(worker) == {"PYTHONPATH"}

    async def test_a_worker_may_take_half_a_gigabyte_and_no_more(self, parser: WorkerParser) -> None:
        await parser.parse(response(rss()))
        (worker,) = worker_processes(os.getpid())

        assert resource.prlimit(worker, resource.RLIMIT_AS) == (512 * 1024 * 1024, 512 * 1024 * 1024)

    def test_ctrl_c_ends_the_program_without_a_word_from_its_workers(self, tmp_path: Path) -> None:
        """As a main script in its own process group, stuck in a document when the signal comes to the group."""
        script = tmp_path / "main.py"
        script.write_text(
            textwrap.dedent("""
            import asyncio, signal
            from bot.ports.fetcher import FeedResponse
            from bot.sources.parser import WorkerParser

            async def main():
                loop, task = asyncio.get_running_loop(), asyncio.current_task()
                loop.add_signal_handler(signal.SIGINT, task.cancel)
                async with WorkerParser(deadline=60) as parser:
                    feed = FeedResponse("http://x/", b"<rss version='2.0'><channel/></rss>", "", "", "", False)
                    await parser.parse(feed)
                    print("ready", flush=True)
                    body = b"<rss version='2.0'><channel><item><author>" + b"a" * 500_000 + b"</author></item>"
                    await parser.parse(FeedResponse("http://x/", body, "", "", "", False))

            try:
                asyncio.run(main())
            except asyncio.CancelledError:
                print("ended", flush=True)
            """)
        )
        process = subprocess.Popen(
            [sys.executable, "-X", "dev", "-W", "error", str(script)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        workers = worker_processes(process.pid)
        os.killpg(process.pid, signal.SIGINT)
        out, err = process.communicate(timeout=20)

        assert (out, err, process.returncode) == ("ended\n", "", 0)
        assert len(workers) == 1
        assert not Path(f"/proc/{workers[0]}").exists()

    def test_a_worker_whose_parent_was_killed_ends_by_itself(self, tmp_path: Path) -> None:
        script = tmp_path / "main.py"
        script.write_text(
            textwrap.dedent("""
            import asyncio
            from bot.ports.fetcher import FeedResponse
            from bot.sources.parser import WorkerParser

            async def main():
                async with WorkerParser(deadline=0.5) as parser:
                    feed = FeedResponse("http://x/", b"<rss version='2.0'><channel/></rss>", "", "", "", False)
                    await parser.parse(feed)
                    body = b"<rss version='2.0'><channel><item><author>" + b"a" * 500_000 + b"</author></item>"
                    asyncio.get_running_loop().call_later(0.2, lambda: print("ready", flush=True))
                    await parser.parse(FeedResponse("http://x/", body, "", "", "", False))

            asyncio.run(main())
            """)
        )
        with subprocess.Popen([sys.executable, str(script)], stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            assert process.stdout.readline().startswith("ready")
            (worker,) = worker_processes(process.pid)
            process.kill()

        assert ends_within(worker, seconds=10)


class TestFindingFeeds:
    async def test_declared_feeds_come_first_and_comments_last(self, parser: WorkerParser) -> None:
        page = """<!doctype html><html><head><base href="/blog/">
          <link rel="stylesheet" href="style.css">
          <link rel="alternate" type="application/rss+xml" title="Comments &raquo; Feed" href="/comments/feed/">
          <link rel="alternate home" type="application/atom+xml" title="All &quot;news&quot;"
            href="atom.xml?a=1&amp;b=2">
          <link rel="alternate" type="application/feed+json" href="https://other.example/feed.json">
          <link rel="alternate" type="text/html" hreflang="ru" href="/ru/">
          <link rel="alternate" type="application/rss+xml" href="javascript:alert(1)"></head>
          <body><a href="/rss">By <b>RSS</b></a> <a href="/about">About</a>
          <a href="atom.xml?a=1&b=2">again</a></body>"""

        found = await parser.find_feeds(response(page, "text/html", "https://example.org/x/"))

        assert found == (
            FoundFeed("https://example.org/blog/atom.xml?a=1&b=2", 'All "news"'),
            FoundFeed("https://other.example/feed.json", ""),
            FoundFeed("https://example.org/rss", "By RSS"),
            FoundFeed("https://example.org/comments/feed/", "Comments » Feed"),
        )

    async def test_a_feed_is_its_own_result_and_a_bare_page_has_none(self, parser: WorkerParser) -> None:
        assert await parser.find_feeds(response(rss())) == (FoundFeed(URL, ""),)
        assert await parser.find_feeds(response("<html><body>Nothing</body></html>", "text/html")) == ()

    async def test_a_hostile_page_ends_within_the_deadline(self) -> None:
        async with WorkerParser(workers=1, deadline=0.5) as parser:
            with pytest.raises(FeedError) as caught:
                await parser.find_feeds(response(b"<div>" * 1_000_000, "text/html"))

        assert caught.value.problem is FetchProblem.PARSER_KILLED


@pytest.fixture(autouse=True)
def no_worker_is_left_behind() -> Iterator[None]:
    """Every test ends without worker processes of this process."""
    yield
    assert worker_processes(os.getpid()) == []
