"""What is kept of messages on their way: the outbox, and updates from chats until they are handled."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from bot.domain.alerts import LoneArticle
from bot.domain.backlog import Missed, WaitingCard
from bot.domain.bursts import BurstContents, ChatLoad
from bot.domain.chats import InboundUpdate, Platform
from bot.domain.deliveries import AfterFailure, DeadLetter, Delivery, OutboxHealth, OutgoingMessage, Receipt


class DeliveryStore(Protocol):
    """The outbox."""

    async def claim_deliveries(
        self, platform: Platform, now: datetime, limit: int, lease: timedelta, busy: frozenset[str]
    ) -> list[Delivery]:
        """Leases the most urgent due delivery of each destination of `platform` (at most `limit`), as `sending`.

        A destination has at most one delivery in `sending`, none is taken whose key is in `busy`, and
        disabled destinations get none. A `sending` delivery whose lease ran out is taken again as a possible
        duplicate; one whose sender vanished for the fifth time is failed instead, as it may be what brings it down.
        """
        ...

    async def record_sent(self, delivery_id: int, receipt: Receipt, now: datetime) -> None:
        """The platform confirmed it."""
        ...

    async def record_repeat(self, delivery_id: int) -> None:
        """A card is about to be sent a second time. If its sender vanishes now, it is failed and not sent again."""
        ...

    async def record_failure(self, delivery_id: int, after: AfterFailure, now: datetime) -> None:
        """What follows a failed send, including a disabled or moved destination."""
        ...

    async def enqueue(self, messages: Sequence[OutgoingMessage], now: datetime) -> None:
        """Puts replies and notices into the outbox; a key that is there already is left alone."""
        ...

    async def next_delivery_at(self, platform: Platform, busy: frozenset[str] = frozenset()) -> datetime | None:
        """The moment from which `claim_deliveries` has something to give; None if nothing waits."""
        ...


class EditStore(Protocol):
    """Bringing messages up to date that were sent."""

    async def request_edits(self, alert_id: str, now: datetime) -> int:
        """Has the cards of an alert's story brought up to date at once, in every chat; how many cards there are.

        For what people did: the card says who has it, in all chats alike. An edit that is asked for twice is made
        once, says what is true when it is made, and is claimed like any delivery, as one with `edits`.
        """
        ...

    async def record_opened(self, destination_key: str, message_id: str) -> None:
        """The hidden card that is this message of a chat was opened: its later edits say so. Nothing if it is none."""
        ...

    async def list_lone_articles(self, since: datetime, until: datetime) -> list[LoneArticle]:
        """Articles that are the only report of a story whose alert was made in that time and sent somewhere."""
        ...

    async def record_gone(self, item_key: str, now: datetime) -> None:
        """An article is no longer there; the cards of its story say so with their next edit."""
        ...


class CoverStore(Protocol):
    """One message in the place of several cards: a digest of what is old, what quiet hours held, a busy chat's."""

    async def cover_cards(self, ids: Sequence[int], message: OutgoingMessage, now: datetime) -> None:
        """Queues a message in the place of those cards that still wait or are doubtful. They count as sent, in it."""
        ...


class BurstStore(Protocol):
    """The rolling messages of busy chats. `claimed` is the number of the delivery that is being sent."""

    async def read_load(self, destination_key: str, since: datetime) -> ChatLoad:
        """The alert messages that a chat was sent since then, its waiting cards but critical ones, and its burst."""
        ...

    async def open_burst(
        self, cards: Collection[WaitingCard], message: OutgoingMessage, claimed: int, now: datetime
    ) -> None:
        """Begins a rolling message in the place of cards; it says what it stands for when it goes out."""
        ...

    async def grow_burst(self, burst_id: int, cards: Collection[WaitingCard], claimed: int, now: datetime) -> None:
        """Takes more cards into a rolling message, which is edited at most every 30 s.

        Where it turns out that the message is gone, its burst ends and what it stood for waits again.
        """
        ...

    async def read_burst(self, burst_id: int) -> BurstContents:
        """What a rolling message stands for."""
        ...

    async def settle_burst(self, burst_id: int, now: datetime) -> None:
        """Closes a rolling message after ten calm minutes; before that, lets it be edited when they may be over."""
        ...


class OutboxStore(Protocol):
    """Looking after the outbox: what piled up, what was given up, and how it stands."""

    async def list_backlogs(self, platform: Platform, old: datetime) -> list[WaitingCard]:
        """The waiting cards of each live destination that has several made before `old`."""
        ...

    async def list_doubtful(self, platform: Platform) -> list[WaitingCard]:
        """Cards of live destinations that were given up because nobody knows whether they arrived.

        They were sent twice, or their sender vanished five times, or that of a message that stands in their place.
        """
        ...

    async def list_missed(self, destination_key: str, limit: int, offset: int) -> Missed:
        """What other messages stand for at a destination, newest first, from `offset` on."""
        ...

    async def list_dead_letters(self, destination_key: str | None, limit: int) -> list[DeadLetter]:
        """Deliveries that were given up, newest first; of one destination if it is given."""
        ...

    async def retry_dead_letters(self, ids: Sequence[int], now: datetime) -> int:
        """Puts these deliveries back into the outbox, due now; how many of them had been given up."""
        ...

    async def measure_outbox(self, now: datetime) -> list[OutboxHealth]:
        """Every platform that has or had something to send, in numbers."""
        ...


class InboxStore(Protocol):
    """Updates from chats, stored before they are acknowledged."""

    async def record_update(self, update: InboundUpdate) -> bool:
        """Stores an update; False if it was there already."""
        ...

    async def list_unhandled_updates(self, platform: Platform, limit: int) -> list[InboundUpdate]:
        """Updates not handled yet, oldest first."""
        ...

    async def record_handled(self, update: InboundUpdate, replies: Sequence[OutgoingMessage], now: datetime) -> None:
        """Marks an update handled, lets go of what it said, and queues its replies, together."""
        ...
