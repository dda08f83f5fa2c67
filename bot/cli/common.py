"""What every verb shares: settings and logs, running async work, and the two ways of printing."""

import asyncio
import json
import sys
from collections.abc import Coroutine
from typing import Any, TypeVar

import click

from bot.config import Settings, load_settings
from bot.logs import configure_logs

T = TypeVar("T")

json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")


def prepare(log_level: str = "") -> Settings:
    """The settings, with logging set up. `log_level` quietens a verb that talks to a person."""
    settings = load_settings()
    tokens = (settings.telegram_bot_token, settings.slack_bot_token, settings.slack_app_token)
    secrets = (*tokens, settings.telegram_webhook_secret, settings.ping_url, settings.secret_key)
    configure_logs(log_level or settings.log_level, secrets)
    return settings


def run_async(work: Coroutine[Any, Any, T]) -> T:
    """Runs to the end; Ctrl-C ends the process quietly with 130, as shells expect."""
    try:
        return asyncio.run(work)
    except KeyboardInterrupt:
        click.echo("", err=True)
        sys.exit(130)


def print_json(document: object) -> None:
    """One JSON document on standard output, letters as they are."""
    click.echo(json.dumps(document, ensure_ascii=False, default=str))
