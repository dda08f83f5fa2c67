"""How many alerts a day lists would bring, measured on what they rang on lately."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol

from bot.domain.onboarding import VOLUME_DAYS, Volume, count_days, measure_volume
from bot.matching.watchlist import Watchlist
from bot.ports.list_store import ReplayStore
from bot.ports.onboarding_store import OnboardingStore


class VolumeStore(OnboardingStore, ReplayStore, Protocol):
    """The part of the store that measuring needs."""


async def measure_lists(store: VolumeStore, watchlists: Sequence[Watchlist], now: datetime) -> dict[str, Volume]:
    """The volume of each list by its id."""
    days = await count_volume_days(store, now)
    ids = [watchlist.id for watchlist in watchlists]
    rung = await store.list_ringing(now - timedelta(days=days), ids) if days else []
    return {one: measure_volume(rung, (one,), days) for one in ids}


async def count_volume_days(store: ReplayStore, now: datetime) -> int:
    """Over how many days volumes can be measured; 0 before anything was read."""
    oldest = await store.list_items(now - timedelta(days=VOLUME_DAYS), 0, 1)
    return count_days(now - oldest[0][1].first_seen) if oldest else 0
