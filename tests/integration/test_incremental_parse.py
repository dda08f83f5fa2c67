"""Reading only what is new gives what reading everything gives, for every field, whatever publishers do."""

import random
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import replace

import pytest

from bot.domain.feed_memory import NO_MEMORY, FeedMemory, Parts
from bot.errors import FeedError
from bot.ports.fetcher import FeedResponse, ParsedFeed
from bot.sources.cutting import cut_document
from bot.sources.parser import WorkerParser
from bot.sources.reading import RECHECK_AFTER

URL = "https://publisher.example/feed.xml"
Build = Callable[[Sequence[int], str], bytes]
WORDS = [
    "граница",
    "پلیس",
    "Anschlag",
    "border",
    "raid",
    "convoy",
    "صدا",
    "şehir",
    "边境",
    "drone",
    "&amp;",
    "minister",
    "&#8212;",
    "river",
]


@pytest.fixture
async def parser() -> AsyncIterator[WorkerParser]:
    """One worker."""
    async with WorkerParser(1, 20.0) as opened:
        yield opened


def answer(body: bytes, content_type: str = "application/xml") -> FeedResponse:
    """A document as the fetcher hands it over."""
    return FeedResponse(URL, body, "", "", content_type, not_modified=False)


def words(number: int, count: int) -> str:
    """The same words for the same number, always."""
    return " ".join(random.Random(number).choices(WORDS, k=count))


def build_rss(numbers: Sequence[int], date: str = "") -> bytes:
    """An RSS document as content systems write it: HTML in CDATA, Dublin Core, a namespace declared on an element."""
    entries = "".join(
        f"""
    <item>
      <title>{words(number, 6)}</title>
      <link>https://publisher.example/news/{number}/</link>
      <guid isPermaLink="false">urn:news:{number}</guid>
      <pubDate>Mon, 01 Jun 2026 {number % 24:02}:00:00 GMT</pubDate>
      <dc:creator><![CDATA[Author {number % 3}]]></dc:creator><category>topic {number % 5}</category>
      <description><![CDATA[<p>{words(number + 1, 20)} <a href="/x?a=1&b=2">more</a></p>]]></description>
      <media:content xmlns:media="http://search.yahoo.com/mrss/" url="https://publisher.example/{number}.jpg"/>
    </item>"""
        for number in numbers
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f"<channel><title>Wire</title><link>https://publisher.example/</link><language>ru-RU</language>"
        f"<lastBuildDate>{date}</lastBuildDate>{entries}\n  </channel>\n</rss>"
    ).encode()


def build_atom(numbers: Sequence[int], date: str = "") -> bytes:
    """An Atom document with XHTML content, relative links and languages of its own."""
    entries = "".join(
        f"""
  <entry xml:lang="{("fa", "en", "ru")[number % 3]}">
    <id>tag:publisher.example,2026:{number}</id><title type="html">&lt;b&gt;{words(number, 5)}&lt;/b&gt;</title>
    <link rel="alternate" href="news/{number}"/><updated>2026-06-01T{number % 24:02}:30:00+05:00</updated>
    <author><name>Author {number % 4}</name></author>
    <content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>{words(number + 7, 15)}</p></div></content>
  </entry>"""
        for number in numbers
    )
    return (
        '<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://publisher.example/atom/" xml:lang="de">'
        f"<title>Blatt</title><id>urn:feed</id><updated>{date}</updated>{entries}\n</feed>"
    ).encode()


def build_rdf(numbers: Sequence[int], date: str = "") -> bytes:
    """An RSS 1.0 document, whose head lists its entries."""
    places = "".join(f'<rdf:li rdf:resource="https://publisher.example/{number}"/>' for number in numbers)
    entries = "".join(
        f'<item rdf:about="https://publisher.example/{number}"><title>{words(number, 6)}</title>'
        f"<link>https://publisher.example/{number}</link><description>{words(number, 20)}</description>"
        f"<dc:date>2026-06-01T{number % 24:02}:00:00Z</dc:date></item>\n"
        for number in numbers
    )
    return (
        '<?xml version="1.0" encoding="utf-8"?><rdf:RDF xmlns="http://purl.org/rss/1.0/" '
        'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f'<channel rdf:about="https://publisher.example/"><title>Blätter</title><dc:date>{date}</dc:date>'
        f"<items><rdf:Seq>{places}</rdf:Seq></items></channel>{entries}</rdf:RDF>"
    ).encode()


BUILDERS = pytest.mark.parametrize("build", [build_rss, build_atom, build_rdf])


async def read_news(parser: WorkerParser, response: FeedResponse, memory: FeedMemory) -> tuple[ParsedFeed, FeedMemory]:
    """As `parse_news`, of a document that is not the same again."""
    news, after = await parser.parse_news(response, memory)
    assert news is not None
    return news, after


