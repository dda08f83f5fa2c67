"""Chat platforms as the services see them: messages out, updates in."""

from datetime import datetime
from typing import Protocol

from bot.domain.chats import Destination, Platform, ReplyAddress
from bot.domain.deliveries import Form, Receipt
from bot.domain.messages import Message


class Messenger(Protocol):
    """Sends messages to one platform. It never retries and never waits for rate limits: the outbox does."""

    @property
    def platform(self) -> Platform:
        """The platform it sends to."""
        ...

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
        """Sends one message. Raises SendError, and nothing else, when it did not provably arrive.

        `marker` is kept with the message where the platform can, so that `find_sent` finds it.
        """
        ...

    async def edit(self, destination: Destination, message_id: str, message: Message, *, form: Form) -> None:
        """Puts `message` in the place of one that was sent, text and buttons together, without a sound.

        `message_id` is what its receipt holds. An edit that changes nothing succeeds. Raises SendError, with
        MESSAGE_GONE where the message was deleted or can no longer be changed, and nothing else.
        """
        ...

    async def find_sent(self, destination: Destination, marker: str, since: datetime) -> Receipt | None:
        """The message with this marker, sent since then; None if it certainly is not there.

        Raises SendError where that cannot be known: the platform keeps no marker, refuses to tell, or does not answer.
        """
        ...

    async def check(self) -> None:
        """Asks the platform whether it answers at all, without sending anything. Raises SendError if it does not."""
        ...
