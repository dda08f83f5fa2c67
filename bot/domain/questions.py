"""The question of a digest: whether one alert, taken at random from those that nobody rated, was useful. Pure.

People rate the bad ones of their own accord; what is asked for at random shows how precise a list really is.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from bot.domain.alerts import AlertView
from bot.domain.language import tr
from bot.domain.messages import Button, Gap, Line, Message, Text, isolate, line
from bot.domain.wording import shorten

ASKED = "asked"  # behind the verdict of a button: it answers the question
_TITLE_LIMIT = 140


def choose_question(alert_ids: Sequence[str], destination_key: str, day: date) -> str | None:
    """One of the alerts, as if by lot; the same one however often it is asked on that day."""

    def lot(alert_id: str) -> bytes:
        return hashlib.blake2b(f"{destination_key} {day} {alert_id}".encode(), digest_size=8).digest()

    return min(alert_ids, key=lot, default=None)


def with_question(message: Message, view: AlertView) -> Message:
    """The message with the question about an alert at its end."""
    alert_id, item = view.alert.id, view.reports[0].item
    title = isolate(shorten(view.story.headline or item.title or tr("(no headline)"), _TITLE_LIMIT))
    asked = (
        Gap(),
        line(tr("Was this one useful?"), " ", Text(alert_id, code=True)),
        Line((Text(title, url=item.link),), "normal" if item.link else "title"),
    )
    buttons = (Button("👍", "up", alert_id, ASKED), Button("👎", "dn", alert_id, ASKED))
    return replace(message, blocks=(*message.blocks, *asked), buttons=(*message.buttons, buttons))
