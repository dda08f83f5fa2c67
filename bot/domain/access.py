"""Which chats the bot answers at all: everyone's, or those that its operator lists. Pure."""

import re
from dataclasses import dataclass

from bot.domain.chats import Destination, Platform

EVERYONE_WORD = "open"
# Telegram chats are numbers, negative for groups; Slack channels, direct messages and workspaces are C…, G…, D… and T…,
# a channel of one among several workspaces is T…/C…
_CHAT_ID = re.compile(r"-?[0-9]{1,20}|(?:T[A-Z0-9]{2,30}/)?[CDGTE][A-Z0-9]{2,30}")


@dataclass(frozen=True, slots=True)
class AllowedChats:
    """Ids of Telegram chats (a private chat has its person's), of Slack channels and of workspaces; None: everyone."""

    ids: frozenset[str] | None = None

    def allows(self, destination: Destination) -> bool:
        """Whether the bot works for this chat. The operator's own terminal always counts."""
        if self.ids is None or destination.platform is Platform.CONSOLE:
            return True
        return destination.address in self.ids or destination.workspace in self.ids


EVERYONE = AllowedChats()


def read_allowed_chats(text: str) -> AllowedChats:
    """Chat ids between commas or spaces, or `open`. Raises ValueError for anything else."""
    words = text.replace(",", " ").split()
    if [word.casefold() for word in words] == [EVERYONE_WORD]:
        return EVERYONE
    wrong = next((word for word in words if not _CHAT_ID.fullmatch(word)), "" if words else "nothing")
    if wrong:
        raise ValueError(f"“{wrong}” is no chat id. Write ids like 4001, -1001234567890, C0SECNEWS, T0TEAM, or “open”")
    return AllowedChats(frozenset(words))
