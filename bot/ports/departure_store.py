"""What is kept of chats that the bot lost: for a while everything, so that it goes on if they take it back."""

from datetime import datetime
from typing import Protocol

from bot.domain.audit import AuditEntry
from bot.domain.chats import Destination


class DepartedStore(Protocol):
    """Letting go of chats that did not come back."""

    async def forget_departed(self, before: datetime) -> int:
        """Deletes what is kept of chats that were lost before then and did not come back; how many."""
        ...


class DepartureStore(DepartedStore, Protocol):
    """Chats that come and go."""

    async def disable_chat(self, destination: Destination, reason: str, entry: AuditEntry) -> bool:
        """Stops sending to a chat and all its threads, and enters since when; False for a chat that is not known."""
        ...

    async def revive_chat(self, destination: Destination) -> None:
        """Sends again to a chat and all its threads."""
        ...
