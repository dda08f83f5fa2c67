"""What is kept of watchlists made in chats, and reading the archive again: parts of `bot.ports.store.Store`."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from bot.domain.chat_lists import ChatList, Draft, Version
from bot.domain.items import Item
from bot.domain.traces import ItemTrace, Wanted


class ReplayStore(Protocol):
    """Reading the archive again from one end to the other."""

    async def list_items(self, since: datetime, after: int, limit: int) -> list[tuple[int, Item]]:
        """Items first seen since then, in the order of first sight, each with its number.

        The next part begins `after` the last number; 0 begins at the beginning.
        """
        ...

    async def trace_items(self, wanted: Wanted, limit: int) -> list[ItemTrace]:
        """Everything known about the wanted items, newest first."""
        ...


class WatchlistStore(Protocol):
    """Watchlists made in chats, the versions of every watchlist, and drafts."""

    async def list_chat_lists(self) -> list[ChatList]:
        """Every list ever made in a chat, removed ones included, oldest first."""
        ...

    async def add_chat_list(self, draft: Draft, list_id: str, now: datetime) -> ChatList:
        """Makes a list of a draft, as its first version, and uses the draft up; once for each moment `now`.

        Raises Conflict if the id is taken or the chat has as many lists as it may have, NotFound if the draft is gone.
        """
        ...

    async def remove_chat_list(self, list_id: str, by: str, name: str, now: datetime) -> None:
        """Takes a list out of use and ends its subscriptions; its versions are kept. Raises NotFound."""
        ...

    async def add_version(self, draft: Draft, now: datetime) -> Version:
        """Puts a changed list into use as a new version, and uses the draft up; once for each moment `now`.

        Raises Conflict if the list was changed since the draft was made, NotFound if it or the draft is gone.
        """
        ...

    async def undo_version(self, list_id: str, by: str, name: str, now: datetime) -> Version:
        """Puts the version into use from which the present one was made. Raises NotFound if there is none.

        The same person's request of the same moment `now` is done once.
        """
        ...

    async def record_file_versions(self, versions: Sequence[Version]) -> int:
        """Keeps the present form of lists that stand in files where it differs from the last one kept; how many did.

        The `number` and `parent` of what is given are not used.
        """
        ...

    async def list_watchlist_versions(self, list_id: str) -> list[Version]:
        """The versions of a list, newest first."""
        ...

    async def record_draft(self, draft: Draft) -> Draft:
        """Keeps a draft for two weeks; the draft with its id."""
        ...

    async def get_draft(self, draft_id: int, destination_key: str, now: datetime | None = None) -> Draft:
        """A draft of a chat. Raises NotFound, also for one that was used, except by the same request, made `now`."""
        ...

    async def rate_sample(self, draft_id: int, destination_key: str, number: int, *, useful: bool) -> Draft:
        """Records a verdict on one of a draft's `samples`, counted from 0; the draft with it. Raises NotFound."""
        ...

    async def drop_draft(self, draft_id: int, destination_key: str) -> None:
        """Forgets a draft of a chat; nothing happens if it is gone."""
        ...
