"""Sends what the outbox holds: one message in flight per destination, paced, retried, and never lost."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime
from typing import Protocol

import structlog

from bot.domain.breaker import Breaker
from bot.domain.cards import all_matches, build_card
from bot.domain.chats import Platform
from bot.domain.deliveries import LEASE, AfterFailure, Delivery, DeliveryState, Receipt, after_failure
from bot.domain.messages import Message
from bot.domain.pacing import Pacer
from bot.domain.policy import NO_LONGER_WATCHED, ringing
from bot.errors import SendError, SendOutcome, StoreError, Superseded
from bot.ports.alert_store import AlertStore
from bot.ports.attention_store import SoundStore
from bot.ports.chat_store import SubscriptionStore
from bot.ports.clock import Clock
from bot.ports.messenger import Messenger
from bot.ports.outbox_store import DeliveryStore, OutboxStore
from bot.services.backlogs import fold_backlogs
from bot.services.catalog import Catalog
from bot.services.routing import find_watcher
from bot.services.sounding import settle_sound

# Adapters give up after about 15 s of their own; this only frees a lane whose adapter does not.
_SEND_SECONDS = 45.0
_LANES = 64
_IDLE_SECONDS = 30.0
_STORE_RETRY_SECONDS = 1.0
_DRAIN_SECONDS = 7.0
_PROBE_SECONDS = 15.0
_FOLD_SECONDS = 10.0
# Outcomes that are no answer of the platform; every other one proves that it is there.
_SILENT = frozenset({SendOutcome.NOT_SENT, SendOutcome.UNKNOWN})

log = structlog.get_logger(__name__)


class DeliveringStore(DeliveryStore, OutboxStore, AlertStore, SubscriptionStore, SoundStore, Protocol):
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
        self._chance = chance
        self._on_turn = on_turn
        self._pacer = Pacer(messenger.platform)
        self._breaker = Breaker()
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
        return self._breaker.probe_at is None

    def wake(self) -> None:
        """Says that the outbox may hold something new."""
        self._wake.set()

    async def run(self) -> None:
        """Sends until cancelled; then waits up to seven seconds for what is in flight, less if cancelled again."""
        try:
            while True:
                self._on_turn()
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
        probe_at = self._breaker.probe_at
        if probe_at is None:
            return True
        if probe_at > self._clock.monotonic():
            return False
        if not await self._answers():
            self._breaker.record_failed_probe(self._clock.monotonic())
            return False
        log.info("platform_back", platform=self.platform.value)
        self._breaker.record_answer()
        self._fold_at = self._clock.monotonic()
        return True

    async def _fold(self) -> None:
        if self._clock.monotonic() < self._fold_at:
            return
        self._fold_at = self._clock.monotonic() + _FOLD_SECONDS
        await fold_backlogs(self._store, self.platform, self._catalog, self._clock.now())

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
        if len(self._in_flight) >= _LANES:
            await self._wait(_IDLE_SECONDS)  # the next lane that ends wakes us
            return
        now = self._clock.monotonic()
        resting = self._pacer.resting(now)
        due_at = await self._store.next_delivery_at(self.platform, frozenset(self._in_flight) | frozenset(resting))
        until_due = (due_at - self._clock.now()).total_seconds() if due_at else _IDLE_SECONDS
        until_rested = min(resting.values(), default=now + _IDLE_SECONDS) - now
        probe_at = self._breaker.probe_at
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

    async def _deliver(self, delivery: Delivery) -> None:
        try:
            earlier, delivery = await self._reconcile(delivery)
            if earlier is not None:
                await self._settle(lambda: self._store.record_sent(delivery.id, earlier, self._now()))
                log.info("delivery_found", delivery=delivery.id, destination=delivery.destination.key)
                return
            prepared = await self._prepare(delivery)
            if prepared is None:
                await self._settle(lambda: self._store.record_failure(delivery.id, _unwatched(delivery), self._now()))
                return
            receipt = await self._send(*prepared)
        except SendError as error:
            await self._record_failure(delivery, error)
        except StoreError as error:
            # Its lease runs out and it is claimed again.
            log.warning("delivery_not_built", delivery=delivery.id, reason=str(error))
        except Exception as error:  # A message that breaks us must not hold its chat: simpler forms are tried.
            log.exception("delivery_broke", delivery=delivery.id, destination=delivery.destination.key)
            broken = f"Tocsin could not write this message ({type(error).__name__}); the log has the details."
            await self._record_failure(delivery, SendError(SendOutcome.BAD_MESSAGE, broken))
        else:
            self._breaker.record_answer()
            await self._settle(lambda: self._store.record_sent(delivery.id, receipt, self._now()))
            log.info("delivery_sent", delivery=delivery.id, destination=delivery.destination.key)

    async def _send(self, delivery: Delivery, message: Message) -> Receipt:
        try:
            async with asyncio.timeout(_SEND_SECONDS):
                return await self._messenger.send(
                    delivery.destination,
                    message,
                    form=delivery.form,
                    reply_to=delivery.reply_to,
                    silent=delivery.silent,
                    marker=delivery.marker,
                )
        except TimeoutError:
            cause = f"{self.platform} gave no answer in {_SEND_SECONDS:.0f} s."
            raise SendError(SendOutcome.UNKNOWN, cause) from None

    async def _reconcile(self, delivery: Delivery) -> tuple[Receipt | None, Delivery]:
        """What the platform has of a delivery whose fate is unknown, and the delivery as it is to be sent if nothing.

        One that is certainly not there is sent as if for the first time. Where that cannot be known, the platform has
        to show first that it answers: the second try is the last, and must not be wasted on an outage. Answers to one
        person or under a message, and files, leave nothing to look for.
        """
        if not delivery.possible_duplicate:
            return None, delivery
        has_file = delivery.message is not None and delivery.message.attachment is not None
        if delivery.reply_to.only_for or delivery.reply_to.message or has_file:
            await self._require_answer()
            return None, delivery
        try:
            async with asyncio.timeout(_PROBE_SECONDS):
                found = await self._messenger.find_sent(
                    delivery.destination, delivery.marker, delivery.created_at - LEASE
                )
        except (SendError, TimeoutError):
            await self._require_answer()
            return None, delivery
        return found, replace(delivery, possible_duplicate=False)

    async def _require_answer(self) -> None:
        """Raises SendError (NOT_SENT) while the platform does not answer a harmless question."""
        if not await self._answers():
            raise SendError(SendOutcome.NOT_SENT, f"{self.platform} does not answer; a repeat waits until it does.")

    async def _answers(self) -> bool:
        """Whether the platform answers at all, whatever it says."""
        try:
            async with asyncio.timeout(_PROBE_SECONDS):
                await self._messenger.check()
        except TimeoutError:
            return False
        except SendError as error:
            return error.outcome not in _SILENT
        return True

    def _now(self) -> datetime:
        return self._clock.now()

    async def _prepare(self, delivery: Delivery) -> tuple[Delivery, Message] | None:
        """The delivery and its message as they go out; None for a card whose lists are no longer watched there."""
        if delivery.message is not None:
            return delivery, delivery.message
        watcher = await find_watcher(self._store, self._catalog, delivery.destination)
        view = await self._store.get_alert(delivery.alert_id, delivery.destination.key)
        watched = watcher.heard_lists(all_matches(view)) & self._catalog.sending
        if not ringing(all_matches(view), watched):
            return None
        card = build_card(view, delivery.destination, watched, repeat=delivery.possible_duplicate)
        return await settle_sound(self._store, watcher, delivery, card, self._now())

    async def _record_failure(self, delivery: Delivery, error: SendError) -> None:
        self._judge_platform(error)
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

    def _judge_platform(self, error: SendError) -> None:
        was_reached = self.is_reached
        if error.outcome not in _SILENT:
            self._breaker.record_answer()
        else:
            self._breaker.record_silence(self._clock.monotonic())
        if was_reached and not self.is_reached:
            log.warning("platform_silent", platform=self.platform.value, reason=str(error))

    async def _settle(self, record: Callable[[], Awaitable[None]]) -> None:
        """Records what happened, however long the database refuses: forgetting it would send the message again."""
        while True:
            try:
                await record()
            except Superseded:
                log.warning("delivery_not_recorded", reason="another instance has taken over")
            except StoreError as error:
                log.warning("store_refused", reason=str(error))
                await self._clock.sleep(_STORE_RETRY_SECONDS)
                continue
            break

    async def _drain(self) -> None:
        tasks = list(self._in_flight.values())
        try:
            if tasks:
                await asyncio.wait(tasks, timeout=_DRAIN_SECONDS)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


def _unwatched(delivery: Delivery) -> AfterFailure:
    return AfterFailure(
        DeliveryState.SUPPRESSED, delivery.created_at, delivery.form, delivery.possible_duplicate, NO_LONGER_WATCHED
    )
