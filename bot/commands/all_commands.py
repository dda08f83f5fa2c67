"""Every command, in the order in which menus and help show them."""

from bot.commands import alerts, feeds, help, rating, searching, starting, status, watching  # noqa: A004 -- a module, and /help is its name
from bot.commands.registry import Registry

COMMANDS = (
    *watching.COMMANDS,
    *alerts.COMMANDS,
    *searching.COMMANDS,
    *feeds.COMMANDS,
    *status.COMMANDS,
    *help.COMMANDS,
    *starting.COMMANDS,
    *rating.COMMANDS,
)

REGISTRY = Registry(COMMANDS)
