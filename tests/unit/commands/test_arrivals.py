"""What follows when the bot is added to a chat, loses one, or a chat moves."""

from dataclasses import replace

from bot.commands.chat_app import Membership
from bot.commands.inbox import Inbox
from bot.domain.access import AllowedChats
from bot.domain.chats import ChatKind, Destination, Platform
from bot.domain.deliveries import OutgoingMessage
from bot.services.ownership import Ownership
from tests import factories
from tests.fakes.inbox import handle_pending
from tests.unit.commands.desk import PRIVATE, Desk, text_of

GROUP = factories.build_destination("-100500", kind=ChatKind.GROUP, title="Border desk")
TOPIC = replace(GROUP, thread="7")
OWNER = Destination(Platform.TELEGRAM, "4001")
GREETING = "I post only what an admin picks. Admins: /watch. I read only commands and replies to me."


def with_owner(desk: Desk) -> Inbox:
    desk.services = replace(desk.services, ownership=Ownership(desk.store, desk.clock, OWNER))
    return Inbox(desk.services)


async def tell(desk: Desk, membership: Membership, inbox: Inbox | None = None) -> list[OutgoingMessage]:
    """What goes out after a change of the bot's place in a chat."""
    inbox = inbox or desk.inbox
    await inbox.store_update(desk.app.update(membership))
    await handle_pending(inbox, desk.app)
    return await desk.take_messages()


async def test_a_new_group_is_told_what_the_bot_does(desk: Desk) -> None:
    (greeting,) = await tell(desk, Membership(GROUP, present=True))
    assert (greeting.destination.key, text_of(greeting.message)) == (GROUP.key, GREETING)


async def test_the_owner_hears_of_a_lost_group_and_what_becomes_of_it(desk: Desk) -> None:
    inbox = with_owner(desk)
    await desk.watch("csto", destination=GROUP)
    (notice,) = await tell(desk, Membership(GROUP, present=False, reason="the bot was removed"), inbox)
    assert notice.destination.key == OWNER.key
    assert text_of(notice.message) == "I was removed from Border desk. Its settings are kept for 30 days."
    assert await desk.store.list_subscriptions() == []


async def test_a_group_that_takes_the_bot_back_finds_its_lists(desk: Desk) -> None:
    await desk.watch("csto", "ttp", destination=GROUP)
    await tell(desk, Membership(GROUP, present=False, reason="the bot was removed"))
    (greeting,) = await tell(desk, Membership(GROUP, present=True))
    assert text_of(greeting.message) == "Back again. This chat watches 2 lists as before."
    assert len(await desk.store.list_subscriptions()) == 2


async def test_who_blocks_the_bot_is_reported_to_nobody(desk: Desk) -> None:
    inbox = with_owner(desk)
    await desk.watch("csto")
    assert await tell(desk, Membership(PRIVATE, present=False, reason="the bot was blocked"), inbox) == []
    assert await desk.store.list_subscriptions() == []


async def test_who_takes_the_bot_back_is_sent_cards_again(desk: Desk) -> None:
    await desk.watch("csto")
    await tell(desk, Membership(PRIVATE, present=False, reason="the bot was blocked"))
    await desk.write("/help")
    assert len(await desk.store.list_subscriptions()) == 1


async def test_losing_a_chat_that_was_never_served_is_no_news(desk: Desk) -> None:
    inbox = with_owner(desk)
    assert await tell(desk, Membership(GROUP, present=False, reason="the bot was removed"), inbox) == []


async def test_a_chat_that_is_not_listed_is_left_with_one_sentence(desk: Desk) -> None:
    desk.services.catalog.allowed = AllowedChats(frozenset({PRIVATE.address}))
    inbox = Inbox(desk.services)
    assert await tell(desk, Membership(GROUP, present=True), inbox) == []
    ((key, farewell),) = desk.app.left
    assert key == GROUP.key
    assert "the operator adds -100500 to TOCSIN_ALLOWED_CHATS" in text_of(farewell)
    assert await desk.store.list_destinations([GROUP.key]) == []


async def test_a_group_that_becomes_a_supergroup_takes_its_lists_and_topics_along(desk: Desk) -> None:
    await desk.watch("csto", destination=GROUP)
    await desk.watch("ttp", destination=TOPIC)
    assert await tell(desk, Membership(GROUP, present=True, moved_to="-100777")) == []
    watched = [(one.destination.key, one.watchlist) for one in await desk.store.list_subscriptions()]
    assert sorted(watched) == [("telegram:-100777", "csto"), ("telegram:-100777:7", "ttp")]


async def test_a_move_of_a_chat_that_is_not_known_is_no_trouble(desk: Desk) -> None:
    assert await tell(desk, Membership(GROUP, present=True, moved_to="-100777")) == []
