"""/search: looking through everything that was read."""

from zoneinfo import ZoneInfo

from bot.commands.answers import STALE_PAGE, fits_button, pager, say, take_page
from bot.commands.highlights import highlight
from bot.commands.invocation import Reply
from bot.commands.registry import Command, Request
from bot.domain.alerts import Report
from bot.domain.messages import Block, Button, Message, Moment, Quote, Text, bold, line
from bot.domain.wording import count_words, short_time, shorten
from bot.errors import SettingsError
from bot.services.searching import SearchPage, search

_TITLE_LIMIT = 200
_PASSAGE_LIMIT = 200


async def handle_search(request: Request) -> Reply:
    """Stored items that hold every word, newest first, five a page, words bold."""
    number, query = take_page(request)
    if not query:
        raise SettingsError("Search for what?", 'Example: /search border "Afghan soil" smuggl*')
    page = await search(request.services.store, query, number)
    if not page.found:
        return _nothing(request, page)
    blocks: list[Block] = [line(STALE_PAGE)] if page.moved else []
    blocks.append(line(bold(count_words(page.found, "item"))))
    for report in page.reports:
        blocks += _report_blocks(report, page.terms, request)
    buttons = pager("search", query, page.page, page.pages)
    if page.pages > 1 and not buttons:
        blocks.append(line(f"These are the newest {len(page.reports)}. A shorter query can be paged.", style="context"))
    summary = f"{count_words(page.found, 'item')} for {shorten(query, 80)}, page {page.page} of {page.pages}."
    return Reply(Message(tuple(blocks), summary, buttons))


def _report_blocks(report: Report, terms: tuple[str, ...], request: Request) -> tuple[Block, ...]:
    """Where it stood and when; then its headline, with a passage of the text where the headline holds no word."""
    item = report.item
    when = item.published or item.first_seen
    stamp = Moment(when, short_time(when, ZoneInfo(request.destination.timezone)))
    quote = highlight(item.title or "(no headline)", terms, _TITLE_LIMIT)
    if not _is_marked(quote):
        passages = (highlight(text, terms, _PASSAGE_LIMIT) for text in (item.summary, item.content))
        marked = next((passage for passage in passages if _is_marked(passage)), None)
        quote = (*quote, Text("\n"), *marked) if marked else quote
    return line("• ", Text(report.feed.outlet, url=item.link), " · ", stamp), Quote(quote)


def _is_marked(runs: tuple[Text, ...]) -> bool:
    return any(run.bold for run in runs)


def _nothing(request: Request, page: SearchPage) -> Reply:
    text = f"Nothing in {count_words(page.archive, 'stored item')}."
    if page.wider is None:
        hint = "Fewer words or an open ending such as border* find more." if page.archive else "Nothing is read yet."
        return say(request, f"{text} {hint}")
    query = page.wider.query
    button = Button(f"Search {shorten(query, 30)}", "search", "", query)
    buttons = ((button,),) if fits_button("search", "", query) else ()
    return say(request, f"{text} {query} finds {page.wider.found}.", buttons)


COMMANDS = (
    Command(
        "search",
        "Look through what was read",
        handle_search,
        usage="<words>",
        details="Every word must occur, in the headline or the text. Quotes hold a phrase together, a star leaves the "
        'ending open: /search border "Afghan soil" smuggl*',
        cost=2,
    ),
)
