"""/feeds, /addfeed: what is read, in which state, and reading more."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from bot.commands.answers import STALE_PAGE, commands_in, cut_page, fits_button, pager, say, take_page
from bot.commands.invocation import Reply
from bot.commands.registry import Command, Request
from bot.domain.chats import ChatKind
from bot.domain.feed_notices import FeedNotice, notice_words
from bot.domain.feeds import FeedOrigin, FeedStatus, health_word, trouble_words
from bot.domain.language import error_words, later, tr, trn
from bot.domain.messages import Block, Button, Line, Message, Text, bold, isolate, line, plain_message
from bot.domain.push import push_words
from bot.domain.wording import duration_words, language_name, short_time, shorten
from bot.errors import FeedError, FetchProblem, SettingsError
from bot.services.feed_admin import PROBLEMS, WebPage, add_feed, choose_feeds
from bot.services.feed_delays import build_budget, expected_delays
from bot.services.reporting import FeedHealth, feed_health

_FEEDS_PAGE = 10
_OUTLET_LIMIT = 60
_MOST_BUTTONS = 5
_NOTICES_SINCE = timedelta(days=7)
_MOST_NOTICES = 10
_REFUSED = (FetchProblem.BLOCKED, FetchProblem.UNAUTHORISED, FetchProblem.BOT_WALL)


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
    return line(when, isolate(trouble_words(status)))


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
    facts = [language_name(feed.lang), feed.grade, newest, found, push_words(status.push, request.now), health]
    return line(
        f"{mark} ",
        isolate(shorten(feed.outlet, _OUTLET_LIMIT)),
        " (",
        Text(feed.id, code=True),
        f") · {' · '.join(fact for fact in facts if fact)}",
    )


async def handle_addfeed(request: Request) -> Reply:
    """Looks at the address, adds its feed, and tells what would have been sent."""
    if not request.argument:
        raise SettingsError(tr("Which feed?"), tr("Example: /addfeed https://example.org/rss.xml"))
    services = request.services
    try:
        added = await add_feed(
            services.store,
            services.catalog,
            services.fetcher,
            services.parser,
            url=request.argument,
            person=request.person,
            origin=FeedOrigin.CHAT,
            now=request.now,
        )
    except WebPage as page:
        return Reply(_offer(page, request))
    except FeedError as error:
        return say(request, _failure_words(error))
    text = tr(
        "Added {outlet} ({id}): {items} read, none sent. {ringing} would have matched in 7 days.",
        outlet=added.feed.outlet,
        id=added.feed.id,
        items=trn("{count:,} item", "{count:,} items", added.items),
        ringing=added.ringing,
    )
    return Reply(plain_message(text), tr("Added."), private=request.destination.kind is ChatKind.PRIVATE)


def _failure_words(error: FeedError) -> str:
    """Why a feed was not added, and what its adder can do."""
    if error.problem in _REFUSED:
        status = f"{error.status}: " if error.status else ""
        return status + tr("the site refuses bots. Nothing was added.")
    return error_words(error)


def _offer(page: WebPage, request: Request) -> Message:
    """The feeds that a web page names, each with a button where its address fits into one."""
    if not page.found:
        return plain_message(str(page))
    blocks: list[Block] = [line(tr("That address returns a web page, not a feed. I found:"))]
    for number, feed in enumerate(page.found, 1):
        command = commands_in("/addfeed ", request.destination.platform) + feed.url
        title = isolate(shorten(feed.title or feed.url, _OUTLET_LIMIT))
        blocks += [line(f"{number}. ", title), line(Text(command, code=True))]
    fitting = [pair for pair in enumerate(page.found, 1) if fits_button("addfeed", "", pair[1].url)]
    buttons = tuple(
        Button(tr("Add {number}", number=number), "addfeed", "", feed.url) for number, feed in fitting[:_MOST_BUTTONS]
    )
    summary = tr(
        "{url} is a web page with {feeds}.",
        url=page.url,
        feeds=trn("{count:,} feed", "{count:,} feeds", len(page.found)),
    )
    return Message(tuple(blocks), summary, (buttons,) if buttons else ())


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
    Command(
        "addfeed",
        "Read another feed",
        handle_addfeed,
        usage="<address>",
        details=later(
            "The address of an RSS, Atom or JSON feed, or of a web page that names one. What it "
            "carries now is read and not sent; only what comes after is."
        ),
        needs_admin=True,
        cost=5,
    ),
)
