"""What a case of the suite is: somebody does something somewhere, and every platform answers."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from enum import StrEnum

from bot.domain.chats import Platform
from bot.ports.store import Store

# Changes the world of a case on a platform before it is played, for what would take too many steps.
Prepare = Callable[[Store, Platform], Awaitable[None]]


class Kind(StrEnum):
    """What a case shows of its command."""

    SUCCESS = "success"
    ERROR = "error"
    EMPTY = "empty"
    REFUSED = "refused"
    PAGED = "paged"


class Place(StrEnum):
    """Where it happens: the private chat of whoever does it, or a group (in Slack a channel, on a terminal nothing)."""

    PRIVATE = "in private"
    GROUP = "in the group"


class Who(StrEnum):
    """Who does it: Dana administers the group, Bahrom is a member, Sitora wrote to the bot never before."""

    DANA = "Dana"
    BAHROM = "Bahrom"
    SITORA = "Sitora"


class How(StrEnum):
    """What somebody does."""

    WRITE = "writes"
    PRESS = "presses"
    ANSWER = "answers the card"
    FILE = "sends a file to the chat with"
    LOCATE = "shares the location"


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that somebody does. `{alert}` in the text is the newest alert's id, `{older}` the one's before."""

    how: How
    text: str
    place: Place = Place.PRIVATE
    who: Who = Who.DANA

    def __str__(self) -> str:
        shown = self.text if "\n" not in self.text else "\n  " + self.text.strip().replace("\n", "\n  ")
        return f"{self.place}, {self.who} {self.how}: {shown}"


@dataclass(frozen=True, slots=True)
class Case:
    """Steps one after the other, and what they show. Cases of a command follow one another in one world.

    `prepare` changes that world before.
    """

    kind: Kind
    title: str
    steps: tuple[Step, ...]
    prepare: Prepare | None = None

    def after(self, prepare: Prepare) -> "Case":
        """The same case in a world that was changed."""
        return replace(self, prepare=prepare)


def write(text: str, place: Place = Place.PRIVATE, who: Who = Who.DANA) -> Step:
    """Somebody writes a command, without the slash."""
    return Step(How.WRITE, text, place, who)


def press(label: str, place: Place = Place.PRIVATE, who: Who = Who.DANA) -> Step:
    """Somebody presses the newest button with this label there."""
    return Step(How.PRESS, label, place, who)


def answer(text: str, place: Place = Place.PRIVATE, who: Who = Who.DANA) -> Step:
    """Somebody answers the newest card there."""
    return Step(How.ANSWER, text, place, who)


def send_file(text: str, caption: str = "", place: Place = Place.PRIVATE, who: Who = Who.DANA) -> Step:
    """Somebody sends a file with this text."""
    return Step(How.FILE, f"{caption}\n{text}", place, who)


def locate(text: str, place: Place = Place.PRIVATE, who: Who = Who.DANA) -> Step:
    """Somebody shares where they are."""
    return Step(How.LOCATE, text, place, who)


def success(title: str, *steps: Step) -> Case:
    """It works."""
    return Case(Kind.SUCCESS, title, steps)


def error(title: str, *steps: Step) -> Case:
    """A mistake, and what to do about it."""
    return Case(Kind.ERROR, title, steps)


def empty(title: str, *steps: Step) -> Case:
    """There is nothing yet; such cases come first, before anything was read or watched."""
    return Case(Kind.EMPTY, title, steps)


def refused(title: str, *steps: Step) -> Case:
    """Somebody may not do that here."""
    return Case(Kind.REFUSED, title, steps)


def paged(title: str, *steps: Step) -> Case:
    """More than one page of it."""
    return Case(Kind.PAGED, title, steps)
