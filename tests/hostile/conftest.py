"""`--hypothesis-profile=long` tries a hundred times as many inputs as every run does."""

from collections.abc import AsyncIterator

import pytest
from hypothesis import HealthCheck, settings

from bot.sources import connections, urls
from tests.hostile.test_ssrf import InternalListener, listen_inside

settings.register_profile("long", max_examples=20_000, deadline=None, suppress_health_check=list(HealthCheck))


@pytest.fixture
async def listener(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[InternalListener]:
    """An internal service on what counts as a web port; nobody may have come to it."""
    async with listen_inside() as inside:
        for module in (connections, urls):
            monkeypatch.setattr(module, "PUBLIC_PORTS", urls.PUBLIC_PORTS | {inside.port})
        yield inside
        assert inside.connections == 0
