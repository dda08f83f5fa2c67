"""Cards for locked screens: nothing but a number, until somebody presses the button. Pure."""

from dataclasses import replace

from bot.domain.alerts import AlertView
from bot.domain.language import tr
from bot.domain.messages import Button, Message, Text, bold, line
from bot.domain.wording import DISCS

SHOW = "show"
# Behind /digest: the stories that a digest told of.
TOLD = "told"
# Behind /digest: the weekly trend at once.
_WEEKLY_NOW = "weekly now"
_HEAD_LINES = 2


def hide_card(card: Message, view: AlertView) -> Message:
    """What stands in the card's place: its priority and its id, so that it can be talked about."""
    return _hide(DISCS[view.alert.priority], view.alert.id, silent=card.silent)


def hide_update(update: Message, alert_id: str) -> Message:
    """What stands in the place of an update under a card."""
    return _hide("🔺", alert_id, silent=update.silent)


def hide_digest(first: Message, *, has_stories: bool) -> Message:
    """What stands in the place of a digest: its head and its numbers, and a button for the rest."""
    show = ((Button(tr("Show"), "digest", argument=TOLD),),) if has_stories else ()
    return replace(first, blocks=first.blocks[:_HEAD_LINES], buttons=show)


def hide_week(title: str) -> Message:
    """What stands in the place of a weekly trend: that it is there, and a button for it."""
    show = Button(tr("Show"), "digest", argument=_WEEKLY_NOW)
    return Message((line("📈 ", bold(title), style="head"),), title, ((show,),))


def _hide(sign: str, alert_id: str, *, silent: bool) -> Message:
    words = tr("Update {id}", id=alert_id)
    before, _, after = words.partition(alert_id)
    number = line(f"{sign} {before}", Text(alert_id, code=True), after)
    return Message((number,), words, ((Button(tr("Show"), SHOW, alert_id),),), silent=silent)
