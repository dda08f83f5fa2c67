"""`tocsin export`: alerts of all chats, feeds or a watchlist as files."""

import sys
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from bot.bootstrap import load_usable_watchlists, open_archive
from bot.cli.common import busy, prepare, run_async, with_cure
from bot.clock import SystemClock
from bot.commands.periods import MOST_DAYS
from bot.domain.messages import Attachment
from bot.domain.wording import count_words
from bot.errors import FileError, SettingsError
from bot.files.worker_maker import WorkerFileMaker
from bot.services.counting import days_back
from bot.services.exporting import Format, Period, export_alerts, export_feeds, export_list
from bot.services.lists import Lists
from bot.sources.opml import write_opml
from bot.sources.watchlist_texts import FolderTexts


@click.command()
@click.argument("kind", metavar="FORMAT", type=click.Choice([one.value for one in Format]))
@click.argument("file", required=False, type=click.Path(path_type=Path, dir_okay=False))
@click.option("--list", "name", default="", help="One watchlist only.")
@click.option("--days", default=30, show_default=True, type=click.IntRange(1, MOST_DAYS), help="How far to look back.")
def export(kind: str, file: Path | None, name: str, days: int) -> None:
    """Write alerts (csv, json, jsonl, stix), feeds (opml) or a watchlist (yaml) to FILE, or to standard output.

    An alert that several chats were told of is written once. Lists made in chats are not among them. Tokens in
    the addresses of feeds are left out.
    """
    settings = prepare("warning")
    watchlists = load_usable_watchlists(settings.watchlists).watchlists
    with with_cure("`tocsin watchlists list` shows all of them."):
        named = Lists(watchlists).get(name) if name else None
    lists = (named,) if named else watchlists
    zone, now = ZoneInfo(settings.timezone), SystemClock().now()
    period = Period(days_back(now, days, zone), now, zone)
    files = WorkerFileMaker(settings.data_dir / "matplotlib", write_opml)

    async def work() -> tuple[Attachment, str]:
        if kind == Format.YAML:
            if named is None:
                raise SettingsError("Which watchlist?", "Example: tocsin export yaml --list csto")
            return await export_list(FolderTexts(settings.watchlists), named), named.title
        async with open_archive(settings) as store:
            if kind == Format.OPML:
                with with_cure("`tocsin feeds add` adds one."):
                    made, feeds = await export_feeds(store, files, lists, period.stamp)
                return made, count_words(feeds, "feed")
            with with_cure(f"Look further back: tocsin export {kind} --days {MOST_DAYS}"):
                exported = await export_alerts(store, files, Format(kind), period, lists, named=named is not None)
            alerts, stories = count_words(exported.alerts, "alert"), count_words(exported.stories, "story", "stories")
            return exported.file, f"{alerts}, {stories}, UTC times"

    with busy("Reading what was kept"):
        made, words = run_async(work())
    if file is None:
        sys.stdout.buffer.write(made.content)
    else:
        try:
            file.write_bytes(made.content)
        except OSError as error:
            raise FileError(
                f"{file} cannot be written: {error.strerror}.", "Name a file in a folder of yours."
            ) from None
        click.echo(f"Wrote {file}: {words}.")
