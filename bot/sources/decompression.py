"""Content coding undone within a size limit, chunk by chunk."""

import zlib

from bot.errors import FeedError, FetchProblem
from bot.sentences import Sentence

_GZIP_MAGIC = b"\x1f\x8b"
_GZIP_OR_ZLIB = 47  # zlib's window bits for "gzip or zlib, look at the header"
_KNOWN_CODINGS = frozenset({"", "identity", "gzip", "x-gzip", "deflate"})
# A step big enough to be fast and small enough that one step of a bomb does not hold the event loop.
_STEP = 256 * 1024


class BodyReader:
    """Collects one body: `feed` it raw chunks, then take `finish`.

    gzip is recognised by its first bytes rather than by the header alone, because servers get the header wrong both
    ways. Raises FeedError: `too_large` over a limit, `broken` for damaged gzip, `http` for a coding never asked for.
    """

    def __init__(self, coding: str, *, max_raw: int, max_decoded: int) -> None:
        coding = coding.strip().lower()
        if coding not in _KNOWN_CODINGS:
            raise FeedError(
                FetchProblem.HTTP,
                Sentence("The server packed its answer as “{coding}”, which was not asked for.", coding=coding[:40]),
                Sentence("Tell the publisher; there is nothing to set here."),
            )
        self._deflate = coding == "deflate"
        self._max_raw = max_raw
        self._max_decoded = max_decoded
        self._raw = 0
        self._decoded = 0
        self._start = b""
        self._started = False
        self._pieces: list[bytes] = []
        self._inflate: zlib._Decompress | None = None

    def feed(self, chunk: bytes) -> None:
        """Takes the next raw bytes."""
        self._raw += len(chunk)
        if not self._started:
            chunk = self._start + chunk
            if len(chunk) < len(_GZIP_MAGIC):
                self._start = chunk
                return
            self._begin(chunk)
        if self._inflate is None:
            self._keep(chunk)
            return
        # Packed text of more than this many bytes would not fit unpacked either, save for a bomb of empty blocks.
        if self._raw > self._max_raw:
            raise _too_large(
                Sentence("The document is larger than {size:g} MB packed.", size=self._max_raw / 1_000_000)
            )
        try:
            self._unpack(chunk)
        except zlib.error as error:
            raise _damaged() from error

    def finish(self) -> bytes:
        """The whole decoded body, which is let go here: readers are kept as long as their connections."""
        if not self._started:
            self._keep(self._start)
        elif self._inflate is not None and not self._inflate.eof:
            raise _damaged()
        body = b"".join(self._pieces)
        self._pieces, self._inflate = [], None
        return body

    def _begin(self, first: bytes) -> None:
        self._started = True
        if self._deflate or first.startswith(_GZIP_MAGIC):
            self._inflate = zlib.decompressobj(_GZIP_OR_ZLIB)

    def _unpack(self, chunk: bytes) -> None:
        assert self._inflate is not None
        while chunk:
            if self._inflate.eof:
                if not chunk.startswith(_GZIP_MAGIC):
                    return  # padding after the end
                self._inflate = zlib.decompressobj(_GZIP_OR_ZLIB)
            self._keep(self._inflate.decompress(chunk, _STEP))
            chunk = self._inflate.unused_data if self._inflate.eof else self._inflate.unconsumed_tail

    def _keep(self, piece: bytes) -> None:
        self._decoded += len(piece)
        if self._decoded > self._max_decoded:
            raise _too_large(Sentence("The document is larger than {size:g} MB.", size=self._max_decoded / 1_000_000))
        if piece:
            self._pieces.append(piece)


def _too_large(cause: Sentence) -> FeedError:
    cure = Sentence("Look for a feed of this outlet with fewer entries.")
    return FeedError(FetchProblem.TOO_LARGE, cause, cure)


def _damaged() -> FeedError:
    return FeedError(
        FetchProblem.BROKEN,
        Sentence("The compressed answer is damaged or was cut off."),
        Sentence("It is tried again at the next poll; if it stays, tell the publisher."),
    )
