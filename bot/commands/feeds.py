"""/feeds: what is read, and in which state."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from bot.commands.answers import STALE_PAGE, cut_page, offer_export, pager, say, take_page
from bot.commands.invocation import Reply
from bot.commands.registry import Command, Request
from bot.domain.feed_notices import FeedNotice, notice_words
from bot.domain.feeds import FeedStatus, health_word, trouble_words
from bot.domain.language import later, tr, trn
from bot.domain.messages import Block, Line, Message, Text, bold, isolate, line
from bot.domain.push import push_words
from bot.domain.wording import duration_words, language_name, short_time, shorten
from bot.services.feed_admin import PROBLEMS, choose_feeds
from bot.services.feed_delays import build_budget, expected_delays
from bot.services.reporting import FeedHealth, feed_health

_FEEDS_PAGE = 10
_OUTLET_LIMIT = 60
_NOTICES_SINCE = timedelta(days=7)
_MOST_NOTICES = 10


async def handle_feeds(request: Request) -> Reply:
    """Counts, then ten feeds a page, troubled ones first; of a country, a language, or only the troubled."""
    number, wanted = take_page(request)
    services = request.services
    known = await services.store.list_feeds()
    statuses = choose_feeds(known, wanted)
    problems = wanted.casefold() == PROBLEMS
    notices = await services.store.list_feed_notices(request.now - _NOTICES_SINCE, _MOST_NOTICES) if problems else []
    if not statuses and not notices:
        return _no_feeds(request, wanted)
    health = feed_health(statuses)
    page = cut_page(statuses, number, _FEEDS_PAGE)
    counts = f"{trn('{count:,} feed', '{count:,} feeds', health.total)}: {_health_words(health)}"
    blocks: list[Block] = [line(tr(STALE_PAGE))] if page.moved else []
    blocks.append(line(bold(counts)))
    budget = build_budget(known, services.polls_per_hour, request.now)
    delays = expected_delays(page.rows, budget, services.fetcher, request.now)
    for status in page.rows:
        blocks.append(_feed_line(status, delays.get(status.feed.id), request))
        if problems:
            blocks.append(_trouble_line(status, request))
    if notices and number == 1:
        blocks += [line(bold(tr("Lately"))), *(_notice_line(notice, request) for notice in notices)]
    if not wanted:
        blocks += offer_export(request, len(statuses), "/export opml")
    summary = tr("{counts}. Page {number} of {pages}.", counts=counts, number=page.number, pages=page.pages)
    return Reply(Message(tuple(blocks), summary, pager("feeds", wanted, page.number, page.pages)))


def _health_words(health: FeedHealth) -> str:
    parts = (
        (health.healthy, tr("{count} ok", count=health.healthy)),
        (health.troubled, tr("{count} with problems", count=health.troubled)),
        (health.unread, tr("{count} not read yet", count=health.unread)),
    )
    return ", ".join(words for count, words in parts if count)


def _no_feeds(request: Request, wanted: str) -> Reply:
    if wanted.casefold() == "problems":
        return say(request, tr("No feed has problems."))
    if wanted:
        return say(request, tr("No feeds for {wanted}. /addfeed <address>", wanted=wanted[:40]))
    return say(request, tr("No feeds yet. /addfeed <address>"))


def _trouble_line(status: FeedStatus, request: Request) -> Line:
    since = status.state.problem_since or (status.pulse.since if status.pulse else None)
    zone = ZoneInfo(request.destination.timezone)
    when = f"{tr('since {time}', time=short_time(since, zone))}: " if since else ""
    wait = status.state.next_due - request.now
    again = []
    if status.state.problem and wait > timedelta(0):
        again = [" ", tr("I will try again in {time}.", time=duration_words(wait))]
    return line(when, isolate(trouble_words(status)), *again)


def _notice_line(notice: FeedNotice, request: Request) -> Line:
    return line(f"{short_time(notice.at, ZoneInfo(request.destination.timezone))} · ", isolate(notice_words(notice)))


def _feed_line(status: FeedStatus, delay: timedelta | None, request: Request) -> Line:
    feed, state = status.feed, status.state
    health = health_word(status)
    mark = {"ok": "✅", "new": "🆕"}.get(health, "⚠️")
    newest = tr("no new item yet")
    if state.last_new_item:
        newest = tr("newest item {time}", time=short_time(state.last_new_item, ZoneInfo(request.destination.timezone)))
    found = tr("found after ~{time}", time=duration_words(delay)) if delay is not None else ""
    facts = [language_name(feed.lang), feed.grade, newest, found, push_words(status.push, request.now), tr(health)]
    return line(
        f"{mark} ",
        isolate(shorten(feed.outlet, _OUTLET_LIMIT)),
        " (",
        Text(feed.id, code=True),
        f") · {' · '.join(fact for fact in facts if fact)}",
    )


COMMANDS = (
    Command(
        "feeds",
        "What is read, and its health",
        handle_feeds,
        usage="[problems | country | language]",
        details=later(
            "Ten feeds a page: outlet, id, language, reliability, newest item, how long news waits "
            "to be found on average, health. Troubled feeds come first; /feeds problems tells what "
            "is wrong and what happened lately."
        ),
    ),
)
