"""Short ways to fill and claim an outbox."""

from collections.abc import Iterable
from datetime import datetime

from bot.domain.chats import Destination, Platform
from bot.domain.deliveries import LEASE, AfterFailure, Delivery, DeliveryState, Form, Urgency
from bot.domain.messages import plain_message, plain_text
from bot.ports.store import Store
from tests.factories import build_destination, build_outgoing
from tests.fakes.clock import START

DESK = build_destination()


async def put(
    store: Store, key: str, urgency: Urgency = Urgency.ALERT, destination: Destination = DESK, now: datetime = START
) -> None:
    """Puts one message into the outbox whose text is its key."""
    message = plain_message(key)
    await store.enqueue([build_outgoing(key, destination=destination, urgency=urgency, message=message)], now)


async def claim(
    store: Store,
    now: datetime = START,
    *,
    limit: int = 10,
    busy: Iterable[str] = (),
    platform: Platform = Platform.TELEGRAM,
) -> list[Delivery]:
    """Claims with the usual lease."""
    return await store.claim_deliveries(platform, now, limit, LEASE, frozenset(busy))


async def claim_keys(store: Store, now: datetime = START, *, limit: int = 10) -> list[str]:
    """Claims, and gives back the keys that `put` took."""
    return keys(await claim(store, now, limit=limit))


def keys(deliveries: Iterable[Delivery]) -> list[str]:
    """The keys that `put` took, in order."""
    return [plain_text(delivery.message) for delivery in deliveries if delivery.message]


def retry(
    not_before: datetime, *, form: Form = Form.RICH, possible_duplicate: bool = False, moved_to: str = ""
) -> AfterFailure:
    """A failed send that is tried again."""
    return AfterFailure(DeliveryState.PENDING, not_before, form, possible_duplicate, "no answer", moved_to=moved_to)
