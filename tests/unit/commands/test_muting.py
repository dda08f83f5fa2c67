"""/mute, /unmute, /pause and /resume: the words of their answers, and who may what."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.audit import Action, Subject
from bot.domain.chats import ChatKind, Destination, Person
from bot.domain.deliveries import LEASE, Receipt
from bot.domain.messages import Button, Message, plain_text
from bot.domain.mutes import MUTED, MuteKind
from tests.factories import build_destination, build_person, build_planned_card, build_ringing_poll
from tests.fakes.clock import START
from tests.unit.commands.desk import NILUFAR, PRIVATE, Desk

GROUP = build_destination("-100", kind=ChatKind.GROUP)
ADMIN, MEMBER, OTHER = build_person("1", name="Dana"), build_person("2", name="Ali"), build_person("3", name="Zora")
REFUSAL = "Only admins of this group can do that. I told no one you asked."


def words(message: Message | None) -> str:
    return plain_text(message) if message else ""


def buttons(message: Message | None) -> dict[str, Button]:
    assert message
    return {button.text: button for row in message.buttons for button in row}


async def show_card(desk: Desk, destination: Destination = PRIVATE) -> str:
    """A card in a chat; the platform's id of its message."""
    await desk.store.ensure_destination(destination)
    await desk.store.subscribe(destination, "csto", "telegram:42", START)
    poll = build_ringing_poll("item-1", destination)
    card = build_planned_card(story_key="item-1", destination=destination)
    await desk.store.record_polls([replace(poll, cards=(card,))], START)
    (sent,) = await desk.store.claim_deliveries(desk.app.platform, START, 1, LEASE, frozenset())
    await desk.store.record_sent(sent.id, Receipt("card-1"), START)
    return "card-1"


async def active(desk: Desk, destination: Destination = PRIVATE) -> list[tuple[MuteKind, str, bool]]:
    found = (await desk.store.list_attention(destination.key)).values()
    return [(one.kind, one.value, one.critical) for attention in found for one in attention.mutes if not one.proposed]


async def test_a_command_in_answer_to_a_card_is_about_that_card(desk: Desk) -> None:
    card = await show_card(desk)
    answer = await desk.handle(desk.app.write("/mute 1d", PRIVATE, NILUFAR, answering=card))
    assert words(answer).startswith("🔕 CSTO muted until")
    elsewhere = await desk.handle(desk.app.write("/mute", PRIVATE, NILUFAR, answering="another message"))
    assert words(elsewhere).startswith("Muted here\n1. CSTO · until")


async def test_a_story_is_proposed_with_a_button_only_under_its_own_card(desk: Desk) -> None:
    card = await show_card(desk, GROUP)
    asked = await desk.handle(desk.app.write("/mute story 1d", GROUP, MEMBER, answering=card))
    assert list(buttons(asked)) == ["I agree"]
    assert words(await desk.press(buttons(asked)["I agree"], GROUP, OTHER)).startswith("🔕 Story S1 muted until")


async def test_a_list_is_muted_undone_and_muted_for_critical_too(desk: Desk) -> None:
    await desk.write("/timezone Dushanbe")
    answer = await desk.write("/mute ttp 1d")
    title = "Tehrik-i-Taliban Pakistan"
    assert words(answer) == f"🔕 {title} muted until Wed 25 Nov 12:00. Critical still comes through."
    louder = await desk.press(buttons(answer)["Mute critical too"])
    assert words(louder) == f"🔕 {title} muted until Wed 25 Nov 12:00, critical too."
    assert await active(desk) == [(MuteKind.LIST, "ttp", True)]
    assert words(await desk.press(buttons(louder)["Undo"])) == f"{title} is on again."
    assert await active(desk) == []
    trail = [(one.action, one.subject, one.subject_id) for one in await desk.store.list_audit(3)]
    assert trail == [(action, Subject.MUTE, title) for action in (Action.UNMUTED, Action.MUTED, Action.MUTED)]


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("/mute", "Nothing is muted."),
        ("/unmute", "Nothing is muted."),
        ("/mute csto", "CSTO: decisions and statements: for how long? 1h 8h 1d 7d forever"),
        ("/mute 1d", "What should be muted?"),
        ("/mute csto until:2020-01-01", "For how long? 1h 8h 1d 7d forever"),
        ("/mute word 8h", "Which word?"),
        ('/mute word "old treaty" 8h', "🔕 “old treaty” muted until Tue 24 Nov 15:00. Critical still comes through."),
        ("/mute source asia-plus forever", "🔕 Asia Plus muted until you unmute it. Critical still comes through."),
        ("/mute source nobody 1d", "I read no source “nobody”."),
        ("/mute all 2h", "🔕 Everything muted until Tue 24 Nov 09:00. Critical still comes through."),
        ("/mute story 7Q2M 1d", "No alert 7Q2M in this chat."),
        ("/pause 2h", "Paused until Tue 24 Nov 09:00, critical too."),
        ("/pause", "Paused until /resume, critical too."),
        ("/resume", "Nothing is paused here."),
    ],
)  # fmt: skip
async def test_a_mute_is_confirmed_or_refused_in_one_line(desk: Desk, text: str, answer: str) -> None:
    assert words(await desk.write(text)).startswith(answer)


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("mute 1d", MuteKind.LIST, "csto"),
        ("mute source 7d", MuteKind.SOURCE, "Asia Plus"),
        ("mute story 1w", MuteKind.STORY, "item-1"),
        ('mute word "treaty" 8h', MuteKind.WORD, "treaty"),
        ("Mute all 2h", MuteKind.ALL, ""),
    ],
)
async def test_cards_are_answered_with_words(desk: Desk, text: str, kind: MuteKind, value: str) -> None:
    card = await show_card(desk)
    assert "muted until" in words(await desk.answer(text, card))
    assert await active(desk) == [(kind, value, False)]


