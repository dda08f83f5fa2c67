"""What unfolds under a card: `⋯ More`, the way back, and what to do about other languages."""

from bot.commands.alerts import find_subject
from bot.commands.answers import notice
from bot.commands.invocation import Reply
from bot.commands.registry import Command, Request
from bot.domain.alerts import AlertView
from bot.domain.card_buttons import CARD, MORE, TRANSLATE, Rows, build_buttons, build_more
from bot.domain.cards import all_matches, lead_report
from bot.domain.chats import Platform
from bot.domain.language import tr
from bot.domain.messages import plain_message
from bot.domain.policy import ringing
from bot.services.routing import watched_ids


async def handle_more(request: Request) -> Reply:
    """The other things that can be done with an alert."""
    view, _ = await find_subject(request)
    watched = await _heard_lists(request, view)
    buttons = build_more(view, lead_report(view, watched), ringing(all_matches(view), watched)[0])
    asked = plain_message(tr("{alert}: what else?", alert=view.alert.id), buttons[:-1])
    return Reply(buttons=buttons, otherwise=asked)


async def handle_back(request: Request) -> Reply:
    """The card's own buttons again."""
    view, _ = await find_subject(request)
    return Reply(buttons=await buttons_after(request, view))


async def handle_translate(request: Request) -> Reply:
    """Says that nothing is translated here, and what can be done instead."""
    await find_subject(request)
    off = tr("Translation is off on this server.")
    if request.destination.platform is not Platform.TELEGRAM:
        return notice(request.invocation, off)
    return notice(request.invocation, f"{off} {tr('Long-press the message to use Telegram’s own.')}")


async def buttons_after(request: Request, view: AlertView) -> Rows:
    """What stands under the pressed message once a question under it is answered: the card's buttons, if it is one."""
    store, destination = request.services.store, request.destination
    pressed = request.invocation.replied_message
    if not pressed or await store.find_alert_by_message(destination.key, pressed) != view.alert.id:
        return ()
    return build_buttons(view, lead_report(view, await _heard_lists(request, view)), destination)


async def _heard_lists(request: Request, view: AlertView) -> frozenset[str]:
    """The watched lists that the alert rings on; all that it rings on if none of them is watched any more."""
    watched = await watched_ids(request.services.store, request.services.catalog, request.destination)
    matches = all_matches(view)
    return watched if ringing(matches, watched) else frozenset(match.watchlist for match in matches)


COMMANDS = (
    Command(MORE, "What else can be done with an alert", handle_more, usage="<alert id>", listed=False),
    Command(CARD, "The card's own buttons", handle_back, usage="<alert id>", listed=False),
    Command(
        TRANSLATE,
        "A headline in your language",
        handle_translate,
        usage="<alert id>",
        reply_words=("tr",),
        listed=False,
    ),
)
