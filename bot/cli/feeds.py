"""`tocsin feeds`: which feeds are polled, and are they well."""

import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import click
from rich.console import Console
from rich.progress import track

from bot.bootstrap import App, open_app, open_archive, open_vault
from bot.cli.common import json_option, prepare, print_json, run_async
from bot.clock import SystemClock
from bot.config import Settings
from bot.domain.chats import Person, Platform
from bot.domain.feed_notices import FeedNotice
from bot.domain.feeds import FeedOrigin, FeedStatus, health_word, trouble_words
from bot.domain.push import push_words
from bot.domain.redaction import hide_secrets
from bot.domain.wording import count_words, duration_words, short_time
from bot.errors import NotFound
from bot.ports.fetcher import FoundFeed
from bot.services import feed_admin
from bot.services.feed_check import FeedCheck, check_feeds
from bot.services.feed_delays import build_budget, expected_delays
from bot.services.feed_discovery import discover_feeds
from bot.services.feed_import import ImportedFeeds, import_feeds
from bot.sources.opml import read_opml, read_url_list, write_opml

_NOTICES_SINCE = timedelta(days=7)
_MOST_NOTICES = 10
_OPERATOR = Person(Platform.CONSOLE, "command-line", "command line")


@click.group()
def feeds() -> None:
    """Add, list, check, import and export feeds."""


@feeds.command()
@click.argument("url")
@json_option
def add(url: str, *, as_json: bool) -> None:
    """Read the feed at URL once and add it. What it carries now is never sent."""
    settings = prepare("warning")

    async def work() -> feed_admin.AddedFeed:
        async with open_app(settings) as app:
            return await feed_admin.add_feed(
                app.store,
                app.catalog,
                app.services.fetcher,
                app.services.parser,
                url=url,
                person=_OPERATOR,
                origin=FeedOrigin.COMMAND_LINE,
                now=app.clock.now(),
            )

    added = run_async(work())
    if as_json:
        print_json(
            {
                "id": added.feed.id,
                "url": hide_secrets(added.feed.url),
                "items": added.items,
                "would_have_rung": added.ringing,
            }
        )
    else:
        click.echo(
            f"Added {added.feed.id} ({added.feed.outlet}): {count_words(added.items, 'item')} read, none sent. "
            f"{added.ringing} would have matched in 7 days."
        )


@feeds.command("list")
@click.argument("which", default="")
@json_option
def list_feeds(which: str, *, as_json: bool) -> None:
    """Print the feeds, troubled ones first; WHICH is a country, a language or `problems`.

    DELAY is how long news of that feed waits to be found, on average.
    """
    settings = prepare("warning")

    async def work() -> tuple[list[FeedStatus], dict[str, timedelta], list[FeedNotice]]:
        async with open_app(settings) as app:
            known, now = await app.store.list_feeds(), app.clock.now()
            shown = feed_admin.choose_feeds(known, which)
            budget = build_budget(known, settings.polls_per_hour, now)
            delays = expected_delays(shown, budget, app.services.fetcher, now)
            return shown, delays, await app.store.list_feed_notices(now - _NOTICES_SINCE, _MOST_NOTICES)

    found, delays, notices = run_async(work())
    if as_json:
        print_json([_row(status, delays.get(status.feed.id)) for status in found])
        return
    zone, problems = ZoneInfo(settings.timezone), which == feed_admin.PROBLEMS
    for status in found:
        click.echo(_line(status, delays.get(status.feed.id), zone))
        if problems:
            click.echo(f"    {trouble_words(status)}")
    click.echo(f"{count_words(len(found), 'feed')}.")
    if problems and notices:
        click.echo("Lately:")
        for notice in notices:
            click.echo(f"  {short_time(notice.at, zone)}  {notice.text}")


def _line(status: FeedStatus, delay: timedelta | None, zone: ZoneInfo) -> str:
    new = status.state.last_new_item
    last = short_time(new, zone) if new else "-"
    wait = f"~{duration_words(delay)}" if delay is not None else "-"
    push = push_words(status.push, SystemClock().now())
    return (
        f"{status.feed.id:28} {status.feed.lang:3} {status.feed.grade}  {health_word(status):14} "
        f"{status.items:>7,} items  last {last:12} delay {wait:8} {status.feed.outlet}"
        f"{f' ({push})' if push else ''}"
    )


def _row(status: FeedStatus, delay: timedelta | None) -> dict[str, object]:
    feed, state = status.feed, status.state
    return {
        "id": feed.id,
        "url": hide_secrets(feed.url),
        "outlet": feed.outlet,
        "lang": feed.lang,
        "grade": feed.grade,
        "health": health_word(status),
        "problem": trouble_words(status),
        "items": status.items,
        "last_success": state.last_success.isoformat() if state.last_success else None,
        "last_new_item": state.last_new_item.isoformat() if state.last_new_item else None,
        "next_due": state.next_due.isoformat(),
        "expected_delay_seconds": round(delay.total_seconds()) if delay is not None else None,
        "hub": push_words(status.push, SystemClock().now()),
        "items_per_day": round(status.rhythm.rate * 24, 2) if status.rhythm else None,
    }


@feeds.command()
@click.argument("feed_id")
def remove(feed_id: str) -> None:
    """Stop polling a feed; its items stay. A feed of feeds.yaml must be removed there too."""
    settings = prepare("warning")

    async def work() -> None:
        async with open_archive(settings) as store:
            await store.remove_feed(feed_id, _OPERATOR.key, SystemClock().now(), name=_OPERATOR.name)

    run_async(work())
    click.echo(f"{feed_id} is no longer polled. Its items stay searchable.")


