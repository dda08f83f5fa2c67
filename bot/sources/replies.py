"""What is done with an answer as it comes in: which bodies are read, how far, and what they say in the end."""

from http import HTTPStatus

from multidict import CIMultiDict

from bot.sources.decompression import BodyReader

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
# With these, a page may tell that it is a robot that was turned away.
_WALL_STATUSES = frozenset({401, 403, 429, 503})
_LONGEST_REPLY = 1024
_NO_HEADERS: CIMultiDict[str] = CIMultiDict()


class Document:
    """Receives the answer to a GET. Its body is read where it may be the document, or a bot wall."""

    def __init__(self, *, is_conditional: bool, max_packed: int, max_body: int) -> None:
        self.status = 0
        self.headers = _NO_HEADERS
        self._is_conditional = is_conditional
        self._max_packed = max_packed
        self._max_body = max_body
        self._body: BodyReader | None = None

    @property
    def is_redirect(self) -> bool:
        """Whether it sends us elsewhere."""
        return self.status in _REDIRECTS and "Location" in self.headers

    @property
    def not_modified(self) -> bool:
        """Whether the document is the one that the request told of."""
        return self.status == HTTPStatus.NOT_MODIFIED and self._is_conditional

    @property
    def is_document(self) -> bool:
        """Whether the body is what was asked for."""
        return HTTPStatus.OK <= self.status < HTTPStatus.MULTIPLE_CHOICES

    @property
    def may_be_wall(self) -> bool:
        """Whether only the body tells if people with a browser get more."""
        return self.status in _WALL_STATUSES and "cf-mitigated" not in self.headers

    def begin(self, status: int, headers: CIMultiDict[str]) -> bool:
        """Takes the head."""
        self.status, self.headers = status, headers
        if not self.is_document and not self.may_be_wall:
            return False
        coding = headers.get("Content-Encoding", "")
        self._body = BodyReader(coding, max_raw=self._max_packed, max_decoded=self._max_body)
        return True

    def take(self, chunk: bytes) -> bool:
        """Takes the next bytes of the body. Raises FeedError for what is too large or damaged."""
        assert self._body is not None
        self._body.feed(chunk)
        return True

    def read(self) -> bytes:
        """The whole body, decoded. Raises FeedError where it was cut off."""
        return self._body.finish() if self._body else b""


class ShortReply:
    """Receives the beginning of a text."""

    def __init__(self) -> None:
        self.status = 0
        self.headers = _NO_HEADERS
        self._start = b""

    def begin(self, status: int, headers: CIMultiDict[str]) -> bool:
        """Takes the head."""
        self.status, self.headers = status, headers
        return True

    def take(self, chunk: bytes) -> bool:
        """Takes the next bytes of the body, until there are enough."""
        self._start += chunk[: _LONGEST_REPLY - len(self._start)]
        return len(self._start) < _LONGEST_REPLY

    @property
    def text(self) -> str:
        """The beginning, on one line."""
        return " ".join(self._start.decode("utf-8", "replace").split())
