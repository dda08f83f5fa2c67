"""Health pages: what they say in every phase, and that nobody can hold them up."""

import asyncio
import time

import aiohttp
import pytest

from bot.errors import SettingsError, StoreError
from bot.ports.store import Store
from bot.services.health import DEAD_SECONDS, STALE_SECONDS, Health, Phase
from bot.web.ping import Ping
from bot.web.server import open_web
from tests.contract.outbox import put
from tests.factories import at, build_feed
from tests.fakes.clock import FakeClock
from tests.fakes.feed_server import FeedServer


async def read(port: int | None, path: str) -> tuple[int, str]:
    async with aiohttp.ClientSession() as session, session.get(f"http://127.0.0.1:{port}{path}") as answer:
        return answer.status, await answer.text()


async def test_ready_is_who_runs_beats_and_can_write() -> None:
    clock = FakeClock()
    health = Health(clock)
    async with open_web(0, health, clock, "1.0") as port:
        assert (await read(port, "/readyz"))[0] == 503
        health.phase = Phase.RUNNING
        health.beat("polling")
        assert (await read(port, "/readyz"))[0] == 200
        health.store_problem = "disk full"
        assert (await read(port, "/readyz"))[0] == 503
        health.store_problem = ""
        await clock.advance(STALE_SECONDS + 1)
        for page in ("/readyz", "/healthz"):
            status, text = await read(port, page)
            assert status == 503
            assert "polling" in text
    assert health.stale_loops(DEAD_SECONDS) == []


async def test_metrics_tell_of_the_outbox_and_of_feeds(store: Store) -> None:
    clock = FakeClock()
    health = Health(clock)
    health.store = store
    await store.sync_feeds([build_feed()], at(0))
    await put(store, "a")
    await clock.advance(90)
    async with open_web(0, health, clock, "1.0") as port:
        _, text = await read(port, "/metrics")
    assert 'tocsin_outbox_oldest_due_seconds{platform="telegram"} 90.0' in text
    assert 'tocsin_outbox_pending{platform="telegram"} 1.0' in text
    assert 'tocsin_feeds{state="unread"} 1.0' in text
    assert 'tocsin_build_info{version="1.0"} 1.0' in text


async def test_metrics_do_without_a_database_that_refuses(store: Store) -> None:
    clock = FakeClock()
    health = Health(clock)
    health.store, health.store_problem = store, "closed"
    await store.close()
    with pytest.raises(StoreError):
        await store.list_feeds()
    async with open_web(0, health, clock, "1.0") as port:
        status, text = await read(port, "/metrics")
    assert status == 200
    assert "tocsin_database_writable 0.0" in text
    assert "tocsin_feeds" not in text


async def test_a_client_that_drips_its_headers_is_cut_off_after_five_seconds() -> None:
    clock = FakeClock()
    async with open_web(0, Health(clock), clock, "1.0") as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        began = time.monotonic()
        writer.write(b"GET /healthz HTTP/1.1\r\n")
        dripping = asyncio.create_task(_drip(writer))
        assert await reader.read() == b""
        dripping.cancel()
        writer.close()
        assert time.monotonic() - began < 7


async def _drip(writer: asyncio.StreamWriter) -> None:
    while True:
        await asyncio.sleep(0.5)
        writer.write(b"X-Slow: 1\r\n")


async def test_a_port_in_use_is_said_in_one_line() -> None:
    clock = FakeClock()
    async with open_web(0, Health(clock), clock, "1.0") as port:
        with pytest.raises(SettingsError, match=f"PORT {port}"):
            async with open_web(port, Health(clock), clock, "1.0"):
                pass


async def test_without_a_port_there_are_no_pages() -> None:
    clock = FakeClock()
    async with open_web(None, Health(clock), clock, "1.0") as port:
        assert port is None


async def test_the_ping_goes_out_every_minute_while_ready_and_stays_away_otherwise() -> None:
    clock = FakeClock()
    health = Health(clock)
    async with FeedServer() as elsewhere:
        elsewhere.serve("/ping/secret", b"ok")
        ping = asyncio.create_task(Ping(elsewhere.url("/ping/secret"), health, clock).run())
        while not clock.sleepers:  # noqa: ASYNC110  a fake clock tells nobody
            await asyncio.sleep(0.01)
        assert elsewhere.requests == []
        health.phase = Phase.RUNNING
        await clock.advance(60)
        while not elsewhere.requests or not clock.sleepers:  # noqa: ASYNC110  as above
            await asyncio.sleep(0.01)
        assert len(elsewhere.requests) == 1
        ping.cancel()
