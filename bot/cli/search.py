"""`tocsin search`: the archive, newest first."""

from zoneinfo import ZoneInfo

import click

from bot.bootstrap import open_archive
from bot.cli.common import json_option, prepare, print_json, run_async
from bot.domain.alerts import Report
from bot.domain.wording import local_time
from bot.services.searching import SearchPage
from bot.services.searching import search as search_archive


@click.command()
@click.argument("query", nargs=-1, required=True)
@click.option("--page", default=1, show_default=True, type=click.IntRange(min=1), help="Which page of five.")
@json_option
def search(query: tuple[str, ...], page: int, *, as_json: bool) -> None:
    """Find stored items that hold every word of QUERY. Words, "phrases" and open endings like tajik* work.

    An item without an address is shown with its id, which `tocsin whynot` takes as well.
    """
    settings = prepare("warning")

    async def work() -> SearchPage:
        async with open_archive(settings) as store:
            return await search_archive(store, " ".join(query), page)

    found = run_async(work())
    if as_json:
        print_json(_as_json(found))
        return
    if not found.found:
        hint = f" Wider: {found.wider.query} finds {found.wider.found}." if found.wider else ""
        click.echo(f"Nothing among {found.archive:,} items.{hint}")
        return
    for report in found.reports:
        when = report.item.published or report.item.first_seen
        click.echo(f"{local_time(when, ZoneInfo(settings.timezone))} · {report.feed.outlet} · {report.item.lang}")
        click.echo(f"  {report.item.title}\n  {report.item.link or report.item.key}")
    click.echo(f"Page {found.page} of {found.pages}, {found.found:,} items.")


def _as_json(found: SearchPage) -> dict[str, object]:
    return {
        "found": found.found,
        "page": found.page,
        "pages": found.pages,
        "items": [_item(report) for report in found.reports],
    }


def _item(report: Report) -> dict[str, object]:
    item = report.item
    return {
        "id": item.key,
        "title": item.title,
        "link": item.link,
        "outlet": report.feed.outlet,
        "feed": report.feed.id,
        "lang": item.lang,
        "published": item.published.isoformat() if item.published else None,
        "first_seen": item.first_seen.isoformat(),
    }