def split(body: bytes) -> tuple[bytes, ...]:
    """The digests of a document's entries; none where it cannot be cut."""
    document = cut_document(body, "")
    return document.digests if document is not None else ()


async def read_and_compare(
    parser: WorkerParser, body: bytes, memory: FeedMemory, before: bytes
) -> tuple[ParsedFeed | None, FeedMemory]:
    """Reads what is new since `before`, and holds it against a reading of the whole."""
    try:
        whole = await parser.parse(answer(body))
    except FeedError as error:
        problem = error.problem
    else:
        return await _compare(parser, body, memory, before, whole)
    with pytest.raises(FeedError) as caught:
        await parser.parse_news(answer(body), memory)
    assert caught.value.problem is problem
    return None, memory


async def _compare(
    parser: WorkerParser, body: bytes, memory: FeedMemory, before: bytes, whole: ParsedFeed
) -> tuple[ParsedFeed, FeedMemory]:
    news, remembered = await read_news(parser, answer(body), memory)
    if not news.left_out:
        assert news == whole
        return news, remembered
    seen = set(split(before))
    expected = tuple(item for item, digest in zip(whole.items, split(body), strict=True) if digest not in seen)
    assert news.items == expected
    assert news.left_out == len(whole.items) - len(expected)
    if news.items:
        assert (news.title, news.lang, news.home) == (whole.title, whole.lang, whole.home)
    return news, remembered


@BUILDERS
async def test_only_the_new_entries_come_back(parser: WorkerParser, build: Build) -> None:
    old = build(range(10, 30), "yesterday")
    _, memory = await read_and_compare(parser, old, NO_MEMORY, b"")
    assert memory.parts
    news, _ = await read_and_compare(parser, build(range(8, 28), "today"), memory, old)
    assert news is not None
    assert (len(news.items), news.left_out) == (2, 18)


@BUILDERS
async def test_an_unchanged_document_starts_no_worker(build: Build) -> None:
    body = build(range(20), "")
    async with WorkerParser(1, 20.0) as parser:
        _, memory = await parser.parse_news(answer(body), NO_MEMORY)
    async with WorkerParser(0) as nobody:
        again, same = await nobody.parse_news(answer(body), memory)
        dated, _ = await nobody.parse_news(answer(build(range(20), "a new date")), memory)
    assert again is not None
    assert dated is not None
    assert (again.items, again.left_out, same) == ((), 20, memory)
    assert (dated.items, dated.left_out) == ((), 20)


async def test_the_same_document_again_tells_nothing_where_its_entries_were_not_counted() -> None:
    typed = build_rss(range(3), "").replace(b"<rss", b"<!DOCTYPE rss [<!ENTITY x 'y'>]><rss", 1)
    empty = b"<rss version='2.0'><channel><title>T</title></channel></rss>"
    for body in (
        typed,
        empty,
        b'{"version": "https://jsonfeed.org/version/1.1", "title": "T", "items": [{"id": "1"}]}',
    ):
        async with WorkerParser(1, 20.0) as parser:
            first, memory = await parser.parse_news(answer(body), NO_MEMORY)
            assert first is not None
            assert await parser.parse_news(answer(body), memory) == (None, memory)


@BUILDERS
async def test_random_edits_of_a_document_change_nothing_but_the_work(parser: WorkerParser, build: Build) -> None:
    chance = random.Random(build.__name__)
    numbers, memory, before, parts = list(range(100, 120)), NO_MEMORY, b"", 0
    for step in range(60):
        match chance.randrange(6):
            case 0 | 1:
                numbers = [200 + step, *numbers[:-1]]
            case 2:
                numbers[chance.randrange(20)] = 1000 + step
            case 3:
                chance.shuffle(numbers)
            case 4:
                numbers = [300 + step, *numbers[: chance.randrange(10, 20)]]
                numbers += range(400 + step * 30, 400 + step * 30 + 20 - len(numbers))
        body = build(numbers, f"build {step}")
        news, memory = await read_and_compare(parser, body, memory, before)
        assert news is not None
        parts += news.left_out > 0
        before = body
    assert parts > 30


DAMAGE = (
    (b"<item>", b"<item><description>R&D for &nbsp; less</description>"),
    (b"<entry ", b"<entry><title>&nope;</title></entry><entry "),
    (b"</title>", b"</titel>"),
    (b"<title>", b"<title><![CDATA["),
    (b"</channel>", b"<item><title>late</title></item></channel>"),
    (b"<item>", b"<item><item>"),
    (b"<title>", b"<title>\x0c"),
    (b"<title>", b"<title>\xff"),
    (b"</link>", b"</link><!-- </item> -->"),
    (b"</rss>", b""),
    (b"<item>", b"<!-- <item> --><item>"),
    (b"urn:news:", b""),
    (b"<guid", b"<guid>same</guid><guid"),
    (b"xmlns:dc=", b"xmlns:dcx="),
)


