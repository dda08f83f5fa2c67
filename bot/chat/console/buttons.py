"""Buttons in a terminal: every button has words to type, and typing the words that were shown presses it."""

from bot.chat.console.clean import clean_line
from bot.domain.messages import Button, Message

# As many as a person can scroll back to; older ones are still understood as commands.
_MOST_REMEMBERED = 500
# Verdicts have a sign that is quicker to type than their action.
_SIGNS = {"up": "+", "dn": "-"}


class ShownButtons:
    """The buttons of the messages printed so far."""

    def __init__(self) -> None:
        self._by_words: dict[str, Button] = {}

    def remember(self, message: Message) -> None:
        """Takes note of a printed message's buttons; the newest one wins where two are typed alike."""
        for button in _pressable(message):
            self._by_words.pop(_plain(typed_words(button)), None)
            self._by_words[_plain(typed_words(button))] = button
        while len(self._by_words) > _MOST_REMEMBERED:
            del self._by_words[next(iter(self._by_words))]

    def find(self, line: str) -> Button | None:
        """The shown button that a typed line presses, in any case and spacing, with or without a slash."""
        return self._by_words.get(_plain(line))


def build_hint(message: Message) -> str:
    """What can be typed instead of pressing the message's buttons: `why 7Q2M · + 7Q2M (useful)`; empty without any."""
    hints = {typed_words(button): _meaning(button) for button in _pressable(message)}
    return " · ".join(f"{words} ({meaning})" if meaning else words for words, meaning in hints.items())


def typed_words(button: Button) -> str:
    """The words that press a button."""
    words = (_SIGNS.get(button.action, button.action), button.subject, button.argument)
    return clean_line(" ".join(word for word in words if word))


def _pressable(message: Message) -> list[Button]:
    return [button for row in message.buttons for button in row if button.action and not button.url]


def _meaning(button: Button) -> str:
    """The button's label where its words do not say the same; without the picture in front."""
    label = clean_line(button.text)
    first = next((place for place, char in enumerate(label) if char.isalnum()), 0)
    label = label[first:].strip()
    return "" if label.casefold().split(" ")[0] == button.action else _uncapitalise(label)


def _plain(line: str) -> str:
    return " ".join(line.strip().removeprefix("/").casefold().split())


def _uncapitalise(label: str) -> str:
    """A label as it stands inside a line: `not relevant`, but `I take over` and `RSS feed`."""
    return label if label[1:2] == " " or label[:2].isupper() else label[:1].lower() + label[1:]
