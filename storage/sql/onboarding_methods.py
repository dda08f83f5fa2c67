"""The methods of the SQL stores for chats at their beginning."""

from collections.abc import Collection
from datetime import datetime

from bot.domain.chats import Destination
from bot.domain.deliveries import OutgoingMessage
from bot.domain.onboarding import Onboarding
from bot.domain.told import RungStory
from bot.ports.onboarding_store import OnboardingStore
from storage.sql.onboardings import (
    end_onboarding,
    find_onboarding,
    list_abandoned,
    list_ringing,
    plan_example,
    record_onboarding,
    record_reminder,
)
from storage.sql.store_base import StoreBase


class OnboardingMethods(StoreBase, OnboardingStore):
    """How far chats have come in the questions at their beginning."""

    async def find_onboarding(self, destination_key: str) -> Onboarding | None:
        return await self._database.read(find_onboarding, destination_key)

    async def record_onboarding(self, destination: Destination, onboarding: Onboarding) -> None:
        await self._database.write(record_onboarding, destination, onboarding)

    async def end_onboarding(self, destination_key: str) -> None:
        await self._database.write(end_onboarding, destination_key)

    async def list_abandoned(self, before: datetime) -> list[tuple[Destination, bool]]:
        return await self._database.read(list_abandoned, before)

    async def record_reminder(self, reminder: OutgoingMessage, now: datetime) -> None:
        await self._write_in_tenure(record_reminder, reminder, now)

    async def list_ringing(self, since: datetime, watchlists: Collection[str]) -> list[RungStory]:
        return await self._archive.read(list_ringing, since, watchlists)

    async def plan_example(
        self, destination: Destination, watchlists: Collection[str], now: datetime
    ) -> tuple[str, datetime] | None:
        return await self._database.write(plan_example, destination, watchlists, now)
