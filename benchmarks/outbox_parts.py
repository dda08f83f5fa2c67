"""A platform that misbehaves as it is told, and lanes over an empty store on disk, for the benchmarks of the outbox."""

import random
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path

from bot.domain.chats import Destination, Platform, ReplyAddress
from bot.domain.deliveries import Form, Receipt
from bot.domain.messages import Message, plain_text
from bot.domain.watchlists import WatchlistCatalog
from bot.errors import SendError, SendOutcome
from bot.ports.clock import Clock
from bot.ports.store import Store
from bot.services.catalog import Catalog
from bot.services.delivering import Lanes
from storage import open_store
from tests.factories import build_destination, build_feed, build_watchlist
from tests.fakes.clock import FakeClock

# The error that a call to a destination ends with, if any, and whether its message arrives all the same.
Trouble = Callable[[Destination], tuple[SendError | None, bool]]


_ADAPTER_SECONDS = 15.0  # after which Telegram's and Slack's adapters give a call up


class Platformer:
    """A platform whose answer to each call is decided by `trouble`: an error, and whether the message arrived."""

    def __init__(
        self,
        platform: Platform,
        trouble: Trouble,
        clock: Clock,
    ) -> None:
        self._platform = platform
        self._trouble = trouble
        self._clock = clock
        self.arrived: list[tuple[str, str, float]] = []
        self.ambiguous = 0
        self.calls = 0
        self.probes = 0
        self._markers: set[str] = set()
        self.latency = 0.0
        self.hanging = ""  # the address of a chat whose calls get no answer until the adapter gives up

    @property
    def platform(self) -> Platform:
        """Which platform it plays."""
        return self._platform

    async def send(
        self,
        destination: Destination,
        message: Message,
        *,
        form: Form,
        reply_to: ReplyAddress,
        silent: bool,
        marker: str = "",
    ) -> Receipt:
        """Takes the message or not, and says so or not."""
        del form, reply_to, silent
        self.calls += 1
        if destination.address == self.hanging:
            await self._clock.sleep(_ADAPTER_SECONDS)
            raise SendError(SendOutcome.UNKNOWN, "no answer")
        if self.latency:
            await self._clock.sleep(self.latency)
        error, arrives = self._trouble(destination)
        if arrives:
            self.arrived.append((destination.key, plain_text(message), self._clock.monotonic()))
            self._markers.add(marker)
        if error:
            self.ambiguous += error.outcome is SendOutcome.UNKNOWN
            raise error
        return Receipt(str(len(self.arrived)))

    async def edit(self, destination: Destination, message_id: str, message: Message, *, form: Form) -> None:
        """Takes every edit."""
        del destination, message_id, message, form
        self.calls += 1

    async def find_sent(self, destination: Destination, marker: str, since: datetime) -> Receipt | None:
        """Slack tells; Telegram cannot."""
        del destination, since
        if self._platform is not Platform.SLACK:
            raise SendError(SendOutcome.UNKNOWN, "no history")
        return Receipt(marker) if marker in self._markers else None

    async def check(self) -> None:
        """Answers unless everything fails."""
        self.probes += 1
        error, _ = self._trouble(build_destination("probe"))
        if error:
            raise error


@asynccontextmanager
async def open_fresh() -> AsyncIterator[Store]:
    """An empty store on disk."""
    with tempfile.TemporaryDirectory() as folder:
        store = await open_store(f"sqlite:///{Path(folder)}/tocsin.db")
        await store.migrate()
        await store.sync_feeds([build_feed()], FakeClock().now())
        yield store
        await store.close()


def build_lanes(store: Store, messenger: Platformer, clock: Clock) -> Lanes:
    """Lanes that watch `csto`."""
    return Lanes(store, messenger, Catalog(WatchlistCatalog((build_watchlist(),))), clock, chance=random.Random(8))
