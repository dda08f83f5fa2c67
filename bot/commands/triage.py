"""/ack, /note, /rate, /save: what people do with an alert, by button, by an answer to the card, or by id."""

from dataclasses import replace
from zoneinfo import ZoneInfo

from bot.commands.alerts import find_subject
from bot.commands.answers import Page, commands_in, cut_page, notice, pager, read_typed_page, say, take_page
from bot.commands.grammar import read_number
from bot.commands.invocation import Reply, Via
from bot.commands.registry import Command, Request
from bot.domain.chats import ChatKind, Platform
from bot.domain.language import later, tr, trn
from bot.domain.messages import Block, Button, Line, Message, Text, bold, isolate, line
from bot.domain.triage import Saved, acknowledged_words, taken_words
from bot.domain.wording import short_time
from bot.errors import NotFound
from bot.services.triage import acknowledge, add_note, save, set_credibility

_NOTE = "note:"
_SAVED_A_PAGE = 5
_REMOVE = "remove"


async def handle_ack(request: Request) -> Reply:
    """Takes the story in hand for whoever asks; the cards of every chat say so."""
    view, _ = await find_subject(request)
    taken = await acknowledge(request.services.store, view, request.person, request.now)
    zone, alerted_at = ZoneInfo(request.destination.timezone), view.alert.created_at
    if taken.is_new:
        return notice(request.invocation, acknowledged_words(taken.acknowledgement, alerted_at, zone))
    reader = request.person.key
    return notice(request.invocation, taken_words(taken.acknowledgement, alerted_at, zone, reader=reader))


async def handle_unack(request: Request) -> Reply:
    """Gives the story back: whoever has it may, and administrators."""
    view, _ = await find_subject(request)
    held = view.triage.acknowledged
    if held is None:
        return notice(request.invocation, tr("Nobody has {alert}.", alert=view.alert.id))
    # In a private chat everybody is the admin, of their own affairs only.
    may_release = request.destination.kind is not ChatKind.PRIVATE and await request.is_admin()
    if held.person != request.person.key and not may_release:
        zone = ZoneInfo(request.destination.timezone)
        taken = taken_words(held, view.alert.created_at, zone)
        return notice(request.invocation, f"{taken} {tr('Only they and admins can give it back.')}")
    await request.services.store.end_acknowledgement(view.alert.id, request.now)
    return notice(request.invocation, tr("{alert} is open again.", alert=view.alert.id))


async def handle_note(request: Request) -> Reply:
    """Keeps a note with the alert."""
    invocation = request.invocation
    if invocation.verb.startswith(_NOTE):  # `note: …` answers a card and names no alert
        text = invocation.text[len(_NOTE) :]
        answering = replace(invocation, via=Via.REPLY, argument="")
        view, _ = await find_subject(replace(request, invocation=answering))
    else:
        view, text = await find_subject(request)
    await add_note(request.services.store, view, text, request.person, request.now)
    return say(request, tr("Noted with {alert}. /story {alert} shows it.", alert=view.alert.id))


def _is_note(text: str) -> bool:
    return text.casefold().startswith(_NOTE)


async def handle_rate(request: Request) -> Reply:
    """Says how likely the story is, as the Admiralty code counts."""
    view, words = await find_subject(request)
    credibility = await set_credibility(
        request.services.store, view, read_number(words.strip()), request.person, request.now
    )
    said = tr("{alert}: credibility {digit}.", alert=view.alert.id, digit=credibility.words)
    return notice(request.invocation, said)


async def handle_save(request: Request) -> Reply:
    """Keeps the alert in the list of whoever asks."""
    view, _ = await find_subject(request)
    is_new = await save(request.services.store, view, request.person, request.now)
    said = tr("Saved. /saved") if is_new else tr("You saved it before. /saved")
    return notice(request.invocation, commands_in(said, request.destination.platform))


async def handle_saved(request: Request) -> Reply:
    """What a person saved, five a page; shown where nobody else reads along."""
    if request.destination.kind is not ChatKind.PRIVATE and request.destination.platform is not Platform.SLACK:
        return say(request, tr("What you saved is yours alone. Write /saved to me in our private chat."))
    rest = take_page(request)[1]
    number, no_page = read_typed_page(request)
    store = request.services.store
    removed = ""
    word, _, alert_id = rest.strip().partition(" ")
    if word == _REMOVE and alert_id:
        if not await store.remove_saved(request.person.key, alert_id.strip().upper()):
            raise NotFound(tr("{alert} is not saved.", alert=alert_id.strip()[:20].upper()))
        removed = tr("Removed.")
    saved = await store.list_saved(request.person.key)
    if not saved:
        return say(request, f"{removed} {tr('Nothing saved. Use 🔖 on an alert.')}".strip())
    page = cut_page(tuple(saved), number, _SAVED_A_PAGE)
    above: tuple[Block, ...] = (line(no_page),) if page.moved and not removed else ()
    return Reply(_build_saved(page, len(saved), above, request), removed)


def _build_saved(page: Page[Saved], total: int, above: tuple[Block, ...], request: Request) -> Message:
    zone = ZoneInfo(request.destination.timezone)
    count = trn("{count} saved alert", "{count} saved alerts", total)
    blocks: list[Block] = [*above, line("🔖 ", bold(count), style="head")]
    for one in page.rows:
        blocks.append(Line((Text(isolate(one.title), url=one.link),), "normal" if one.link else "title"))
        blocks.append(line(Text(one.alert_id, code=True), f" · {short_time(one.at, zone)}", style="context"))
    removing = tuple(
        Button(tr("Remove {alert}", alert=one.alert_id), "saved", f"p.{page.number}", f"{_REMOVE} {one.alert_id}")
        for one in page.rows
    )
    buttons = tuple(removing[at : at + 3] for at in range(0, len(removing), 3))
    return Message(tuple(blocks), f"{count}.", (*buttons, *pager("saved", "", page.number, page.pages)))


COMMANDS = (
    Command(
        "ack",
        "I have this",
        handle_ack,
        usage="<alert id>",
        details=later(
            "Takes the story in hand: every card of it, in every chat, says who has it and since "
            "when. Answering the card with `ack` does the same. `unack` gives it back."
        ),
        reply_words=("ack", "ok", "принял", "приняла"),
    ),
    Command(
        "unack",
        "I do not have it any more",
        handle_unack,
        usage="<alert id>",
        details=later("Gives a story back. For whoever has it, and for admins."),
        reply_words=("unack",),
        listed=False,
    ),
    Command(
        "note",
        "Keep a note with an alert",
        handle_note,
        usage="<alert id> <text>",
        details=later(
            "Answering the card with `note: text` does the same. Every chat that has the alert sees "
            "it in /story, and exports hold it."
        ),
        takes=_is_note,
    ),
    Command(
        "rate",
        "How likely a story is, 1 to 6",
        handle_rate,
        usage="<alert id> <1-6>",
        details=later(
            "The Admiralty code's credibility: 1 confirmed by other sources, 2 probably true, 3 "
            "possibly true, 4 doubtful, 5 improbable, 6 truth cannot be judged. The card shows it. "
            "Whether the alert was useful is another question: + and - answer it."
        ),
    ),
    Command(
        "save",
        "Keep an alert for yourself",
        handle_save,
        usage="<alert id>",
        details=later(
            "Your own list, also from groups: /saved shows it. Answering the card with `save` does the same."
        ),
        reply_words=("save",),
        listed=False,
    ),
    Command(
        "saved",
        "What you saved",
        handle_saved,
        usage="[page]",
        details=later("Newest first. Only you see it; in groups of Telegram I answer in our private chat only."),
    ),
)
