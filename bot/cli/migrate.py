"""`tocsin migrate`: brings the database up to date."""

import click

from bot.cli.common import json_option, prepare, print_json, run_async
from storage import open_store


@click.command()
@json_option
def migrate(*, as_json: bool) -> None:
    """Bring the database up to date."""
    settings = prepare("warning")

    async def work() -> list[str]:
        store = await open_store(settings.store_url)
        try:
            return await store.migrate()
        finally:
            await store.close()

    applied = run_async(work())
    if as_json:
        print_json({"applied": applied})
    else:
        click.echo(f"Applied: {', '.join(applied)}." if applied else "The database is up to date.")
