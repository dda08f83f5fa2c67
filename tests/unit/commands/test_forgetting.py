"""/forget: what is kept of a person goes, after a question that only they may answer."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from bot.domain.chats import ChatKind, Destination, Person, Platform
from bot.domain.messages import Button
from bot.sources.watchlist_texts import FolderTexts
from tests import factories
from tests.fakes.chat_app import FakeChatApp
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
    desk.app.edits_in_place = True
    await desk.press(button_of(asked, "Keep"))
    assert text_of(desk.app.in_place[-1]) == desk.app.notices[-1] == "Nothing was deleted."
    assert len(await desk.store.list_saved(NILUFAR.key)) == 1

    assert await desk.press(button_of(asked, "Delete")) is None
    assert text_of(desk.app.in_place[-1]) == desk.app.notices[-1] == "Deleted. /start begins again."
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


async def test_an_answer_typed_where_there_are_buttons_is_asked_for_by_button(desk: Desk) -> None:
    """The message that said so would have to keep the address of whom it forgets."""
    asked = await desk.write("/forget delete")
    assert buttons_of(asked) == ["Delete", "Keep"]
    assert await desk.press(Button("Delete", "forget", "", "delete 8")) is None
    assert desk.app.notices[-1].startswith("That is for the one who asked.")


async def test_at_the_console_the_answer_is_typed(desk: Desk) -> None:
    terminal = Destination(Platform.CONSOLE, "local", kind=ChatKind.PRIVATE)
    person = Person(Platform.CONSOLE, "local")
    desk.app = FakeChatApp(desk.clock, Platform.CONSOLE)
    assert text_of(await desk.write("/forget keep", terminal, person)) == "Nothing was deleted."
    assert text_of(await desk.write("/forget delete", terminal, person)) == "Deleted. /start begins again."


async def test_nothing_in_the_database_names_who_was_forgotten(desk: Desk, tmp_path: Path) -> None:
    zarina = Person(Platform.TELEGRAM, "77001122", "Zarina")
    home = factories.build_destination(zarina.id, title=zarina.name)
    desk.services.ownership.invite()
    await desk.write(f"/start {desk.services.ownership.code}", home, zarina)
    await desk.store.subscribe(home, "csto", zarina.key, START, name=zarina.name)
    alert, _ = await desk.ring(factories.build_ringing_poll("item-1", home), home)
    for text in (
        f"/save {alert}",
        f"/up {alert}",
        f"/ack {alert}",
        f"/note {alert} seen",
        "/mute csto 1d",
        "/digest off",
    ):
        await desk.handle(
            replace(desk.app.write(text, home, zarina), payload=f'{{"from": {zarina.id}, "text": "{text}"}}')
        )
    assert zarina.name in _dump(tmp_path)
    asked = await desk.write("/forget", home, zarina)
    assert "You own this bot, and give that up" in text_of(asked)
    press = desk.app.press("forget", "", f"delete {zarina.id}", home, zarina, on="600")
    await desk.handle(replace(press, payload=f'{{"from": {zarina.id}}}'))
    assert desk.app.notices[-1] == "Deleted. /start begins again."
    assert zarina.name not in _dump(tmp_path)
    assert zarina.id not in _dump(tmp_path)
    assert not desk.services.ownership.is_owner(zarina)
    assert desk.services.ownership.code


def _dump(folder: Path) -> str:
    with closing(sqlite3.connect(folder / "tocsin.db")) as connection:
        return "\n".join(connection.iterdump())
