"""What a person is asked at once, on a screen of its own: fields to fill in, or something to look at. Pure.

Commands build dialogs, platforms that have such screens show them. Elsewhere the message of the same answer is sent.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from bot.domain.chats import Destination
from bot.domain.messages import Message

# docs.slack.dev/reference/block-kit/block-elements/plain-text-input-element: the longest text of one input.
LONGEST_FIELD = 3_000


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several answers: what it stands for, and how it reads."""

    value: str
    text: str


@dataclass(frozen=True, slots=True)
class Field:
    """One thing to fill in. `line` and `text` are written, `choice` is one of `choices`.

    `chat` is a chat of the platform, which becomes the one that the dialog is about; there is at most one.
    """

    id: str
    label: str
    kind: Literal["line", "text", "choice", "chat"] = "line"
    value: str = ""
    hint: str = ""
    optional: bool = False
    choices: tuple[Choice, ...] = ()
    longest: int = LONGEST_FIELD


@dataclass(frozen=True, slots=True)
class Dialog:
    """A screen. Sent off, it is an invocation of `action` about `subject`, with what the fields hold.

    `argument` is that of the invocation, with `{id}` for what a field holds. `parts` stand above the fields. `submit`
    is the word on the button; empty for a screen that is only looked at. `wait` is shown until the answer comes and
    takes its place; empty closes the screen at once, and the answer goes to the chat. With `in_place` it takes the
    place of the screen on which a button was pressed.

    A home page also has parts about other chats, `elsewhere`, whose buttons mean those, and a `tail`.
    """

    title: str
    fields: tuple[Field, ...] = ()
    action: str = ""
    subject: str = ""
    argument: str = ""
    parts: tuple[Message, ...] = ()
    submit: str = ""
    close: str = ""
    wait: str = ""
    in_place: bool = False
    elsewhere: tuple[tuple[Destination, Message], ...] = ()
    tail: tuple[Message, ...] = ()


def fill(argument: str, fields: Mapping[str, str]) -> str:
    """`argument` with what the fields hold. What they hold is never read as a pattern itself."""
    parts: list[str] = []
    rest = argument
    while rest:
        before, brace, behind = rest.partition("{")
        parts.append(before)
        name, closing, behind = behind.partition("}")
        if brace:
            parts.append(fields.get(name, "") if closing else brace + name)
        rest = behind
    return "".join(parts)


def build_view(body: Message, title: str, close: str, *, in_place: bool = False) -> Dialog:
    """A screen that only shows a message."""
    return Dialog(title, parts=(body,), close=close, in_place=in_place)


def find_faulty(mistakes: Mapping[str, str], fields: Sequence[str]) -> dict[str, str]:
    """The mistakes with each at a field that is there; those of no field stand at the first one."""
    placed: dict[str, list[str]] = {}
    for name, words in mistakes.items():
        placed.setdefault(name if name in fields else fields[0], []).append(words)
    return {name: " ".join(words) for name, words in placed.items()}