@feeds.command()
@click.argument("feed_ids", nargs=-1)
@json_option
def check(feed_ids: tuple[str, ...], *, as_json: bool) -> None:
    """Read feeds now (all enabled ones, or FEED_IDS) and say how they are. Nothing is recorded."""
    settings = prepare("warning")

    async def work() -> list[FeedCheck]:
        async with open_app(settings) as app:
            return await _check_with_progress(app, feed_ids)

    results = run_async(work())
    failing = [result for result in results if result.error]
    if as_json:
        print_json([_check_row(result) for result in results])
    else:
        for result in results:
            if result.error:
                click.echo(f"{result.feed.id:28} {result.error}")
            else:
                newest = short_time(result.newest, ZoneInfo(settings.timezone)) if result.newest else "no dates"
                click.echo(f"{result.feed.id:28} ok, {count_words(result.items, 'item')}, newest {newest}")
        well = len(results) - len(failing)
        verb = "answers" if well == 1 else "answer"
        click.echo(f"{well} of {count_words(len(results), 'feed')} {verb}.")
    if failing:
        sys.exit(1)


async def _check_with_progress(app: App, feed_ids: tuple[str, ...]) -> list[FeedCheck]:
    known = {status.feed.id: status.feed for status in await app.store.list_feeds()}
    unknown = next((feed_id for feed_id in feed_ids if feed_id not in known), None)
    if unknown:
        raise NotFound(f"There is no feed {unknown}.", "`tocsin feeds list` shows all.")
    chosen = [known[feed_id] for feed_id in feed_ids] or [feed for feed in known.values() if feed.enabled]
    screen = Console(stderr=True)
    results = []
    bar = iter(track(range(len(chosen)), "Reading feeds", console=screen, disable=not screen.is_terminal))
    async for result in check_feeds(chosen, app.services.fetcher, app.services.parser):
        next(bar)
        results.append(result)
    next(bar, None)
    return sorted(results, key=lambda result: (result.error is None, result.feed.id))


def _check_row(result: FeedCheck) -> dict[str, object]:
    return {
        "id": result.feed.id,
        "ok": result.error is None,
        "items": result.items,
        "newest": result.newest.isoformat() if result.newest else None,
        "problem": result.error.problem.value if result.error else "",
        "cause": str(result.error or ""),
    }


@feeds.command()
@click.argument("url")
@json_option
def discover(url: str, *, as_json: bool) -> None:
    """Print the feeds that the web page at URL offers, or that lie where such a site keeps them."""
    settings = prepare("warning")

    async def work() -> tuple[FoundFeed, ...]:
        async with open_app(settings) as app:
            return await discover_feeds(app.services.fetcher, app.services.parser, feed_admin.read_address(url))

    found = run_async(work())
    if as_json:
        print_json([{"url": feed.url, "title": feed.title} for feed in found])
        return
    for feed in found:
        click.echo(f"{feed.url}  {feed.title}")
    if not found:
        click.echo("This page names no feed, and there is none at the usual places.", err=True)
        sys.exit(1)


@feeds.command("import")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@json_option
def import_(file: Path, *, as_json: bool) -> None:
    """Add the feeds of an OPML file or of a plain list of addresses, one a line."""
    settings = prepare("warning")
    data = file.read_bytes()
    found = read_opml(data, str(file)) if data.lstrip().startswith(b"<") else read_url_list(data, str(file))

    async def work() -> ImportedFeeds:
        return await _import(settings, found)

    result = run_async(work())
    if as_json:
        print_json(
            {
                "added": [feed.id for feed in result.added],
                "known": list(result.known),
                "refused": [{"url": url, "reason": reason} for url, reason in result.refused],
            }
        )
        return
    for url, reason in result.refused:
        click.echo(f"{url}: {reason}", err=True)
    added = count_words(len(result.added), "feed")
    click.echo(
        f"{added} added, {len(result.known)} known already, {len(result.refused)} refused. "
        "`tocsin feeds check` tries them out."
    )


async def _import(settings: Settings, found: tuple[FoundFeed, ...]) -> ImportedFeeds:
    async with open_app(settings) as app:
        return await import_feeds(
            app.store,
            found,
            person=_OPERATOR,
            origin=FeedOrigin.COMMAND_LINE,
            now=app.clock.now(),
            seal=app.services.fetcher.seal,
        )


@feeds.command()
@click.argument("file", required=False, type=click.Path(path_type=Path, dir_okay=False))
@click.option("--secrets", is_flag=True, help="Write the tokens in addresses, too.")
def export(file: Path | None, *, secrets: bool) -> None:
    """Write the enabled feeds as OPML to FILE, or to standard output.

    Tokens in addresses are left out, because such a file is passed on.
    """
    settings = prepare("warning")

    async def work() -> list[FeedStatus]:
        async with open_app(settings) as app:
            return await app.store.list_feeds()

    known = [status.feed for status in run_async(work()) if status.feed.enabled]
    vault = open_vault(settings)
    shown = [replace(feed, url=vault.open(feed.url) if secrets else hide_secrets(feed.url)) for feed in known]
    if not secrets and shown != known:
        click.echo("Some addresses carry tokens, which are left out; --secrets writes them.", err=True)
    text = write_opml(shown)
    if file is None:
        click.echo(text, nl=not text.endswith("\n"))
    else:
        file.write_text(text, encoding="utf-8")
        click.echo(f"Wrote {count_words(len(known), 'feed')} to {file}.")
