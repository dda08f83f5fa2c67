"""One call to Slack, whose every failure is a SendError."""

from collections.abc import Awaitable
from typing import TypeVar

from bot.chat.slack.failures import classify

T = TypeVar("T")


async def answer_of(call: Awaitable[T]) -> T:
    """What the call gives back. Raises SendError, and nothing else, when it fails."""
    try:
        return await call
    except Exception as error:  # strange answers make the library raise AttributeError, ValueError and more
        raise classify(error) from error