async def test_a_card_answered_with_mute_offers_durations(desk: Desk) -> None:
    card = await show_card(desk)
    asked = await desk.answer("mute story", card)
    assert not buttons(asked)
    asked = await desk.answer("mute", card)
    assert list(buttons(asked)) == ["1 hour", "8 hours", "1 day", "7 days", "Until I unmute"]
    assert "muted until Tue 24 Nov 15:00" in words(await desk.press(buttons(asked)["8 hours"]))
    assert await active(desk) == [(MuteKind.LIST, "csto", False)]
    assert words(await desk.answer("mute your phones please", card)).startswith("I know: why")


async def test_mutes_are_listed_with_author_and_end_and_taken_back(desk: Desk) -> None:
    await desk.write("/mute csto 1d", person=replace(NILUFAR, name="Dana"))
    await desk.write("/mute all forever")
    listed = await desk.write("/mute")
    assert "1. CSTO: decisions and statements · until Wed 25 Nov 07:00 · by Dana" in words(listed)
    assert "2. Everything · until unmuted" in words(listed)
    assert words(await desk.write("/unmute 2")) == "Everything is on again."
    assert words(await desk.write("/unmute ttp")).startswith("That is not muted.")
    assert words(await desk.write("/unmute csto")) == "CSTO: decisions and statements is on again."
    await desk.write("/mute csto 1d")
    await desk.write("/mute ttp 1d")
    assert words(await desk.write("/unmute all")).endswith("are on again.")
    assert await active(desk) == []


async def test_a_muted_list_is_marked_in_the_listing(desk: Desk) -> None:
    await desk.store.subscribe(PRIVATE, "csto", "telegram:42", START)
    await desk.write("/mute csto 1d")
    assert "🔕 muted until Wed 25 Nov 07:00" in words(await desk.write("/watchlists"))
    await desk.clock.advance(86_400)
    assert "🔕" not in words(await desk.write("/watchlists"))


async def test_a_pause_ends_with_resume(desk: Desk) -> None:
    paused = await desk.write("/pause 1d")
    assert await active(desk) == [(MuteKind.ALL, "", True)]
    assert words(await desk.press(buttons(paused)["Resume"])).startswith("Alerts come again.")
    assert await active(desk) == []


async def test_a_pause_says_that_what_quiet_hours_hold_waits_as_long(desk: Desk) -> None:
    await desk.watch("csto")
    held = build_planned_card(story_key="item-1", destination=PRIVATE, not_before=START + timedelta(hours=1))
    await desk.store.record_polls([replace(build_ringing_poll("item-1", PRIVATE), cards=(held,))], START)
    said = "Paused until Tue 24 Nov 09:00, critical too. 1 alert that quiet hours hold waits as long."
    assert words(await desk.write("/pause 2h")) == said
    assert "Held here by quiet hours: 1 alert (/quiet)" in words(await desk.write("/status"))
    assert "6. Sent: here, held by quiet hours, planned " in words(await desk.write("/whynot S1"))
    assert "waits as long" not in words(await desk.write("/pause 2h", GROUP))
    assert "Held here" not in words(await desk.write("/status", GROUP))


async def test_in_a_group_admins_mute_and_members_do_not(desk: Desk) -> None:
    desk.app.admins = {ADMIN.key}
    assert words(await desk.write("/mute csto 1d", GROUP, MEMBER)) == REFUSAL
    assert "muted until" in words(await desk.write("/mute csto 1d", GROUP, ADMIN))
    assert words(await desk.write("/unmute csto", GROUP, MEMBER)) == REFUSAL
    assert words(await desk.write("/pause", GROUP, MEMBER)) == REFUSAL


async def test_two_members_mute_a_story_together_within_ten_minutes(desk: Desk) -> None:
    card = await show_card(desk, GROUP)

    async def ask(person: Person) -> str:
        return words(await desk.answer("mute story 1d", card, GROUP, person))

    wanting = "Story S1 is muted once one more member agrees within 10 minutes."
    assert await ask(MEMBER) == wanting
    assert await ask(MEMBER) == wanting
    await desk.clock.advance(601)
    assert await ask(OTHER) == wanting
    assert await active(desk, GROUP) == []
    assert "Story S1 muted until" in await ask(MEMBER)
    (entry,) = [one for one in await desk.store.list_audit(9) if one.subject is Subject.MUTE]
    assert entry.name == "Zora and Ali"


async def test_whynot_tells_of_the_mute(desk: Desk) -> None:
    await desk.store.ensure_destination(PRIVATE)
    await desk.store.subscribe(PRIVATE, "csto", "telegram:42", START)
    card = build_planned_card(story_key="item-1", destination=PRIVATE, suppressed=f"{MUTED}CSTO, by Dana")
    await desk.store.record_polls([replace(build_ringing_poll("item-1", PRIVATE), cards=(card,))], START)
    assert "held back 24 Nov 07:00: muted: CSTO, by Dana" in words(await desk.write("/whynot S1"))
