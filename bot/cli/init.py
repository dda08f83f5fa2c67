"""`tocsin init`: a working directory with settings, watchlists and routes, by a few questions."""

import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import available_timezones

import click

from bot.config import SHIPPED_WATCHLISTS
from bot.errors import SettingsError

_PRIVATE_FILE = 0o600
_PRIVATE_FOLDER = 0o700


@dataclass(frozen=True, slots=True)
class Answers:
    """What the person said; empty where nothing was said."""

    timezone: str = ""
    telegram: str = ""
    slack_bot: str = ""
    slack_app: str = ""
    contact: str = ""


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), default=Path())
@click.option("--yes", is_flag=True, help="Ask nothing: sample settings, to be filled in later.")
def init(*, folder: Path, yes: bool) -> None:
    """Make a working directory: settings in .env, a copy of the watchlists, a folder for the database.

    Nothing that is there already is changed.
    """
    if (folder / ".env").exists():
        raise SettingsError(
            f"{folder / '.env'} is there already, so nothing was changed.",
            "Edit it, or name another folder: tocsin init FOLDER.",
        )
    answers = Answers() if yes or not sys.stdin.isatty() else ask()
    made = make_directory(folder, answers)
    for path in made:
        click.echo(f"made {path}")
    click.echo(_next_steps(folder, answers))


def ask() -> Answers:
    """The answers of the person at the terminal. Enter skips every question; tokens are not shown."""
    click.echo("Enter skips a question. Everything can be changed later in .env.\n")
    timezone = click.prompt("Time zone, like Asia/Dushanbe", default="UTC", value_proc=_read_timezone)
    click.echo("\nTelegram: write /newbot to @BotFather; it gives you a token.")
    telegram = _ask_secret("Telegram bot token")
    click.echo("\nSlack: paste what `tocsin slack manifest` prints at https://api.slack.com/apps (docs/slack.md).")
    slack_bot = _ask_secret("Slack bot token (xoxb-…)")
    slack_app = _ask_secret("Slack app-level token (xapp-…)") if slack_bot else ""
    click.echo("\nPublishers see who asks for their feeds and write before they block.")
    contact = click.prompt("Your e-mail address or web page", default="", show_default=False)
    click.echo("")
    return Answers(timezone, telegram, slack_bot, slack_app, contact.strip())


def make_directory(folder: Path, answers: Answers) -> list[Path]:
    """Writes what is missing in `folder`; the paths that were made. Raises SettingsError if it cannot be written."""
    lists, data, env = folder / "watchlists", folder / "data", folder / ".env"
    made = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not lists.exists():
            shutil.copytree(SHIPPED_WATCHLISTS, lists, ignore=shutil.ignore_patterns("*.py", "*.pyc", "__pycache__"))
            made.append(lists)
        if not data.exists():
            data.mkdir(mode=_PRIVATE_FOLDER)
            made.append(data)
        env.touch(mode=_PRIVATE_FILE, exist_ok=False)
        env.write_text(build_env(answers), encoding="utf-8")
    except OSError as error:
        raise SettingsError(f"{folder} cannot be written: {error.strerror}.", "Name a folder that is yours.") from None
    return [*made, env]


def build_env(answers: Answers) -> str:
    """The text of `.env`: what was answered, and the rest as comments."""
    rows = [
        "# Settings of Tocsin. docs/reference.md lists all; what stands in the environment wins over this file.",
        "# It holds secrets: keep it readable by yourself alone.",
        "",
        "TOCSIN_DATA_DIR=data",
        "TOCSIN_WATCHLISTS=watchlists",
        _row("TOCSIN_TIMEZONE", answers.timezone, "Asia/Dushanbe"),
        _row("TOCSIN_CONTACT", answers.contact, "you@example.org"),
        "",
        "# Telegram: the token that @BotFather gave you (docs/telegram.md).",
        _row("TELEGRAM_BOT_TOKEN", answers.telegram, ""),
        "",
        "# Slack: both tokens, from the pages of your app (docs/slack.md).",
        _row("SLACK_BOT_TOKEN", answers.slack_bot, ""),
        _row("SLACK_APP_TOKEN", answers.slack_app, ""),
        "",
        "# Only these chats, channels or workspaces may use the bot. Unset: every chat that finds it.",
        "#TOCSIN_ALLOWED_CHATS=",
    ]
    return "\n".join(rows) + "\n"


def _row(name: str, value: str, example: str) -> str:
    return f"{name}={_quote(value)}" if value else f"#{name}={example}"


def _quote(value: str) -> str:
    """In single quotes, in which python-dotenv takes everything literally but these two characters."""
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"


def _ask_secret(question: str) -> str:
    return str(click.prompt(question, default="", show_default=False, hide_input=True)).strip()


def _read_timezone(value: str) -> str:
    known = {name.lower(): name for name in available_timezones()}
    asked = value.strip().replace(" ", "_").lower()
    cities = [name for name in known.values() if name.rpartition("/")[2].lower() == asked]
    found = known.get(asked) or (cities[0] if cities else "")
    if not found:
        raise click.BadParameter(f"“{value}” is no time zone. Write one like Asia/Dushanbe, or a city that has one.")
    return found


def _next_steps(folder: Path, answers: Answers) -> str:
    steps = [] if folder.resolve() == Path.cwd() else [f"cd {folder}"]
    steps += [
        "tocsin check     # the watchlists and their examples",
        "tocsin doctor    # what is missing, and its cure",
    ]
    steps += ["tocsin run"]
    told = (
        "" if answers.telegram or answers.slack_bot else "\nNo token is set: alerts come to the terminal until one is."
    )
    return "\nNext:\n" + "\n".join(f"  {step}" for step in steps) + told
