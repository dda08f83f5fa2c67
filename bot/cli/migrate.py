"""`tocsin migrate`: brings the database up to date, and moves everything from SQLite to PostgreSQL."""

import click

from bot.cli.common import busy, json_option, prepare, print_json, run_async
from bot.domain.wording import count_words
from storage import copy_store, open_store


@click.command()
@click.option(
    "--from",
    "source",
    metavar="URL",
    default="",
    help="Copy everything from this SQLite (sqlite:///path) into the empty PostgreSQL of DATABASE_URL.",
)
@json_option
def migrate(*, source: str, as_json: bool) -> None:
    """Bring the database up to date; with --from, fill it from another one."""
    settings = prepare("warning")

    async def work() -> tuple[list[str], dict[str, int]]:
        store = await open_store(settings.store_url)
        try:
            applied = await store.migrate()
        finally:
            await store.close()
        return applied, await copy_store(source, settings.store_url) if source else {}

    with busy("Copying every table" if source else "Bringing the database up to date"):
        applied, copied = run_async(work())
    if as_json:
        print_json({"applied": applied} | ({"copied": copied} if source else {}))
        return
    click.echo(f"Applied: {', '.join(applied)}." if applied else "The database is up to date.")
    if source:
        tables = ", ".join(f"{rows:,} {table}" for table, rows in copied.items() if rows)
        click.echo(f"Copied {count_words(sum(copied.values()), 'row')}, and counted them on both sides: {tables}.")
