"""`tocsin owner`: who owns the bot, and letting somebody else claim it."""

from zoneinfo import ZoneInfo

import click

from bot.bootstrap import open_archive
from bot.cli.common import json_option, prepare, print_json, run_async
from bot.clock import SystemClock
from bot.config import Settings
from bot.domain.audit import Action, AuditEntry, Subject
from bot.domain.ownership import Owner
from bot.domain.wording import local_time

_BY = "cli"


@click.group(invoke_without_command=True)
@click.pass_context
def owner(context: click.Context) -> None:
    """Who owns the bot and hears of trouble with it; `show` without a word behind it."""
    if context.invoked_subcommand is None:
        context.invoke(show, as_json=False)


@owner.command()
@json_option
def show(*, as_json: bool) -> None:
    """Print the owner: TOCSIN_OWNER, or who claimed the bot with the code that it shows at its start."""
    settings = prepare("warning")
    claimed = run_async(_find(settings))
    if as_json:
        print_json(_row(settings, claimed))
    elif settings.owner:
        click.echo(f"{settings.owner}, set by TOCSIN_OWNER")
    elif claimed:
        name = f" ({claimed.person.name})" if claimed.person.name else ""
        since = local_time(claimed.since, ZoneInfo(settings.timezone))
        click.echo(f"{claimed.person.key}{name}, by code, since {since}")
    else:
        click.echo("Nobody yet. `tocsin run` shows a code at its start: whoever sends it to the bot becomes the owner.")


@owner.command()
def reset() -> None:
    """Forget who claimed the bot; after its next start it shows a new code."""
    settings = prepare("warning")
    entry = AuditEntry(SystemClock().now(), _BY, Action.REMOVED, Subject.OWNER, "owner")

    async def work() -> bool:
        async with open_archive(settings) as store:
            return await store.forget_owner(entry)

    forgotten = run_async(work())
    click.echo("Forgotten. Restart the bot: it shows a new code." if forgotten else "Nobody had claimed the bot.")


async def _find(settings: Settings) -> Owner | None:
    async with open_archive(settings) as store:
        return await store.find_owner()


def _row(settings: Settings, claimed: Owner | None) -> dict[str, object]:
    if settings.owner:
        return {"owner": settings.owner, "by": "TOCSIN_OWNER"}
    if claimed is None:
        return {"owner": None}
    return {
        "owner": claimed.person.key,
        "name": claimed.person.name,
        "by": "code",
        "since": claimed.since.isoformat(),
    }
