"""Letting people go: what is kept of a person and of a chat is deleted when they ask for it."""

from datetime import datetime
from typing import Protocol

from bot.domain.chats import Destination, Person


class ForgettingStore(Protocol):
    """Forgetting. What was done stays in the audit trail, without who did it."""

    async def forget(self, person: Person, chat: Destination | None, now: datetime) -> None:
        """Deletes what a person saved and said of alerts, and takes their name and id from everything else.

        With a `chat` it goes, too: what it watches, its lists with their matches, its settings, what was sent to it.
        """
        ...
