"""Pages of the archive, and wider searches where nothing is found."""

from bot.ports.store import Store
from bot.services.searching import Wider, search
from tests import factories
from tests.fakes.clock import START


async def _archive(store: Store, *words: str) -> None:
    await store.sync_feeds([factories.build_feed()], START)
    items = tuple(factories.build_item(f"item-{number}") for number in range(len(words)))
    indexed = tuple(zip((item.key for item in items), words, strict=True))
    await store.record_polls([factories.build_poll(items=items, words=indexed)], START)


async def test_a_page_holds_five(store: Store) -> None:
    await _archive(store, *["border"] * 11)
    page = await search(store, "border", 3)
    assert (len(page.reports), page.found, page.page, page.pages, page.moved) == (1, 11, 3, 3, False)


async def test_a_page_beyond_the_last_is_the_first(store: Store) -> None:
    await _archive(store, *["border"] * 6)
    page = await search(store, "border", 9)
    assert (len(page.reports), page.page, page.moved) == (5, 1, True)


async def test_open_endings_are_tried_when_nothing_is_found(store: Store) -> None:
    await _archive(store, "borders closed")
    page = await search(store, "border close")
    assert page.wider == Wider("border* close*", 1)
    assert page.archive == 1


async def test_the_longest_word_is_tried_alone(store: Store) -> None:
    await _archive(store, "waziristan")
    assert (await search(store, "waziristan drone")).wider == Wider("waziristan*", 1)


async def test_nothing_is_proposed_where_nothing_wider_finds_anything(store: Store) -> None:
    await _archive(store, "football")
    assert (await search(store, 'border "afghan soil"')).wider is None
