"""Inline keyboards, and what their buttons carry. Pure."""

from collections.abc import Iterator, Sequence

from telegram import InlineKeyboardButton, InlineKeyboardMarkup
from telegram.constants import InlineKeyboardButtonLimit, InlineKeyboardMarkupLimit

from bot.chat.telegram.fitting import clean, cut
from bot.chat.telegram.links import is_link
from bot.commands.presses import PressCode
from bot.domain.messages import Button

PRESSES = PressCode(int(InlineKeyboardButtonLimit.MAX_CALLBACK_DATA))
_MOST_BUTTONS = int(InlineKeyboardMarkupLimit.TOTAL_BUTTON_NUMBER)
_WIDEST_ROW = int(InlineKeyboardMarkupLimit.BUTTONS_PER_ROW)
_LONGEST_LABEL = 64


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
        elif data := PRESSES.encode(button):
            yield InlineKeyboardButton(label, callback_data=data)
