"""Recorded feeds in, byte-identical cards out. `python -m tests.golden.replay` writes the golden files anew."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.ports.store import Store
from storage import open_store
from tests.golden.replay import HERE, replay


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    store = await open_store(f"sqlite:///{tmp_path}/tocsin.db")
    await store.migrate()
    yield store
    await store.close()


async def test_every_platform_is_given_what_it_was_given_before(store: Store) -> None:
    given = await replay(store)
    golden = {path.name: path.read_text(encoding="utf-8") for path in HERE.glob("*.txt")}
    assert sorted(given) == sorted(golden) == ["console.txt", "slack.txt", "telegram.txt"]
    for name, text in given.items():
        hint = f"{name} changed; if it should, run `python -m tests.golden.replay` and read the difference"
        assert text == golden[name], hint
