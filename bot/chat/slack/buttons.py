"""Buttons, and the value behind them. Pure.

The value is `a1:<subject>:<action>[:<argument>]`; the `1` counts versions of this form. Reading it never trusts it:
commands ask the store again.
"""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from bot.chat.slack.mrkdwn import clean, safe_url
from bot.domain.messages import Button
from bot.domain.wording import shorten

_PREFIX = "a1"
# slack_sdk.models.blocks: elements of an actions block, characters of a button's text and value.
_PER_BLOCK = 25
_TEXT_LIMIT = 75
_VALUE_LIMIT = 2000
_BLOCKS_LIMIT = 4
_OVERFLOW_LEAST, _OVERFLOW_MOST = 2, 5
_SUBJECT = re.compile(r"[^\s:]*")
_ACTION = re.compile(r"[a-z0-9_]{1,100}")


@dataclass(frozen=True, slots=True)
class Press:
    """What a pressed button asks for."""

    subject: str
    action: str
    argument: str


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
            "value": encode_press(button),
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
    return encode_press(button) is not None


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
                **({"url": safe_url(button.url)} if button.url else {"value": encode_press(button)}),
                **({"style": "primary"} if button.primary else {}),
            }
        )
    return elements


def encode_press(button: Button) -> str | None:
    """The value of a button that performs an action; None if it is too long or could not be read back."""
    value = f"{_PREFIX}:{button.subject}:{button.action}" + (f":{button.argument}" if button.argument else "")
    return value if find_press(value) == Press(button.subject, button.action, button.argument) else None


def find_press(value: str) -> Press | None:
    """What a value asks for; None for a value that no button of ours carries."""
    prefix, _, rest = value.partition(":")
    subject, _, rest = rest.partition(":")
    action, _, argument = rest.partition(":")
    is_ours = prefix == _PREFIX and _SUBJECT.fullmatch(subject) and _ACTION.fullmatch(action)
    if not is_ours or not value.isprintable() or len(value) > _VALUE_LIMIT:
        return None
    return Press(subject, action, argument)
