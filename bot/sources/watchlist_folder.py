"""A whole folder of watchlists, groups, feeds and routes: read together, checked together, and watched for edits."""

import asyncio
import hashlib
import os
from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path

from watchfiles import awatch

from bot.errors import WatchlistError
from bot.ports.watchlist_folder import FolderContents
from bot.sources.feed_files import LoadedFeeds, load_feeds
from bot.sources.route_checks import find_route_problems
from bot.sources.route_files import LoadedRoutes, load_routes
from bot.sources.sealing import Vault
from bot.sources.strict_yaml import Node, parse_yaml
from bot.sources.watchlist_files import FEEDS_FILE, ROUTES_FILE, list_files, load_watchlists

# A save must be live within two seconds: an edit is seen after at most one, and reading waits for the rest to settle.
_LOOK_AGAIN_MILLISECONDS = 1_000
_GATHER_MILLISECONDS = 200
_SETTLE_SECONDS = 0.1
_MOST_SETTLING = 5

Signature = tuple[tuple[str, int, int, int], ...]


class YamlFolder:
    """The YAML files of one directory. `timezone` is that of routes' destinations that name none.

    `vault` seals the tokens in the addresses of feeds.
    """

    def __init__(self, directory: Path, timezone: str = "UTC", vault: Vault | None = None) -> None:
        self._directory = directory
        self._timezone = timezone
        self._vault = vault or Vault()
        self._parsed = _ParsedFiles()
        self._seen: Signature = ()

    def load(self) -> FolderContents:
        """Reads everything; files that did not change since the last time are not parsed again."""
        self._seen = self._sign()
        parsed = self._parsed
        parsed.begin()
        catalog = load_watchlists(self._directory, parsed.parse)
        feeds, routes = LoadedFeeds(), LoadedRoutes()
        if os.access(self._directory / FEEDS_FILE, os.F_OK):  # false, too, where the folder is closed to us
            feeds = load_feeds(self._directory / FEEDS_FILE, parsed.parse)
        if os.access(self._directory / ROUTES_FILE, os.F_OK):
            routes = load_routes(self._directory / ROUTES_FILE, self._timezone, parsed.parse)
        return FolderContents(
            catalog,
            tuple(replace(feed, url=self._vault.seal(feed.url)) for feed in feeds.feeds),
            feeds.problems,
            routes.table,
            routes.problems,
            find_route_problems(routes, catalog),
            parsed.versions,
        )

    async def read(self) -> FolderContents:
        """As `load`, in a thread: a large folder takes a second."""
        return await asyncio.to_thread(self.load)

    async def changes(self) -> AsyncIterator[None]:
        """Yields when files are not as they were read last, and have come to rest.

        The system's notices make this quick. Looking once a second makes it sure: a folder that is replaced as a
        whole, a link that is turned to another, and network drives send no notices.
        """
        while True:
            async for _ in self._ticks():
                if self._sign() != self._seen:
                    await self._settle()
                    yield

    async def _ticks(self) -> AsyncIterator[None]:
        """Yields at every notice and at least once a second, until the directory is another one."""
        yield
        place = _identify(self._directory)
        if place is None:
            await asyncio.sleep(_LOOK_AGAIN_MILLISECONDS / 1000)
            return
        notices = awatch(
            self._directory,
            watch_filter=None,
            recursive=False,
            debounce=_GATHER_MILLISECONDS,
            rust_timeout=_LOOK_AGAIN_MILLISECONDS,
            yield_on_timeout=True,
        )
        async with aclosing(notices):
            async for _ in notices:
                yield
                if _identify(self._directory) != place:
                    return

    async def _settle(self) -> None:
        """Waits until nothing changes for a moment: a checkout or a slow editor writes file after file."""
        for _ in range(_MOST_SETTLING):
            before = self._sign()
            await asyncio.sleep(_SETTLE_SECONDS)
            if self._sign() == before:
                return

    def _sign(self) -> Signature:
        """What tells this state of the files from every other, without reading them."""
        paths = [*list_files(self._directory, ".yaml"), *list_files(self._directory, ".yml")]
        return tuple(_sign_file(path) for path in paths)


def _sign_file(path: Path) -> tuple[str, int, int, int]:
    try:
        stat = path.stat()
    except OSError:
        # It vanished while it was looked at, or is a link to nowhere; that is another state, too.
        return path.name, 0, 0, 0
    return path.name, stat.st_mtime_ns, stat.st_size, stat.st_ino


def _identify(directory: Path) -> tuple[int, int] | None:
    """Which directory stands under a name; None where there is none."""
    try:
        stat = directory.stat()
    except OSError:
        return None
    return stat.st_dev, stat.st_ino


class _ParsedFiles:
    """Remembers what the files of the last readings held, by their bytes."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[str, Node | WatchlistError]] = {}
        self.versions: dict[str, str] = {}

    def begin(self) -> None:
        """Begins another reading; what the last one did not find is forgotten."""
        self._known = {path: known for path, known in self._known.items() if path in self.versions}
        self.versions = {}

    def parse(self, data: bytes, path: str) -> Node:
        """As `parse_yaml`, at once where the file did not change."""
        version = hashlib.blake2b(data, digest_size=16).hexdigest()
        self.versions[path] = version
        known = self._known.get(path)
        if known is None or known[0] != version:
            known = version, _parse(data, path)
            self._known[path] = known
        if isinstance(known[1], WatchlistError):
            raise known[1].with_traceback(None)
        return known[1]


def _parse(data: bytes, path: str) -> Node | WatchlistError:
    try:
        return parse_yaml(data, path)
    except WatchlistError as error:
        return error
