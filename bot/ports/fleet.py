"""Several processes that share one database: who lives, who has taken what on, and telling each other of news."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from bot.domain.chats import Destination, Platform
from bot.domain.feeds import FeedStatus


class News(StrEnum):
    """What another process may have changed."""

    OUTBOX = "outbox"
    INBOX = "inbox"
    WATCHLISTS = "watchlists"


class Fleet(Protocol):
    """This process among the others. Every method raises StoreError when the database refuses."""

    async def join(self, name: str) -> None:
        """Makes this process known. From now on its store records only as long as nobody declared it dead."""
        ...

    async def leave(self, now: datetime) -> None:
        """Gives everything back that this process has taken on."""
        ...

    async def beat(self) -> None:
        """Says that this process lives. Raises Superseded if the others have given it up."""
        ...

    async def bury_dead(self, now: datetime) -> int:
        """Declares those dead that have not been heard of; how many. What they were sending is due again at once."""
        ...

    async def measure_clock(self, now: datetime) -> timedelta:
        """How far the machine's clock, which says it is `now`, is ahead of the database's."""
        ...

    async def list_processes(self) -> list[str]:
        """The names of the processes that take part now."""
        ...

    async def list_failed_jobs(self) -> dict[str, int]:
        """How often jobs failed in the last hour without success since, by their name."""
        ...

    async def take(self, name: str) -> bool:
        """Whether this process has now taken on what is called so; False while another process has it."""
        ...

    async def give_back(self, name: str) -> None:
        """Lets others take it on."""
        ...

    async def list_due_shards(self, now: datetime) -> list[int]:
        """The shards that have feeds whose time has come, the most overdue first."""
        ...

    async def list_due_feeds(self, shard: int, now: datetime, limit: int) -> list[FeedStatus]:
        """The enabled feeds of a shard whose time has come, longest overdue first."""
        ...

    async def list_recent_sends(
        self, platform: Platform, since: datetime, now: datetime
    ) -> list[tuple[Destination, datetime]]:
        """Where anything was sent since then, by whichever process, and when; what is on its way counts as sent now."""
        ...

    def plan_alone(self) -> AbstractAsyncContextManager[None]:
        """While this is entered no other process is in it: a story begun here is found there."""
        ...

    def listen(self) -> AsyncIterator[Sequence[News]]:
        """What others changed, as it happens. It may repeat itself, and says everything once when it (re)connects."""
        ...
