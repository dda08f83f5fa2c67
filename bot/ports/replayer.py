"""What backtests need of the machine: matching a large archive without holding up the event loop."""

from collections.abc import AsyncIterator, Callable, Sequence
from typing import Protocol

from bot.domain.backtests import ReplayJob, ReplayPart
from bot.domain.items import Item


class Replayer(Protocol):
    """Runs jobs beside the event loop."""

    async def replay(
        self,
        job: ReplayJob,
        parts: AsyncIterator[Sequence[Item]],
        total: int,
        on_part: Callable[[ReplayPart], None],
    ) -> None:
        """Replays all `parts`, which hold about `total` items, and calls `on_part` as each is done, in any order.

        Raises TocsinError where no worker can be had.
        """
        ...
