"""Useful and Not relevant: verdicts on an alert, by button, by an answer to the card, or by id."""

from dataclasses import replace

from bot.commands.alerts import find_subject
from bot.commands.answers import notice
from bot.commands.card_dialogs import build_reason_dialog
from bot.commands.card_menus import buttons_after
from bot.commands.invocation import Reply, Via
from bot.commands.precision import propose_fix
from bot.commands.registry import Command, Request
from bot.domain.alerts import AlertView
from bot.domain.card_buttons import REASONS, UNDO, build_reasons
from bot.domain.language import later, tr
from bot.domain.messages import Gap, Message, line, plain_message
from bot.domain.questions import ASKED
from bot.services.feedback import Standing, rate, take_back


async def handle_useful(request: Request) -> Reply:
    """Notes that an alert was useful."""
    view, words = await find_subject(request)
    standing = await _rate(request, view, words, useful=True)
    return notice(request.invocation, _thanks(standing))


async def handle_not_relevant(request: Request) -> Reply:
    """Notes that an alert was not relevant, at once; then asks why, and notes the reason, or takes it back."""
    view, words = await find_subject(request)
    said = words.casefold().split()
    if UNDO in said:
        standing = await take_back(
            request.services.store, request.services.catalog, view, request.destination, request.person
        )
        return await _with_card_buttons(request, view, notice(request.invocation, _undone(standing)))
    reason = next((word for word in said if word in REASONS), "")
    standing = await _rate(request, view, words, useful=False, reason=reason)
    if reason:
        proposal = await propose_fix(request, view, reason)
        return await _with_card_buttons(request, view, _thank(request, _thanks(standing), proposal))
    question = tr("Noted: {alert} was not relevant. What was wrong with it?", alert=view.alert.id)
    buttons = build_reasons(view.alert.id)
    asked = plain_message(question, buttons)
    return Reply(
        notice=tr("Noted. What was wrong?"), buttons=buttons, otherwise=asked, dialog=build_reason_dialog(view.alert.id)
    )


async def _rate(request: Request, view: AlertView, words: str, *, useful: bool, reason: str = "") -> Standing:
    return await rate(
        request.services.store,
        request.services.catalog,
        view,
        request.destination,
        request.person,
        useful=useful,
        reason=reason,
        asked=ASKED in words.casefold().split(),
        now=request.now,
    )


async def _with_card_buttons(request: Request, view: AlertView, reply: Reply) -> Reply:
    """The answer, and under the pressed message what stood there before the question."""
    return replace(reply, buttons=await buttons_after(request, view))


def _thank(request: Request, thanks: str, proposal: Message | None) -> Reply:
    """The thanks alone, or with what is proposed because of it, which all who read along may see."""
    if proposal is None:
        return notice(request.invocation, thanks)
    if request.invocation.via is Via.BUTTON:
        return Reply(proposal, thanks, private=False)
    return Reply(replace(proposal, blocks=(line(thanks), Gap(), *proposal.blocks)), private=False)


def _thanks(standing: Standing) -> str:
    return tr("Noted. {list}: {useful} of {rated} rated alerts useful.",
              list=standing.title, useful=standing.useful, rated=standing.rated)  # fmt: skip


def _undone(standing: Standing) -> str:
    return tr("Taken back. {list}: {useful} of {rated} rated alerts useful.",
              list=standing.title, useful=standing.useful, rated=standing.rated)  # fmt: skip


COMMANDS = (
    Command(
        "up",
        "This alert was useful",
        handle_useful,
        usage="<alert id>",
        details=later("Counts for the precision of the list. Answering the card with + does the same."),
        reply_words=("+", "good"),
        listed=False,
    ),
    Command(
        "dn",
        "This alert was not relevant",
        handle_not_relevant,
        usage="<alert id> [reason]",
        details=later(
            "Reasons: sense (wrong meaning), place (wrong place), aside (only mentioned), minor (too minor), old (old "
            "or repeat), src (bad source). Answering the card with - does the same."
        ),
        reply_words=("-", "no", "not relevant"),
        asks=True,
        listed=False,
    ),
)
