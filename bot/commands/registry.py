"""The commands as records, and how a word that somebody wrote or pressed finds its command."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches

from bot.commands.context import Services
from bot.commands.invocation import Invocation, Reply, Via
from bot.domain.chats import Destination, Person
from bot.services.lists import Lists

_MOST_SUGGESTIONS = 3
_LONGEST_WORD = 32


async def _no_obstacle() -> str:
    return ""


async def _no_chat(name: str) -> Destination | None:
    del name
    return None


@dataclass(frozen=True, slots=True)
class Request:
    """One invocation on its way to a handler. `is_admin` asks the platform whether the person may change this chat.

    `find_obstacle` asks it why the bot cannot write there; the answer is empty where it can.
    `find_administered` finds another chat by its name or id, if the person is an admin there.
    """

    invocation: Invocation
    services: Services
    registry: "Registry"
    is_admin: Callable[[], Awaitable[bool]]
    find_obstacle: Callable[[], Awaitable[str]] = _no_obstacle
    find_administered: Callable[[str], Awaitable[Destination | None]] = _no_chat

    @property
    def destination(self) -> Destination:
        """The chat it came from, as stored."""
        return self.invocation.destination

    @property
    def person(self) -> Person:
        """Who asked."""
        return self.invocation.person

    @property
    def lists(self) -> Lists:
        """The watchlists that this chat may see."""
        return self.services.catalog.seen_from(self.destination.key)

    @property
    def argument(self) -> str:
        """Everything behind the verb."""
        return self.invocation.argument.strip()

    @property
    def now(self) -> datetime:
        """The present moment."""
        return self.services.clock.now()


Handler = Callable[[Request], Awaitable[Reply]]
Check = Callable[[Request], Awaitable[Mapping[str, str]]]


@dataclass(frozen=True, slots=True)
class Command:
    """A command: `summary` is its line in menus, `usage` shows its arguments, `details` is its long help.

    `reply_words` name it in an answer to a card. `needs_admin` keeps it to administrators in groups and
    channels. Commands that are not `listed` work, but stay out of menus and of the help. `takes` recognises texts
    that are meant for the command although they do not name it. `cost` is what one use takes out of the allowance of
    the person and the chat: more than 1 for what reads the network or the archive. `check` finds what is wrong in a
    dialog of the command before it is taken, by field, within two seconds. A command that `asks` answers with a dialog,
    which has to be there at once, so it waits for nothing else that its chat asked. One that is `for_maker` is open to
    whoever made the list that it is about.
    """

    name: str
    summary: str
    handler: Handler
    usage: str = ""
    details: str = ""
    aliases: tuple[str, ...] = ()
    reply_words: tuple[str, ...] = ()
    needs_admin: bool = False
    listed: bool = True
    takes: Callable[[str], bool] | None = None
    cost: int = 1
    check: Check | None = None
    asks: bool = False
    for_maker: bool = False


class Registry:
    """Finds commands by name, alias or reply word."""

    def __init__(self, commands: Sequence[Command]) -> None:
        self.commands = tuple(commands)
        self._by_name = {name: command for command in commands for name in (command.name, *command.aliases)}
        self._by_reply = {word: command for command in commands for word in command.reply_words}

    @property
    def listed(self) -> tuple[Command, ...]:
        """The commands that menus and help show, in their order."""
        return tuple(command for command in self.commands if command.listed)

    def find(self, name: str) -> Command | None:
        """The command of that name or alias, in any case, with or without a slash."""
        return self._by_name.get(name.strip().lstrip("/").casefold())

    def find_for(self, invocation: Invocation) -> Command | None:
        """The command that an invocation means.

        In an answer to a card the whole text has to be a reply word: people answer cards in their own words
        too, and "no way!" is talk, not a verdict.
        """
        if invocation.via is Via.REPLY:
            said = invocation.text.casefold()
            found = self._by_reply.get(said) or self._by_reply.get(said.rstrip(" ?!.؟"))
        else:
            found = self.find(invocation.verb) or self._by_reply.get(invocation.verb.casefold())
        return found or self._taking(invocation)

    def _taking(self, invocation: Invocation) -> Command | None:
        if invocation.via in (Via.BUTTON, Via.DIALOG):
            return None
        return next((one for one in self.commands if one.takes is not None and one.takes(invocation.text)), None)

    def suggest(self, name: str) -> tuple[str, ...]:
        """Names of listed commands close to a mistyped one, nearest first."""
        typed = name.strip().lstrip("/").casefold()[:_LONGEST_WORD]
        names = [command.name for command in self.listed]
        begun = [known for known in names if typed and known.startswith(typed)]
        near = get_close_matches(typed, names, n=_MOST_SUGGESTIONS, cutoff=0.75)
        return tuple(dict.fromkeys([*begun, *near]))[:_MOST_SUGGESTIONS]
