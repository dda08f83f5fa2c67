"""Cards for locked screens: nothing but a number, until somebody presses the button. Pure."""

from bot.domain.alerts import AlertView
from bot.domain.language import tr
from bot.domain.messages import Button, Message, Text, line
from bot.domain.wording import DISCS

SHOW = "show"


def hide_card(card: Message, view: AlertView) -> Message:
    """What stands in the card's place: its priority and its id, so that it can be talked about."""
    alert = view.alert
    words = tr("Update {id}", id=alert.id)
    before, _, after = words.partition(alert.id)
    return Message(
        (line(f"{DISCS[alert.priority]} {before}", Text(alert.id, code=True), after),),
        words,
        ((Button(tr("Show"), SHOW, alert.id),),),
        silent=card.silent,
    )
