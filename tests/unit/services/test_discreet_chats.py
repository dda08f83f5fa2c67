"""What comes unasked to a discreet chat in the place of cards names no headline: it may be read over a shoulder.

Cards, digests, rolling messages, trends, reminders and updates have the same test beside their own.
"""

from bot.domain.chat_settings import Switch
from bot.domain.deliveries import AfterFailure, DeliveryState, Form, Receipt
from bot.domain.messages import plain_text
from bot.domain.watchlists import WatchlistCatalog
from bot.ports.store import Store
from bot.services.backlogs import fold_backlogs, name_doubtful
from bot.services.catalog import Catalog
from bot.services.chat_settings import set_switch
from tests.contract.outbox import claim
from tests.factories import (
    HEADLINE,
    at,
    build_destination,
    build_feed,
    build_person,
    build_ringing_poll,
    build_watchlist,
)
from tests.fakes.clock import START

DESK = build_destination()
CATALOG = Catalog(WatchlistCatalog((build_watchlist("csto"),)))


async def ring(store: Store, count: int) -> None:
    """A discreet chat watches a list, and that many of its cards wait."""
    await store.sync_feeds([build_feed()], START)
    await store.subscribe(DESK, "csto", "telegram:42", START)
    await set_switch(store, DESK, Switch.DISCREET, on=True, by=build_person(), now=START)
    for number in range(count):
        await store.record_polls([build_ringing_poll(f"item-{number}", DESK)], START)


async def read(store: Store, hours: float) -> str:
    """The one message that comes then: what it shows, and what a notification of it says."""
    (sent,) = await claim(store, at(hours * 60))
    assert sent.message is not None
    await store.record_sent(sent.id, Receipt("1"), at(hours * 60))
    return f"{plain_text(sent.message)}\n{sent.message.summary}"


async def test_a_digest_of_what_could_not_be_sent_for_a_day_is_a_number(store: Store) -> None:
    await ring(store, 9)
    assert await fold_backlogs(store, DESK.platform, CATALOG, at(26 * 60)) == 1
    said = await read(store, 27)
    assert "9 alerts, in one message" in said
    assert HEADLINE not in said


async def test_a_notice_of_what_may_not_have_come_is_a_number(store: Store) -> None:
    await ring(store, 1)
    unknown = AfterFailure(
        DeliveryState.FAILED, START, Form.RICH, possible_duplicate=True, reason="no answer", doubtful=True
    )
    (card,) = await claim(store)
    await store.record_failure(card.id, unknown, START)
    assert await name_doubtful(store, DESK.platform, CATALOG, START) == 1
    said = await read(store, 1)
    assert "1 alert may not have arrived" in said
    assert HEADLINE not in said
