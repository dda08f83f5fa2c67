"""A publisher for tests of programs that run their own event loop: it serves from a thread."""

import threading
from datetime import UTC, datetime
from email.utils import format_datetime
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self


def build_rss(*titles: str) -> bytes:
    """An RSS feed with items of these titles, all published now; the title is the guid."""
    now = format_datetime(datetime.now(UTC))
    items = "".join(
        f"<item><title>{escape(title)}</title><guid isPermaLink='false'>{escape(title)}</guid>"
        f"<pubDate>{now}</pubDate></item>"
        for title in titles
    )
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>Wire</title>{items}</channel></rss>'.encode()


class Publisher:
    """Serves what was put on it from 127.0.0.1 while the `with` block lasts; everything else is 404."""

    def __init__(self) -> None:
        self._pages: dict[str, tuple[bytes, str, str]] = {}
        pages = self._pages

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                body, content_type, etag = pages.get(self.path, (b"", "", ""))
                if not content_type:
                    self.send_error(404)
                    return
                known = bool(etag) and self.headers.get("If-None-Match") == etag
                self.send_response(304 if known else 200)
                self.send_header("Content-Type", content_type)
                if etag:
                    self.send_header("ETag", etag)
                self.send_header("Content-Length", "0" if known else str(len(body)))
                self.end_headers()
                if not known:
                    self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the library's name
                """Nothing: tests read what the program prints."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    def url(self, path: str) -> str:
        """The address of a path."""
        return f"http://127.0.0.1:{self._server.server_port}{path}"

    def serve(self, path: str, body: bytes, *, content_type: str = "application/rss+xml", etag: str = "") -> None:
        """Puts a document at a path, in place of what was there."""
        self._pages[path] = (body, content_type, etag)
