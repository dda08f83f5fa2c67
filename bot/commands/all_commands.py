"""Every command, in the order in which menus and help show them."""

from bot.commands import (
    alerts,
    auditing,
    card_menus,
    claiming,
    drafts,
    editing,
    feeds,
    help,  # noqa: A004  a module, and /help is its name
    muting,
    outbox,
    rating,
    searching,
    settings,
    starting,
    status,
    stories,
    testing,
    tracing,
    triage,
    watching,
)
from bot.commands.registry import Registry

COMMANDS = (
    *watching.COMMANDS,
    *testing.COMMANDS,
    *editing.COMMANDS,
    *drafts.COMMANDS,
    *alerts.COMMANDS,
    *stories.COMMANDS,
    *searching.COMMANDS,
    *tracing.COMMANDS,
    *triage.COMMANDS,
    *muting.COMMANDS,
    *settings.COMMANDS,
    *feeds.COMMANDS,
    *status.COMMANDS,
    *outbox.COMMANDS,
    *auditing.COMMANDS,
    *help.COMMANDS,
    *starting.COMMANDS,
    *claiming.COMMANDS,
    *rating.COMMANDS,
    *card_menus.COMMANDS,
)

REGISTRY = Registry(COMMANDS)
