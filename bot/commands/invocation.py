"""What a person asked for, whatever the platform, and what is answered. Adapters fill the one and render the other."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from bot.domain.chats import Destination, Person
from bot.domain.dialogs import Dialog
from bot.domain.messages import Button, Message


class Via(StrEnum):
    """How it was asked; buttons answer with a short notice where the platform can show one."""

    COMMAND = "command"
    BUTTON = "button"
    REPLY = "reply"
    DIALOG = "dialog"


@dataclass(frozen=True, slots=True)
class Invocation:
    """One request. `verb` is lower case without slash; for a button it is the button's action.

    `argument` is everything behind the verb, untouched. `subject` is the alert or list a button is
    about. `replied_message` is the platform's id of the message that the person answered or pressed. `fields` is what
    a dialog holds, by the ids of its fields. `language` is the code of the person's own language, where the platform
    tells it.
    """

    destination: Destination
    person: Person
    verb: str
    argument: str
    via: Via
    at: datetime
    subject: str = ""
    replied_message: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)
    language: str = ""

    @property
    def text(self) -> str:
        """Everything that was written, the verb in lower case."""
        return f"{self.verb} {self.argument}".strip()


@dataclass(frozen=True, slots=True)
class Reply:
    """The answer. `notice` is a sentence shown for a moment over a pressed button; `message` is lasting.

    `private` asks to show the message to the asker alone where the platform can do that. `dialog` takes the place of
    the message where the person can be asked at once. `buttons` take the place of those under the pressed message;
    where the platform cannot do that, `otherwise` is sent. With `in_place` the message takes the place of the one whose
    button was pressed, where the platform can do that; so does a notice without a message, which goes nowhere else.
    `more` follows a lasting message as messages of its own.
    """

    message: Message | None = None
    notice: str = ""
    private: bool = True
    dialog: Dialog | None = None
    buttons: tuple[tuple[Button, ...], ...] | None = None
    otherwise: Message | None = None
    in_place: bool = False
    more: tuple[Message, ...] = ()
