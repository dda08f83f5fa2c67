"""Who watches what at this moment: the subscriptions of chats and the routes of routes.yaml, taken together."""

from bot.domain.chats import Destination
from bot.domain.routing import Watcher, Watchers, build_watchers
from bot.ports.store import SubscriptionStore
from bot.services.catalog import Catalog


async def load_watchers(store: SubscriptionStore, catalog: Catalog) -> Watchers:
    """Every live destination with the lists it watches."""
    routed = catalog.routed
    known = await store.list_destinations([one.key for one in routed]) if routed else []
    return build_watchers(await store.list_subscriptions(), routed, known)


async def find_watcher(store: SubscriptionStore, catalog: Catalog, destination: Destination) -> Watcher:
    """What one destination watches, whatever its state."""
    subscriptions = await store.list_subscriptions(destination.key)
    routed = [one for one in catalog.routed if one.key == destination.key]
    watchers = build_watchers(subscriptions, routed, [destination] if not destination.disabled else [])
    return watchers.by_key.get(destination.key, Watcher(destination))


async def watched_ids(store: SubscriptionStore, catalog: Catalog, destination: Destination) -> frozenset[str]:
    """Ids of the lists that a destination watches, at whatever priority."""
    return frozenset((await find_watcher(store, catalog, destination)).least)
