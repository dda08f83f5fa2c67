"""What buttons under a card ask on a screen of its own: what to mute and for how long, what was wrong."""

from collections.abc import Sequence

from bot.domain.card_buttons import REASONS
from bot.domain.dialogs import Choice, Dialog, Field
from bot.domain.language import tr


def build_mute_dialog(subject: str, targets: Sequence[tuple[str, str]], durations: Sequence[tuple[str, str]]) -> Dialog:
    """`targets` and `durations` are pairs of a word of the command and of what is read."""
    choices = tuple(Choice(value, text) for value, text in targets)
    spans = tuple(Choice(value, text) for value, text in durations)
    return Dialog(
        tr("Mute"),
        (
            Field("what", tr("What should be muted?"), "choice", choices[0].value, choices=choices),
            Field("for", tr("For how long?"), "choice", spans[0].value, choices=spans),
        ),
        "mute",
        subject,
        "{what} {for}",
        submit=tr("Mute"),
        close=tr("Cancel"),
    )


def build_reason_dialog(alert_id: str) -> Dialog:
    """Why an alert was not relevant."""
    choices = tuple(Choice(reason, tr(text)) for reason, text in REASONS.items())
    return Dialog(
        tr("Not relevant"),
        (Field("reason", tr("What was wrong with it?"), "choice", choices=choices),),
        "dn",
        alert_id,
        "{reason}",
        submit=tr("Send"),
        close=tr("Skip"),
    )
