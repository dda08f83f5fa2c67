"""/audit: who added, changed, removed and muted what."""

from zoneinfo import ZoneInfo

from bot.commands.answers import STALE_PAGE, cut_page, pager, say, take_page
from bot.commands.invocation import Reply
from bot.commands.registry import Command, Request
from bot.domain.audit import describe
from bot.domain.language import later, tr, trn
from bot.domain.messages import Block, Line, Message, Moment, bold, isolate, line
from bot.domain.wording import short_time, shorten
from bot.services.auditing import Change, list_changes

_CHANGES_PAGE = 10
_LONGEST = 300


async def handle_audit(request: Request) -> Reply:
    """Ten changes a page, newest first."""
    services = request.services
    changes = await list_changes(services.store, services.catalog, request.destination, request.person)
    if not changes:
        return say(request, tr("Nothing was changed yet."))
    page = cut_page(changes, take_page(request)[0], _CHANGES_PAGE)
    blocks: list[Block] = [line(tr(STALE_PAGE))] if page.moved else []
    blocks.append(line(bold(tr("Changes"))))
    blocks += [_change_line(change, request) for change in page.rows]
    summary = tr(
        "{changes}, page {number} of {pages}.",
        changes=trn("{count:,} change", "{count:,} changes", len(changes)),
        number=page.number,
        pages=page.pages,
    )
    return Reply(Message(tuple(blocks), summary, pager("audit", "", page.number, page.pages)))


def _change_line(change: Change, request: Request) -> Line:
    at = change.group.first.at
    words = describe(change.group, change.who, change.where)
    return line(
        Moment(at, short_time(at, ZoneInfo(request.destination.timezone))), f" · {isolate(shorten(words, _LONGEST))}"
    )


COMMANDS = (
    Command(
        "audit",
        "Who changed what",
        handle_audit,
        details=later(
            "Who added, changed, removed or muted what and when: here, and in the feeds and files "
            "that all chats share. The owner's chat sees every chat. Newest first, ten a page."
        ),
        needs_admin=True,
    ),
)
