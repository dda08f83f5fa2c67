"""One instance at a time on one database."""

from typing import Protocol


class InstanceLock(Protocol):
    """A lock that its holder's death frees."""

    @property
    def ended_cleanly(self) -> bool:
        """Whether the holder before said goodbye, as far as that matters to the database."""
        ...

    def acquire(self, owner: str) -> bool:
        """Whether this process holds the lock now; never waits for another holder. Raises StoreError."""
        ...

    def holder(self) -> str:
        """Who holds the lock, or held it last; empty if that cannot be told."""
        ...

    def release(self) -> None:
        """Lets go in order; doing so twice does no harm."""
        ...
