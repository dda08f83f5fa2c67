"""A chat platform without a network: takes messages, or refuses them as a test tells it to."""

import asyncio
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from bot.domain.chats import NO_REPLY_ADDRESS, Destination, Platform, ReplyAddress
from bot.domain.deliveries import Form, Receipt
from bot.domain.messages import Message
from bot.errors import SendError, SendOutcome


@dataclass(frozen=True, slots=True)
class Edited:
    """One edit that arrived; `message_id` is that of the receipt."""

    destination: str
    message_id: str
    message: Message
    at: float


@dataclass(frozen=True, slots=True)
class Sent:
    """One message that arrived, with the clock's seconds at which it did."""

    destination: str
    message: Message
    form: Form
    at: float
    marker: str = ""
    reply_to: ReplyAddress = NO_REPLY_ADDRESS
    silent: bool = False


class FakeMessenger:
    """`sent` is what arrived, `edits` what was changed of it, and `deleted` the receipts of messages that are gone.

    `refuse` orders an error for the next message to a destination; `hold` blocks them.

    While `outage` is set everything fails with it, probes too. `loses_answers` takes messages and fails all the same.
    With `keeps_markers` it tells what it got, as Slack does.
    """

    def __init__(
        self, now: Callable[[], float], platform: Platform = Platform.TELEGRAM, *, keeps_markers: bool = False
    ) -> None:
        self._now = now
        self._platform = platform
        self._errors: dict[str, deque[Exception]] = defaultdict(deque)
        self._held: dict[str, asyncio.Event] = {}
        self.sent: list[Sent] = []
        self.edits: list[Edited] = []
        self.deleted: set[str] = set()
        self.attempts: list[str] = []
        self.outage: SendError | None = None
        self.probes: list[float] = []
        self.loses_answers = False
        self._keeps_markers = keeps_markers
        self._arrival = asyncio.Condition()

    @property
    def platform(self) -> Platform:
        """The platform it plays."""
        return self._platform

    def refuse(self, destination: Destination, *errors: SendError) -> None:
        """The next messages to `destination` fail with these errors, in order."""
        self._errors[destination.key].extend(errors)

    def break_on(self, destination: Destination, error: Exception, *, times: int) -> None:
        """The adapter itself breaks on the next messages to `destination`, as only a bug makes it."""
        self._errors[destination.key].extend([error] * times)

    def hold(self, destination: Destination) -> asyncio.Event:
        """Messages to `destination` hang until the event that is given back is set."""
        return self._held.setdefault(destination.key, asyncio.Event())

    async def wait_for_attempts(self, count: int) -> None:
        """Returns once so many messages were tried."""
        async with self._arrival:
            await self._arrival.wait_for(lambda: len(self.attempts) >= count)

    async def wait_for(self, count: int) -> None:
        """Returns once so many messages have arrived."""
        async with self._arrival:
            await self._arrival.wait_for(lambda: len(self.sent) >= count)

    async def send(
        self,
        destination: Destination,
        message: Message,
        *,
        form: Form,
        reply_to: ReplyAddress,
        silent: bool,
        marker: str = "",
    ) -> Receipt:
        """Takes a message, or refuses it."""
        await self._attempt(destination)
        self.sent.append(Sent(destination.key, message, form, self._now(), marker, reply_to, silent))
        async with self._arrival:
            self._arrival.notify_all()
        if self.loses_answers:
            raise SendError(SendOutcome.UNKNOWN, "reset")
        return Receipt(f"message-{len(self.sent)}")

    async def edit(self, destination: Destination, message_id: str, message: Message, *, form: Form) -> None:
        """Changes a message that it took, or refuses to."""
        del form
        await self._attempt(destination)
        number = int(message_id.removeprefix("message-"))
        assert self.sent[number - 1].destination == destination.key, "only a chat's own messages can be edited"
        if message_id in self.deleted:
            raise SendError(SendOutcome.MESSAGE_GONE, "message to edit not found")
        self.edits.append(Edited(destination.key, message_id, message, self._now()))
        if self.loses_answers:
            raise SendError(SendOutcome.UNKNOWN, "reset")

    async def _attempt(self, destination: Destination) -> None:
        self.attempts.append(destination.key)
        async with self._arrival:
            self._arrival.notify_all()
        if destination.key in self._held:
            await self._held[destination.key].wait()
        if self.outage:
            raise self.outage
        if self._errors[destination.key]:
            raise self._errors[destination.key].popleft()

    async def find_sent(self, destination: Destination, marker: str, since: datetime) -> Receipt | None:
        """What was sent with this marker."""
        del since
        if not self._keeps_markers:
            raise SendError(SendOutcome.UNKNOWN, "no history")
        wanted = (destination.key, marker)
        found = [number for number, sent in enumerate(self.sent, 1) if (sent.destination, sent.marker) == wanted]
        return Receipt(f"message-{found[0]}") if found else None

    async def check(self) -> None:
        """Answers, unless there is an outage."""
        self.probes.append(self._now())
        if self.outage:
            raise self.outage
