"""`tocsin slack`: the app manifest to paste into Slack, and the workspaces that the app is installed in."""

import click
import yaml

from bot.chat.slack.manifest import build_manifest
from bot.cli.common import json_option, prepare, print_json, run_async
from bot.domain.workspaces import Workspace
from bot.errors import SettingsError
from storage import open_store


@click.group()
def slack() -> None:
    """Set Slack up."""


@slack.command()
@click.option("--url", default="", help="The https address of your web server, for HTTP in the place of Socket Mode.")
@json_option
def manifest(url: str, *, as_json: bool) -> None:
    """Print the app manifest, which goes into api.slack.com/apps, Create New App, From a manifest.

    It follows the settings: the name of the command, the group of admins, one workspace or several.
    """
    settings = prepare("warning")
    several = bool(settings.slack_client_id)
    if url and not url.startswith("https://"):
        raise SettingsError(f"“{url}” is no https address.", "Slack calls https addresses only.")
    if several and not url:
        raise SettingsError("SLACK_CLIENT_ID is set, so people install the app by a link.", "Add --url https://…")
    built = build_manifest(
        command=settings.slack_command, url=url, several=several, admin_group=bool(settings.slack_admin_group)
    )
    if url and settings.slack_app_token:
        built["settings"]["socket_mode_enabled"] = True
    if as_json:
        print_json(built)
        return
    click.echo(yaml.safe_dump(built, sort_keys=False, allow_unicode=True, width=110), nl=False)


@slack.command()
@json_option
def workspaces(*, as_json: bool) -> None:
    """List the workspaces that people installed the app in."""
    settings = prepare("warning")

    async def read() -> list[Workspace]:
        store = await open_store(settings.store_url)
        try:
            await store.migrate()
            return await store.list_workspaces()
        finally:
            await store.close()

    found = run_async(read())
    if as_json:
        print_json([{"id": one.id, "name": one.name, "since": one.installed_at, "gone": one.gone} for one in found])
        return
    for one in found:
        state = f"gone: {one.gone}" if one.gone else f"since {one.installed_at:%Y-%m-%d}, by {one.installed_by}"
        click.echo(f"{one.id}  {one.name}  {state}")
    if not found:
        click.echo("The app is installed in no workspace yet. People install it at /slack/install of your web server.")
