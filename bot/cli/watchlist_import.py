"""`tocsin watchlists import`: a keyword list of another tool as a watchlist."""

from pathlib import Path

import click

from bot.cli.common import json_option, prepare, print_json
from bot.config import SHIPPED_WATCHLISTS
from bot.errors import Conflict, SettingsError
from bot.matching.records import Priority
from bot.sources.keyword_lists import ImportedKeywords, read_keywords
from bot.sources.watchlist_writer import write_watchlist

_HEADER = "# yaml-language-server: $schema=schema.json\n"


@click.command("import")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--id", "list_id", default="", help="The list's id. Default: made from the file's name.")
@click.option("--title", default="", help="The name people read.")
@click.option("--lang", default="", help="The language of the terms. Default: told from their letters.")
@click.option(
    "--priority",
    type=click.Choice([priority.word for priority in reversed(Priority)]),
    default=Priority.MEDIUM.word,
    show_default=True,
)
@click.option("--stdout", "to_stdout", is_flag=True, help="Print the list instead of writing it into the folder.")
@json_option
def import_keywords(
    file: Path, list_id: str, title: str, lang: str, priority: str, *, to_stdout: bool, as_json: bool
) -> None:
    """Make a watchlist of FILE, which has one term a line, and put it into the watchlist folder.

    # begins a comment, a minus before a term excludes it, a word of 2 to 6 capitals matches in capitals only. The
    list begins as a test list: its matches are recorded and nothing is sent, until you set `status: stable`.
    """
    settings = prepare("warning")
    imported = read_keywords(
        file.read_bytes(),
        str(file),
        list_id=list_id,
        title=title,
        lang=lang,
        priority=Priority.from_word(priority),
    )
    text = _HEADER + write_watchlist(imported.watchlist)
    for line in imported.skipped:
        click.echo(line, err=True)
    if to_stdout:
        click.echo(text, nl=False)
        return
    path = write_list(settings.watchlists, imported.watchlist.id, text)
    if as_json:
        print_json(_as_json(imported, path))
        return
    noun = "term" if imported.terms == 1 else "terms"
    click.echo(
        f"{imported.terms} {noun}, {imported.repeated} repeated, {len(imported.skipped)} left out: {path}\n"
        f"It is a test list: matches are recorded, nothing is sent. `tocsin backtest {imported.watchlist.id}` shows "
        f"what it finds in the archive; then set `status: stable` in the file."
    )


def write_list(folder: Path, list_id: str, text: str) -> Path:
    """Writes a new watchlist file and gives its path.

    Raises Conflict for a file that is there, SettingsError for the folder that came with Tocsin.
    """
    if folder.resolve() == SHIPPED_WATCHLISTS.resolve():
        raise SettingsError(
            f"{folder} came with Tocsin; the next version would overwrite your list.",
            "Set TOCSIN_WATCHLISTS to a copy of it, or use --stdout.",
        )
    path = folder / f"{list_id}.yaml"
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise Conflict(f"{path} is there already.", "Choose another --id.") from None
    except OSError as error:
        raise SettingsError(f"{path} cannot be written: {error.strerror}.", "Check TOCSIN_WATCHLISTS.") from error
    return path


def _as_json(imported: ImportedKeywords, path: Path) -> dict[str, object]:
    return {
        "id": imported.watchlist.id,
        "path": str(path),
        "terms": imported.terms,
        "repeated": imported.repeated,
        "skipped": list(imported.skipped),
    }
