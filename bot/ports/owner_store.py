"""What is kept of the bot's owner."""

from typing import Protocol

from bot.domain.audit import AuditEntry
from bot.domain.ownership import Owner


class OwnerStore(Protocol):
    """The owner that the bot was claimed by, if it was."""

    async def find_owner(self) -> Owner | None:
        """The owner."""
        ...

    async def record_owner(self, owner: Owner, entry: AuditEntry) -> bool:
        """Makes somebody the owner; False, and nothing done, if there is one already."""
        ...

    async def forget_owner(self, entry: AuditEntry) -> bool:
        """Lets the bot be claimed anew; False, and nothing done, if it has no owner."""
        ...
