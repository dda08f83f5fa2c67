"""`tocsin watchlists`: which watchlists there are, and what one says."""

import click

from bot.bootstrap import load_usable_watchlists
from bot.cli.common import json_option, prepare, print_json, run_async, with_cure
from bot.cli.watchlist_export import export_made, list_made, owner_words
from bot.cli.watchlist_import import import_keywords
from bot.cli.watchlist_routes import list_all_routes
from bot.matching.query_parser import parse_query
from bot.matching.query_words import explain_query
from bot.matching.watchlist import Condition, Watchlist
from bot.services.lists import Lists


@click.group()
def watchlists() -> None:
    """List, show and import watchlists, and see where they go. They are edited as YAML files: see `tocsin check`."""


watchlists.add_command(list_all_routes)
watchlists.add_command(import_keywords)
watchlists.add_command(export_made)


@watchlists.command("list")
@json_option
def list_watchlists(*, as_json: bool) -> None:
    """Print every usable watchlist, those made in chats last and with their owners."""
    settings = prepare("warning")
    known = load_usable_watchlists(settings.watchlists).watchlists
    made = [one for one in run_async(list_made(settings)) if not one.removed]
    if as_json:
        print_json(
            [_summary(watchlist) for watchlist in known]
            + [_summary(one.watchlist) | {"made": owner_words(one)} for one in made]
        )
        return
    for watchlist in known:
        click.echo(_row(watchlist))
    for one in made:
        click.echo(f"{_row(one.watchlist)} · {owner_words(one)}")


def _row(watchlist: Watchlist) -> str:
    return f"{watchlist.id:24} {watchlist.priority.word:8} {watchlist.status.value:7} {watchlist.title}"


@watchlists.command()
@click.argument("watchlist_id")
@json_option
def show(watchlist_id: str, *, as_json: bool) -> None:
    """Print what one watchlist looks for, be it of a file or made in a chat."""
    settings = prepare("warning")
    made = [one.watchlist for one in run_async(list_made(settings)) if not one.removed]
    with with_cure("`tocsin watchlists list` shows all of them."):
        watchlist = Lists((*load_usable_watchlists(settings.watchlists).watchlists, *made)).get(watchlist_id)
    if as_json:
        print_json(_summary(watchlist) | {"rules": [_rule(rule.id, rule.condition) for rule in watchlist.rules]})
        return
    click.echo(f"{watchlist.title} ({watchlist.id}), {watchlist.priority.word}, {watchlist.status.value}\n")
    click.echo(f"{watchlist.description}\n")
    labels = {group.name: group.label or group.name for group in watchlist.groups}
    for rule in watchlist.rules:
        click.echo(f"rule {rule.id}: {condition_words(rule.condition)}")
        if rule.condition.query:
            click.echo(f"  {explain_query(parse_query(rule.condition.query), labels)}")
    for exclude in watchlist.excludes:
        unless = f", unless {' or '.join(exclude.unless)}" if exclude.unless else ""
        click.echo(f"exclude {exclude.id}: {condition_words(exclude.condition)}{unless}")
    for escalation in watchlist.escalations:
        click.echo(f"escalate to {escalation.to.word} {escalation.id}: {condition_words(escalation.condition)}")
    click.echo()
    for group in watchlist.groups:
        label = f" ({group.label})" if group.label else ""
        click.echo(f"{group.name}{label}: {', '.join(term.text for term in group.terms)}")


def condition_words(condition: Condition) -> str:
    """A condition in plain words: `name and (context or geo.afghanistan) within 60 words`."""
    if condition.query:
        return condition.query
    parts = [f"({' or '.join(names)})" if len(names) > 1 else names[0] for names in condition.all_of]
    within = f" within {condition.within} words" if condition.within else ""
    return f"{' and '.join(parts)}{within}{' in the title' if condition.title_only else ''}"


def _summary(watchlist: Watchlist) -> dict[str, object]:
    return {
        "id": watchlist.id,
        "title": watchlist.title,
        "priority": watchlist.priority.word,
        "status": watchlist.status.value,
        "description": watchlist.description,
        "tags": list(watchlist.tags),
    }


def _rule(rule_id: str, condition: Condition) -> dict[str, object]:
    return {"id": rule_id, "condition": condition_words(condition)}
