"""Talking to hubs (WebSub)."""

from collections.abc import Mapping
from typing import Protocol


class HubCaller(Protocol):
    """HTTP, guarded like every fetch."""

    async def post_form(self, url: str, fields: Mapping[str, str], *, on_behalf_of: str) -> tuple[int, str]:
        """The status and the beginning of the text that a form sent to `url` is answered with. Raises FeedError.

        Private networks may be entered only where the feed `on_behalf_of`, by its address, lives in one.
        """
        ...
