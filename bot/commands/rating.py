"""Useful and Not relevant: verdicts on an alert, by button, by an answer to the card, or by id."""

from bot.commands.alerts import find_subject
from bot.commands.answers import notice
from bot.commands.invocation import Reply
from bot.commands.registry import Command, Request
from bot.domain.messages import Button, plain_message
from bot.services.feedback import Ledger, rate

REASONS = {
    "sense": "Wrong meaning",
    "place": "Wrong place",
    "aside": "Only mentioned",
    "minor": "Too minor",
    "old": "Old or repeat",
    "src": "Bad source",
}


async def handle_useful(request: Request) -> Reply:
    """Notes that an alert was useful."""
    view, _ = await find_subject(request)
    ledger = await rate(
        request.services.store,
        request.services.catalog,
        view,
        request.destination,
        request.person,
        useful=True,
        now=request.now,
    )
    return notice(request.invocation, _thanks(ledger))


async def handle_not_relevant(request: Request) -> Reply:
    """Notes that an alert was not relevant, at once; then asks why, and notes the reason."""
    view, words = await find_subject(request)
    reason = next((word for word in words.casefold().split() if word in REASONS), "")
    ledger = await rate(
        request.services.store,
        request.services.catalog,
        view,
        request.destination,
        request.person,
        useful=False,
        reason=reason,
        now=request.now,
    )
    if reason:
        return notice(request.invocation, _thanks(ledger))
    question = f"Noted: {view.alert.id} was not relevant. What was wrong with it?"
    return Reply(plain_message(question, _reason_buttons(view.alert.id)), "Noted. What was wrong?")


def _thanks(ledger: Ledger) -> str:
    return f"Noted. {ledger.title}: {ledger.useful} of {ledger.rated} rated alerts useful."


def _reason_buttons(alert_id: str) -> tuple[tuple[Button, ...], ...]:
    buttons = [Button(text, "dn", alert_id, reason) for reason, text in REASONS.items()]
    return tuple(tuple(buttons[start : start + 2]) for start in range(0, len(buttons), 2))


COMMANDS = (
    Command(
        "up",
        "This alert was useful",
        handle_useful,
        usage="<alert id>",
        details="Counts for the precision of the list. Answering the card with + does the same.",
        reply_words=("+", "good"),
        listed=False,
    ),
    Command(
        "dn",
        "This alert was not relevant",
        handle_not_relevant,
        usage="<alert id> [reason]",
        details=f"Reasons: {', '.join(f'{key} ({text.lower()})' for key, text in REASONS.items())}. "
        "Answering the card with - does the same.",
        reply_words=("-", "no", "not relevant"),
        listed=False,
    ),
)
