"""Every command, in the order in which menus and help show them."""

from bot.commands import (
    alerts,
    auditing,
    card_menus,
    claiming,
    drafts,
    editing,
    exporting,
    feeds,
    help,  # noqa: A004  a module, and /help is its name
    languages,
    muting,
    onboarding,
    outbox,
    rating,
    searching,
    settings,
    starting,
    statistics,
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
    *languages.COMMANDS,
    *feeds.COMMANDS,
    *status.COMMANDS,
    *statistics.COMMANDS,
    *exporting.COMMANDS,
    *outbox.COMMANDS,
    *auditing.COMMANDS,
    *help.COMMANDS,
    *starting.COMMANDS,
    *onboarding.COMMANDS,
    *claiming.COMMANDS,
    *rating.COMMANDS,
    *card_menus.COMMANDS,
)

REGISTRY = Registry(COMMANDS)
