"""/why, /full, /recent: looking back at alerts, by button, by an answer to the card, or by id."""

from zoneinfo import ZoneInfo

from bot.commands.answers import say
from bot.commands.explanations import build_explanation
from bot.commands.grammar import read_number, split_arguments
from bot.commands.invocation import Reply, Via
from bot.commands.registry import Command, Request
from bot.domain.alerts import AlertView, Report
from bot.domain.cards import all_matches, field_text, lead_report, outlet_count
from bot.domain.language import later, tr, trn
from bot.domain.messages import Block, Button, Line, Message, Moment, Quote, Text, bold, isolate, line
from bot.domain.policy import ringing
from bot.domain.quotes import marked, merged_spans
from bot.domain.wording import DISCS, priority_name, short_time, shorten
from bot.errors import NotFound, SettingsError
from bot.matching.records import TextField
from bot.services.explaining import explain, find_shown_alert
from bot.services.reporting import RecentAlerts, list_recent
from bot.services.routing import watched_ids

_FULL_TEXT_UNITS = 3_500
_RECENT_DEFAULT = 10
_RECENT_MOST = 20
_ROW_TITLE = 110
_LIST_TITLE = 40
_TITLE_LIMIT = 220


async def find_subject(request: Request) -> tuple[AlertView, str]:
    """The alert that a request is about, and what of its argument does not name it.

    The subject of a button, an id behind the verb, or the card that was answered. Raises NotFound.
    """
    invocation, store = request.invocation, request.services.store
    if invocation.subject or invocation.via is Via.COMMAND:
        alert_id, _, rest = f"{invocation.subject} {request.argument}".strip().partition(" ")
    else:
        alert_id, rest = "", request.argument
    alert_id = alert_id or await find_answered_card(request) or ""
    if not alert_id:
        raise NotFound(tr("Which alert?"), _which_alert(request))
    try:
        return await find_shown_alert(store, alert_id.lstrip("#"), request.destination, request.now), rest.strip()
    except NotFound as error:
        if invocation.via is Via.BUTTON:
            raise NotFound(tr("This alert has expired."), tr("The link above still works.")) from error
        raise


async def find_answered_card(request: Request) -> str | None:
    """The alert whose card was answered, or in whose thread the bot was called; None if it was no card."""
    message = request.invocation.replied_message
    return await request.services.store.find_alert_by_message(request.destination.key, message) if message else None


def _which_alert(request: Request) -> str:
    if request.invocation.via is Via.REPLY:
        return tr("That message is not an alert card; answer the card itself.")
    command = request.registry.find_for(request.invocation)
    verb = command.name if command else request.invocation.verb
    if command is None or not command.reply_words:
        return tr("Write its id behind it: {example}", example=f"/{verb} 7Q2M")
    names = {"word": command.reply_words[0], "command": f"/{verb}"}
    return tr("Answer its card with `{word}`, or write {command} and its id, such as 7Q2M.", **names)


async def handle_why(request: Request) -> Reply:
    """The rule, the words, what was ruled out, the priority, the source and the times."""
    view, _ = await find_subject(request)
    explanation = await explain(request.services.store, request.services.catalog, view, request.destination)
    return Reply(build_explanation(explanation, request.destination))


async def handle_full(request: Request) -> Reply:
    """The text that the feed carried, matched words bold."""
    view, _ = await find_subject(request)
    watched = await watched_ids(request.services.store, request.services.catalog, request.destination)
    every = frozenset(match.watchlist for match in all_matches(view))
    return Reply(build_full_text(view, lead_report(view, watched if ringing(all_matches(view), watched) else every)))


def build_full_text(view: AlertView, report: Report) -> Message:
    """The text of a report as its feed carried it, at most 3,500 UTF-16 units, which is how Telegram counts."""
    item = report.item
    field: TextField = "content" if item.content else "summary"
    title = isolate(shorten(item.title or tr("(no headline)"), _TITLE_LIMIT))
    blocks: list[Block] = [
        line(bold(tr("Full text")), " · ", Text(view.alert.id, code=True), f" · {report.feed.outlet}", style="head"),
        Line((Text(title, bold=True, url=item.link),), "title"),
    ]
    text = field_text(report, field)
    if text:
        end = _end_within(text, _FULL_TEXT_UNITS)
        spans = merged_spans(hit for match in report.matches for hit in match.evidence if hit.field == field)
        cut = (Text("…"),) if end < len(text) else ()
        blocks.append(Quote((*marked(text, spans, 0, end), *cut), expandable=True))
    if not item.content:
        carried = tr("The feed carries a summary only.") if text else tr("The feed carries no text for this item.")
        link = (tr("Open:"), " ", Text(item.link, url=item.link)) if item.link else (tr("It gives no link either."),)
        blocks.append(line(carried, " ", *link))
    opens = (Button(tr("🔗 Open"), url=item.link),) if item.link else ()
    summary = tr("Full text of alert {id}: {title}", id=view.alert.id, title=shorten(item.title, _TITLE_LIMIT))
    return Message(tuple(blocks), summary, ((*opens, Button(tr("❓ Why"), "why", view.alert.id)),))


