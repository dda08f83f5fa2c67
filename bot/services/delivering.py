"""Sends what the outbox holds: one message in flight per destination, paced, retried, and never lost."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Protocol

import structlog

from bot.domain.cards import all_matches, build_card
from bot.domain.chats import Platform
from bot.domain.deliveries import LEASE, AfterFailure, Delivery, DeliveryState, after_failure
from bot.domain.messages import Message
from bot.domain.pacing import Pacer
from bot.domain.policy import NO_LONGER_WATCHED, ringing
from bot.errors import SendError, SendOutcome, StoreError
from bot.ports.clock import Clock
from bot.ports.messenger import Messenger
from bot.ports.store import AlertStore, DeliveryStore, SubscriptionStore
from bot.services.catalog import Catalog
from bot.services.routing import find_watcher

# Adapters give up after about 15 s of their own; this only frees a lane whose adapter does not.
_SEND_SECONDS = 45.0
_LANES = 64
_IDLE_SECONDS = 30.0
_STORE_RETRY_SECONDS = 1.0
_DRAIN_SECONDS = 8.0

log = structlog.get_logger(__name__)


class DeliveringStore(DeliveryStore, AlertStore, SubscriptionStore, Protocol):
    """The part of the store that delivering needs."""


class Lanes:
    """The lanes of one platform: every destination is one, and a slow one holds up no other."""

    def __init__(
        self,
        store: DeliveringStore,
        messenger: Messenger,
        catalog: Catalog,
        clock: Clock,
        *,
        chance: random.Random,
    ) -> None:
        self._store = store
        self._messenger = messenger
        self._catalog = catalog
        self._clock = clock
        self._chance = chance
        self._pacer = Pacer(messenger.platform)
        self._in_flight: dict[str, asyncio.Task[None]] = {}
        self._wake = asyncio.Event()

    @property
    def platform(self) -> Platform:
        """The platform it sends to."""
        return self._messenger.platform

    def wake(self) -> None:
        """Says that the outbox may hold something new."""
        self._wake.set()

    async def run(self) -> None:
        """Sends until cancelled; then waits up to eight seconds for what is in flight."""
        try:
            while True:
                self._wake.clear()
                await self._start_due()
                await self._rest()
        finally:
            await self._drain()

    async def deliver_due(self) -> None:
        """Sends what is due now and returns once nothing is in flight."""
        while await self._start_due() or self._in_flight:
            await asyncio.gather(*self._in_flight.values())

    async def _start_due(self) -> int:
        """Claims and starts what may go now, one per free destination."""
        started = 0
        while len(self._in_flight) < _LANES:
            now = self._clock.monotonic()
            wait = self._pacer.next_slot() - now
            if wait > 0:
                await self._clock.sleep(wait)
            busy = frozenset(self._in_flight) | frozenset(self._pacer.resting(self._clock.monotonic()))
            claimed = await self._store.claim_deliveries(self.platform, self._clock.now(), 1, LEASE, busy)
            if not claimed:
                break
            started += len(claimed)
            self._start(claimed[0])
        return started

    def _start(self, delivery: Delivery) -> None:
        key = delivery.destination.key
        self._pacer.record_send(delivery.destination, self._clock.monotonic())
        task = asyncio.create_task(self._deliver(delivery), name=f"deliver {key}")
        self._in_flight[key] = task
        task.add_done_callback(lambda _: self._end(key))

    def _end(self, key: str) -> None:
        self._in_flight.pop(key, None)
        self._wake.set()

    async def _rest(self) -> None:
        """Until woken, or until something can be claimed: a delivery falls due, or its destination has rested."""
        now = self._clock.monotonic()
        resting = self._pacer.resting(now)
        due_at = await self._store.next_delivery_at(self.platform, frozenset(self._in_flight) | frozenset(resting))
        until_due = (due_at - self._clock.now()).total_seconds() if due_at else _IDLE_SECONDS
        until_rested = min(resting.values(), default=now + _IDLE_SECONDS) - now
        await self._wait(max(min(until_due, until_rested, _IDLE_SECONDS), 0))

    async def _wait(self, seconds: float) -> None:
        woken = asyncio.ensure_future(self._wake.wait())
        slept = asyncio.ensure_future(self._clock.sleep(seconds))
        try:
            await asyncio.wait((woken, slept), return_when=asyncio.FIRST_COMPLETED)
        finally:
            woken.cancel()
            slept.cancel()

    async def _deliver(self, delivery: Delivery) -> None:
        try:
            message = await self._message_for(delivery)
            if message is None:
                await self._settle(lambda: self._store.record_failure(delivery.id, _unwatched(delivery), self._now()))
                return
            async with asyncio.timeout(_SEND_SECONDS):
                receipt = await self._messenger.send(
                    delivery.destination,
                    message,
                    form=delivery.form,
                    reply_to=delivery.reply_to,
                    silent=delivery.silent,
                )
        except TimeoutError:
            error = SendError(SendOutcome.UNKNOWN, f"{self.platform} gave no answer in {_SEND_SECONDS:.0f} s.")
            await self._record_failure(delivery, error)
        except SendError as error:
            await self._record_failure(delivery, error)
        except StoreError as error:
            # Its lease runs out and it is claimed again.
            log.warning("delivery_not_built", delivery=delivery.id, reason=str(error))
        else:
            await self._settle(lambda: self._store.record_sent(delivery.id, receipt, self._now()))
            log.info("delivery_sent", delivery=delivery.id, destination=delivery.destination.key)

    def _now(self) -> datetime:
        return self._clock.now()

    async def _message_for(self, delivery: Delivery) -> Message | None:
        """The message to send; None for a card whose lists the destination no longer watches."""
        if delivery.message is not None:
            return delivery.message
        watcher = await find_watcher(self._store, self._catalog, delivery.destination)
        view = await self._store.get_alert(delivery.alert_id)
        watched = watcher.heard_lists(all_matches(view)) & self._catalog.sending
        if not ringing(all_matches(view), watched):
            return None
        return build_card(view, delivery.destination, watched, repeat=delivery.possible_duplicate)

    async def _record_failure(self, delivery: Delivery, error: SendError) -> None:
        after = after_failure(delivery, error, now=self._now(), jitter=self._chance.random())
        log.warning(
            "delivery_failed",
            delivery=delivery.id,
            destination=delivery.destination.key,
            outcome=error.outcome.value,
            state=after.state.value,
            attempts=delivery.attempts,
            reason=str(error),
        )
        await self._settle(lambda: self._store.record_failure(delivery.id, after, self._now()))

    async def _settle(self, record: Callable[[], Awaitable[None]]) -> None:
        """Records what happened, however long the database refuses: forgetting it would send the message again."""
        while True:
            try:
                return await record()
            except StoreError as error:
                log.warning("store_refused", reason=str(error))
                await self._clock.sleep(_STORE_RETRY_SECONDS)

    async def _drain(self) -> None:
        tasks = list(self._in_flight.values())
        if not tasks:
            return
        _, late = await asyncio.wait(tasks, timeout=_DRAIN_SECONDS)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)


def _unwatched(delivery: Delivery) -> AfterFailure:
    return AfterFailure(
        DeliveryState.SUPPRESSED, delivery.created_at, delivery.form, delivery.possible_duplicate, NO_LONGER_WATCHED
    )
