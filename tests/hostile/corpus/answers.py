"""What a server may answer on the wire."""

import gzip
import zlib
from collections.abc import Iterator

from tests.hostile.corpus.cases import Case, Kind
from tests.hostile.corpus.feeds import ITEM, rss

_FEED = rss(ITEM).encode()
_STATUSES = (
    *(
        100,
        101,
        103,
        200,
        201,
        203,
        204,
        205,
        206,
        226,
        300,
        301,
        304,
        305,
        308,
        400,
        401,
        402,
        403,
        404,
        405,
        406,
        407,
    ),
    *(408, 410, 413, 418, 421, 425, 429, 451, 500, 501, 502, 503, 504, 507, 511, 520, 599, 600, 999),
)
_LOCATIONS = (
    *(
        "",
        "/feed",
        "http://",
        "//",
        "http:///",
        "javascript:alert(1)",
        "file:///etc/passwd",
        "ftp://a.example/",
        "?",
        "#",
    ),
    *(
        "http://127.0.0.1:1/",
        "http://169.254.169.254/",
        "http://user:pw@a.example/",
        "x" * 5_000,
        "http://[::1",
        "http://a b/",
    ),
)


def _answer(body: bytes = _FEED, *headers: str, status: str = "200 OK", sized: bool = True) -> bytes:
    lines = [f"HTTP/1.1 {status}", "Content-Type: application/xml", "Connection: close", *headers]
    if sized:
        lines.append(f"Content-Length: {len(body)}")
    return ("\r\n".join(lines) + "\r\n\r\n").encode("utf-8", "surrogatepass") + body


def list_answers() -> Iterator[Case]:
    """Every behaviour."""
    for status in _STATUSES:
        yield Case(Kind.HTTP, f"status {status}", _answer(status=f"{status} X"))
    for location in _LOCATIONS:
        yield Case(Kind.HTTP, f"redirect to {location[:30]!r}", _answer(b"", f"Location: {location}", status="302 X"))
    for wait in ("9" * 30, "-5", "soon", "Wed, 25 Nov 2999 10:00:00 GMT", "1e9"):
        yield Case(Kind.HTTP, f"Retry-After {wait}", _answer(b"", f"Retry-After: {wait}", status="429 X"))
    for name, data in (*_lengths(), *_codings(), *_heads()):
        yield Case(Kind.HTTP, name, data)
    yield Case(Kind.HTTP, "silence", b"", hold_open=True)
    yield Case(Kind.HTTP, "half a head and silence", b"HTTP/1.1 200 OK\r\nContent-Ty", hold_open=True)
    yield Case(Kind.HTTP, "half a body and silence", _answer()[:-20], hold_open=True)
    yield Case(Kind.HTTP, "body drip", _answer(b"<" * 4_000), pause=0.05)
    yield Case(Kind.HTTP, "head drip", b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 1_000, pause=0.05)
    yield Case(Kind.HTTP, "endless 103", b"HTTP/1.1 103 Early Hints\r\n\r\n" * 500, pause=0.05)


def _lengths() -> Iterator[tuple[str, bytes]]:
    for length in ("0", "5", "-1", "999999999999", "12, 13", "0x10", "1e3", " "):
        yield f"length {length}", _answer(_FEED, f"Content-Length: {length}", sized=False)
    yield "two lengths", _answer(_FEED, "Content-Length: 5")
    for chunk in (
        b"5\r\nhello\r\n0\r\n\r\n",
        b"FFFFFFFFFFFF\r\n",
        b"-5\r\nhello\r\n",
        b"zz\r\n",
        b"5;" + b"x" * 90_000,
        b"0\r\n",
    ):
        yield f"chunks {chunk[:12]!r}", _answer(chunk, "Transfer-Encoding: chunked", sized=False)
    yield "twenty megabytes", _answer(b"<rss>" + b"x" * 20_000_000, sized=False)


def _codings() -> Iterator[tuple[str, bytes]]:
    bomb = gzip.compress(b"\0" * 20_000_000, 9)
    yield "gzip bomb", _answer(bomb, "Content-Encoding: gzip")
    yield "gzip in gzip", _answer(gzip.compress(bomb), "Content-Encoding: gzip, gzip")
    yield "deflate bomb", _answer(zlib.compress(b"\0" * 20_000_000, 9), "Content-Encoding: deflate")
    yield "gzip cut off", _answer(gzip.compress(_FEED)[:-9], "Content-Encoding: gzip")
    yield "gzip with more behind", _answer(gzip.compress(_FEED) + b"x" * 900, "Content-Encoding: gzip")
    yield "gzip that is none", _answer(_FEED, "Content-Encoding: gzip")
    for coding in ("br", "zstd", "compress", "identity", "x-gzip", "gzip" + ", gzip" * 200, "\x7f"):
        yield f"coding {coding[:12]}", _answer(_FEED, f"Content-Encoding: {coding}")


def _heads() -> Iterator[tuple[str, bytes]]:
    yield "ten thousand headers", _answer(_FEED, *(f"X-{number}: y" for number in range(10_000)))
    yield "a long header", _answer(_FEED, f"X: {'y' * 1_000_000}")
    yield "a header name of spaces", _answer(_FEED, " : y")
    yield "a header without a colon", _answer(_FEED, "nonsense")
    yield "folded header", _answer(_FEED, "X: y\r\n z")
    yield "NUL in a header", _answer(_FEED, "ETag: a\0b")
    yield "bare line feeds", _answer().replace(b"\r\n", b"\n")
    yield "letters in a header", _answer(_FEED, "ETag: \u202eпривет")
    yield "a huge ETag", _answer(_FEED, f'ETag: "{"x" * 7_000}"')
    yield "modified in 2041", _answer(_FEED, "Last-Modified: Wed, 25 Nov 2041 10:00:00 GMT")
    yield "a thousand cookies", _answer(_FEED, *(f"Set-Cookie: c{number}=x" for number in range(100)))
    yield "charset of nonsense", _answer(_FEED, f"Content-Type: text/xml; charset={'x' * 900}")
    yield "HTTP/0.9", _FEED
    yield "HTTP/9.9", b"HTTP/9.9 200 OK\r\n\r\n" + _FEED
    yield "HTTP/2 preface", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + b"\0" * 99
    yield "a TLS alert", b"\x15\x03\x01\x00\x02\x02\x28"
    yield "an SMTP greeting", b"220 mail.example ESMTP\r\n"
    yield "an SSH greeting", b"SSH-2.0-OpenSSH_9.9\r\n"
    yield "noise", bytes(range(256)) * 400
    yield "nothing", b""
    yield "upgrade", _answer(_FEED, "Upgrade: websocket", "Connection: upgrade", status="101 X")
    yield "trailers", _answer(b"1\r\n<\r\n0\r\nX: y\r\n\r\n", "Transfer-Encoding: chunked", "Trailer: X", sized=False)
