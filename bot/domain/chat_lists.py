"""Watchlists made in chats, the versions kept of every watchlist, and drafts that wait for a button. Pure."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.matching.watchlist import Watchlist

MOST_LISTS_IN_A_CHAT = 20
DRAFT_LIFE = timedelta(days=14)
_LONGEST_ID = 40
_MOST_ID_WORDS = 4


@dataclass(frozen=True, slots=True)
class Version:
    """One saved form of a watchlist: its text as written, and what it said once read.

    `parent` is the number of the version it was made from (0 for none). `author` is a person's key, or `file`.
    """

    watchlist: str
    number: int
    parent: int
    yaml: str
    content: Watchlist
    author: str
    author_name: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ChatList:
    """A watchlist made in a chat, which alone may see it. `destination` is the chat's key, `version` the one in use.

    A removed list is kept, so that its old matches stay private and its id is not given away again. `fault` says what
    is wrong with its text as it is read today; where it still `works`, it runs as it was read before.
    """

    id: str
    destination: str
    owner: str
    owner_name: str
    created_at: datetime
    version: Version
    removed: bool = False
    fault: str = ""
    works: bool = True

    @property
    def watchlist(self) -> Watchlist:
        """What it says now."""
        return self.version.content


@dataclass(frozen=True, slots=True)
class Sample:
    """An item shown to somebody who decides on a draft.

    `useful` is their verdict on it, `note` what it lacked where it did not match.
    """

    title: str
    link: str
    feed_id: str
    lang: str
    when: datetime
    terms: tuple[str, ...] = ()
    useful: bool | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """A watchlist that somebody tested or edited and has not put into use yet.

    `watchlist` is the id of the list it would change, empty for a new one, and `based_on` the number of the version
    it was made from. `samples` by name (`samples`, `gone`, `new`, `unchanged`) are what its buttons show. `used_at` is
    the moment of the request that put it into use. `id` is 0 until it is recorded.
    """

    destination: str
    watchlist: str
    based_on: int
    yaml: str
    content: Watchlist
    author: str
    author_name: str
    at: datetime
    query: str = ""
    samples: dict[str, tuple[Sample, ...]] = field(default_factory=dict)
    id: int = 0
    used_at: datetime | None = None


def build_list_id(words: Collection[str], taken: Collection[str]) -> str:
    """A free id made of the Latin words among `words`: `tajik-border`, `tajik-border-2`; else `list`."""
    latin = [word for word in words if word.isascii() and word.isalnum()][:_MOST_ID_WORDS]
    stem = "-".join(latin)[: _LONGEST_ID - 4].strip("-") or "list"
    candidates = (stem, *(f"{stem}-{number}" for number in range(2, len(taken) + 3)))
    return next(candidate for candidate in candidates if candidate not in taken)
