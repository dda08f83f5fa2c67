"""Server-side request forgery: no form of an internal address may lead to one TCP connection, however it is reached."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from ipaddress import ip_network

import pytest

from bot.errors import FeedError, FetchProblem
from bot.ports.fetcher import FeedRequest
from bot.sources import addresses, connections, urls
from bot.sources.addresses import find_address, is_public
from bot.sources.connections import open_socket
from bot.sources.failures import AddressRefused
from bot.sources.http import FetchLimits, HttpFetcher
from bot.sources.urls import read_url
from tests.fakes.feed_server import FeedServer
from tests.hostile.ssrf_vectors import ANSWERS, DIRECT, LEGITIMATE

# A publisher on the operator's own network, which is all of the loopback net but the internal listener's address.
PUBLISHER = "127.0.0.2"
OWN_NETWORK = (ip_network("127.0.0.2/31"),)
LIMITS = FetchLimits(total=10.0, connect=5.0, read=5.0)


@dataclass(slots=True)
class InternalListener:
    """A service that nobody outside may reach; it counts who tried."""

    port: int
    connections: int = 0


@asynccontextmanager
async def listen_inside() -> AsyncIterator[InternalListener]:
    """Listens on one port of the loopback addresses of both IP versions (of IPv4 where there is no IPv6)."""
    listener = InternalListener(0)

    async def accept(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        listener.connections += 1
        writer.close()

    first = await asyncio.start_server(accept, "127.0.0.1", 0)
    listener.port = first.sockets[0].getsockname()[1]
    servers = [first]
    try:
        servers.append(await asyncio.start_server(accept, "::1", listener.port, family=socket.AF_INET6))
    except OSError:
        assert len(servers) == 1  # no IPv6 here: its forms are still refused before any connection
    try:
        yield listener
    finally:
        for server in servers:
            server.close()
            await server.wait_closed()


def answer_with(*addresses: str) -> Callable[[str], list[str]]:
    """A name server that says the same of every name."""
    return lambda _: list(addresses)


async def test_the_internal_listener_notices_a_fetcher_that_may_reach_it() -> None:
    """The control: without it, a count of zero would show nothing."""
    inside = (ip_network("127.0.0.0/8"), ip_network("::1/128"))
    async with listen_inside() as listener, HttpFetcher(inside, limits=LIMITS) as fetcher:
        for host in ("127.0.0.1", "[::ffff:127.0.0.1]"):
            with pytest.raises(FeedError):
                await fetcher.fetch(FeedRequest(f"http://{host}:{listener.port}/"))

        assert listener.connections >= 2


async def test_no_direct_form_of_an_internal_address_leads_to_a_connection() -> None:
    reached = []
    async with listen_inside() as listener, HttpFetcher(limits=LIMITS, lookup=answer_with("127.0.0.1")) as fetcher:
        for vector in DIRECT:
            url = vector.replace("PORT", str(listener.port))
            for attempt in (fetcher.fetch(FeedRequest(url)), fetcher.fetch_page(url)):
                with pytest.raises(FeedError) as caught:
                    await attempt
                assert caught.value.problem in (FetchProblem.BAD_URL, FetchProblem.REFUSED_ADDRESS), vector
            if listener.connections:
                reached.append(vector)

    assert reached == []
    assert len(DIRECT) >= 60


@pytest.mark.parametrize("port", [80, 443, 8080])
async def test_no_direct_form_is_let_through_on_a_web_port(port: int) -> None:
    """The same forms with a port that is allowed, so that only the address can be the reason."""
    async with HttpFetcher(limits=LIMITS, lookup=answer_with("127.0.0.1")) as fetcher:
        for vector in DIRECT:
            with pytest.raises(FeedError) as caught:
                await fetcher.fetch(FeedRequest(vector.replace("PORT", str(port))))
            assert caught.value.problem in (FetchProblem.BAD_URL, FetchProblem.REFUSED_ADDRESS), vector


@pytest.mark.parametrize("answers", ANSWERS, ids=" ".join)
async def test_a_name_that_leads_inside_is_refused_before_any_connection(answers: list[str]) -> None:
    async with HttpFetcher(limits=LIMITS, lookup=answer_with(*answers)) as fetcher:
        for url in ("http://rebind.example/", "https://rebind.example/", "http://rebind.example:8080/"):
            with pytest.raises(FeedError) as caught:
                await fetcher.fetch(FeedRequest(url))

            assert caught.value.problem is FetchProblem.REFUSED_ADDRESS


async def test_a_redirect_to_any_of_the_forms_leads_to_no_connection() -> None:
    """The publisher lives on a network that the operator allowed; its redirects reach nothing beside it."""
    async with (
        FeedServer(PUBLISHER) as server,
        listen_inside() as listener,
        HttpFetcher(OWN_NETWORK, limits=LIMITS, lookup=answer_with("127.0.0.1")) as fetcher,
    ):
        for vector in DIRECT:
            target = vector.replace("PORT", str(listener.port))
            if target.isprintable():  # a line break cannot stand in a header
                with pytest.raises(FeedError):
                    await fetcher.fetch(FeedRequest(server.redirect("/feed", target)))
                assert listener.connections == 0, vector


@pytest.mark.parametrize("host", ["127.0.0.1", "inside.example"])
async def test_the_internet_cannot_steer_us_into_the_operators_networks(
    monkeypatch: pytest.MonkeyPatch, host: str
) -> None:
    """A feed inside may be polled, and may redirect inside; a redirect there from outside is refused.

    The address tables are changed so that the publisher's loopback address counts as public for once.
    """
    inside = (ip_network("127.0.0.1/32"),)
    denied = tuple((int(network.netmask), int(network.network_address)) for network in inside)
    monkeypatch.setattr(addresses, "_DENIED_V4_NUMBERS", denied)

    def lookup(name: str) -> list[str]:
        return ["127.0.0.1"] if name == "inside.example" else [PUBLISHER]

    async with FeedServer(PUBLISHER) as outside, FeedServer() as internal:
        for module in (connections, urls):
            monkeypatch.setattr(module, "PUBLIC_PORTS", frozenset({outside.port, internal.port}))
        internal.serve("/feed")
        target = internal.url("/feed", host=host)
        async with HttpFetcher(inside, limits=LIMITS, lookup=lookup) as fetcher:
            assert (await fetcher.fetch(FeedRequest(internal.redirect("/old", target)))).body
            assert len(internal.requests) == 2
            for start in (outside.redirect("/steer", target), outside.url("/steer", host="outside.example")):
                with pytest.raises(FeedError) as caught:
                    await fetcher.fetch(FeedRequest(start))
                assert caught.value.problem is FetchProblem.REFUSED_ADDRESS

        assert len(outside.requests) == 2
        assert len(internal.requests) == 2


async def test_a_name_that_changes_its_answer_is_judged_by_each_answer() -> None:
    answers = iter([[PUBLISHER], ["127.0.0.1"], ["::1"], [PUBLISHER]])
    async with FeedServer(PUBLISHER) as server, listen_inside() as listener:
        server.serve("/feed", headers={"Connection": "close"})
        url = server.url("/feed", host="rebind.example")
        async with HttpFetcher(OWN_NETWORK, limits=LIMITS, lookup=lambda _: next(answers)) as fetcher:
            assert (await fetcher.fetch(FeedRequest(url))).body
            for _ in range(2):
                with pytest.raises(FeedError) as caught:
                    await fetcher.fetch(FeedRequest(url))
                assert caught.value.problem is FetchProblem.REFUSED_ADDRESS
            assert (await fetcher.fetch(FeedRequest(url))).body

        assert listener.connections == 0


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "::ffff:127.0.0.1"])
async def test_the_socket_guard_alone_stops_an_internal_address(host: str) -> None:
    """The last barrier, without URL rules and resolver before it: there is not even a socket."""
    address = find_address(host)
    assert address is not None
    for port in (80, 443):
        with pytest.raises(AddressRefused):
            open_socket(address, port, ())
    open_socket(address, 80, (ip_network("127.0.0.0/8"), ip_network("::1/128"))).close()


async def test_proxy_settings_of_the_environment_are_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    async with FeedServer(PUBLISHER) as server, listen_inside() as listener:
        for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{listener.port}")
        async with HttpFetcher(OWN_NETWORK, limits=LIMITS) as fetcher:
            assert (await fetcher.fetch(FeedRequest(server.serve("/feed")))).body

        assert listener.connections == 0


@pytest.mark.parametrize("url", LEGITIMATE)
async def test_a_legitimate_address_is_not_refused(url: str) -> None:
    read = read_url(url)
    literal = find_address(read.raw_host or "")

    if literal is not None:
        assert is_public(literal)
        return
    # Nobody listens at the address that the name leads to, which shows that a connection was tried.
    async with HttpFetcher(OWN_NETWORK, limits=LIMITS, lookup=answer_with("127.0.0.3")) as fetcher:
        with pytest.raises(FeedError) as caught:
            await fetcher.fetch(FeedRequest(url))
    assert caught.value.problem is FetchProblem.UNREACHABLE
