"""The command `tocsin`: one file per verb; errors become one line, never a traceback unless `--debug`."""

import io
import os
import sys
from pathlib import Path

import click

from bot.cli.verbs import VerbGroup, list_verbs
from bot.errors import TocsinError

_NAME = "tocsin"
_FIRST_STEPS = """\
Tocsin reads news feeds and tells Telegram chats and Slack channels when the news mentions what they watch.

  tocsin demo      see it work with sample news; needs no set-up and no network
  tocsin init      make a working directory with settings and watchlists
  tocsin --help    every verb
"""
_WORKING_DIRECTORY = """\
Settings are in .env of this folder.

  tocsin doctor    what is missing or wrong, with its cure
  tocsin check     the watchlists and their examples
  tocsin run       the service
  tocsin --help    every verb
"""


class _CommandLine(VerbGroup):
    def invoke(self, ctx: click.Context) -> object:
        """Runs a verb; Ctrl-C ends it quietly with 130, as shells expect."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            click.echo("", err=True)
            ctx.exit(130)


@click.group(
    cls=_CommandLine,
    commands=list_verbs(),
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.option("--debug", is_flag=True, help="Show tracebacks.")
@click.version_option(package_name="tocsin", prog_name="tocsin")
@click.pass_context
def cli(context: click.Context, *, debug: bool) -> None:  # noqa: ARG001 -- main() looks for it before click does
    """Security-news alerts: polls feeds, matches watchlists, tells Telegram and Slack.

    Start with `tocsin demo`: it needs no set-up and no network.
    """
    if context.invoked_subcommand is None:
        click.echo(_WORKING_DIRECTORY if Path(".env").exists() else _FIRST_STEPS, nl=False)


def main() -> None:
    """Runs the command line and exits: 0 done, 1 a check failed, 2 bad usage or settings, 130 ended by Ctrl-C."""
    for stream in (sys.stdout, sys.stderr):
        # Feed text may hold half a surrogate pair, and a terminal may not be UTF-8: print, never crash.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    if "--debug" in sys.argv:
        cli(prog_name=_NAME)
    try:
        cli(prog_name=_NAME)
    except TocsinError as error:
        click.echo(f"{_NAME}: {error}", err=True)
        sys.exit(error.exit_code)
    except BrokenPipeError:
        # The reader of our pipe has gone. Python would complain once more when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except Exception as error:  # noqa: BLE001  a fault of ours is one line for a person, too
        fault = " ".join(f"{type(error).__name__}: {error}".split())
        click.echo(f"{_NAME}: {fault}. This is our mistake; `{_NAME} --debug …` shows where it happened.", err=True)
        sys.exit(1)
