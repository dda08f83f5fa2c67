"""The HTTP side of `telegram.Bot`: own timeouts, no retries, every failed answer classified where it arrives."""

from functools import cache
from ssl import SSLContext
from typing import Any

import httpx
from telegram.request import HTTPXRequest

from bot.chat.telegram.failures import find_refusal

CONNECT_SECONDS = 5.0
ANSWER_SECONDS = 15.0
# Lanes wait for each other long before so many requests are under way: the whole bot may send 30 messages a second.
_CONNECTIONS = 64


class ApiRequest(HTTPXRequest):
    """Requests that raise RefusedRequest for everything that is no good answer of a Bot API server.

    `answer_seconds` is how long it waits for each piece of an answer.
    """

    def __init__(self, *, connections: int = _CONNECTIONS, answer_seconds: float = ANSWER_SECONDS) -> None:
        super().__init__(
            connection_pool_size=connections,
            connect_timeout=CONNECT_SECONDS,
            read_timeout=answer_seconds,
            write_timeout=answer_seconds,
            pool_timeout=CONNECT_SECONDS,
            httpx_kwargs={"verify": trusted_authorities()},
        )

    async def do_request(self, *args: Any, **kwargs: Any) -> tuple[int, bytes]:  # noqa: ANN401  passed on as they are
        """Status and body, as the library wants them. Raises TelegramError."""
        status, body = await super().do_request(*args, **kwargs)
        if refusal := find_refusal(status, body):
            raise refusal
        return status, body


@cache
def trusted_authorities() -> SSLContext:
    """Whose certificates are believed, as httpx has it; read once for all requests, because that takes 30 ms each."""
    return httpx.create_ssl_context()
