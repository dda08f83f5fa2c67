"""A chat's beginning: its answers one by one, volumes measured on what is stored, an example, one reminder."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from bot.domain.chats import Destination, Level, Person
from bot.domain.deliveries import OutgoingMessage, Urgency
from bot.domain.digest_times import DigestTime
from bot.domain.language import speaking, tr
from bot.domain.messages import Button, Message, plain_message
from bot.domain.onboarding import (
    DIGEST_AT,
    QUIET,
    REMIND_AFTER,
    VOLUME_DAYS,
    Onboarding,
    Volume,
    choose_fewer,
    choose_lists,
    choose_more,
    level_of,
    measure_volume,
    offer_lists,
)
from bot.domain.told import RungStory
from bot.matching.watchlist import Watchlist
from bot.ports.attention_store import AttentionStore
from bot.ports.chat_store import SubscriptionStore
from bot.ports.clock import Clock
from bot.services.catalog import Catalog
from bot.services.chat_settings import find_chat_language, find_target, set_digest, set_quiet
from bot.services.subscribing import watch
from bot.services.volumes import VolumeStore, count_volume_days

_LOOK_SECONDS = 600.0

log = structlog.get_logger(__name__)


class BeginningStore(VolumeStore, SubscriptionStore, AttentionStore, Protocol):
    """The part of the store that a chat's beginning needs."""


@dataclass(frozen=True, slots=True)
class Offer:
    """The lists to choose from, those chosen, and how much each and all of them would bring."""

    onboarding: Onboarding
    watchlists: tuple[Watchlist, ...]
    by_list: dict[str, Volume]
    total: Volume


@dataclass(frozen=True, slots=True)
class Begun:
    """What a chat watches from now on; `example_at` is when the alert was made whose card is on its way, if any."""

    watchlists: tuple[Watchlist, ...]
    example_at: datetime | None
    level: Level = Level.ALL


class Onboarder:
    """Asks one chat; every step is kept, so that it can go on another day."""

    def __init__(self, store: BeginningStore, catalog: Catalog, destination: Destination, now: datetime) -> None:
        self._store = store
        self._catalog = catalog
        self._destination = destination
        self._now = now
        self._lists = catalog.seen_from(destination.key).watchlists

    async def begin(self) -> Onboarding:
        """How far the chat has come; it is asked from now on if it never was."""
        known = await self._store.find_onboarding(self._destination.key)
        if known is not None:
            return known
        onboarding = Onboarding(self._now)
        await self._store.record_onboarding(self._destination, onboarding)
        return onboarding

    async def choose_role(self, role: str) -> Offer:
        """The lists that people of this role begin with."""
        begun = await self.begin()
        chosen = choose_lists(role, self._lists)
        return await self._offer(Onboarding(begun.asked_at, role, chosen, begun.reminded))

    async def resume(self) -> Offer:
        """The lists as they were chosen so far."""
        return await self._offer(await self.begin())

    async def toggle(self, list_id: str) -> Offer:
        """With one of the lists taken in or out."""
        onboarding = await self.begin()
        is_offered = any(one.id == list_id for one in offer_lists(onboarding, self._lists))
        return await self._offer(onboarding.toggle(list_id) if is_offered else onboarding)

    async def choose_fewer(self) -> Offer:
        """Without the list that rang most."""
        onboarding = await self.begin()
        rung = await self._list_ringing(offer_lists(onboarding, self._lists), VOLUME_DAYS)
        return await self._offer(choose_fewer(onboarding, rung))

    async def choose_more(self) -> Offer:
        """With one more list."""
        onboarding = await self.begin()
        return await self._offer(choose_more(onboarding, offer_lists(onboarding, self._lists)))

    async def _offer(self, onboarding: Onboarding) -> Offer:
        await self._store.record_onboarding(self._destination, onboarding)
        offered = offer_lists(onboarding, self._lists)
        days = await count_volume_days(self._store, self._now)
        rung = await self._list_ringing(offered, days)
        return Offer(
            onboarding,
            offered,
            {one.id: measure_volume(rung, (one.id,), days) for one in offered},
            measure_volume(rung, onboarding.lists, days),
        )

    async def _list_ringing(self, offered: tuple[Watchlist, ...], days: int) -> list[RungStory]:
        return await self._store.list_ringing(self._now - timedelta(days=days), [one.id for one in offered])

    async def finish(self, person: Person, *, quiet: bool) -> Begun | None:
        """Watches the chosen lists, sets quiet hours and the digest's time, and sends an example.

        None where the questions were answered before. What routes.yaml sets for the chat stays. Raises StoreError.
        """
        onboarding = await self._store.find_onboarding(self._destination.key)
        if onboarding is None:
            return None
        chosen = tuple(one for one in self._lists if one.id in onboarding.lists)
        level = level_of(onboarding.role)
        for watchlist in chosen:
            await watch(self._store, watchlist, self._destination, person, self._now, level=level)
        if find_target(self._catalog, self._destination) is None:
            wanted = QUIET if quiet else None
            await set_quiet(self._store, self._catalog, self._destination, wanted, by=person, now=self._now)
            digest = DigestTime(DIGEST_AT, chosen_at=self._now)
            await set_digest(self._store, self._catalog, self._destination, digest, by=person, now=self._now)
        example = await self._store.plan_example(self._destination, onboarding.lists, self._now)
        await self._store.end_onboarding(self._destination.key)
        return Begun(chosen, example[1] if example else None, level)


class Reminders:
    """Reminds chats that stopped in the middle of the questions; each once, after a day."""

    def __init__(self, store: BeginningStore, clock: Clock, *, on_messages: Callable[[], None] = lambda: None) -> None:
        self._store = store
        self._clock = clock
        self._on_messages = on_messages

    async def run(self) -> None:
        """Looks every ten minutes until cancelled. Raises StoreError."""
        while True:
            await self.remind()
            await self._clock.sleep(_LOOK_SECONDS)

    async def remind(self) -> None:
        """Reminds whoever is due. Raises StoreError."""
        now = self._clock.now()
        for destination, watches in await self._store.list_abandoned(now - REMIND_AFTER):
            if watches:
                await self._store.end_onboarding(destination.key)
                continue
            with speaking(await find_chat_language(self._store, destination.key)):
                message = _build_reminder()
            key = f"onboarding:{destination.key}"
            reminder = OutgoingMessage(key, destination, message, urgency=Urgency.NOTICE)
            await self._store.record_reminder(reminder, now)
            log.info("onboarding_reminded", destination=destination.key)
            self._on_messages()


def _build_reminder() -> Message:
    text = tr("You watch no list yet, so no alert can come. This is the only reminder.")
    return plain_message(text, ((Button(tr("Go on"), "begin", argument="resume", primary=True),),))
