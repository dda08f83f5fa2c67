"""/forget: what is kept of a person goes, after a question that only they may answer."""

from pathlib import Path

from bot.domain.chats import ChatKind
from bot.domain.messages import Button
from bot.sources.watchlist_texts import FolderTexts
from tests import factories
from tests.fakes.clock import START
from tests.unit.commands.desk import NILUFAR, PRIVATE, Desk, button_of, buttons_of, text_of
from tests.unit.commands.test_editing import make_list

GROUP = factories.build_destination("-1001", kind=ChatKind.GROUP)
DANA = factories.build_person("7", name="Dana")


async def test_a_person_is_forgotten_after_a_question(desk: Desk, tmp_path: Path) -> None:
    desk = Desk(desk.store, *desk.services.catalog.watchlists, texts=FolderTexts(tmp_path))
    await desk.watch("csto")
    alert, _ = await desk.ring(factories.build_ringing_poll("item-1", PRIVATE))
    made = await make_list(desk, "tajik border")
    await desk.write(f"/save {alert}")
    await desk.write(f"/up {alert}")
    asked = await desk.write("/forget")
    assert text_of(asked) == "This deletes your lists, saves, feedback and ids."
    assert buttons_of(asked) == ["Delete", "Keep"]
    await desk.press(button_of(asked, "Keep"))
    assert desk.app.notices[-1] == "Nothing was deleted."
    assert len(await desk.store.list_saved(NILUFAR.key)) == 1

    assert await desk.press(button_of(asked, "Delete")) is None
    assert desk.app.notices[-1] == "Deleted. /start begins again."
    assert desk.app.keyboards[-1] == ()
    assert await desk.store.list_saved(NILUFAR.key) == []
    assert await desk.store.list_rated(START) == []
    assert await desk.store.list_destinations([PRIVATE.key]) == []
    assert desk.services.catalog.find_chat_list(made) is None
    assert not any(one.id == made for one in desk.services.catalog.matcher.watchlists)
    assert "Watching" not in text_of(await desk.write("/start"))


async def test_in_a_group_only_who_asked_may_answer(desk: Desk) -> None:
    await desk.watch("csto", destination=GROUP)
    alert, _ = await desk.ring(factories.build_ringing_poll("item-1", GROUP), GROUP)
    await desk.write(f"/save {alert}", GROUP, DANA)
    await desk.write(f"/save {alert}", GROUP, NILUFAR)
    asked = await desk.write("/forget", GROUP, DANA)
    assert text_of(asked) == "This deletes your saves, feedback and ids. What this chat watches stays."
    await desk.press(button_of(asked, "Delete"), GROUP, NILUFAR)
    assert desk.app.notices[-1] == "That is for the one who asked. Write /forget yourself."
    assert len(await desk.store.list_saved(NILUFAR.key)) == 1
    await desk.press(button_of(asked, "Delete"), GROUP, DANA)
    assert await desk.store.list_saved(DANA.key) == []
    assert len(await desk.store.list_subscriptions(GROUP.key)) == 1


async def test_who_has_no_buttons_types_the_answer(desk: Desk) -> None:
    assert text_of(await desk.write("/forget keep")) == "Nothing was deleted."
    assert text_of(await desk.write("/forget delete")) == "Deleted. /start begins again."
    assert await desk.press(Button("Delete", "forget", "", "delete 8")) is None
    assert desk.app.notices[-1].startswith("That is for the one who asked.")
