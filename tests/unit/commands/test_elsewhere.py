"""/in gives commands for channels and groups that the asker administers."""

from bot.domain.access import AllowedChats
from bot.domain.chats import ChatKind
from tests import factories
from tests.unit.commands.desk import NILUFAR, PRIVATE, Desk, buttons_of, text_of

CHANNEL = factories.build_destination("-100900", kind=ChatKind.CHANNEL, title="Border news")
GROUP = factories.build_destination("-100500", kind=ChatKind.GROUP)
UNKNOWN = "I know no channel or group @borders that you are an admin of."


def name_channel(desk: Desk, *, admin: bool = True) -> None:
    desk.app.chats["@borders"] = CHANNEL
    if admin:
        desk.app.admins.add(NILUFAR.key)


async def test_an_admin_decides_for_a_channel_without_its_readers_seeing_it(desk: Desk) -> None:
    name_channel(desk)
    answer = await desk.write("/in @borders watch csto here")
    assert text_of(answer).splitlines()[0] == "Border news"
    assert "added CSTO: decisions and statements to this channel" in text_of(answer)
    assert buttons_of(answer) == [], "a button would act on the chat it is pressed in"
    assert [one.destination.key for one in await desk.store.list_subscriptions()] == [CHANNEL.key]
    assert "CSTO" in text_of(await desk.write("/in @borders /watchlists"))


async def test_who_is_no_admin_learns_nothing_of_the_channel(desk: Desk) -> None:
    name_channel(desk, admin=False)
    assert text_of(await desk.write("/in @borders watch csto here")).startswith(UNKNOWN)
    desk.app.chats.clear()
    assert text_of(await desk.write("/in @borders watchlists")).startswith(UNKNOWN)
    assert await desk.store.list_destinations([CHANNEL.key]) == []


async def test_a_channel_that_is_not_listed_is_not_served(desk: Desk) -> None:
    name_channel(desk)
    desk.services.catalog.allowed = AllowedChats(frozenset({PRIVATE.address}))
    assert text_of(await desk.write("/in @borders watch csto here")).startswith(UNKNOWN)


async def test_what_is_missing_or_unknown_is_told_with_an_example(desk: Desk) -> None:
    name_channel(desk)
    assert "/in @mychannel watch csto here" in text_of(await desk.write("/in @borders"))
    assert "I don't know /wach. Close: /watch." in text_of(await desk.write("/in @borders wach csto"))
    assert "I don't know /in." in text_of(await desk.write("/in @borders in @borders watchlists"))
    assert "There is no watchlist called" in text_of(await desk.write("/in @borders unwatch nope"))


async def test_in_a_group_it_is_not_offered(desk: Desk) -> None:
    name_channel(desk)
    assert text_of(await desk.write("/in @borders watchlists", GROUP)) == "That works in a private chat with me."
