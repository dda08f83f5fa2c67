"""/search: looking through everything that was read."""

from dataclasses import replace
from zoneinfo import ZoneInfo

from bot.commands.answers import STALE_PAGE, fits_button, pager, say, take_page
from bot.commands.highlights import highlight
from bot.commands.invocation import Reply
from bot.commands.registry import Command, Request
from bot.commands.testing import is_query
from bot.domain.alerts import Report
from bot.domain.language import later, tr, trn
from bot.domain.messages import Block, Button, Message, Moment, Quote, Text, bold, isolate, line
from bot.domain.wording import short_time, shorten
from bot.errors import SettingsError
from bot.services.searching import SearchPage, count_held_days, search

_TITLE_LIMIT = 200
_PASSAGE_LIMIT = 200
_ISOLATES = "\u2068\u2069"


async def handle_search(request: Request) -> Reply:
    """Stored items that hold every word, newest first, five a page, words bold."""
    number, query = take_page(request)
    if not query:
        raise SettingsError(tr("Search for what?"), tr('Example: /search border "Afghan soil" smuggl*'))
    page = await search(request.services.store, query, number)
    if not page.found:
        return _nothing(request, page, await count_held_days(request.services.store, request.now))
    blocks: list[Block] = [line(tr(STALE_PAGE))] if page.moved else []
    blocks.append(line(bold(trn("{count:,} item", "{count:,} items", page.found))))
    for report in page.reports:
        blocks += _report_blocks(report, page.terms, request)
    pages = pager("search", query, page.page, page.pages)
    if page.pages > 1 and not pages:
        blocks.append(
            line(
                tr("These are the newest {count}. A shorter query can be paged.", count=len(page.reports)),
                style="context",
            )
        )
    summary = tr(
        "{items} for {query}, page {page} of {pages}.",
        items=trn("{count:,} item", "{count:,} items", page.found),
        query=shorten(query, 80),
        page=page.page,
        pages=page.pages,
    )
    return Reply(Message(tuple(blocks), summary, (*pages, *_watch_button(query, request))))


def _watch_button(query: str, request: Request) -> tuple[tuple[Button, ...], ...]:
    """A list of the words that were looked for; where they fit into a button."""
    # A single word might be taken for the name of a list.
    wanted = query if is_query(query, request.lists) and request.lists.find(query) is None else f'"{query}"'
    button = Button(tr("Make a watchlist"), "watch", "", wanted)
    return ((button,),) if fits_button("watch", "", wanted) else ()


def _report_blocks(report: Report, terms: tuple[str, ...], request: Request) -> tuple[Block, ...]:
    """Its headline, where it stood and when; and a passage of the text where the headline holds no word."""
    item = report.item
    when = item.published or item.first_seen
    stamp = Moment(when, short_time(when, ZoneInfo(request.destination.timezone)))
    title = highlight(item.title or tr("(no headline)"), terms, _TITLE_LIMIT)
    linked = (replace(run, url=item.link) if run.text.strip(_ISOLATES) else run for run in title)
    head = line("• ", *linked, f" · {isolate(report.feed.outlet)} · ", stamp)
    passages = (highlight(text, terms, _PASSAGE_LIMIT) for text in (item.summary, item.content))
    marked = None if _is_marked(title) else next((passage for passage in passages if _is_marked(passage)), None)
    return (head, Quote(marked)) if marked else (head,)


def _is_marked(runs: tuple[Text, ...]) -> bool:
    return any(run.bold for run in runs)


def _nothing(request: Request, page: SearchPage, days: int) -> Reply:
    if not page.archive:
        return say(request, tr("Nothing is read yet."))
    text = tr("Nothing in {days}.", days=trn("{count:,} day", "{count:,} days", days))
    if page.wider is None:
        hint = tr("Fewer words or an open ending such as border* find more.")
        if page.cyrillic:
            hint = tr("Tried also: {query} (your query is Latin script).", query=page.cyrillic)
        return say(request, f"{text} {hint}")
    query = page.wider.query
    button = Button(tr("Search {query}", query=shorten(query, 30)), "search", "", query)
    buttons = ((button,),) if fits_button("search", "", query) else ()
    return say(request, tr("{words} {query} finds {found}.", words=text, query=query, found=page.wider.found), buttons)


COMMANDS = (
    Command(
        "search",
        "Look through what was read",
        handle_search,
        usage="<words>",
        details=later(
            "Every word must occur, in the headline or the text. Quotes hold a phrase together, a "
            'star leaves the ending open: /search border "Afghan soil" smuggl*'
        ),
        cost=2,
    ),
)
