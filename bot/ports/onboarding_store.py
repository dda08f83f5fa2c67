"""What is kept of chats at their beginning."""

from collections.abc import Collection
from datetime import datetime
from typing import Protocol

from bot.domain.chats import Destination
from bot.domain.deliveries import OutgoingMessage
from bot.domain.onboarding import Onboarding
from bot.domain.told import RungStory


class OnboardingStore(Protocol):
    """How far chats have come in the questions at their beginning."""

    async def find_onboarding(self, destination_key: str) -> Onboarding | None:
        """How far a chat has come; None where it was not asked or has answered everything."""
        ...

    async def record_onboarding(self, destination: Destination, onboarding: Onboarding) -> None:
        """Keeps how far a chat has come."""
        ...

    async def end_onboarding(self, destination_key: str) -> None:
        """Everything was answered, or nobody wants to."""
        ...

    async def list_abandoned(self, before: datetime) -> list[tuple[Destination, bool]]:
        """Live chats that were asked before then and neither answered nor reminded; whether each watches a list."""
        ...

    async def record_reminder(self, reminder: OutgoingMessage, now: datetime) -> None:
        """Queues the only reminder of a chat, and marks it as reminded."""
        ...

    async def list_ringing(self, since: datetime, watchlists: Collection[str]) -> list[RungStory]:
        """What rang on these lists and was published since then, one record a list and story.

        What a feed listed when it was first read counts by its date, each item as a story of its own.
        """
        ...

    async def plan_example(
        self, destination: Destination, watchlists: Collection[str], now: datetime
    ) -> tuple[str, datetime] | None:
        """Queues the card of the newest alert on these lists for a chat, without a sound; its id and when it was made.

        None where there is no alert on them that the chat does not have.
        """
        ...
