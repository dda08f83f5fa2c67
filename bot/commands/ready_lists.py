"""The lists that are ready to watch, by theme, each with how much it would bring."""

from bot.commands.answers import STALE_PAGE, commands_in, cut_page, pager, say, take_page
from bot.commands.backtest_words import rate_words
from bot.commands.invocation import Reply
from bot.commands.registry import Request
from bot.domain.language import later, tr, trn
from bot.domain.messages import Block, Button, Gap, Message, bold, line
from bot.domain.onboarding import Volume
from bot.domain.wording import priority_word
from bot.matching.records import Priority
from bot.matching.watchlist import Status, Watchlist
from bot.services.routing import watched_ids
from bot.services.volumes import measure_lists

_LISTS_ON_A_PAGE = 6
_BUTTONS_IN_A_ROW = 5
# The first tags of the starter lists; a tag of other lists is shown as it is written.
_THEMES = {
    "border": later("Borders"),
    "china": later("China"),
    "crime": later("Crime"),
    "cyber": later("Cyber"),
    "group": later("Armed groups"),
    "humanitarian": later("Aid and access"),
    "military": later("Military"),
    "organisations": later("Organisations"),
    "regional": later("The region"),
}
# Where a theme stands: those that tags name, then what the chat made, then lists without a tag.
_TAGGED, _MADE, _UNTAGGED = range(3)


async def show_ready_lists(request: Request, *, pager_verb: str, pager_argument: str) -> Reply:
    """One page of the lists."""
    services = request.services
    watched = await watched_ids(services.store, services.catalog, request.destination)
    ready = _by_theme(request)
    page = cut_page(ready, take_page(request)[0], _LISTS_ON_A_PAGE)
    if not page.rows:
        return say(request, tr("There are no watchlists to choose from. Put YAML files into the watchlists folder."))
    volumes = await measure_lists(services.store, [watchlist for _, watchlist in page.rows], request.now)
    blocks: list[Block] = [line(tr(STALE_PAGE))] if page.moved else []
    theme = None
    for number, watchlist in page.rows:
        if _theme(request, watchlist) != theme:
            theme = _theme(request, watchlist)
            blocks.append(line(bold(_theme_words(*theme))))
        facts = [watchlist.title, priority_word(watchlist.priority), volume_words(watchlist, volumes[watchlist.id])]
        facts += [tr("✓ watched")] if watchlist.id in watched else []
        blocks.append(line(f"{number}. {' · '.join(fact for fact in facts if fact)}"))
    hint = tr("Press a number to read about a list, or write /watch {id}", id=page.rows[0][1].id)
    blocks += [Gap(), line(commands_in(hint, request.destination.platform), style="context")]
    numbers = tuple(Button(str(number), "watch", watchlist.id) for number, watchlist in page.rows)
    summary = tr(
        "{watchlists} to choose from, page {number} of {pages}.",
        watchlists=trn("{count:,} watchlist", "{count:,} watchlists", len(ready)),
        number=page.number,
        pages=page.pages,
    )
    buttons = (*number_rows(numbers), *pager(pager_verb, pager_argument, page.number, page.pages))
    return Reply(Message(tuple(blocks), summary, buttons))


def volume_words(watchlist: Watchlist, volume: Volume) -> str:
    """`≈0.9 alerts a day here`; empty for a list that sends none by itself, and before there is anything to count."""
    return tr("≈{rate} alerts a day here", rate=rate_words(volume.stories)) if _is_counted(watchlist, volume) else ""


def short_volume_words(watchlist: Watchlist, volume: Volume) -> str:
    """`≈0.9 a day`; empty where `volume_words` are."""
    return tr("≈{rate} a day", rate=rate_words(volume.stories)) if _is_counted(watchlist, volume) else ""


def _is_counted(watchlist: Watchlist, volume: Volume) -> bool:
    return bool(volume.stories) and watchlist.status is Status.STABLE and watchlist.priority is not Priority.LOW


def count_ready(request: Request) -> int:
    """How many lists this chat could watch."""
    return len(_by_theme(request))


def _by_theme(request: Request) -> list[tuple[int, Watchlist]]:
    numbered = [pair for pair in enumerate(request.lists.watchlists, 1) if pair[1].status is Status.STABLE]
    return sorted(numbered, key=lambda pair: (_theme(request, pair[1]), pair[0]))


def _theme(request: Request, watchlist: Watchlist) -> tuple[int, str]:
    if request.services.catalog.find_chat_list(watchlist.id):
        return _MADE, ""
    return (_TAGGED, watchlist.tags[0]) if watchlist.tags else (_UNTAGGED, "")


def _theme_words(place: int, tag: str) -> str:
    if place != _TAGGED:
        return tr("Made here") if place == _MADE else tr("Other lists")
    return tr(_THEMES[tag]) if tag in _THEMES else tag.capitalize()


def number_rows(buttons: tuple[Button, ...]) -> tuple[tuple[Button, ...], ...]:
    """One row while all fit (six numbers do on a phone), else rows of five."""
    size = _LISTS_ON_A_PAGE if len(buttons) <= _LISTS_ON_A_PAGE else _BUTTONS_IN_A_ROW
    return tuple(buttons[start : start + size] for start in range(0, len(buttons), size))
