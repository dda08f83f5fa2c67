"""The watchlists in use, with the matcher compiled from them and the routes; replaced as a whole, never half."""

import asyncio
from collections.abc import Sequence

from bot.domain.access import EVERYONE, AllowedChats
from bot.domain.chat_lists import ChatList
from bot.domain.routes import NO_ROUTES, RoutedDestination, RouteTable, resolve_routes
from bot.domain.watchlists import WatchlistCatalog
from bot.errors import WatchlistError
from bot.matching.matcher import Matcher
from bot.matching.watchlist import Watchlist
from bot.services.lists import Lists


class Catalog(Lists):
    """All watchlists, those of files and those made in chats, with the matcher that knows them all.

    A chat sees only what `seen_from` gives. A file whose list has the id of a chat-made one puts that one aside.
    `allowed` are the chats that are served.
    """

    def __init__(
        self, loaded: WatchlistCatalog, routes: RouteTable = NO_ROUTES, allowed: AllowedChats = EVERYONE
    ) -> None:
        super().__init__(loaded.watchlists)
        self._loaded = loaded
        self.allowed = allowed
        self._chat_lists: tuple[ChatList, ...] = ()
        self._routes = routes
        self._routed = resolve_routes(routes, loaded)
        self._matcher = Matcher.build(loaded.watchlists)
        self._changing = asyncio.Lock()

    @property
    def loaded(self) -> WatchlistCatalog:
        """The lists that files hold, with where they stand and what is wrong with their files."""
        return self._loaded

    @property
    def problems(self) -> Sequence[WatchlistError]:
        """What is wrong with the files; the lists concerned are not in use."""
        return self._loaded.problems

    @property
    def matcher(self) -> Matcher:
        """The matcher compiled from the lists in use."""
        return self._matcher

    @property
    def routes(self) -> RouteTable:
        """What routes.yaml says."""
        return self._routes

    @property
    def routed(self) -> tuple[RoutedDestination, ...]:
        """The destinations of routes.yaml with the lists that go there."""
        return self._routed

    @property
    def chat_lists(self) -> tuple[ChatList, ...]:
        """Every list ever made in a chat, removed ones included."""
        return self._chat_lists

    def find_chat_list(self, list_id: str) -> ChatList | None:
        """The list made in a chat that has this id and is in use."""
        return next((one for one in _in_use(self._loaded, self._chat_lists) if one.id == list_id), None)

    def find_broken_list(self, list_id: str, destination_key: str) -> ChatList | None:
        """The list of that chat that has this id, and cannot be used as its text stands."""
        wanted = list_id.strip().casefold()
        own = [one for one in _not_in_files(self._loaded, self._chat_lists) if one.destination == destination_key]
        return next((one for one in own if one.id == wanted and not one.works), None)

    def seen_from(self, destination_key: str) -> Lists:
        """What a chat may see: the lists of files, then its own."""
        own = [one for one in _in_use(self._loaded, self._chat_lists) if one.destination == destination_key]
        return Lists((*self._loaded.watchlists, *(one.watchlist for one in own)))

    def is_hidden(self, list_id: str, destination_key: str) -> bool:
        """Whether a list is the own affair of another chat."""
        return any(one.id == list_id and one.destination != destination_key for one in self._chat_lists)

    def replace(self, loaded: WatchlistCatalog) -> None:
        """Puts other watchlists into use, compiled first, then swapped."""
        everything = _everything(loaded, self._chat_lists)
        self._use(loaded, self._routes, self._chat_lists, self._matcher.updated(everything))

    async def change(self, loaded: WatchlistCatalog, routes: RouteTable) -> None:
        """Puts other files and routes into use; compiles in a thread, then swaps all at once."""
        async with self._changing:
            await self._compile(loaded, routes, self._chat_lists)

    async def use_chat_lists(self, chat_lists: Sequence[ChatList]) -> None:
        """Puts the lists made in chats into use as they are now; compiles in a thread, then swaps all at once."""
        async with self._changing:
            await self._compile(self._loaded, self._routes, tuple(chat_lists))

    async def _compile(self, loaded: WatchlistCatalog, routes: RouteTable, chat_lists: tuple[ChatList, ...]) -> None:
        matcher = await asyncio.to_thread(self._matcher.updated, _everything(loaded, chat_lists))
        self._use(loaded, routes, chat_lists, matcher)

    def _use(
        self, loaded: WatchlistCatalog, routes: RouteTable, chat_lists: tuple[ChatList, ...], matcher: Matcher
    ) -> None:
        self._loaded, self._routes, self._routed = loaded, routes, resolve_routes(routes, loaded)
        self._chat_lists, self._matcher, self._shown = chat_lists, matcher, matcher.watchlists


def _in_use(loaded: WatchlistCatalog, chat_lists: Sequence[ChatList]) -> list[ChatList]:
    return [one for one in _not_in_files(loaded, chat_lists) if one.works]


def _not_in_files(loaded: WatchlistCatalog, chat_lists: Sequence[ChatList]) -> list[ChatList]:
    taken = {watchlist.id for watchlist in loaded.watchlists}
    return [one for one in chat_lists if not one.removed and one.id not in taken]


def _everything(loaded: WatchlistCatalog, chat_lists: Sequence[ChatList]) -> tuple[Watchlist, ...]:
    return (*loaded.watchlists, *(one.watchlist for one in _in_use(loaded, chat_lists)))
