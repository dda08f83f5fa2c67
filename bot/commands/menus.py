"""The menus of commands that a platform can show, by who sees them. Pure."""

from dataclasses import dataclass
from enum import StrEnum

from bot.commands.registry import Registry
from bot.domain.language import tr

_MOST_IN_MENU = 12
_MEMBERS = ("recent", "story", "search", "status", "help")
_PRIVATE = (
    "watch",
    "watchlists",
    "recent",
    "search",
    "saved",
    "mute",
    "quiet",
    "digest",
    "settings",
    "test",
    "status",
    "help",
    "feeds",
)
_ADMINS = (
    "watch",
    "watchlists",
    "recent",
    "story",
    "search",
    "mute",
    "quiet",
    "digest",
    "settings",
    "feeds",
    "status",
    "help",
    "test",
)


class Audience(StrEnum):
    """Who sees a menu."""

    PRIVATE = "private"
    GROUP = "group"
    ADMINS = "admins"


@dataclass(frozen=True, slots=True)
class Menu:
    """Commands with what they do, for those who see it; `language` is a code, empty for all others."""

    audience: Audience
    entries: tuple[tuple[str, str], ...]
    language: str = ""


def build_menus(registry: Registry, language: str = "") -> tuple[Menu, ...]:
    """The menus in the language spoken now, which has the code `language`."""
    names = {Audience.PRIVATE: _PRIVATE, Audience.GROUP: _MEMBERS, Audience.ADMINS: _ADMINS}
    return tuple(Menu(audience, _entries(registry, wanted), language) for audience, wanted in names.items())


def _entries(registry: Registry, wanted: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    found = [command for name in wanted if (command := registry.find(name)) is not None]
    return tuple((command.name, tr(command.summary)) for command in found[:_MOST_IN_MENU])
