"""What a button carries from the message it stands under back to the commands. Pure.

The data is `a1:<subject>:<action>[:<argument>]`; the `1` counts versions of this form. Anyone can send the bot any
data, so what is read from it is a claim: commands look up whether the chat may do what it says.
"""

import re
from dataclasses import dataclass

from bot.domain.messages import Button

_PREFIX = "a1"
_SUBJECT = re.compile(r"[^\s:]*")
_ACTION = re.compile(r"[a-z0-9_]{1,100}")


@dataclass(frozen=True, slots=True)
class Press:
    """What a pressed button asks for."""

    subject: str
    action: str
    argument: str


@dataclass(frozen=True, slots=True)
class PressCode:
    """Writes and reads the data of a platform's buttons, which takes `longest` bytes of UTF-8."""

    longest: int

    def encode(self, button: Button) -> str | None:
        """The data of a button that performs an action; None if it is too long or could not be read back."""
        data = f"{_PREFIX}:{button.subject}:{button.action}" + (f":{button.argument}" if button.argument else "")
        return data if self.find(data) == Press(button.subject, button.action, button.argument) else None

    def find(self, data: str) -> Press | None:
        """What data asks for; None for data that no button of ours carries."""
        prefix, _, rest = data.partition(":")
        subject, _, rest = rest.partition(":")
        action, _, argument = rest.partition(":")
        is_ours = prefix == _PREFIX and _SUBJECT.fullmatch(subject) and _ACTION.fullmatch(action)
        if not is_ours or not data.isprintable() or len(data.encode("utf-8", "surrogatepass")) > self.longest:
            return None
        return Press(subject, action, argument)
