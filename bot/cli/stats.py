"""`tocsin stats`: how much there is of everything."""

from dataclasses import asdict

import click

from bot.bootstrap import open_archive
from bot.cli.common import json_option, prepare, print_json, run_async
from bot.domain.polls import Totals


@click.command()
@json_option
def stats(*, as_json: bool) -> None:
    """Print how many feeds, items, matches, alerts and deliveries there are."""
    settings = prepare("warning")

    async def work() -> Totals:
        async with open_archive(settings) as store:
            return await store.count_totals()

    totals = asdict(run_async(work()))
    if as_json:
        print_json(totals)
        return
    for name, count in totals.items():
        click.echo(f"{name.replace('_', ' '):20} {count:>10,}")
