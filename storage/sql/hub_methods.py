"""The methods of the SQL store for subscriptions at hubs."""

from datetime import datetime

from bot.domain.push import HubOffer, HubSubscription, PushedFeed
from bot.ports.hub_store import HubStore
from storage.sql.hubs import find_pushed_feed, list_hub_offers, record_hub_subscription, record_push
from storage.sql.store_base import StoreBase


class HubMethods(StoreBase, HubStore):
    """Subscriptions by feed."""

    async def list_hub_offers(self, now: datetime, limit: int) -> list[HubOffer]:
        return await self._database.read(list_hub_offers, now, limit)

    async def record_hub_subscription(self, subscription: HubSubscription) -> None:
        await self._database.write(record_hub_subscription, subscription)

    async def find_pushed_feed(self, token: str) -> PushedFeed | None:
        return await self._database.read(find_pushed_feed, token)

    async def record_push(self, subscription: HubSubscription, due: datetime | None) -> None:
        await self._database.write(record_push, subscription, due)
