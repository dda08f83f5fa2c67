"""`tocsin watchlists routes`: what goes where, and who says so."""

from datetime import datetime
from zoneinfo import ZoneInfo

import click

from bot.bootstrap import load_usable_folder, open_archive
from bot.cli.common import json_option, prepare, print_json, run_async
from bot.domain.chats import Level
from bot.domain.wording import local_time
from bot.matching.records import Priority
from bot.services.catalog import Catalog
from bot.services.routing import Listing, list_routes
from bot.services.subscribing import place_words
from bot.sources.watchlist_folder import YamlFolder

_LEVELS = {Level.ALL: "all", Level.HIGH: "high and louder", Level.DIGEST: "in the digest"}


@click.command("routes")
@json_option
def list_all_routes(*, as_json: bool) -> None:
    """Print which list goes to which chat, and where that was said: in a file, or in the chat."""
    settings = prepare("warning")
    contents = load_usable_folder(YamlFolder(settings.watchlists, settings.timezone), settings.watchlists)
    catalog = Catalog(contents.catalog, contents.routes)

    async def work() -> tuple[Listing, ...]:
        async with open_archive(settings) as store:
            return await list_routes(store, catalog)

    listings = run_async(work())
    if as_json:
        print_json([_as_json(listing) for listing in listings])
        return
    if not listings:
        click.echo("Nothing goes anywhere yet: no chat watches a list, and routes.yaml names no destination.")
    zone = ZoneInfo(settings.timezone)
    for listing in listings:
        click.echo(" · ".join(_heading(listing)))
        for row in _rows(listing, zone):
            click.echo(f"  {row}")
        if not listing.chosen and not listing.routed:
            click.echo("  nothing")


def _heading(listing: Listing) -> list[str]:
    destination, target = listing.destination, listing.target
    facts = [destination.key, _title(listing), destination.timezone]
    if target:
        facts = [target.name, *facts]
        facts += [f"quiet {target.quiet}, rings: {target.quiet.override.value}"] if target.quiet else []
        facts += [f"digest {target.digest:%H:%M}"] if target.digest else []
        facts += [f"clearance {target.clearance}"] if target.clearance else []
        facts += ["owner"] if listing.owner else []
    facts += [f"nothing is sent: {destination.disabled}"] if destination.disabled else []
    return [fact for fact in facts if fact]


def _title(listing: Listing) -> str:
    """What routes.yaml calls the chat, else what the chat calls itself."""
    return (listing.target and listing.target.destination.title) or listing.destination.title


def _rows(listing: Listing, zone: ZoneInfo) -> list[str]:
    rows = [
        (
            one.watchlist,
            _LEVELS[one.level],
            f"chosen in the chat by {one.created_by}, {local_time(one.created_at, zone)}",
        )
        for one in listing.chosen
    ]
    rows += [(one.watchlist, _louder(one.least), place_words(one.place)) for one in listing.routed]
    return [f"{watchlist:26} {much:20} {source}" for watchlist, much, source in sorted(rows)]


def _louder(least: Priority) -> str:
    return "all" if least is Priority.LOW else f"{least.word} and louder"


def _as_json(listing: Listing) -> dict[str, object]:
    destination, target = listing.destination, listing.target
    chosen = [
        {
            "watchlist": one.watchlist,
            "min_priority": "high" if one.level is Level.HIGH else "low",
            "level": one.level.value,
            "by": one.created_by,
            "at": _moment(one.created_at),
        }
        for one in listing.chosen
    ]
    routed = [
        {
            "watchlist": one.watchlist,
            "min_priority": one.least.word,
            "path": one.place.path,
            "line": one.place.line,
        }
        for one in listing.routed
    ]
    return {
        "destination": destination.key,
        "name": target.name if target else "",
        "title": _title(listing),
        "timezone": destination.timezone,
        "disabled": destination.disabled,
        "owner": listing.owner,
        "quiet": str(target.quiet) if target and target.quiet else "",
        "digest": f"{target.digest:%H:%M}" if target and target.digest else "",
        "clearance": target.clearance if target else "",
        "lists": [*chosen, *routed],
    }


def _moment(at: datetime) -> str:
    return at.isoformat()
