"""The health pages: /healthz (alive), /readyz (polls and sends), /metrics. Nothing in them is secret."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog
from aiohttp import web

from bot.errors import SettingsError
from bot.ports.clock import Clock
from bot.services.health import Health
from bot.web.metrics import build_metrics

# A client that has not sent its request by then is cut off. The library arms the same timer before the first request.
_HEADER_SECONDS = 5.0
_MOST_BODY = 1024  # bytes; none of the pages takes any

log = structlog.get_logger(__name__)


@asynccontextmanager
async def open_web(port: int | None, health: Health, clock: Clock, version: str) -> AsyncIterator[int | None]:
    """Serves the health pages on `port` until the block ends, and gives back the port; nothing where it is None.

    0 takes a free port. Raises SettingsError if the port is in use.
    """
    if port is None:
        yield None
        return
    runner = web.AppRunner(
        _build_pages(health, clock, version),
        access_log=None,
        keepalive_timeout=_HEADER_SECONDS,
        shutdown_timeout=0.5,
        handle_signals=False,
    )
    await runner.setup()
    try:
        await _bind(runner, port)
        bound: int = runner.addresses[0][1]
        log.info("health_pages", port=bound)
        yield bound
    finally:
        await runner.cleanup()


async def _bind(runner: web.AppRunner, port: int) -> None:
    try:
        await web.TCPSite(runner, "0.0.0.0", port).start()  # noqa: S104  # who hosts it must reach it
    except OSError as error:
        raise SettingsError(f"PORT {port} cannot be used: {error.strerror}.", "Choose another, or unset it.") from error


def _build_pages(health: Health, clock: Clock, version: str) -> web.Application:
    async def show_health(_: web.Request) -> web.Response:
        body = {"alive": health.is_alive, "phase": health.phase.value, "stale": health.stale_loops()}
        return web.json_response(body, status=200 if health.is_alive else 503)

    async def show_readiness(_: web.Request) -> web.Response:
        body = {
            "ready": health.is_ready,
            "phase": health.phase.value,
            "stale": health.stale_loops(),
            "database_writable": not health.store_problem,
            "silent_platforms": sorted(health.silent_platforms),
        }
        return web.json_response(body, status=200 if health.is_ready else 503)

    async def show_metrics(_: web.Request) -> web.Response:
        text = await build_metrics(health, version, clock.now())
        return web.Response(body=text, headers={"Content-Type": "text/plain; version=0.0.4; charset=utf-8"})

    pages = web.Application(client_max_size=_MOST_BODY)
    pages.router.add_get("/healthz", show_health)
    pages.router.add_get("/readyz", show_readiness)
    pages.router.add_get("/metrics", show_metrics)
    return pages
