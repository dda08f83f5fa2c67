"""Buttons, their menus, and what they carry. Pure."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from bot.chat.slack.mrkdwn import clean, safe_url
from bot.commands.presses import PressCode
from bot.domain.messages import Button
from bot.domain.wording import shorten

# slack_sdk.models.blocks: elements of an actions block, characters of a button's text, of what is said, and value.
_PER_BLOCK = 25
_TEXT_LIMIT = 75
PRESSES = PressCode(2000)
_BLOCKS_LIMIT = 4
_OVERFLOW_LEAST, _OVERFLOW_MOST = 2, 5


def build_action_blocks(rows: Iterable[Iterable[Button]]) -> list[dict[str, Any]]:
    """The buttons in order, at most a hundred; Slack breaks the rows itself. One that cannot work is left out."""
    buttons = [button for row in rows for button in row if _works(button)]
    chunks = [buttons[start : start + _PER_BLOCK] for start in range(0, len(buttons), _PER_BLOCK)]
    return [{"type": "actions", "elements": _build_elements(chunk)} for chunk in chunks[:_BLOCKS_LIMIT]]


def build_overflow(menu: Iterable[Button]) -> dict[str, Any] | None:
    """A menu of two to five entries, as many as Slack takes; None for fewer."""
    options = [
        {
            "text": {"type": "plain_text", "text": shorten(clean(button.text), _TEXT_LIMIT)},
            "value": PRESSES.encode(button),
        }
        for button in menu
        if _works(button) and not button.url
    ][:_OVERFLOW_MOST]
    return {"type": "overflow", "action_id": "more", "options": options} if len(options) >= _OVERFLOW_LEAST else None


def _works(button: Button) -> bool:
    if not clean(button.text).strip():
        return False
    if button.url:
        return bool(safe_url(button.url))
    return PRESSES.encode(button) is not None


def _label_of(button: Button) -> dict[str, str]:
    words = shorten(clean(button.label).strip(), _TEXT_LIMIT)
    return {"accessibility_label": words} if words else {}


def _build_elements(buttons: list[Button]) -> list[dict[str, Any]]:
    seen: Counter[str] = Counter()
    elements = []
    for button in buttons:
        name = "open" if button.url else button.action
        seen[name] += 1
        action_id = name if seen[name] == 1 else f"{name}.{seen[name]}"
        elements.append(
            {
                "type": "button",
                "action_id": action_id,
                "text": {"type": "plain_text", "text": shorten(clean(button.text), _TEXT_LIMIT)},
                **({"url": safe_url(button.url)} if button.url else {"value": PRESSES.encode(button)}),
                **({"style": "primary"} if button.primary else {}),
                **_label_of(button),
            }
        )
    return elements
