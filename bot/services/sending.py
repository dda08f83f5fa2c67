"""Sends one claimed delivery: builds it, hands it to the platform, and records what became of it."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from bot.domain.breaker import Breaker, FloodWatch
from bot.domain.chats import Platform
from bot.domain.deliveries import LEASE, Delivery, Receipt, after_failure, withdraw
from bot.domain.language import speaking
from bot.domain.lateness import Sending
from bot.errors import SendError, SendOutcome, StoreError, Superseded
from bot.ports.clock import Clock
from bot.ports.messenger import Messenger
from bot.services.bursts import is_covered
from bot.services.catalog import Catalog
from bot.services.chat_settings import find_chat_language
from bot.services.composing import Composed, ComposingStore, compose

# Adapters give up after about 15 s of their own; this only frees a lane whose adapter does not.
_SEND_SECONDS = 45.0
_PROBE_SECONDS = 15.0
_STORE_RETRY_SECONDS = 1.0
# Outcomes that are no answer of the platform; every other one proves that it is there.
_SILENT = frozenset({SendOutcome.NOT_SENT, SendOutcome.UNKNOWN})

log = structlog.get_logger(__name__)


class SendingStore(ComposingStore, Protocol):
    """The part of the store that sending needs."""


class Sender:
    """Sends to one platform. `breaker` knows whether that answers."""

    def __init__(
        self, store: SendingStore, messenger: Messenger, catalog: Catalog, clock: Clock, *, chance: random.Random
    ) -> None:
        self._store = store
        self._messenger = messenger
        self._catalog = catalog
        self._clock = clock
        self._chance = chance
        self._sending = Sending(messenger.platform, clock.now())
        self.breaker = Breaker()
        self._floods = FloodWatch()

    async def deliver(self, delivery: Delivery) -> None:
        """Sends it or takes note of why not; raises nothing."""
        try:
            earlier, delivery = await self._reconcile(delivery)
            if earlier is not None:
                await self._settle(lambda: self._store.record_sent(delivery.id, earlier, self._now()))
                log.info("delivery_found", delivery=delivery.id, destination=delivery.destination.key)
                return
            if await is_covered(self._store, delivery, self._now()):
                return
            composed = await compose(self._store, self._catalog, delivery, self._sending, self._now())
            if isinstance(composed, str):
                after = withdraw(delivery, composed)
                await self._settle(lambda: self._store.record_failure(delivery.id, after, self._now()))
                return
            receipt = await self._send(composed)
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
            self.breaker.record_answer()
            await self._settle(lambda: self._store.record_sent(delivery.id, receipt, self._now()))
            log.info("delivery_sent", delivery=delivery.id, destination=delivery.destination.key)

    async def _send(self, composed: Composed) -> Receipt:
        delivery, message = composed.delivery, composed.message
        if delivery.possible_duplicate and delivery.alert_id:
            await self._store.record_repeat(delivery.id)
        # What a platform says itself, it says of files: where they went.
        language = await find_chat_language(self._store, delivery.destination.key) if message.attachment else ""
        try:
            async with asyncio.timeout(_SEND_SECONDS):
                if delivery.edits:
                    await self._messenger.edit(delivery.destination, delivery.edits, message, form=delivery.form)
                    return Receipt(delivery.edits)
                with speaking(language):
                    return await self._messenger.send(
                        delivery.destination,
                        message,
                        form=delivery.form,
                        reply_to=delivery.reply_to,
                        silent=delivery.silent,
                        marker=delivery.marker,
                    )
        except TimeoutError:
            cause = f"{self._messenger.platform} gave no answer in {_SEND_SECONDS:.0f} s."
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
        if not await self.answers():
            raise SendError(
                SendOutcome.NOT_SENT, f"{self._messenger.platform} does not answer; a repeat waits until it does."
            )

    async def answers(self) -> bool:
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

    async def _record_failure(self, delivery: Delivery, error: SendError) -> None:
        self._judge_platform(error)
        now = self._now()
        after = after_failure(delivery, error, now=now, jitter=self._chance.random())
        # Slack limits channels and workspaces, each for itself.
        if error.outcome is SendOutcome.RATE_LIMITED and self._messenger.platform is Platform.TELEGRAM:
            own_wait = (after.not_before - now).total_seconds()
            wait = self._floods.record_refusal(delivery.destination.key, self._clock.monotonic(), own_wait)
            after = replace(after, hold_until=None if wait is None else now + timedelta(seconds=wait))
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
        was_reached = self.breaker.probe_at is None
        if error.outcome not in _SILENT:
            self.breaker.record_answer()
        else:
            self.breaker.record_silence(self._clock.monotonic())
            self._sending = replace(self._sending, silent_at=self._now())
        if was_reached and self.breaker.probe_at is not None:
            log.warning("platform_silent", platform=self._messenger.platform.value, reason=str(error))

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
