"""/audit: what a chat may know of who changed what."""

from bot.domain.audit import FILES, Action, AuditEntry, Subject
from bot.domain.chats import ChatKind
from bot.domain.feeds import FeedOrigin
from bot.domain.language import install
from bot.domain.routes import RouteTable, RouteTarget
from bot.domain.watchlists import Place
from bot.ports.store import Store
from bot.sources.catalogues import load_catalogues
from tests import factories
from tests.fakes.clock import START
from tests.unit.commands.desk import PRIVATE, Desk, text_of

GROUP = factories.build_destination("-100200", kind=ChatKind.GROUP, title="Field desk")
DANA = factories.build_person("7", name="Dana")


async def test_a_chat_sees_its_own_changes_and_those_of_files(desk: Desk) -> None:
    desk.app.admins = {DANA.key}
    files = [
        AuditEntry(START, FILES, Action.ADDED, Subject.WATCHLIST, f"list-{number}", detail="x.yaml")
        for number in "abcdef"
    ]
    refused = AuditEntry(START, FILES, Action.REFUSED, Subject.FILE, "csto.yaml", detail="csto.yaml:4:1: no.")
    await desk.store.record_changes([*files, refused], [], START)
    await desk.write("/watch csto here", GROUP, DANA)
    await desk.write("/unwatch csto", GROUP, DANA)
    assert text_of(await desk.write("/audit", GROUP, DANA)).splitlines() == [
        "Changes",
        "24 Nov 07:00 · Dana (telegram:7) removed csto here",
        "24 Nov 07:00 · Dana (telegram:7) added csto here",
        "24 Nov 07:00 · mistake in csto.yaml: csto.yaml:4:1: no.",
        "24 Nov 07:00 · 6 watchlists (list-a, list-b, list-c, list-d and 2 more) added",
        "24 Nov 07:00 · feed asia-plus added (https://asia-plus.example/rss)",
    ]


async def test_nobody_learns_who_does_what_in_another_chat(desk: Desk) -> None:
    await desk.write("/watch ttp here")
    feed = factories.build_feed("amu", origin=FeedOrigin.CHAT, added_by="telegram:42")
    await desk.store.add_feed(feed, START, name="Nilufar")
    desk.app.admins = {DANA.key}
    answer = text_of(await desk.write("/audit", GROUP, DANA))
    assert "somebody in another chat added feed amu (https://amu.example/rss)" in answer
    assert " ttp" not in answer
    assert "Nilufar" not in answer
    assert "telegram:42" not in answer


async def test_the_owners_chat_sees_everything(desk: Desk) -> None:
    desk.app.admins = {DANA.key}
    await desk.write("/watch csto here", GROUP, DANA)
    target = RouteTarget("desk", PRIVATE, Place("routes.yaml", 3, 3))
    await desk.services.catalog.change(desk.services.catalog.loaded, RouteTable((target,), owner="desk"))
    assert "Dana (telegram:7) added csto in telegram:-100200" in text_of(await desk.write("/audit"))


async def test_only_admins_of_a_group_may_ask(desk: Desk) -> None:
    assert "Only admins" in text_of(await desk.write("/audit", GROUP, DANA))


async def test_there_may_be_nothing_to_tell(store: Store) -> None:
    assert text_of(await Desk(store).write("/audit")) == "Nothing was changed yet."


async def test_the_trail_is_read_in_the_language_of_the_chat(desk: Desk) -> None:
    install(load_catalogues())
    try:
        await desk.write("/language ru")
        await desk.write("/digest 07:00 mon-fri")
        newest = text_of(await desk.write("/audit")).splitlines()[1]
    finally:
        install({})
    assert newest.endswith("Nilufar (telegram:42) меняет: 2 (сводка, язык) здесь")
    recorded = await desk.store.list_audit(2)
    assert {one.detail for one in recorded} == {"ru", "07:00 mon-fri"}
