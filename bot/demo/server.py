"""Serves the sample feeds on this machine, over real HTTP, with validators and compression as publishers do."""

import gzip
import hashlib
from datetime import datetime
from email.utils import format_datetime
from html import escape
from types import TracebackType
from typing import Self

from aiohttp import web

from bot.demo.feeds import EARLIER, LATEST, SAMPLE_FEEDS, SampleFeed, build_feed_document, published_at
from bot.demo.formats import CONTENT_TYPES
from bot.demo.news import SampleItem

_BY_ID = {sample.id: sample for sample in SAMPLE_FEEDS}


class DemoServer:
    """The outlets' web server on a free port of 127.0.0.1, while the context lasts.

    It shows the earlier edition of every feed, and the next one after each `publish`. Dates count from `start`.
    """

    def __init__(self, start: datetime) -> None:
        self._start = start
        self._edition = EARLIER
        self._base_url = ""
        app = web.Application()
        app.router.add_get("/{feed}/feed", self._serve_feed)
        app.router.add_get("/{feed}/{slug}", self._serve_item)
        self._runner = web.AppRunner(app, access_log=None)

    @property
    def base_url(self) -> str:
        """Where it listens: `http://127.0.0.1:<port>`, without a slash at the end."""
        return self._base_url

    def publish(self) -> None:
        """Lets every outlet publish its next edition."""
        self._edition = min(self._edition + 1, LATEST)

    async def __aenter__(self) -> Self:
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        host, port = self._runner.addresses[0][:2]
        self._base_url = f"http://{host}:{port}"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._runner.cleanup()

    async def _serve_feed(self, request: web.Request) -> web.Response:
        sample = _find_sample(request)
        body = build_feed_document(sample, self._base_url, self._start, self._edition)
        newest = max(published_at(item, self._start) for item in self._shown(sample))
        headers = {
            "ETag": f'"{hashlib.blake2b(body, digest_size=8).hexdigest()}"',
            "Last-Modified": format_datetime(newest, usegmt=True),
            "Vary": "Accept-Encoding",
        }
        if request.headers.get("If-None-Match") == headers["ETag"]:
            return web.Response(status=304, headers=headers)
        since = request.if_modified_since
        if "If-None-Match" not in request.headers and since is not None and since >= newest:
            return web.Response(status=304, headers=headers)
        if sample.compressed and "gzip" in request.headers.get("Accept-Encoding", ""):
            headers["Content-Encoding"] = "gzip"
            body = gzip.compress(body)
        headers["Content-Type"] = f"{CONTENT_TYPES[sample.form]}; charset={sample.encoding}"
        return web.Response(body=body, headers=headers)

    async def _serve_item(self, request: web.Request) -> web.Response:
        sample = _find_sample(request)
        slug = request.match_info["slug"]
        item = next((item for item in self._shown(sample) if item.slug == slug), None)
        if item is None:
            raise web.HTTPNotFound
        return web.Response(text=_page(sample, item), content_type="text/html")

    def _shown(self, sample: SampleFeed) -> tuple[SampleItem, ...]:
        return sample.shown(self._edition)


def _find_sample(request: web.Request) -> SampleFeed:
    sample = _BY_ID.get(request.match_info["feed"])
    if sample is None:
        raise web.HTTPNotFound
    return sample


def _page(sample: SampleFeed, item: SampleItem) -> str:
    """A page behind a card's link."""
    text = item.content or f"<p>{escape(item.summary)}</p>"
    title = escape(item.title)
    return (
        f'<!doctype html><html lang="{sample.lang}" dir="auto"><meta charset="utf-8"><title>{title}</title><body>'
        f"<p>{escape(sample.outlet)}</p><h1>{title}</h1>{text}<p>Written for the demo.</p></body></html>"
    )
