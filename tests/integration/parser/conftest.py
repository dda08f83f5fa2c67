"""A parser with one real worker process."""

import os
from collections.abc import AsyncIterator, Iterator

import pytest

from bot.sources.parser import WorkerParser
from tests.integration.parser.documents import worker_processes


@pytest.fixture
async def parser() -> AsyncIterator[WorkerParser]:
    async with WorkerParser(workers=1) as running:
        yield running


@pytest.fixture(autouse=True)
def no_worker_is_left_behind() -> Iterator[None]:
    """Every test ends without worker processes of this process."""
    yield
    assert worker_processes(os.getpid()) == []
