"""Inline keyboards, and the callback data behind their buttons. Pure.

Callback data is `a1:<subject>:<action>[:<argument>]`; the 1 is the version of this form. Anyone can send the bot any
callback data, so what is read from it is a claim: commands look up whether the chat may do what it says.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from telegram import InlineKeyboardButton, InlineKeyboardMarkup
from telegram.constants import InlineKeyboardButtonLimit, InlineKeyboardMarkupLimit

from bot.chat.telegram.fitting import clean, cut
from bot.chat.telegram.links import is_link
from bot.domain.messages import Button

_PREFIX = "a1"
_LONGEST_DATA = int(InlineKeyboardButtonLimit.MAX_CALLBACK_DATA)  # bytes
_MOST_BUTTONS = int(InlineKeyboardMarkupLimit.TOTAL_BUTTON_NUMBER)
_WIDEST_ROW = int(InlineKeyboardMarkupLimit.BUTTONS_PER_ROW)
_LONGEST_LABEL = 64
_SUBJECT = re.compile(r"[^\s:]*")
_ACTION = re.compile(r"[a-z0-9_]+")


@dataclass(frozen=True, slots=True)
class Pressed:
    """What a button's callback data asks for."""

    subject: str
    action: str
    argument: str


def encode_callback(button: Button) -> str | None:
    """The callback data of a button; None if it does not fit into Telegram's 64 bytes or could not be read back."""
    data = f"{_PREFIX}:{button.subject}:{button.action}" + (f":{button.argument}" if button.argument else "")
    return data if decode_callback(data) == Pressed(button.subject, button.action, button.argument) else None


def decode_callback(data: str) -> Pressed | None:
    """What callback data asks for; None for data that no button of ours carries."""
    prefix, _, rest = data.partition(":")
    subject, _, rest = rest.partition(":")
    action, _, argument = rest.partition(":")
    is_ours = prefix == _PREFIX and _SUBJECT.fullmatch(subject) and _ACTION.fullmatch(action)
    if not is_ours or not data.isprintable() or len(data.encode("utf-8", "surrogatepass")) > _LONGEST_DATA:
        return None
    return Pressed(subject, action, argument)


def build_keyboard(rows: Sequence[Sequence[Button]]) -> InlineKeyboardMarkup | None:
    """The keyboard; None without buttons.

    A button whose address or data Telegram would refuse is left out, for the server refuses the whole message for it.
    Rows of more than eight are broken, and what is beyond a hundred buttons is left out.
    """
    keyboard: list[list[InlineKeyboardButton]] = []
    room = _MOST_BUTTONS
    for row in rows:
        buttons = list(_buttons(row))[:room]
        room -= len(buttons)
        keyboard += [buttons[at : at + _WIDEST_ROW] for at in range(0, len(buttons), _WIDEST_ROW)]
    return InlineKeyboardMarkup(keyboard) if keyboard else None


def _buttons(row: Sequence[Button]) -> Iterator[InlineKeyboardButton]:
    for button in row:
        label = cut(" ".join(clean(button.text).split()), _LONGEST_LABEL)
        if not label:
            continue
        if button.url:
            if is_link(button.url):
                yield InlineKeyboardButton(label, url=button.url)
        elif data := encode_callback(button):
            yield InlineKeyboardButton(label, callback_data=data)
