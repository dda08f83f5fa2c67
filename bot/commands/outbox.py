"""What did not arrive the usual way: /missed pages through digests, /retry sends again what was given up."""

from bot.commands.answers import offer_export, pager, read_typed_page, say
from bot.commands.grammar import read_number
from bot.commands.invocation import Reply
from bot.commands.registry import Command, Request
from bot.domain.backlog import LINES, MISSED, alert_lines
from bot.domain.deliveries import DeadLetter
from bot.domain.language import later, tr, trn
from bot.domain.messages import Block, Button, Gap, Message, Text, bold, line
from bot.domain.outcomes import outcome_words
from bot.domain.wording import duration_words, shorten
from bot.services.backlogs import list_missed
from bot.services.dead_letters import list_dead_letters, retry_dead_letters
from bot.services.routing import watched_ids

_ALL = "all"
_SHOWN = 10
_SUMMARY_LIMIT = 120
_REASON_LIMIT = 160


async def handle_missed(request: Request) -> Reply:
    """The alerts that digests stand for in this chat, twenty a page."""
    services = request.services
    page, no_page = read_typed_page(request)
    missed = await list_missed(services.store, request.destination, page)
    if not missed.total:
        return say(request, tr("Nothing was sent here as a digest of what piled up."))
    pages = -(-missed.total // LINES)
    above: tuple[Block, ...] = ()
    if page > pages:
        above = (line(no_page),)
        page, missed = 1, await list_missed(services.store, request.destination, 1)
    watched = await watched_ids(services.store, services.catalog, request.destination)
    blocks: tuple[Block, ...] = (
        *above,
        line(
            "🗂 ",
            bold(tr("Sent as a digest: {alerts}", alerts=trn("{count:,} alert", "{count:,} alerts", missed.total))),
            style="head",
        ),
        Gap(),
        *alert_lines(missed.alerts, request.destination, watched),
        *offer_export(request, missed.total, "/export csv"),
    )
    return Reply(Message(blocks, tr("Page {page} of {pages}.", page=page, pages=pages), pager(MISSED, "", page, pages)))


async def handle_retry(request: Request) -> Reply:
    """What was given up in this chat, or another try of it."""
    store, argument = request.services.store, request.argument.casefold()
    if argument:
        number = read_number(argument)
        if number is None and argument != _ALL:
            return say(request, tr("Write `/retry`, `/retry all` or `/retry` with a number."))
        ids = None if number is None else [number]
        count = await retry_dead_letters(store, ids, request.now, request.destination)
        return say(
            request,
            tr("{messages} on the way again.", messages=trn("{count:,} message", "{count:,} messages", count))
            if count
            else tr("Nothing was given up."),
        )
    letters = await list_dead_letters(store, request.destination)
    if not letters:
        return say(request, tr("Nothing was given up in this chat."))
    return Reply(_list_letters(letters, request))


def _list_letters(letters: list[DeadLetter], request: Request) -> Message:
    words = trn("{count:,} message", "{count:,} messages", len(letters))
    blocks: list[Block] = [line(bold(tr("Given up here: {words}", words=words)), style="head")]
    for letter in letters[:_SHOWN]:
        age = duration_words(request.now - letter.created_at)
        blocks += [
            line(
                Text(f"{letter.id}", code=True),
                f" · {tr('{time} ago', time=age)} · {shorten(letter.summary, _SUMMARY_LIMIT)}",
            ),
            line(shorten(outcome_words(letter.reason), _REASON_LIMIT), style="context"),
        ]
    if len(letters) > _SHOWN:
        blocks.append(line(tr("And {count:,} more.", count=len(letters) - _SHOWN)))
    return Message(
        tuple(blocks),
        tr("Given up here: {words}.", words=words),
        ((Button(tr("Send all again"), "retry", argument=_ALL),),),
    )


COMMANDS = (
    Command(
        MISSED,
        "Alerts that came as a digest",
        handle_missed,
        usage="[page]",
        details=later(
            "After an outage, or when too many alerts came at once, the newest come as cards and the "
            "rest as one digest. This pages through all of them."
        ),
    ),
    Command(
        "retry",
        "Send again what was given up",
        handle_retry,
        usage="[number | all]",
        details=later(
            "A message is given up when the platform refuses it in every form, or when it may have "
            "arrived twice already. Without an argument this lists them with the reason."
        ),
        needs_admin=True,
    ),
)
