"""Answers from raw bytes: however they are cut, what ends them, and what does not pass for one."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from multidict import CIMultiDict

from bot.sources.answers import AnswerReader, BadAnswer, BrokenOff

PLAIN = b'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nETag: "x"\r\n\r\nhello'
CHUNKED = (
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3;note=1\r\nllo\r\n0\r\nX-Trailer: a\r\n\r\n"
)
INFORMED = b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + PLAIN
UNIX_LINES = b"HTTP/1.1 200 OK\nContent-Length: 5\n\nhello"


class Keeper:
    """A receiver that keeps what it gets, `most` bytes of a body at most."""

    def __init__(self, most: int = 1_000_000) -> None:
        self.status, self.headers, self.body, self.most = 0, CIMultiDict[str](), b"", most

    def begin(self, status: int, headers: CIMultiDict[str]) -> bool:
        self.status, self.headers = status, headers
        return self.most > 0

    def take(self, chunk: bytes) -> bool:
        self.body += chunk
        return len(self.body) < self.most


def read(*pieces: bytes, most: int = 1_000_000) -> tuple[Keeper, AnswerReader]:
    keeper = Keeper(most)
    reader = AnswerReader(keeper)
    for piece in pieces:
        if reader.feed(piece):
            break
    return keeper, reader


@pytest.mark.parametrize("answer", [PLAIN, CHUNKED, INFORMED, UNIX_LINES], ids=["plain", "chunks", "103", "line feeds"])
@given(cuts=st.sets(st.integers(0, 200), max_size=20))
def test_an_answer_is_the_same_however_it_is_cut(answer: bytes, cuts: set[int]) -> None:
    edges = [0, *sorted(cut for cut in cuts if cut < len(answer)), len(answer)]
    keeper, reader = read(*(answer[start:end] for start, end in pairwise(edges)))

    assert (keeper.status, keeper.body) == (200, b"hello")
    assert "Link" not in keeper.headers
    assert "X-Trailer" not in keeper.headers
    assert reader.complete
    assert reader.reusable


@pytest.mark.parametrize(
    ("answer", "is_reusable"),
    [
        (b"HTTP/1.1 304 Not Modified\r\n\r\n", True),
        (b"HTTP/1.1 304 Not Modified\r\nContent-Length: 90000\r\n\r\n", True),
        (b"HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\nhello", False),
        (b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n", False),
        (b"HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n", False),
        (PLAIN + PLAIN, False),
        (PLAIN + b"rubbish", False),
    ],
    ids=["304", "304 with a length", "304 with a body", "closed", "1.0", "two answers", "rubbish after"],
)
def test_a_connection_serves_again_only_after_a_clean_end(answer: bytes, *, is_reusable: bool) -> None:
    _, reader = read(answer)

    assert reader.complete
    assert reader.reusable == is_reusable


def test_a_body_of_untold_length_ends_with_the_connection() -> None:
    keeper, reader = read(b"HTTP/1.1 200 OK\r\n\r\nhel", b"lo")
    assert not reader.complete
    reader.end()
    assert keeper.body == b"hello"
    assert not reader.reusable


@pytest.mark.parametrize("cut", [0, 10, len(PLAIN) - 2, -len(CHUNKED) + 60])
def test_an_end_before_the_answers_end_is_told(cut: int) -> None:
    _, reader = read(PLAIN[:cut] if cut >= 0 else CHUNKED[:-cut])

    with pytest.raises(BrokenOff):
        reader.end()


@pytest.mark.parametrize(
    "pieces",
    [
        [b"SSH-2.0-OpenSSH_9.2\r\n"],
        [b"HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n"],
        [b"HTTP/1.1 200 OK\r\n", *[b"X: y\r\n"] * 130],
        [b"HTTP/1.1 200 OK\r\nX: ", *[b"a" * 1_000] * 40],
        [b"HTTP/1.1 100 Continue\r\n\r\n"] * 2_000,
        [b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", *[b"1;" + b"n" * 1_000 + b"\r\na\r\n"] * 40],
        [CHUNKED[:-2], *[b"X: y\r\n"] * 10_000],
        [b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n"],
    ],
    ids=["ssh", "101", "many headers", "long header", "endless 100", "extensions", "trailers", "two lengths"],
)
def test_what_is_no_proper_answer_ends_within_bounds(pieces: list[bytes]) -> None:
    with pytest.raises(BadAnswer):
        read(*pieces)


def test_no_more_is_read_than_is_wanted() -> None:
    assert read(PLAIN[:-5], most=0)[1].complete
    keeper, reader = read(PLAIN[:-3], most=2)
    assert (keeper.body, reader.complete, reader.reusable) == (b"he", True, False)


@pytest.mark.parametrize("method", ["begin", "take"])
def test_what_the_receiver_raises_reaches_whoever_feeds(monkeypatch: pytest.MonkeyPatch, method: str) -> None:
    def refuse(*_: object) -> bool:
        raise LookupError(method)

    monkeypatch.setattr(Keeper, method, refuse)
    with pytest.raises(LookupError, match=method):
        read(PLAIN)
