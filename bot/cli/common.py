"""What every verb shares: settings and logs, running async work, and the two ways of printing."""

import asyncio
import json
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager, nullcontext
from typing import Any, TypeVar

import click
from rich.console import Console

from bot.config import Settings, load_settings
from bot.errors import NotFound, SettingsError
from bot.logs import configure_logs

T = TypeVar("T")

json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")


def prepare(log_level: str = "") -> Settings:
    """The settings, with logging set up. A `log_level` is for verbs that talk to a person: less, and in plain lines."""
    settings = load_settings()
    configure_logs(log_level or settings.log_level, settings.secrets, plain=bool(log_level))
    return settings


def run_async(work: Coroutine[Any, Any, T]) -> T:
    """Runs to the end; Ctrl-C cancels the work and is raised as KeyboardInterrupt."""
    return asyncio.run(work)


@contextmanager
def busy(words: str) -> Iterator[None]:
    """Shows on a terminal that something takes a while whose length is not known; nothing in a pipe."""
    screen = Console(stderr=True)
    with screen.status(f"{words}…") if screen.is_terminal else nullcontext():
        yield


@contextmanager
def with_cure(cure: str) -> Iterator[None]:
    """Errors whose cure is a command of a chat get one for the command line."""
    try:
        yield
    except (NotFound, SettingsError) as error:
        raise type(error)(error.cause, cure if "/" in error.cure else error.cure) from None


def print_json(document: object) -> None:
    """One JSON document on standard output, letters as they are."""
    click.echo(json.dumps(document, ensure_ascii=False, default=str))
