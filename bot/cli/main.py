"""The command `tocsin`: one file per verb; errors become one line, never a traceback unless `--debug`."""

import io
import os
import sys

import click

from bot.cli.audit import audit
from bot.cli.backtest import backtest
from bot.cli.backup import backup
from bot.cli.check import check
from bot.cli.deliveries import deliveries
from bot.cli.demo import demo
from bot.cli.doctor import doctor
from bot.cli.feeds import feeds
from bot.cli.match import match
from bot.cli.migrate import migrate
from bot.cli.poll import poll
from bot.cli.run import run
from bot.cli.search import search
from bot.cli.stats import stats
from bot.cli.watchlists import watchlists
from bot.cli.whynot import whynot
from bot.errors import TocsinError

_VERBS = (
    demo,
    run,
    poll,
    check,
    match,
    backtest,
    whynot,
    feeds,
    watchlists,
    search,
    stats,
    deliveries,
    audit,
    doctor,
    migrate,
    backup,
)


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option("--debug", is_flag=True, help="Show tracebacks.")
@click.version_option(package_name="tocsin", prog_name="tocsin")
def cli(*, debug: bool) -> None:
    """Security-news alerts: polls feeds, matches watchlists, tells Telegram and Slack.

    Start with `tocsin demo`: it needs no set-up and no network.
    """


for _verb in _VERBS:
    cli.add_command(_verb)


def main() -> None:
    """Runs the command line and exits: 0 done, 1 a check failed, 2 bad usage or settings."""
    for stream in (sys.stdout, sys.stderr):
        # Feed text may hold half a surrogate pair, and a terminal may not be UTF-8: print, never crash.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    if "--debug" in sys.argv:
        cli()
    try:
        cli()
    except TocsinError as error:
        click.echo(f"tocsin: {error}", err=True)
        sys.exit(error.exit_code)
    except BrokenPipeError:
        # The reader of our pipe has gone. Python would complain once more when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
