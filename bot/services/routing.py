"""Who watches what at this moment: the subscriptions of chats and the routes of routes.yaml, taken together."""

from dataclasses import dataclass

from bot.domain.chat_settings import Attention
from bot.domain.chats import Destination, Subscription
from bot.domain.routes import RoutedList, RouteTarget
from bot.domain.routing import Watcher, Watchers, build_watchers
from bot.ports.chat_store import SubscriptionStore
from bot.services.catalog import Catalog


@dataclass(frozen=True, slots=True)
class Listing:
    """Everything that goes to one destination, and who says so: `chosen` by its chat, `routed` by files.

    `target` is what routes.yaml says of it; `owner` that it is told of mistakes in files.
    """

    destination: Destination
    chosen: tuple[Subscription, ...]
    routed: tuple[RoutedList, ...]
    target: RouteTarget | None
    owner: bool


async def load_watchers(store: SubscriptionStore, catalog: Catalog) -> Watchers:
    """Every live destination with the lists it watches; of chats that are not served, only those of routes.yaml."""
    routed = catalog.routed
    known = await store.list_destinations([one.key for one in routed]) if routed else []
    chosen = [one for one in await store.list_subscriptions() if catalog.allowed.allows(one.destination)]
    return build_watchers(chosen, routed, known, await store.list_attention())


async def find_watcher(store: SubscriptionStore, catalog: Catalog, destination: Destination) -> Watcher:
    """What one destination watches, whatever its state."""
    subscriptions = await store.list_subscriptions(destination.key)
    routed = [one for one in catalog.routed if one.key == destination.key]
    attention = await store.list_attention(destination.key)
    watchers = build_watchers(subscriptions, routed, [] if destination.disabled else [destination], attention)
    return watchers.by_key.get(
        destination.key, Watcher(destination, attention=attention.get(destination.key, Attention()))
    )


async def watched_ids(store: SubscriptionStore, catalog: Catalog, destination: Destination) -> frozenset[str]:
    """Ids of the lists that a destination watches, at whatever priority."""
    return frozenset((await find_watcher(store, catalog, destination)).least)


async def list_routes(store: SubscriptionStore, catalog: Catalog) -> tuple[Listing, ...]:
    """Every destination that something goes to or that routes.yaml names: those of the file first, then by key."""
    chosen: dict[str, list[Subscription]] = {}
    for subscription in await store.list_subscriptions():
        chosen.setdefault(subscription.destination.key, []).append(subscription)
    stored = {one.key: one for one in await store.list_destinations([one.key for one in catalog.routed])}
    listings = [
        Listing(
            stored.get(one.key, one.target.destination),
            tuple(chosen.pop(one.key, ())),
            one.lists,
            one.target,
            one.target.name == catalog.routes.owner,
        )
        for one in catalog.routed
    ]
    others = (Listing(own[0].destination, tuple(own), (), None, owner=False) for own in chosen.values())
    return (*listings, *sorted(others, key=lambda listing: listing.destination.key))
