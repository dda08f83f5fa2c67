"""The verbs, each by its name and one line. Its module is loaded when it is typed: all together take a second."""

from importlib import import_module

import click

# Each is the command of the same name in the module of the same name. Lines fit a terminal of 80 columns.
VERBS = {
    "demo": "Show everything with sample news: no set-up, no network.",
    "init": "Make a working directory with settings and watchlists.",
    "run": "Run the service: poll feeds, send alerts, answer chats.",
    "poll": "Poll the feeds that are due once, and exit.",
    "check": "Validate watchlists, feeds and routes, and run the examples.",
    "match": "Match items from standard input.",
    "backtest": "Test a query or a watchlist on the archive.",
    "whynot": "Tell what became of an item, an alert or a story.",
    "feeds": "Add, list, check, import and export feeds.",
    "watchlists": "List, show, import and export watchlists.",
    "search": "Find stored items by their words.",
    "stats": "Print how much there is of everything.",
    "export": "Write alerts, feeds or a watchlist to a file.",
    "deliveries": "List messages that were given up, and send them again.",
    "audit": "Print who added, changed, removed or muted what.",
    "owner": "Show or change who owns the bot and hears of trouble.",
    "slack": "Print the app manifest for Slack, list workspaces.",
    "doctor": "Say what is missing or wrong, with its cure.",
    "migrate": "Bring the database up to date, or fill it from another one.",
    "backup": "Copy the database, also while the service runs.",
    "completion": "Print what makes a shell complete verbs and options.",
}


class VerbGroup(click.Group):
    """A group whose verbs are known by name and line only until one of them is typed."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The verb that was typed, loaded, and what was typed behind it."""
        name, _, rest = super().resolve_command(ctx, args)
        return name, load_verb(name) if name else None, rest


def list_verbs() -> list[click.Command]:
    """Every verb, not loaded: enough for the help that lists them and for completing their names."""
    return [click.Command(name, short_help=line) for name, line in VERBS.items()]


def load_verb(name: str) -> click.Command:
    """A verb with its options and what it does."""
    verb: click.Command = getattr(import_module(f"bot.cli.{name}"), name)
    return verb