@BUILDERS
@pytest.mark.parametrize("damage", DAMAGE, ids=[repr(new) for _, new in DAMAGE])
async def test_damage_comes_and_goes_without_harm(
    parser: WorkerParser, build: Build, damage: tuple[bytes, bytes]
) -> None:
    chance = random.Random(repr(damage))
    memory, before = NO_MEMORY, b""
    for step in range(5):
        body = build(range(20 - step, 40 - step), f"build {step}")
        if step in (1, 2, 4):
            places = body.count(damage[0])
            if not places:
                return
            kept = body.split(damage[0])
            place = 0 if step == 1 else chance.randrange(places)
            body = damage[0].join(kept[: place + 1]) + damage[1] + damage[0].join(kept[place + 1 :])
        news, memory = await read_and_compare(parser, body, memory, before)
        before = body if news is not None else before


async def test_a_feed_whose_entries_share_an_id_is_always_read_whole(parser: WorkerParser) -> None:
    shared = build_rss(range(10, 20)).replace(b">urn:news:11<", b">urn:news:15<")
    _, memory = await parser.parse_news(answer(shared), NO_MEMORY)
    assert not memory.parts


async def test_a_new_entry_that_takes_over_a_known_id_is_read_with_the_others(parser: WorkerParser) -> None:
    old = build_rss(range(10, 30))
    _, memory = await parser.parse_news(answer(old), NO_MEMORY)
    news, after = await read_news(parser, answer(build_rss(range(9, 29)).replace(b":9<", b":15<")), memory)
    assert memory.parts
    assert (len(news.items), news.left_out, after.parts) == (20, 0, Parts.NONE)


async def test_a_feed_is_compared_anew_now_and_then(parser: WorkerParser) -> None:
    old = build_rss(range(10, 30))
    _, memory = await parser.parse_news(answer(old), NO_MEMORY)
    tired = replace(memory, part_readings=RECHECK_AFTER)
    news, after = await read_news(parser, answer(build_rss(range(9, 29))), tired)
    assert (news.left_out, after.part_readings, after.parts) == (0, 0, Parts.ANY)


@pytest.mark.parametrize("encoding", ["windows-1251", "utf-16", "koi8-r"])
async def test_documents_in_other_encodings_are_cut_too(parser: WorkerParser, encoding: str) -> None:
    def build(numbers: range) -> bytes:
        items = "".join(f"<item><title>Граница {n}</title><guid>n{n}x</guid></item>" for n in numbers)
        head = f'<?xml version="1.0" encoding="{encoding}"?><rss version="2.0"><channel><title>Весть</title>'
        return f"{head}{items}</channel></rss>".encode(encoding)

    old = build(range(10, 30))
    _, memory = await read_and_compare(parser, old, NO_MEMORY, b"")
    news, _ = await read_and_compare(parser, build(range(9, 29)), memory, old)
    assert news is not None
    assert [item.title for item in news.items] == ["Граница 9"]


@BUILDERS
async def test_a_feed_that_is_always_ill_formed_is_read_up_to_what_is_known(parser: WorkerParser, build: Build) -> None:
    def broken(numbers: Sequence[int]) -> bytes:
        return build(numbers, "").replace(b"</title>", b" R&D&nbsp;<br></title>").replace(b"drone", b"<b>drone")

    old = broken(range(10, 30))
    whole, memory = await read_and_compare(parser, old, NO_MEMORY, b"")
    assert whole is not None
    assert whole.warning
    assert memory.parts is Parts.BEGINNING
    news, memory = await read_and_compare(parser, broken(range(7, 27)), memory, old)
    assert news is not None
    assert (len(news.items), news.left_out) == (3, 17)
    mended, _ = await read_and_compare(parser, build(range(6, 26), ""), memory, broken(range(7, 27)))
    assert mended is not None
    assert mended.left_out == 0


async def test_an_entry_after_a_known_one_of_an_ill_formed_feed_is_read_with_the_others(parser: WorkerParser) -> None:
    def broken(numbers: Sequence[int]) -> bytes:
        return build_rss(numbers).replace(b"</title>", b" R&D&nbsp;</title>")

    _, memory = await parser.parse_news(answer(broken(range(10, 30))), NO_MEMORY)
    news, _ = await read_and_compare(
        parser, broken([*range(10, 20), 99, *range(20, 29)]), memory, broken(range(10, 30))
    )
    assert news is not None
    assert news.left_out == 0
