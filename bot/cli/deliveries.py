"""`tocsin deliveries`: messages that were given up, in every chat."""

import click

from bot.bootstrap import open_archive
from bot.cli.common import json_option, prepare, print_json, run_async
from bot.clock import SystemClock
from bot.domain.deliveries import DeadLetter
from bot.domain.wording import count_words, duration_words
from bot.services.dead_letters import list_dead_letters, retry_dead_letters


@click.group()
def deliveries() -> None:
    """List messages that could not be delivered, and send them again."""


@deliveries.command("list")
@json_option
def list_(*, as_json: bool) -> None:
    """List what was given up, newest first, with the reason."""
    settings = prepare("warning")

    async def work() -> list[DeadLetter]:
        async with open_archive(settings) as store:
            return await list_dead_letters(store)

    letters = run_async(work())
    if as_json:
        print_json([_as_json(letter) for letter in letters])
        return
    if not letters:
        click.echo("Nothing was given up.")
        return
    for letter in letters:
        age = duration_words(SystemClock().now() - letter.created_at)
        click.echo(f"{letter.id:>6}  {letter.destination.key}  {age} ago  {letter.summary}")
        click.echo(f"        {letter.reason}")
    click.echo(f"{count_words(len(letters), 'message')}. `tocsin deliveries retry --all` sends them again.")


@deliveries.command("retry")
@click.argument("ids", nargs=-1, type=int)
@click.option("--all", "everything", is_flag=True, help="Everything that was given up.")
@json_option
def retry(ids: tuple[int, ...], *, everything: bool, as_json: bool) -> None:
    """Send given-up messages again, by the numbers that `list` shows; the running service does it."""
    if everything == bool(ids):
        raise click.UsageError("Name the messages, or say --all.")
    settings = prepare("warning")

    async def work() -> int:
        async with open_archive(settings) as store:
            return await retry_dead_letters(store, None if everything else ids, SystemClock().now())

    count = run_async(work())
    if as_json:
        print_json({"retried": count})
    else:
        click.echo(f"{count_words(count, 'message')} on the way again.")


def _as_json(letter: DeadLetter) -> dict[str, object]:
    return {
        "id": letter.id,
        "destination": letter.destination.key,
        "summary": letter.summary,
        "reason": letter.reason,
        "attempts": letter.attempts,
        "created_at": letter.created_at.isoformat(),
    }
