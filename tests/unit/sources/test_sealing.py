"""Tokens of feed addresses are stored encrypted and asked for in clear."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.redaction import hide_secrets
from bot.errors import FeedError, FetchProblem
from bot.ports.fetcher import FeedRequest
from bot.sources.http import HttpFetcher
from bot.sources.sealing import Vault
from tests.fakes.feed_server import LOOPBACK, FeedServer

VAULT = Vault("correct horse battery staple")
URL = "https://feeds.example/rss?lang=en&token=canary&x=1"


def test_a_token_is_sealed_and_the_rest_stays_readable() -> None:
    sealed = VAULT.seal(URL)
    assert "canary" not in sealed
    assert sealed.startswith("https://feeds.example/rss?lang=en&token=sealed1-")
    assert sealed.endswith("&x=1")
    assert VAULT.open(sealed) == URL


def test_an_address_is_always_sealed_the_same_and_once() -> None:
    assert VAULT.seal(URL) == VAULT.seal(URL) == VAULT.seal(VAULT.seal(URL))
    assert VAULT.seal(URL) == Vault("correct horse battery staple").seal(URL)


def test_an_address_without_a_token_or_without_a_key_stays_as_it_is() -> None:
    assert VAULT.seal("https://feeds.example/rss?x=1") == "https://feeds.example/rss?x=1"
    assert Vault().seal(URL) == Vault().open(URL) == URL


@pytest.mark.parametrize("vault", [Vault(), Vault("another key altogether")])
def test_without_the_right_key_a_token_is_not_read_and_the_cure_is_named(vault: Vault) -> None:
    with pytest.raises(FeedError, match="TOCSIN_SECRET_KEY") as caught:
        vault.open(VAULT.seal(URL))
    assert caught.value.problem is FetchProblem.UNAUTHORISED
    assert caught.value.cure


def test_a_copied_seal_is_worth_nothing_under_another_host() -> None:
    copied = VAULT.seal(URL).replace("feeds.example", "evil.example")
    with pytest.raises(FeedError):
        VAULT.open(copied)


@given(st.text(st.characters(exclude_characters="&;#", exclude_categories=("Z", "C")), min_size=1, max_size=60))
def test_any_token_comes_back_as_it_was(token: str) -> None:
    url = f"https://feeds.example/rss?api_key={token}"
    sealed = VAULT.seal(url)
    assert VAULT.open(sealed) == url
    assert hide_secrets(sealed) == "https://feeds.example/rss?api_key=***"


async def test_the_server_gets_the_token_and_the_answer_carries_its_seal() -> None:
    async with FeedServer() as server, HttpFetcher(LOOPBACK, vault=VAULT) as fetcher:
        server.serve("/new")
        server.redirect("/feed", "/new?token=canary", status=301)
        sealed = fetcher.seal(server.url("/feed?token=canary"))
        response = await fetcher.fetch(FeedRequest(sealed))
    assert [request.query for request in server.requests] == ["token=canary", "token=canary"]
    assert response.url == response.moved_to == VAULT.seal(server.url("/new?token=canary"))
    assert "canary" not in response.url
