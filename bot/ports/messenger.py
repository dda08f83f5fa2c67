"""Chat platforms as the services see them: messages out, updates in."""

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
        self, destination: Destination, message: Message, *, form: Form, reply_to: ReplyAddress, silent: bool
    ) -> Receipt:
        """Sends one message. Raises SendError, and nothing else, when it did not provably arrive."""
        ...
