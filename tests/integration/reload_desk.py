"""A watchlist folder with a running reload, for tests that edit it as editors, git and people do."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

from bot.domain.audit import AuditEntry
from bot.domain.chats import Platform
from bot.domain.deliveries import LEASE, Receipt
from bot.domain.messages import plain_text
from bot.ports.store import Store
from bot.services.catalog import Catalog
from bot.services.list_loading import keep_up
from bot.services.reloading import Reloading
from bot.sources.watchlist_folder import YamlFolder
from bot.sources.watchlist_texts import FolderTexts
from storage import open_store
from tests import factories
from tests.fakes.clock import FakeClock

# What the issue allows from saving a file to its being live.
LIVE_SECONDS = 2.0
OWNER = factories.build_destination("77")
ROUTES = """\
schema: 1
owner: desk
destinations:
  desk: {telegram: 77}
routes: []
"""


def list_text(list_id: str, word: str = "jirga", **lines: str) -> str:
    extra = "".join(f"{key}: {value}\n" for key, value in lines.items())
    return (
        f"schema: 1\nid: {list_id}\ntitle: {list_id.upper()}\npriority: high\n{extra}"
        f"groups:\n  name: {{en: [{word}]}}\nmatch:\n  rules:\n    - {{id: name, any: [name]}}\n"
    )


class Desk:
    """A running reload over a folder; its tests wait for what must become true in time."""

    def __init__(self, folder: Path, store: Store, *, keeps_versions: bool = False) -> None:
        self.folder = folder
        self.store = store
        self.files = YamlFolder(folder)
        contents = self.files.load()
        self.catalog = Catalog(contents.catalog, contents.routes)
        self.clock = FakeClock()
        keep = partial(keep_up, store, self.catalog, FolderTexts(folder), self.clock)
        self.reloading = Reloading(
            store, self.catalog, self.files, self.clock, follow_up=keep if keeps_versions else None
        )

    def write(self, name: str, text: str | bytes) -> None:
        raw = text if isinstance(text, bytes) else text.encode()
        (self.folder / name).write_bytes(raw)

    def rings(self, text: str) -> list[str]:
        """The lists that match a headline."""
        return [match.watchlist for match in self.catalog.matcher.match(factories.build_document(title=text))]

    async def soon(self, holds: Callable[[], bool | Awaitable[bool]]) -> None:
        """Waits until it holds, as long as an edit may take to be live."""
        deadline = time.monotonic() + LIVE_SECONDS
        while True:
            answer = holds()
            if answer if isinstance(answer, bool) else await answer:
                return
            assert time.monotonic() < deadline, "it was not live in time"
            await asyncio.sleep(0.02)

    async def notices(self) -> list[str]:
        """What the owner was told since the last time."""
        told = []
        for _ in range(10):
            claimed = await self.store.claim_deliveries(Platform.TELEGRAM, self.clock.now(), 1, LEASE, frozenset())
            if not claimed:
                break
            assert claimed[0].destination.key == OWNER.key
            assert claimed[0].message is not None
            told.append(plain_text(claimed[0].message))
            await self.store.record_sent(claimed[0].id, Receipt("1"), self.clock.now())
        await self.clock.advance(1)
        return told

    async def wait_for_notice(self) -> str:
        """The next thing that the owner is told."""
        found: list[str] = []

        async def came() -> bool:
            found.extend(await self.notices())
            return bool(found)

        await self.soon(came)
        (notice,) = found
        return notice

    async def audit(self) -> list[AuditEntry]:
        return await self.store.list_audit(100)


@asynccontextmanager
async def open_reload_store(directory: Path) -> AsyncIterator[Store]:
    """A store of its own."""
    store = await open_store(f"sqlite:///{directory}/tocsin.db")
    await store.migrate()
    yield store
    await store.close()


@asynccontextmanager
async def open_desk(directory: Path, store: Store) -> AsyncIterator[Desk]:
    """A folder with the lists `csto` and `ttp` and an owner, watched already."""
    folder = directory / "watchlists"
    folder.mkdir()
    (folder / "csto.yaml").write_text(list_text("csto", "CSTO"))
    (folder / "ttp.yaml").write_text(list_text("ttp", "Taliban"))
    (folder / "routes.yaml").write_text(ROUTES)
    desk = Desk(folder, store)
    running = asyncio.create_task(desk.reloading.run())

    async def began() -> bool:
        return bool(await desk.audit())

    await desk.soon(began)
    yield desk
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
