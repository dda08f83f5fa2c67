"""Reads one HTTP/1.1 answer from raw bytes: status, headers, and the body chunk by chunk. llhttp does the parsing."""

from typing import NoReturn, Protocol

import httptools
from multidict import CIMultiDict

_LONGEST_HEAD = 32 * 1024
_MOST_HEADERS = 128
# What lies around each byte of a body cut into chunks of one byte: "1", two line breaks, and some for an extension.
_MOST_FRAMING = 8
_INFORMAL = range(100, 200)
_WITHOUT_BODY = frozenset({204, 304})


class BadAnswer(Exception):
    """What came is not HTTP, or has more headers than anybody needs."""


class BrokenOff(ConnectionError):
    """The connection ended before the answer did."""


class Receiver(Protocol):
    """Who an answer is for. Each method says whether more of it is wanted, and may raise what ends the exchange."""

    def begin(self, status: int, headers: CIMultiDict[str]) -> bool:
        """Takes the head."""
        ...

    def take(self, chunk: bytes) -> bool:
        """Takes the next bytes of the body, which still carry their content coding."""
        ...


class AnswerReader:
    """Takes the bytes of one answer as they come and hands them on.

    `complete` is set once there is no more to come, or no more is wanted. `reusable` says whether the connection can
    carry another exchange after that.
    """

    __slots__ = (
        "_body",
        "_error",
        "_headers",
        "_is_whole",
        "_parser",
        "_received",
        "_receiver",
        "_status",
        "complete",
        "reusable",
    )

    def __init__(self, receiver: Receiver) -> None:
        self._receiver = receiver
        self._headers: CIMultiDict[str] = CIMultiDict()
        self._status = 0
        self._received = 0
        self._body = 0
        self._error: Exception | None = None
        self._is_whole = False
        self.complete = False
        self.reusable = False
        self._parser = httptools.HttpResponseParser(self)
        # As browsers read: servers of small publishers end lines in their own way.
        self._parser.set_dangerous_leniencies(
            lenient_headers=True, lenient_optional_cr_before_lf=True, lenient_spaces_after_chunk_size=True
        )

    @property
    def has_begun(self) -> bool:
        """Whether a byte of the answer came."""
        return self._received > 0

    def feed(self, data: bytes) -> bool:
        """Takes the next bytes; whether the answer is complete. Raises BadAnswer, and what the receiver raises."""
        self._received += len(data)
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade) as error:
            if self._error is not None:
                raise self._error from None
            if not self.complete:
                raise BadAnswer(str(error)) from error
            self.reusable = False
        # Whatever is no body is bounded by this: heads, endless 1xx answers, chunk extensions, trailers.
        if not self.complete and self._received > _LONGEST_HEAD + _MOST_FRAMING * self._body:
            raise BadAnswer("The headers are too long.")
        return self.complete

    def end(self) -> None:
        """Takes the end of the connection, which ends an answer of untold length. Raises BrokenOff for any other."""
        told = "Content-Length" in self._headers or "chunked" in self._headers.get("Transfer-Encoding", "").lower()
        if not self._status or told:
            raise BrokenOff
        self.complete = True

    def on_message_begin(self) -> None:
        """Called by the parser. Behind the whole answer nothing may follow."""
        if self._is_whole:
            self.reusable = False

    def on_header(self, name: bytes, value: bytes) -> None:
        """Called by the parser, for trailers as well."""
        if self._status:
            return
        if len(self._headers) >= _MOST_HEADERS:
            self._fail(BadAnswer("There are too many headers."))
        self._headers.add(name.decode("utf-8", "surrogateescape"), value.decode("utf-8", "surrogateescape"))

    def on_headers_complete(self) -> None:
        """Called by the parser."""
        status = self._parser.get_status_code()
        if self._status:
            return
        if status in _INFORMAL:
            self._headers.clear()
            return
        self._status = status
        try:
            is_wanted = self._receiver.begin(status, self._headers)
        except Exception as error:  # noqa: BLE001  the parser's C code would hide it; `feed` raises it again
            self._fail(error)
        if status in _WITHOUT_BODY:
            # Such an answer may tell the length of a body that it leaves out, for which the parser would wait.
            self.complete = True
            self.reusable = self._parser.should_keep_alive()
        elif not is_wanted:
            self.complete = True

    def on_body(self, chunk: bytes) -> None:
        """Called by the parser."""
        if self.complete:
            self.reusable = False
            return
        self._body += len(chunk)
        try:
            self.complete = not self._receiver.take(chunk)
        except Exception as error:  # noqa: BLE001  the parser's C code would hide it; `feed` raises it again
            self._fail(error)

    def on_message_complete(self) -> None:
        """Called by the parser, after each 1xx answer as well."""
        if self._status and not self._is_whole:
            self._is_whole = self.complete = True
            self.reusable = self._parser.should_keep_alive()

    def _fail(self, error: Exception) -> NoReturn:
        self._error = error
        raise error
