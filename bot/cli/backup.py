"""`tocsin backup FILE`: a consistent copy of the database, also while the service runs."""

from pathlib import Path

import click

from bot.bootstrap import open_archive
from bot.cli.common import busy, json_option, prepare, print_json, run_async


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@json_option
def backup(file: Path, *, as_json: bool) -> None:
    """Copy the database to FILE, which must not exist, also while the service runs."""
    settings = prepare("warning")

    async def work() -> None:
        async with open_archive(settings) as store:
            await store.backup(file)

    with busy("Copying the database"):
        run_async(work())
    size = file.stat().st_size
    if as_json:
        print_json({"file": str(file), "bytes": size})
    else:
        click.echo(f"Wrote {file} ({size:,} bytes).")
