"""`tocsin doctor`: looks at everything that can be wrong and says the cure, one line each."""

import stat
import sys
from collections.abc import AsyncIterator, Awaitable
from dataclasses import asdict, dataclass
from pathlib import Path

import click

from bot.bootstrap import open_archive, open_sealer, open_secrets
from bot.cli.check import check_path
from bot.cli.common import json_option, prepare, print_json, run_async
from bot.cli.doctor_clock import TOLERATED, describe_skew, measure_skew
from bot.clock import SystemClock
from bot.config import Settings
from bot.domain.chats import Destination, Platform
from bot.domain.feeds import FeedStatus
from bot.domain.language import speaking
from bot.domain.routes import NO_ROUTES
from bot.domain.wording import count_words
from bot.errors import TocsinError
from bot.platforms import build_slack_setup
from bot.ports.store import Store
from bot.services.unsealing import find_unreadable, unreadable_words
from bot.sources.route_files import load_routes
from bot.sources.watchlist_files import ROUTES_FILE
from storage import is_postgres, open_fleet


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at. `ok` is None for what is not set up and need not be."""

    what: str
    ok: bool | None
    text: str


@click.command()
@json_option
def doctor(*, as_json: bool) -> None:
    """Check settings, tokens, database, feeds and watchlists, and say the cure for what is wrong."""
    settings = prepare("error")

    async def work() -> list[Finding]:
        return [finding async for finding in examine(settings)]

    findings = run_async(work())
    if as_json:
        print_json([asdict(finding) for finding in findings])
    else:
        for finding in findings:
            mark = {True: "ok", False: "WRONG", None: "-"}[finding.ok]
            click.echo(f"{mark:6} {finding.what:11} {finding.text}")
    if any(finding.ok is False for finding in findings):
        sys.exit(1)


async def examine(settings: Settings) -> AsyncIterator[Finding]:
    """Everything worth a look, in the order in which things depend on each other."""
    yield Finding("settings", ok=True, text=f"data in {settings.data_dir}, times in {settings.timezone}")
    yield _examine_secrets(Path(".env"), settings)
    yield _examine_watchlists(settings)
    yield _examine_routes(settings)
    statuses: list[FeedStatus] = []
    chats: list[Destination] = []
    lost_channels: list[Finding] = []
    try:
        async with open_archive(settings) as store:
            statuses = await store.list_feeds()
            totals = await store.count_totals()
            chats = await _list_chats(store)
            lost_channels = await _find_lost_channels(settings, store, chats)
            unreadable = await find_unreadable(store, open_secrets(settings))
            processes = await _examine_processes(store) if is_postgres(settings.store_url) else None
        yield Finding("database", ok=True, text=f"{totals.items:,} items, {totals.alerts:,} alerts")
        if processes:
            yield processes
        if totals.deliveries_failed:
            words = count_words(totals.deliveries_failed, "message")
            cure = "`tocsin deliveries list` says why, `tocsin deliveries retry` sends them again"
            yield Finding("messages", ok=None, text=f"{words} given up: {cure}")
        if unreadable:
            with speaking("en"):
                yield Finding("key", ok=False, text=unreadable_words(unreadable))
    except TocsinError as error:
        yield Finding("database", ok=False, text=str(error))
    yield _examine_feeds(statuses)
    yield await _examine_clock(settings)
    if settings.telegram_bot_token:
        from bot.chat.telegram.connect import check_telegram  # noqa: PLC0415  only who has a token loads the library

        token = settings.telegram_bot_token.get_secret_value()
        answered = await _ask("telegram", check_telegram(token, settings.telegram_api_url))
        yield answered
        if answered.ok:
            for finding in await _examine_telegram(token, settings, chats):
                yield finding
    else:
        yield Finding("telegram", ok=None, text="not set up: TELEGRAM_BOT_TOKEN is not set")
    yield _examine_access(settings)
    if settings.wants_slack:
        from bot.chat.slack.connect import check_slack  # noqa: PLC0415  only who has a token loads the library

        yield await _ask("slack", check_slack(build_slack_setup(settings)))
        for finding in lost_channels:
            yield finding
    else:
        yield Finding("slack", ok=None, text="not set up: SLACK_BOT_TOKEN and SLACK_APP_TOKEN are not set")


async def _list_chats(store: Store) -> list[Destination]:
    """Every live chat that watches something, each once."""
    return list({one.destination.key: one.destination for one in await store.list_subscriptions()}.values())


async def _examine_telegram(token: str, settings: Settings, chats: list[Destination]) -> list[Finding]:
    """What is odd about the bot, and the chats that it was removed from without noticing."""
    from bot.chat.telegram.checking import find_lost_chats, find_oddities  # noqa: PLC0415  as above

    ours = [chat for chat in chats if chat.platform is Platform.TELEGRAM]
    try:
        odd = await find_oddities(token, settings.telegram_api_url, settings.telegram_webhook_url)
        lost = await find_lost_chats(token, settings.telegram_api_url, ours)
    except TocsinError as error:
        return [Finding("telegram", ok=False, text=str(error))]
    cure = "add it there again, or it stops sending at the next card"
    return [
        *(Finding("telegram", ok=None, text=text) for text in odd),
        *(Finding("chats", ok=False, text=f"the bot is not in {_name(chat)} any more: {cure}") for chat in lost),
    ]


async def _find_lost_channels(settings: Settings, store: Store, chats: list[Destination]) -> list[Finding]:
    """The channels of Slack that the bot was removed from without noticing."""
    ours = [chat for chat in chats if chat.platform is Platform.SLACK]
    if not settings.wants_slack or not ours:
        return []
    from bot.chat.slack.checking import find_obstacles  # noqa: PLC0415  as above

    try:
        setup, sealer = build_slack_setup(settings), open_sealer(settings)
        with speaking("en"):
            found = await find_obstacles(setup, store, sealer, SystemClock(), ours)
    except TocsinError:  # said of the tokens themselves
        return []
    return [Finding("chats", ok=False, text=f"{_name(chat)}: {words}") for chat, words in found.items()]


def _name(chat: Destination) -> str:
    return f"{chat.title} ({chat.key})" if chat.title else chat.key


async def _examine_processes(store: Store) -> Finding | None:
    """The processes of `tocsin run --only`, and the jobs that keep failing; None where there are neither."""
    fleet = open_fleet(store)
    processes, failed = await fleet.list_processes(), await fleet.list_failed_jobs()
    if failed:
        worst = max(failed, key=lambda name: failed[name])
        words = f"{count_words(len(failed), 'job')} failed, such as {worst} ({failed[worst]} times in the last hour)"
        return Finding("processes", ok=False, text=f"{words}; the log of the processes says why")
    text = f"{count_words(len(processes), 'process', 'processes')} of `tocsin run --only`: {', '.join(processes)}"
    return Finding("processes", ok=True, text=text) if processes else None


def _examine_secrets(env_file: Path, settings: Settings) -> Finding:
    readable = [path for path in (env_file, settings.data_dir) if path.exists() and path.stat().st_mode & stat.S_IROTH]
    if readable:
        modes = " and ".join(f"`chmod o-rwx {path}`" for path in readable)
        return Finding("secrets", ok=None, text=f"other users of this machine can read what is private: {modes}")
    sealed = "encrypted" if settings.secret_key else "stored in clear (TOCSIN_SECRET_KEY)"
    return Finding("secrets", ok=True, text=f"readable by this user alone; tokens in feed addresses are {sealed}")


def _examine_access(settings: Settings) -> Finding:
    ids = settings.allowed_chats.ids
    if ids is not None:
        return Finding("access", ok=True, text=f"{len(ids)} chats or workspaces are served (TOCSIN_ALLOWED_CHATS)")
    text = "open: every chat that finds the bot is served; TOCSIN_ALLOWED_CHATS names those that may use it"
    return Finding("access", ok=None, text=text)


def _examine_watchlists(settings: Settings) -> Finding:
    report = check_path(settings.watchlists)
    wrong = [str(problem) for problem in report.problems] + [str(failure) for failure in report.failures]
    if wrong:
        more = f" (and {len(wrong) - 1} more: `tocsin check`)" if len(wrong) > 1 else ""
        return Finding("watchlists", ok=False, text=f"{wrong[0]}{more}")
    return Finding("watchlists", ok=True, text=f"{report.watchlists} watchlists, {report.examples} examples pass")


def _examine_routes(settings: Settings) -> Finding:
    path = settings.watchlists / ROUTES_FILE
    table = load_routes(path, settings.timezone).table if path.exists() else NO_ROUTES
    if not table.targets:
        return Finding("routes", ok=None, text="none in routes.yaml: chats choose their own lists")
    missing = {
        "telegram": not settings.telegram_bot_token,
        "slack": not settings.wants_slack,
    }
    for target in table.targets:
        platform = target.destination.platform.value
        if missing.get(platform):
            text = f"“{target.name}” is a chat of {platform}, which is not set up: what goes there waits for its token"
            return Finding("routes", ok=False, text=text)
    owner = f"mistakes are told to {table.owner}" if table.owner else "no owner is told of mistakes"
    return Finding("routes", ok=True, text=f"{len(table.targets)} destinations, {len(table.routes)} routes, {owner}")


def _examine_feeds(statuses: list[FeedStatus]) -> Finding:
    enabled = [status for status in statuses if status.feed.enabled]
    if not enabled:
        return Finding("feeds", ok=None, text="none in the database yet: `tocsin run` takes them from feeds.yaml")
    failing = [status for status in enabled if status.state.problem]
    if failing:
        worst = failing[0]
        text = f"{len(failing)} of {len(enabled)} fail, such as {worst.feed.id}: {worst.state.problem_text}"
        return Finding("feeds", ok=False, text=text)
    return Finding("feeds", ok=True, text=f"{len(enabled)} feeds, none failing")


async def _examine_clock(settings: Settings) -> Finding:
    url = settings.telegram_api_url if settings.telegram_bot_token else settings.slack_api_url
    is_set_up = settings.telegram_bot_token or settings.wants_slack
    skew = await measure_skew(url, SystemClock()) if is_set_up else None
    if skew is None:
        return Finding("clock", ok=None, text="compared with that of a chat platform, once one is set up and answers")
    if abs(skew) > TOLERATED:
        text = f"{describe_skew(skew)}: Slack's signatures and the age of news depend on it. Turn on time sync (NTP)."
        return Finding("clock", ok=False, text=text)
    return Finding("clock", ok=True, text="agrees with that of the chat platform")


async def _ask(what: str, question: Awaitable[str]) -> Finding:
    try:
        return Finding(what, ok=True, text=await question)
    except TocsinError as error:
        return Finding(what, ok=False, text=str(error))
