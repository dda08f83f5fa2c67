"""Our web server: /healthz (alive), /readyz (polls and sends), /metrics, and what other services may call.

Nothing on the pages is secret, and whoever calls a hook without its secret learns nothing.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog
from aiohttp import web

from bot.errors import SettingsError
from bot.ports.clock import Clock
from bot.services.health import Health
from bot.services.hooks import HookCall, Hooks
from bot.web.metrics import build_metrics

# A client that has not sent its request by then is cut off. The library arms the same timer before the first request.
_HEADER_SECONDS = 5.0
_BODY_SECONDS = 10.0
_MOST_BODY = 1024 * 1024  # bytes; an update of Telegram and a payload of Slack are far below

log = structlog.get_logger(__name__)


@asynccontextmanager
async def open_web(
    port: int | None, health: Health, clock: Clock, version: str, hooks: Hooks | None = None
) -> AsyncIterator[int | None]:
    """Serves the health pages and `hooks` on `port` until the block ends, and gives back the port; nothing for None.

    0 takes a free port. Raises SettingsError if the port is in use.
    """
    if port is None:
        yield None
        return
    runner = web.AppRunner(
        _build_pages(health, clock, version, hooks or Hooks()),
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


def _build_pages(health: Health, clock: Clock, version: str, hooks: Hooks) -> web.Application:
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

    async def call_hook(request: web.Request) -> web.Response:
        return await _call_hook(hooks, request)

    pages = web.Application(client_max_size=_MOST_BODY)
    pages.router.add_get("/healthz", show_health)
    pages.router.add_get("/readyz", show_readiness)
    pages.router.add_get("/metrics", show_metrics)
    pages.router.add_route("*", "/{path:.*}", call_hook)
    return pages


async def _call_hook(hooks: Hooks, request: web.Request) -> web.Response:
    """What the hook at this address answers; every other address and method is just not there."""
    hook, name = hooks.find(request.path)
    if hook is None or request.method not in hook.methods:
        return web.Response(status=404)
    request = request.clone(client_max_size=hook.most_body)
    try:
        async with asyncio.timeout(_BODY_SECONDS):
            body = await request.read()
    except TimeoutError:
        return web.Response(status=408)
    except web.HTTPRequestEntityTooLarge:
        return web.Response(status=413)
    headers = {name.lower(): value for name, value in request.headers.items()}
    answer = await hook.answer(HookCall(headers, body, request.method, dict(request.query), name))
    return web.Response(
        status=answer.status, body=answer.body, content_type=answer.content_type, headers=dict(answer.headers)
    )
