"""Sends what the outbox holds: one message in flight per destination, paced, retried, and never lost."""

import asyncio
import random
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Protocol

import structlog

from bot.domain.chats import Destination, Platform
from bot.domain.deliveries import LEASE, Delivery
from bot.domain.pacing import Pacer
from bot.errors import StoreDamaged, StoreError, Superseded
from bot.ports.clock import Clock
from bot.ports.messenger import Messenger
from bot.ports.outbox_store import CoverStore, OutboxStore
from bot.services.backlogs import fold_backlogs, name_doubtful
from bot.services.catalog import Catalog
from bot.services.sending import Sender, SendingStore

_LANES = 64
_IDLE_SECONDS = 30.0
_DRAIN_SECONDS = 7.0
_FOLD_SECONDS = 10.0
_STORE_RETRY_SECONDS = 2.0

log = structlog.get_logger(__name__)


class DeliveringStore(SendingStore, OutboxStore, CoverStore, Protocol):
    """The part of the store that delivering needs."""


class Lanes:
    """The lanes of one platform: every destination is one, and a slow one holds up no other.

    `on_turn` is called at least every 30 seconds while they are alive.
    """

    def __init__(
        self,
        store: DeliveringStore,
        messenger: Messenger,
        catalog: Catalog,
        clock: Clock,
        *,
        chance: random.Random,
        on_turn: Callable[[], None] = lambda: None,
    ) -> None:
        self._store = store
        self._messenger = messenger
        self._catalog = catalog
        self._clock = clock
        self._on_turn = on_turn
        self._pacer = Pacer(messenger.platform)
        self._sender = Sender(store, messenger, catalog, clock, chance=chance)
        self._fold_at = float("-inf")
        self._in_flight: dict[str, asyncio.Task[None]] = {}
        # `deliver_due` may be asked while `run` is claiming; what that claims must be in flight before it looks.
        self._claiming = asyncio.Lock()
        self._wake = asyncio.Event()

    @property
    def platform(self) -> Platform:
        """The platform it sends to."""
        return self._messenger.platform

    @property
    def is_reached(self) -> bool:
        """Whether the platform answers, as far as was seen last."""
        return self._sender.breaker.probe_at is None

    @property
    def is_sending(self) -> bool:
        """Whether anything is on its way."""
        return bool(self._in_flight)

    def resume(self, recent: Iterable[tuple[Destination, datetime]]) -> None:
        """Goes on where another sender of these lanes stopped: what was sent `recent`ly counts for the limits."""
        self._pacer = Pacer(self.platform)
        now, steady = self._clock.now(), self._clock.monotonic()
        for destination, at in recent:
            self._pacer.record_send(destination, steady - (now - at).total_seconds())

    def wake(self) -> None:
        """Says that the outbox may hold something new."""
        self._wake.set()

    async def run(self) -> None:
        """Sends until cancelled; then waits up to seven seconds for what is in flight, less if cancelled again."""
        try:
            while True:
                self._on_turn()
                self._wake.clear()
                await self._go_on()
        finally:
            await self._drain()

    async def _go_on(self) -> None:
        """Starts what may go and rests. A database that refuses is waited for: what is in flight is not cut off, as
        its receipts would be forgotten, and it would be sent again.
        """
        try:
            await self._start_due()
            await self._rest()
        except (StoreDamaged, Superseded):
            raise
        except StoreError as error:
            log.warning("lanes_wait", platform=self.platform.value, reason=str(error))
            await self._clock.sleep(_STORE_RETRY_SECONDS)

    async def deliver_due(self) -> None:
        """Sends what is due now and returns once nothing is in flight."""
        while await self._start_due() or self._in_flight:
            await asyncio.gather(*self._in_flight.values())

    async def _start_due(self) -> int:
        """Claims and starts what may go now, one per free destination."""
        async with self._claiming:
            return await self._claim_and_start()

    async def _claim_and_start(self) -> int:
        if not await self._is_open_for_sending():
            return 0
        await self._fold()
        started = 0
        while len(self._in_flight) < _LANES and self.is_reached:
            self._on_turn()
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

    async def _is_open_for_sending(self) -> bool:
        """Whether the platform may be written to. One that went silent is only probed, and sent nothing."""
        probe_at = self._sender.breaker.probe_at
        if probe_at is None:
            return True
        if probe_at > self._clock.monotonic():
            return False
        if not await self._sender.answers():
            self._sender.breaker.record_failed_probe(self._clock.monotonic())
            return False
        log.info("platform_back", platform=self.platform.value)
        self._sender.breaker.record_answer()
        self._fold_at = self._clock.monotonic()
        return True

    async def _fold(self) -> None:
        if self._clock.monotonic() < self._fold_at:
            return
        self._fold_at = self._clock.monotonic() + _FOLD_SECONDS
        now = self._clock.now()
        await fold_backlogs(self._store, self.platform, self._catalog, now)
        await name_doubtful(self._store, self.platform, self._catalog, now)

    def _start(self, delivery: Delivery) -> None:
        key = delivery.destination.key
        self._pacer.record_send(delivery.destination, self._clock.monotonic())
        task = asyncio.create_task(self._sender.deliver(delivery), name=f"deliver {key}")
        self._in_flight[key] = task
        task.add_done_callback(lambda _: self._end(key))

    def _end(self, key: str) -> None:
        self._in_flight.pop(key, None)
        self._wake.set()

    async def _rest(self) -> None:
        """Until woken, or until something can be claimed: a delivery falls due, or its destination has rested."""
        if len(self._in_flight) >= _LANES:
            await self._wait(_IDLE_SECONDS)  # the next lane that ends wakes us
            return
        now = self._clock.monotonic()
        resting = self._pacer.resting(now)
        due_at = await self._store.next_delivery_at(self.platform, frozenset(self._in_flight) | frozenset(resting))
        until_due = (due_at - self._clock.now()).total_seconds() if due_at else _IDLE_SECONDS
        until_rested = min(resting.values(), default=now + _IDLE_SECONDS) - now
        probe_at = self._sender.breaker.probe_at
        wait = min(until_due, until_rested) if probe_at is None else probe_at - now
        await self._wait(max(min(wait, _IDLE_SECONDS), 0))

    async def _wait(self, seconds: float) -> None:
        woken = asyncio.ensure_future(self._wake.wait())
        slept = asyncio.ensure_future(self._clock.sleep(seconds))
        try:
            await asyncio.wait((woken, slept), return_when=asyncio.FIRST_COMPLETED)
        finally:
            woken.cancel()
            slept.cancel()

    async def _drain(self) -> None:
        tasks = list(self._in_flight.values())
        try:
            if tasks:
                await asyncio.wait(tasks, timeout=_DRAIN_SECONDS)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
