"""What is kept of subscriptions at hubs (WebSub)."""

from datetime import datetime
from typing import Protocol

from bot.domain.push import HubOffer, HubSubscription, PushedFeed


class HubStore(Protocol):
    """Subscriptions by feed; a feed has one at most."""

    async def list_hub_offers(self, now: datetime, limit: int) -> list[HubOffer]:
        """Enabled feeds whose last document names a hub that is to be asked now, longest waiting first."""
        ...

    async def record_hub_subscription(self, subscription: HubSubscription) -> None:
        """Keeps it in the place of the feed's last one."""
        ...

    async def find_pushed_feed(self, token: str) -> PushedFeed | None:
        """The subscription with that token, if its feed is enabled."""
        ...

    async def record_push(self, subscription: HubSubscription, due: datetime | None) -> None:
        """Keeps the subscription, and makes its feed due then unless it is sooner already; None leaves it."""
        ...
