"""`tocsin watchlists export`: the lists made in chats, as files for the watchlist folder."""

from pathlib import Path

import click

from bot.bootstrap import open_archive
from bot.cli.common import json_option, prepare, print_json, run_async
from bot.config import Settings
from bot.domain.chat_lists import ChatList
from bot.errors import Conflict, NotFound, SettingsError


@click.command("export")
@click.argument("watchlist_id", required=False)
@click.option(
    "--to", "folder", type=click.Path(path_type=Path, file_okay=False), help="Write a file for each list here."
)
@json_option
def export_made(watchlist_id: str | None, folder: Path | None, *, as_json: bool) -> None:
    """Write the watchlists made in chats as YAML: all of them, or the one called WATCHLIST_ID.

    What is written reads back as the same list beside the same groups.yaml. A file that is there already stays.
    """
    made = [one for one in run_async(list_made(prepare("warning"))) if not one.removed]
    if watchlist_id is not None:
        made = [one for one in made if one.id == watchlist_id]
        if not made:
            raise NotFound(f"No list called {watchlist_id} was made in a chat.", "`tocsin watchlists list` shows all.")
    if as_json:
        print_json([_as_json(one) for one in made])
    elif folder is not None:
        _write(made, folder)
    elif made:
        click.echo("---\n".join(build_file(one) for one in made), nl=False)
    else:
        click.echo("No watchlist was made in a chat.", err=True)


async def list_made(settings: Settings) -> list[ChatList]:
    """Every list made in a chat, removed ones included."""
    async with open_archive(settings) as store:
        return await store.list_chat_lists()


def build_file(made: ChatList) -> str:
    """The text of a list with who made it in front."""
    return f"# {owner_words(made)}\n{made.version.yaml.rstrip()}\n"


def owner_words(made: ChatList) -> str:
    """`made in telegram:1001 by Dana (telegram:42), version 2 of 2026-11-25`, on one line."""
    name = " ".join(word for word in made.owner_name.split() if word.isprintable())
    owner = f"{name} ({made.owner})" if name else made.owner
    return f"made in {made.destination} by {owner}, version {made.version.number} of {made.version.at:%Y-%m-%d}"


def _write(made: list[ChatList], folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for one in made:
            path = folder / f"{one.id}.yaml"
            if path.exists():
                raise Conflict(f"{path} is there already.", "Move it away, or export to another folder.")
            path.write_text(build_file(one), encoding="utf-8")
            click.echo(str(path))
    except OSError as error:
        raise SettingsError(f"{folder} cannot be written: {error.strerror}.", "Choose another folder.") from error


def _as_json(made: ChatList) -> dict[str, object]:
    return {
        "id": made.id,
        "destination": made.destination,
        "owner": made.owner,
        "owner_name": made.owner_name,
        "created_at": made.created_at.isoformat(),
        "version": made.version.number,
        "yaml": made.version.yaml,
    }
