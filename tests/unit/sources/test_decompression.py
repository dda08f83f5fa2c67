"""BodyReader: the same body however the network cuts it, and never more than the limit."""

import gzip
import itertools
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import FeedError, FetchProblem
from bot.sources.decompression import BodyReader


def read(chunks: list[bytes], coding: str = "", limit: int = 1_000_000) -> bytes:
    """The body in these raw chunks."""
    reader = BodyReader(coding, max_raw=limit, max_decoded=limit)
    for chunk in chunks:
        reader.feed(chunk)
    return reader.finish()


def cut(data: bytes, places: list[int]) -> list[bytes]:
    """`data` in pieces, cut at these places."""
    edges = [0, *sorted(place % (len(data) + 1) for place in places), len(data)]
    return [data[first:last] for first, last in itertools.pairwise(edges)]


@given(
    st.binary(max_size=2000), st.lists(st.integers(0, 10_000), max_size=10), st.sampled_from(["gzip", "deflate", ""])
)
def test_cuts_on_the_way_change_nothing(body: bytes, places: list[int], coding: str) -> None:
    packed = {"gzip": gzip.compress(body), "deflate": zlib.compress(body), "": b"x" + body}[coding]

    assert read(cut(packed, places), coding) == (body if coding else b"x" + body)


@given(st.binary(min_size=1, max_size=500), st.integers(1, 30))
def test_a_cut_off_end_is_always_noticed(body: bytes, missing: int) -> None:
    packed = gzip.compress(body)
    with pytest.raises(FeedError) as caught:
        read([packed[: max(2, len(packed) - missing)]], "gzip")

    assert caught.value.problem is FetchProblem.BROKEN


@pytest.mark.parametrize("size", [0, 1, 2, 1000])
def test_a_body_of_exactly_the_limit_is_read(size: int) -> None:
    assert read([b"y" * size], limit=1000) == b"y" * size


@pytest.mark.parametrize("chunks", [[b"y" * 1001], [b"y"] * 1001, [gzip.compress(b"y" * 1001)]])
def test_one_byte_more_is_too_large(chunks: list[bytes]) -> None:
    with pytest.raises(FeedError) as caught:
        read(chunks, limit=1000)

    assert caught.value.problem is FetchProblem.TOO_LARGE


def test_a_bomb_of_empty_members_is_too_large() -> None:
    with pytest.raises(FeedError) as caught:
        read([gzip.compress(b"")] * 100, limit=1000)

    assert caught.value.problem is FetchProblem.TOO_LARGE
