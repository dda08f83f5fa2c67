"""`tocsin poll`: polls once and exits; for cron and for measuring."""

import time

import click

from bot.bootstrap import open_app
from bot.cli.common import json_option, prepare, print_json, run_async
from bot.domain.wording import count_words
from bot.services.polling import PollSummary


@click.command()
@click.option("--all", "everything", is_flag=True, help="Poll every enabled feed, due or not.")
@json_option
def poll(*, everything: bool, as_json: bool) -> None:
    """Poll the feeds that are due once, record what they say, and exit. `tocsin run` sends the alerts."""
    settings = prepare("warning")

    async def work() -> tuple[PollSummary, float]:
        async with open_app(settings) as app:
            started = time.monotonic()
            summary = await (app.polling.poll_all() if everything else app.polling.poll_due())
            return summary, time.monotonic() - started

    summary, seconds = run_async(work())
    if as_json:
        print_json(
            {
                "feeds": summary.feeds,
                "fetched": summary.fetched,
                "not_modified": summary.not_modified,
                "failed": summary.failed,
                "items_new": summary.items_new,
                "matches": summary.matches,
                "alerts": summary.alerts,
                "seconds": round(seconds, 3),
            }
        )
        return
    for feed_id, error in summary.problems:
        click.echo(f"{feed_id}: {error}", err=True)
    if not summary.feeds and everything:
        click.echo("There is no feed to poll. Put them into feeds.yaml, or add one: tocsin feeds add URL")
        return
    if not summary.feeds:
        click.echo("No feed is due. `tocsin poll --all` polls every feed.")
        return
    click.echo(
        f"{count_words(summary.feeds, 'feed')} in {seconds:.1f} s: {summary.fetched} fetched, "
        f"{summary.not_modified} not modified, {summary.failed} failed. {count_words(summary.items_new, 'new item')}, "
        f"{count_words(summary.matches, 'match', 'matches')}, {count_words(summary.alerts, 'alert')}."
    )
