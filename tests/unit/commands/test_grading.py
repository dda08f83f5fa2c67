"""The bot's owner decides on reliability letters; anybody else proposes one."""

import pytest

from bot.domain.chats import ChatKind, Destination, Platform
from bot.domain.feeds import FeedOrigin
from bot.domain.messages import Message
from tests import factories
from tests.fakes.clock import START
from tests.fakes.inbox import handle_pending
from tests.unit.commands.desk import Desk, button_of, buttons_of, text_of

OWNER = factories.build_person("4001", name="Owner")
OFFICE = Destination(Platform.TELEGRAM, "4001")
GROUP = factories.build_destination("-100500", kind=ChatKind.GROUP)
PAMIR = factories.build_feed("pamir", outlet="Pamir Post", grade="F", origin=FeedOrigin.CHAT, added_by="telegram:42")


@pytest.fixture
async def owned(desk: Desk) -> Desk:
    """A bot with an owner, which reads a feed that somebody else added."""
    desk.name_owner(OFFICE)
    await desk.store.ensure_destination(OFFICE)
    await desk.store.add_feed(PAMIR, START)
    return desk


async def grade_of(desk: Desk, feed_id: str = "pamir") -> str:
    return next(status.feed.grade for status in await desk.store.list_feeds() if status.feed.id == feed_id)


async def propose(desk: Desk, words: str = "/grade pamir B") -> tuple[str, list[Message]]:
    """What whoever proposes reads, and what the owner is sent."""
    await desk.inbox.store_update(desk.app.write(words, factories.build_destination(), factories.build_person()))
    await handle_pending(desk.inbox, desk.app)
    sent = await desk.take_messages()
    office = [one.message for one in sent if one.destination.key == OFFICE.key]
    (answer,) = [one.message for one in sent if one.destination.key != OFFICE.key]
    return text_of(answer), office


async def test_a_letter_of_somebody_else_is_a_proposal_that_the_owner_accepts(owned: Desk) -> None:
    answer, (asked,) = await propose(owned)
    assert answer == (
        "Pamir Post: reliability F (not yet rated). Your B is a proposal: the bot's owner decides on letters."
    )
    assert await grade_of(owned) == "F"
    assert text_of(asked).splitlines() == [
        "Nilufar proposes reliability B (usually reliable) for Pamir Post.",
        "It stands at F (not yet rated).",
        "https://pamir.example/rss",
    ]
    assert buttons_of(asked) == ["Accept B", "Keep F"]
    accepted = await owned.press(button_of(asked, "Accept B"), OFFICE, OWNER)
    assert text_of(accepted) == "Pamir Post: reliability B (usually reliable)."
    assert await grade_of(owned) == "B"
    changed, proposed = await owned.store.list_audit(2)
    assert (changed.by, changed.action.value, changed.detail) == (OWNER.key, "changed", "reliability B")
    assert (proposed.by, proposed.action.value, proposed.detail) == ("telegram:42", "proposed", "reliability B")


async def test_the_owner_may_keep_what_stands(owned: Desk) -> None:
    _, (asked,) = await propose(owned)
    assert text_of(await owned.press(button_of(asked, "Keep F"), OFFICE, OWNER)).startswith("Pamir Post: reliability F")
    assert await grade_of(owned) == "F"
    assert [one.action.value for one in await owned.store.list_audit(1)] == ["proposed"]


async def test_the_owner_is_asked_once_for_the_same_letter(owned: Desk) -> None:
    await propose(owned)
    _, asked = await propose(owned)
    assert asked == []
    assert len([one for one in await owned.store.list_audit(9) if one.detail == "reliability B"]) == 1


async def test_a_button_of_the_owner_in_other_hands_proposes(owned: Desk) -> None:
    _, (asked,) = await propose(owned)
    await owned.press(button_of(asked, "Accept B"))
    assert await grade_of(owned) == "F"


async def test_a_letter_of_a_file_is_proposed_without_buttons_and_changed_there(owned: Desk) -> None:
    _, (asked,) = await propose(owned, "/grade asia-plus C")
    assert buttons_of(asked) == []
    assert text_of(asked).endswith("The letter of asia-plus is set in a file. Change it there.")
    refused = text_of(await owned.write("/grade asia-plus C", OFFICE, OWNER))
    assert refused == "The letter of asia-plus is set in a file. Change it there."
    assert await grade_of(owned, "asia-plus") == "B"


async def test_without_an_owner_a_proposal_is_only_recorded(desk: Desk) -> None:
    await desk.store.add_feed(PAMIR, START)
    assert "Your B is a proposal" in text_of(await desk.write("/grade pamir B"))
    assert [one.action.value for one in await desk.store.list_audit(1)] == ["proposed"]


async def test_the_letter_that_stands_is_told_and_nonsense_is_explained(owned: Desk) -> None:
    assert text_of(await owned.write("/grade PAMIR")) == "Pamir Post: reliability F (not yet rated)."
    assert text_of(await owned.write("/grade nothing B")) == "There is no feed called “nothing”. /feeds lists them."
    assert text_of(await owned.write("/grade pamr B")) == "There is no feed called “pamr”. Close: pamir."
    for words in ("", " pamir Q", " pamir B now"):
        assert "Letters: A, B, C, D, E, F. Example: /grade" in text_of(await owned.write(f"/grade{words}"))


async def test_members_of_a_group_propose_nothing(owned: Desk) -> None:
    answer = text_of(await owned.write("/grade pamir B", GROUP))
    assert answer == "Only admins of this group can do that. I told no one you asked."
