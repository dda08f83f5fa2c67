"""`tocsin whynot`: where an item stopped on its way from a feed to a chat."""

from dataclasses import asdict
from zoneinfo import ZoneInfo

import click

from bot.bootstrap import load_usable_watchlists, open_archive
from bot.cli.common import json_option, prepare, print_json, run_async, with_cure
from bot.clock import SystemClock
from bot.commands.trace_words import build_trace, feed_words, miss_words
from bot.domain.messages import plain_text
from bot.services.catalog import Catalog
from bot.services.list_loading import load_chat_lists
from bot.services.tracing import Trace, TracedItem, trace
from bot.sources.watchlist_texts import FolderTexts


@click.command()
@click.argument("url", metavar="URL|ID")
@json_option
def whynot(url: str, *, as_json: bool) -> None:
    """Tell what became of the item at URL, or with an ID: in `tocsin search --json`, on a card, a story's like S18.

    Fetched, parsed, new, matched, grouped, sent: each step with what stopped it. For an unknown address: the feeds of
    its site and their health.
    """
    settings = prepare("warning")
    zone, now = ZoneInfo(settings.timezone), SystemClock().now()

    async def work() -> Trace:
        async with open_archive(settings) as store:
            catalog = Catalog(load_usable_watchlists(settings.watchlists))
            await load_chat_lists(store, catalog, FolderTexts(settings.watchlists))
            with with_cure("Give an address, an alert's id or a story: tocsin whynot https://…"):
                return await trace(store, catalog, url, None)

    found = run_async(work())
    if as_json:
        feeds = [feed_words(status, zone, now) for status in found.feeds]
        print_json({"items": [_as_json(item) for item in found.items], "host": found.host, "feeds": feeds})
        return
    click.echo(plain_text(build_trace(found, zone, now, here=False)))


def _as_json(traced: TracedItem) -> dict[str, object]:
    item, story = traced.trace.item, traced.trace.story
    return {
        "id": item.key,
        "title": item.title,
        "link": item.link,
        "feed": item.feed_id,
        "first_seen": item.first_seen.isoformat(),
        "published": item.published.isoformat() if item.published else None,
        "baseline": item.baseline,
        "matches": [
            {
                "watchlist": recorded.match.watchlist,
                "rule": recorded.match.rule,
                "priority": recorded.match.priority.word,
                "rings": recorded.match.rings,
                "outcome": recorded.outcome,
            }
            for recorded in traced.trace.matches
        ],
        "matches_now": [match.watchlist for match in traced.unrecorded],
        "near_misses": {miss.watchlist: miss_words(miss) for miss in traced.misses},
        "story": None if story is None else f"S{story.number}",
        "alert": story.alert_id if story else "",
        "deliveries": [
            {
                "destination": card.destination.key,
                **{name: value for name, value in asdict(card).items() if name != "destination"},
            }
            for card in (story.cards if story else ())
        ],
    }
