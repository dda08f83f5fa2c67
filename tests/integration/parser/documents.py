"""Documents as a publisher might send them, and the processes that read them."""

import contextlib
from datetime import UTC, datetime
from pathlib import Path

from bot.domain.items import ParsedItem
from bot.ports.fetcher import FeedResponse
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


async def parse_one(parser: WorkerParser, item: str) -> ParsedItem:
    """The one item of an RSS document that holds `item`."""
    feed = await parser.parse(response(rss(item)))
    assert len(feed.items) == 1
    return feed.items[0]


def worker_processes(of: int) -> list[int]:
    """The ids of the parse workers whose parent is process `of`, from /proc (a bare machine has no `ps`)."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):  # it may end while it is looked at
            parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            if parent == of and b"bot.sources.parse_worker" in (entry / "cmdline").read_bytes():
                found.append(int(entry.name))
    return found


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
