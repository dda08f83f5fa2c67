"""`tocsin stats`: how much there is of everything, and what all chats were told."""

from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from bot.bootstrap import load_usable_watchlists, open_archive
from bot.cli.common import json_option, prepare, print_json, run_async
from bot.clock import SystemClock
from bot.commands.periods import MOST_DAYS
from bot.commands.statistics_words import build_statistics_message
from bot.domain.chat_statistics import ChatStatistics, Spread, build_daily_plot
from bot.domain.messages import plain_text
from bot.domain.polls import Totals
from bot.errors import NotFound
from bot.files.worker_maker import WorkerFileMaker
from bot.services.counting import count_alerts, days_back
from bot.services.lists import Lists
from bot.sources.opml import write_opml


@click.command()
@click.option("--days", default=30, show_default=True, type=click.IntRange(1, MOST_DAYS), help="How far to look back.")
@click.option("--list", "name", default="", help="Count one watchlist only.")
@click.option(
    "--plot", type=click.Path(path_type=Path, dir_okay=False), help="Also write the alerts by day as a PNG picture."
)
@json_option
def stats(*, days: int, name: str, plot: Path | None, as_json: bool) -> None:
    """Print how much there is of everything, and figures of the alerts that chats were told of.

    The figures count each chat's alerts: a story that two chats were told of counts twice.
    """
    settings = prepare("warning")
    watchlists = load_usable_watchlists(settings.watchlists).watchlists
    named = Lists(watchlists).get(name) if name else None
    zone, now = ZoneInfo(settings.timezone), SystemClock().now()

    async def work() -> tuple[Totals, ChatStatistics]:
        async with open_archive(settings) as store:
            figures = await count_alerts(
                store,
                {one.id: one.title for one in watchlists},
                since=days_back(now, days, zone),
                now=now,
                zone=zone,
                watchlist=named.id if named else "",
            )
            return await store.count_totals(), figures

    totals, figures = run_async(work())
    if plot is not None:
        if not figures.alerts:
            raise NotFound("There is nothing to draw: no alerts in that time.", "A longer time: --days 90")
        files = WorkerFileMaker(settings.data_dir / "matplotlib", write_opml)
        plot.write_bytes(run_async(files.draw(build_daily_plot(figures))))
    if as_json:
        print_json(asdict(totals) | {"figures": _as_document(figures)})
        return
    for label, count in asdict(totals).items():
        click.echo(f"{label.replace('_', ' '):20} {count:>10,}")
    click.echo(f"\n{plain_text(build_statistics_message(figures, named.title if named else ''))}")
    if plot is not None:
        click.echo(f"Wrote {plot}.")


def _as_document(figures: ChatStatistics) -> dict[str, object]:
    """Plain values: times in seconds, days by their dates."""
    return {
        "since": figures.first.isoformat(),
        "until": figures.last.isoformat(),
        "alerts": figures.alerts,
        "stories": figures.stories,
        "repeats_removed": figures.repeats,
        "by_day": [
            {
                "day": day.isoformat(),
                **{priority.name.lower(): counts[place] for priority, counts in figures.days},
            }
            for place, day in enumerate(figures.dates)
        ],
        "by_list": dict(figures.by_list),
        "precision": [
            {
                "list": one.name,
                "useful": one.headline.useful,
                "rated": one.headline.rated,
            }
            for one in figures.precision
        ],
        "feeds": [
            {"outlet": feed.outlet, "seen_after": _spread(feed.seen), "sent_after": _spread(feed.sent)}
            for feed in figures.feeds
        ],
        "taken_in_hand": _spread(figures.response),
    }


def _spread(spread: Spread | None) -> dict[str, float] | None:
    if spread is None:
        return None
    return {"median": _seconds(spread.median), "p90": _seconds(spread.p90), "count": spread.count}


def _seconds(duration: timedelta) -> float:
    return round(duration.total_seconds(), 1)
