"""The home page of a person: how the feeds are, their lists, what they saved, the feeds that need them."""

from zoneinfo import ZoneInfo

from bot.commands.adjusting import ADJUST
from bot.commands.fix_words import build_proposal
from bot.commands.invocation import Reply
from bot.commands.new_list import NEW
from bot.commands.registry import Command, Request
from bot.domain.chats import Destination
from bot.domain.dialogs import Dialog
from bot.domain.language import tr, trn
from bot.domain.messages import Block, Button, Line, Message, Text, bold, isolate, line
from bot.domain.mute_times import until_words
from bot.domain.wording import duration_words, priority_word, shorten, zone_words
from bot.services.home import Home, report_home
from bot.services.subscribing import Watched

_MOST_LISTS = 20
_MOST_NAMED = 5
_LEAST_RATED = 5
_TITLE_LIMIT = 80
_SAVED_LIMIT = 110


async def handle_home(request: Request) -> Reply:
    """The page, as a screen where the platform has one for it."""
    services = request.services
    home = await report_home(services.store, services.catalog, request.destination, request.person, request.now)
    parts = [_head(home, request)]
    own = [one for place, one in home.lists if place.key == request.destination.key]
    others = [(place, one) for place, one in home.lists if place.key != request.destination.key]
    for one in own[:_MOST_LISTS]:
        parts += [_list_part(one, "", home), *_fix_part(one, request.destination, home)]
    shown = others[: _MOST_LISTS - len(own[:_MOST_LISTS])]
    left = len(home.lists) - len(own[:_MOST_LISTS]) - len(shown)
    elsewhere = tuple(
        (place, part)
        for place, one in shown
        for part in (_list_part(one, f"#{place.title or '…'}", home), *_fix_part(one, place, home))
    )
    tail = [_more(left)] if left else []
    tail += [*_saved_part(home), *_feeds_part(home)]
    dialog = Dialog(tr("Home"), parts=tuple(parts), elsewhere=elsewhere, tail=tuple(tail))
    whole = [*parts, *(part for _, part in elsewhere), *tail]
    blocks = tuple(block for part in whole for block in part.blocks)
    return Reply(Message(blocks, whole[0].summary, whole[0].buttons), dialog=dialog)


def _head(home: Home, request: Request) -> Message:
    zone = ZoneInfo(request.destination.timezone)
    last = home.health.last_poll
    quiet = home.watcher.quiet
    facts = [
        tr("{healthy} of {total} feeds healthy", healthy=home.health.healthy, total=home.health.total),
        tr("last read {age} ago", age=duration_words(request.now - last)) if last else tr("nothing read yet"),
        tr("your time zone {zone}", zone=zone_words(zone, request.now)),
        tr("quiet {span}", span=str(quiet)) if quiet else tr("no quiet hours"),
    ]
    blocks: list[Block] = [line(bold("Tocsin"), style="title"), line(" · ".join(facts), style="context")]
    if not home.lists:
        blocks.append(
            line(
                tr(
                    "You watch nothing yet. Pick from {count} starter lists or right-click any message "
                    "and choose Watch this.",
                    count=home.ready,
                )
            )
        )
    buttons = (
        Button(tr("New watchlist"), NEW, primary=True),
        Button(tr("Starter watchlists ({count})", count=home.ready), "watch"),
        Button(tr("Settings"), ADJUST),
    )
    return Message(tuple(blocks), facts[0], (buttons,))


def _list_part(one: Watched, place: str, home: Home) -> Message:
    """A list with its volume and precision; what can be done with it is folded into a menu."""
    title = shorten(one.title, _TITLE_LIMIT)
    priority = priority_word(one.watchlist.priority) if one.watchlist else tr("its file is missing")
    head = [priority, *([place] if place else [])]
    if one.mute:
        until = until_words(one.mute.until, home.watcher.zone) if one.mute.until else ""
        head.append(tr("🔕 muted until {until}", until=until) if until else tr("🔕 muted"))
    facts = [tr("7 days: {stories}", stories=trn("{count} story", "{count} stories", one.stories))]
    if one.rated >= _LEAST_RATED:
        share = round(100 * one.useful / one.rated)
        facts.append(
            tr("precision {share}% ({useful} of {rated} rated)", share=share, useful=one.useful, rated=one.rated)
        )
    menu = (
        Button(tr("Edit"), "edit", one.id),
        Button(tr("Test last 30 days"), "test", one.id),
        Button(tr("Mute…"), "mute", "", f"list {one.id}"),
        Button(tr("Stop"), "unwatch", one.id),
    )
    blocks = (
        Line((bold(title), Text(f" · {' · '.join(head)}")), "title"),
        line(" · ".join(facts), style="context"),
    )
    return Message(blocks, f"{title}: {facts[0]}", menu=menu)


def _fix_part(one: Watched, place: Destination, home: Home) -> list[Message]:
    """What people's verdicts propose for a list."""
    fix = home.fixes.get((place.key, one.id))
    return [build_proposal(fix, one.watchlist)] if fix and one.watchlist else []


def _more(left: int) -> Message:
    words = trn("And {count} more list: /watchlists", "And {count} more lists: /watchlists", left)
    return Message((line(words, style="context"),), words)


def _saved_part(home: Home) -> list[Message]:
    if not home.saved:
        return []
    rows: list[Block] = [line(bold(tr("Saved ({count})", count=len(home.saved))))]
    rows += [
        line("• ", Text(isolate(shorten(one.title, _SAVED_LIMIT)), url=one.link)) for one in home.saved[:_MOST_NAMED]
    ]
    buttons = ((Button(tr("All saved"), "saved"),),) if len(home.saved) > _MOST_NAMED else ()
    return [Message(tuple(rows), tr("Saved ({count})", count=len(home.saved)), buttons)]


def _feeds_part(home: Home) -> list[Message]:
    if not home.problems:
        return []
    title = tr("Feeds that need you ({count})", count=len(home.problems))
    rows: list[Block] = [line(bold(title))]
    rows += [line("• ", isolate(outlet), f": {words}") for outlet, words in home.problems[:_MOST_NAMED]]
    return [Message(tuple(rows), title, ((Button(tr("All feeds"), "feeds"),),))]


COMMANDS = (Command("home", "Your lists, saved alerts and feeds", handle_home, listed=False),)
