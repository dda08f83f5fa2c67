"""Who is told what when something is for admins only."""

from bot.domain.chats import ChatKind
from tests import factories
from tests.unit.commands.desk import Desk, text_of

GROUP = factories.build_destination("-100500", kind=ChatKind.GROUP)


async def test_a_member_is_refused_without_a_word_to_others(desk: Desk) -> None:
    answer = await desk.write("/watch csto here", GROUP, factories.build_person("666"))
    assert text_of(answer) == "Only admins of this group can do that. I told no one you asked."


async def test_who_writes_as_a_channel_is_told_how_to_be_recognised(desk: Desk) -> None:
    answer = await desk.write("/watch csto here", GROUP, factories.build_person("-100999"))
    assert text_of(answer).endswith("Write as yourself.")
    assert await desk.store.list_subscriptions() == []
