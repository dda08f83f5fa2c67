"""Documents that are broken, late or in another encoding than they say."""

import pytest

from bot.errors import FeedError, FetchProblem
from bot.sources.parser import WorkerParser
from tests.integration.parser.documents import response, rss


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