def _end_within(text: str, units: int) -> int:
    """Where to cut `text` so that what stands before is at most `units` UTF-16 units, at a word if one is near."""
    head = text.encode("utf-16-le", "replace")[: units * 2].decode("utf-16-le", "ignore")
    if len(head) >= len(text):
        return len(text)
    at_word = max(head.rfind(" "), head.rfind("\n"))
    return at_word if at_word > len(head) // 2 else len(head)


async def handle_recent(request: Request) -> Reply:
    """One line per story that rang here lately."""
    most, name = _read_recent(request.argument)
    watchlist = request.lists.get(name) if name else None
    recent = await list_recent(
        request.services.store,
        request.destination,
        now=request.now,
        most=most,
        watchlist=watchlist.id if watchlist else "",
    )
    zone = ZoneInfo(request.destination.timezone)
    if not recent.alerts:
        read = tr(
            "{items} from {feeds}",
            items=trn("{count:,} new item", "{count:,} new items", recent.items_read),
            feeds=trn("{count:,} feed", "{count:,} feeds", recent.feeds),
        )
        since = short_time(recent.since, zone)
        if watchlist:
            text = tr(
                "No alerts on {list} since {time}. The bot read {read}.", list=watchlist.title, time=since, read=read
            )
        else:
            text = tr("No alerts since {time}. The bot read {read}.", time=since, read=read)
        return say(request, text)
    watched = await watched_ids(request.services.store, request.services.catalog, request.destination)
    chosen = frozenset({watchlist.id}) if watchlist else watched
    return Reply(_recent_message(recent, chosen, request))


def _read_recent(argument: str) -> tuple[int, str]:
    """How many and of which list, in either order."""
    words = split_arguments(argument)
    numbers = [number for word in words if (number := read_number(word)) is not None]
    names = [word for word in words if read_number(word) is None]
    if len(numbers) > 1 or numbers == [0]:
        raise SettingsError(
            tr("I do not know how many “{argument}” is.", argument=argument[:40]), tr("Example: /recent 10 csto")
        )
    return min(numbers[0] if numbers else _RECENT_DEFAULT, _RECENT_MOST), " ".join(names)


def _recent_message(recent: RecentAlerts, chosen: frozenset[str], request: Request) -> Message:
    rows = [_recent_line(view, chosen, request) for view in recent.alerts]
    count = trn("{count:,} story", "{count:,} stories", len(rows))
    blocks = (line(bold(tr("The last {count}", count=count)) if len(rows) > 1 else bold(tr("The last story"))), *rows)
    first = recent.alerts[0]
    return Message(
        blocks,
        tr(
            "{count}, the newest: {headline} ({id})",
            count=count,
            headline=shorten(first.story.headline, _ROW_TITLE),
            id=first.alert.id,
        ),
    )


def _recent_line(view: AlertView, chosen: frozenset[str], request: Request) -> Line:
    matches = all_matches(view)
    every = frozenset(match.watchlist for match in matches)
    loudest = (ringing(matches, chosen) or ringing(matches, every))[0]
    item = lead_report(view, frozenset({loudest.watchlist})).item
    when = item.published or item.first_seen
    outlets = outlet_count(view)
    return line(
        f"{DISCS[loudest.priority]} {priority_name(loudest.priority)} · {shorten(loudest.title, _LIST_TITLE)} · ",
        Text(view.alert.id, code=True),
        " · ",
        Moment(when, short_time(when, ZoneInfo(request.destination.timezone))),
        " · ",
        Text(isolate(shorten(item.title or tr("(no headline)"), _ROW_TITLE)), url=item.link),
        f" · {trn('{count} outlet', '{count} outlets', outlets)}" if outlets > 1 else "",
        # The text of a link is quiet on every platform; a headline without one has to be marked as a source's words.
        style="normal" if item.link else "title",
    )


COMMANDS = (
    Command(
        "recent",
        "The latest alerts here",
        handle_recent,
        usage="[number] [list]",
        details=later(
            "One line per story of the last seven days, newest first, at most 20. With a list: that list only."
        ),
    ),
    Command(
        "why",
        "Why an alert was sent",
        handle_why,
        usage="<alert id>",
        details=later(
            "The rule, every matched word with its place, what was ruled out, how the priority came "
            "about, the source and the times. Answering the card with `why` does the same."
        ),
        reply_words=("why", "почему", "چرا", "чаро"),
    ),
    Command(
        "full",
        "The text behind an alert",
        handle_full,
        usage="<alert id>",
        details=later("The text that the feed carried, with the matched words bold. The bot opens no web pages."),
        reply_words=("more", "full", "full text", "ещё", "еще"),
    ),
)
