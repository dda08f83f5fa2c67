"""Logging: one line an event to standard error, JSON outside a terminal, with secrets taken out on every handler."""

import logging
import re
import sys
from collections.abc import Iterable, MutableMapping
from io import TextIOBase
from typing import Any

import structlog
from pydantic import SecretStr

from bot.domain.redaction import hide_secrets

_HIDDEN = "[secret]"
# Bot tokens in Bot API addresses, Slack tokens, and credentials in addresses, whoever wrote them into a line.
_SECRET_SHAPES = re.compile(
    r"(?<=/bot)\d+:[\w-]{20,}|\b\d{6,}:[\w-]{30,}|\bx(?:ox[abeprs]|app)-[\w-]{10,}|(?<=://)[^/\s:@]+:[^/\s@]+(?=@)"
)
# They log whole addresses, with the token in them, at INFO.
_CHATTY = (
    "httpx",
    "httpcore",
    "telegram",
    "slack_sdk",
    "slack_bolt",
    "aiohttp.access",
    "apscheduler",
    "pymorphy3",
    "watchfiles",
)

Event = MutableMapping[str, Any]


class Redactor:
    """Takes known secrets, and anything shaped like one, out of text."""

    def __init__(self, secrets: Iterable[SecretStr | None] = ()) -> None:
        self._secrets = [secret.get_secret_value() for secret in secrets if secret]

    def clean(self, text: str) -> str:
        """`text` without secrets."""
        for secret in self._secrets:
            text = text.replace(secret, _HIDDEN)
        return hide_secrets(_SECRET_SHAPES.sub(_HIDDEN, text))

    def __call__(self, _logger: object, _method: str, event: Event) -> Event:
        """The structlog processor."""
        return {key: self.clean(value) if isinstance(value, str) else value for key, value in event.items()}


def configure_logs(level: str, secrets: Iterable[SecretStr | None] = (), *, plain: bool = False) -> None:
    """Sends everything, from our loggers and the libraries', to standard error through the redactor.

    With `plain`, each event is a line as `tocsin` prints its errors.
    """
    redactor = Redactor(secrets)
    renderer: Any = structlog.processors.JSONRenderer(ensure_ascii=False)
    if plain:
        renderer = _as_line
    elif sys.stderr.isatty():
        renderer = structlog.dev.ConsoleRenderer(colors=True)
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            redactor,
            renderer,
        ],
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level.upper())
    for name in _CHATTY:
        logging.getLogger(name).setLevel(logging.WARNING)
    # Each attempt of the pool to connect is a warning; a person hears once what came of them, as an error.
    logging.getLogger("psycopg.pool").setLevel(logging.ERROR if plain else logging.NOTSET)
    # That somebody else was told how a parser ended is of no use to a person.
    logging.getLogger("asyncio").setLevel(logging.ERROR if plain else logging.NOTSET)
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )


def _as_line(_logger: object, _method: str, event: Event) -> str:
    words = str(event.pop("event")).replace("_", " ")
    trace = event.pop("exception", "")
    facts = [str(value) for name, value in event.items() if name not in ("level", "logger", "timestamp")]
    return f"tocsin: {': '.join([words, *facts])}" + (f"\n{trace}" if trace else "")


def log_warnings_only() -> None:
    """Leaves out what goes as it should: beside a prompt, whoever types sees what comes of it."""
    logging.getLogger().setLevel(logging.WARNING)


def send_logs_to(stream: TextIOBase) -> None:
    """Moves the log from standard error to another stream, such as one that spares a prompt."""
    for handler in logging.getLogger().handlers:
        if isinstance(handler, logging.StreamHandler):
            handler.setStream(stream)
