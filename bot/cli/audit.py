"""`tocsin audit`: who changed what."""

from zoneinfo import ZoneInfo

import click

from bot.bootstrap import open_archive
from bot.cli.common import json_option, prepare, print_json, run_async
from bot.domain.audit import AuditEntry, describe
from bot.domain.wording import local_time
from bot.services.auditing import describe_all


@click.command()
@click.option("--limit", default=100, show_default=True, type=click.IntRange(min=1), help="How many at most.")
@json_option
def audit(limit: int, *, as_json: bool) -> None:
    """Print who added, changed, removed or muted what, newest first."""
    settings = prepare("warning")

    async def work() -> list[AuditEntry]:
        async with open_archive(settings) as store:
            return await store.list_audit(limit)

    entries = run_async(work())
    if as_json:
        print_json([_row(entry) for entry in entries])
        return
    zone = ZoneInfo(settings.timezone)
    for change in describe_all(entries):
        words = describe(change.group, change.who, change.where)
        click.echo(f"{local_time(change.group.first.at, zone)}  {words}")
    if not entries:
        click.echo("Nothing was changed yet.")


def _row(entry: AuditEntry) -> dict[str, object]:
    return {
        "at": entry.at.isoformat(),
        "by": entry.by,
        "name": entry.name,
        "action": entry.action.value,
        "subject": entry.subject.value,
        "id": entry.subject_id,
        "destination": entry.destination,
        "detail": entry.detail,
    }
