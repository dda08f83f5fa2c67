"""A desk with three watchlists and one feed, on a store of its own."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.matching.records import Priority
from bot.matching.watchlist import Example
from bot.ports.store import Store
from storage import open_store
from tests import factories
from tests.fakes.clock import START
from tests.unit.commands.desk import Desk


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    store = await open_store(f"sqlite:///{tmp_path}/tocsin.db")
    await store.migrate()
    yield store
    await store.close()


@pytest.fixture
async def desk(store: Store) -> Desk:
    await store.sync_feeds([factories.build_feed()], START)
    return Desk(
        store,
        factories.build_watchlist(
            "csto",
            title="CSTO: decisions and statements",
            description="The alliance itself. Not the hospital.",
            tags=("regional",),
            languages=("en", "ru"),
            positive=(Example("en", "CSTO ministers meet in Dushanbe"),),
        ),
        factories.build_watchlist("ttp", "TTP", title="Tehrik-i-Taliban Pakistan", tags=("group",)),
        factories.build_watchlist("drug-trafficking", "heroin", title="Drug trafficking", priority=Priority.MEDIUM),
    )
