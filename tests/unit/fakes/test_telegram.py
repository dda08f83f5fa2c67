"""Telegram's fake behaves as the platform does, seen through the unmodified library."""

from typing import Any

import aiohttp
import pytest
from telegram import Bot, BotCommand, InlineKeyboardButton, InlineKeyboardMarkup, InputFile, ReplyParameters
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)

from tests.fakes.pictures import picture
from tests.fakes.server import FaultKind
from tests.fakes.telegram import TelegramFake
from tests.unit.fakes.telegram_bots import BAHROM, CHANNEL, DANA, GROUP, make_bot

KEYBOARD = InlineKeyboardMarkup(
    [[InlineKeyboardButton("Open", url="https://e.example"), InlineKeyboardButton("Why", callback_data="a1:7Q2M:why")]]
)


async def test_the_unmodified_library_knows_itself(bot: Bot) -> None:
    assert (await bot.get_me()).username == "tocsin_test_bot"


@pytest.mark.parametrize(("token", "status"), [("123:wrong", 401), ("wrong", 404)])
async def test_a_wrong_token_is_told_as_the_platform_tells_it(fake: TelegramFake, token: str, status: int) -> None:
    stranger = make_bot(fake, token)
    with pytest.raises(InvalidToken):
        await stranger.initialize()
    await stranger.shutdown()
    assert [call.status for call in fake.calls] == [status]


async def test_a_person_writes_and_the_bot_answers_with_a_card(fake: TelegramFake, bot: Bot) -> None:
    said = fake.user_says(DANA, DANA, "/start wl_csto")
    (update,) = await bot.get_updates(timeout=1)
    assert update.message is not None
    assert update.message.text == "/start wl_csto"
    assert [entity.type for entity in update.message.entities] == ["bot_command"]
    await bot.send_message(
        DANA,
        "<b>HIGH · CSTO</b>\nBorder posts",
        parse_mode="HTML",
        reply_markup=KEYBOARD,
        disable_notification=True,
        reply_parameters=ReplyParameters(said),
    )
    card = await fake.wait_for_message(DANA, lambda message: "CSTO" in message.text, after=said)
    assert card.text == "HIGH · CSTO\nBorder posts"
    assert card.entities == ({"type": "bold", "offset": 0, "length": 11},)
    assert card.button("Why")["callback_data"] == "a1:7Q2M:why"
    assert (card.is_silent, card.reply_to, card.parse_mode) == (True, said, "HTML")
    assert card.raw["text"].startswith("<b>HIGH")


async def test_a_press_is_answered_once_and_the_card_can_be_edited(fake: TelegramFake, bot: Bot) -> None:
    fake.user_says(DANA, DANA, "hello")
    await bot.send_message(DANA, "card", reply_markup=KEYBOARD)
    card = await fake.wait_for_message(DANA)
    query_id = fake.user_presses(card, "Why", DANA)
    updates = await bot.get_updates(timeout=1)
    query = updates[-1].callback_query
    assert query is not None
    assert (query.data, query.from_user.id) == ("a1:7Q2M:why", DANA)
    await query.answer("because")
    assert (await fake.wait_for_answer(query_id)).text == "because"
    with pytest.raises(BadRequest, match="Query is too old"):
        await query.answer("again")
    await query.edit_message_text("full card")
    edited = await fake.wait_for_edit(card)
    assert (edited.text, edited.keyboard) == ("full card", ())
    assert fake.current(card).text == "full card"
    assert fake.messages(DANA) == [edited]


async def test_a_press_on_a_button_that_is_not_there_must_be_called_forged(fake: TelegramFake, bot: Bot) -> None:
    fake.user_says(DANA, DANA, "hello")
    await bot.send_message(DANA, "card", reply_markup=KEYBOARD)
    card = fake.sent[0]
    with pytest.raises(AssertionError, match="no button 'ack'"):
        fake.user_presses(card, "ack", DANA)
    with pytest.raises(AssertionError, match="opens a page"):
        fake.user_presses(card, "Open", DANA)
    fake.user_presses(card, "ack", BAHROM, is_forged=True)
    (_, update) = (await bot.get_updates(timeout=1), (await bot.get_updates(offset=-1))[0])
    assert update.callback_query is not None
    assert update.callback_query.data == "ack"


@pytest.mark.parametrize(
    ("call", "complaint"),
    [
        (lambda bot: bot.send_message(999, "x"), "Chat not found"),
        (lambda bot: bot.send_message(DANA, " "), "Message text is empty"),
        (lambda bot: bot.send_message(DANA, "<b></b>", parse_mode="HTML"), "Message text is empty"),
        (lambda bot: bot.send_message(DANA, "x" * 4097), "Message is too long"),
        (lambda bot: bot.send_message(DANA, "<x>", parse_mode="HTML"), "Can't parse entities"),
        (lambda bot: bot.send_message(DANA, "x", message_thread_id=5), "Message thread not found"),
        (lambda bot: bot.send_message(DANA, "x", reply_parameters=ReplyParameters(99)), "Message to be replied not"),
        (lambda bot: bot.edit_message_text("x", DANA, 99), "Message to edit not found"),
        (lambda bot: bot.edit_message_text("x", DANA, 1), "Message can't be edited"),
        (lambda bot: bot.answer_callback_query("1", "x" * 201), "Message_too_long"),
        (lambda bot: bot.send_document(DANA, "some-id"), "Wrong file identifier"),
        (lambda bot: bot.send_document(DANA, InputFile(b"x"), caption="x" * 1025), "Message caption is too long"),
        (lambda bot: bot.send_chat_action(DANA, "dancing"), "Wrong parameter action"),
        (lambda bot: bot.set_webhook("http://e.example"), "Bad webhook: An HTTPS URL"),
        (lambda bot: bot.get_chat_member(DANA, 999), "User not found"),
        (lambda bot: bot.leave_chat(DANA), "can't be changed in private"),
    ],
)
async def test_what_the_platform_refuses_is_refused(fake: TelegramFake, bot: Bot, call: Any, complaint: str) -> None:
    fake.user_says(DANA, DANA, "hello")
    with pytest.raises(BadRequest) as caught:
        await call(bot)
    assert complaint.lower() in str(caught.value).lower()
    assert fake.sent == []


async def test_an_edit_must_change_something(fake: TelegramFake, bot: Bot) -> None:
    fake.user_says(DANA, DANA, "hello")
    message = await bot.send_message(DANA, "<b>card</b>", parse_mode="HTML", reply_markup=KEYBOARD)
    with pytest.raises(BadRequest, match="Message is not modified: specified new message content"):
        await message.edit_text("<b>card</b>", parse_mode="HTML", reply_markup=KEYBOARD)
    await message.edit_reply_markup(None)
    assert (fake.edits[0].text, fake.edits[0].keyboard) == ("card", ())
    with pytest.raises(BadRequest, match="Message is not modified"):
        await message.edit_reply_markup(None)


async def test_files_arrive_with_their_bytes(fake: TelegramFake, bot: Bot) -> None:
    fake.user_says(DANA, DANA, "hello")
    await bot.send_document(
        DANA, InputFile(b"a,b\n1,2\n", "alerts.csv"), caption="<b>214</b> alerts", parse_mode="HTML"
    )
    await bot.send_photo(DANA, InputFile(picture(8, 6), "stats.png"))
    document, photo = fake.sent
    assert document.file is not None
    assert photo.file is not None
    assert (document.file.name, document.file.data, document.text) == ("alerts.csv", b"a,b\n1,2\n", "214 alerts")
    assert (photo.method, photo.file.field, photo.file.data) == ("sendPhoto", "photo", picture(8, 6))


@pytest.mark.parametrize(
    ("size", "refusal"),
    [
        ((), "Image_process_failed"),
        ((2100, 100), "Photo_invalid_dimensions"),
        ((9000, 1001), "Photo_invalid_dimensions"),
    ],
)
async def test_a_photo_has_to_be_one(fake: TelegramFake, bot: Bot, size: tuple[int, ...], refusal: str) -> None:
    content = picture(*size) if size else b"no picture"
    fake.user_says(DANA, DANA, "hello")
    with pytest.raises(BadRequest, match=refusal):
        await bot.send_photo(DANA, InputFile(content, "stats.png"))


async def test_a_group_may_take_no_files(fake: TelegramFake, bot: Bot) -> None:
    fake.add_chat(GROUP, title="Field staff", members=[BAHROM], admins=[DANA]).takes_files = False
    with pytest.raises(BadRequest, match="Not enough rights to send documents"):
        await bot.send_document(GROUP, InputFile(b"a", "a.csv"))


async def test_groups_channels_and_topics_have_their_own_ways(fake: TelegramFake, bot: Bot) -> None:
    fake.add_chat(GROUP, title="Field staff", members=[BAHROM], admins=[DANA], topics=[7])
    fake.add_chat(CHANNEL, "channel", username="tocsin_alerts")
    await bot.send_message(GROUP, "x", message_thread_id=7)
    assert fake.sent[-1].thread_id == 7
    fake.closes_topic(GROUP, 7)
    with pytest.raises(BadRequest, match=r"(?i)topic_closed"):
        await bot.send_message(GROUP, "x", message_thread_id=7)
    fake.deletes_topic(GROUP, 7)
    with pytest.raises(BadRequest, match="Message thread not found"):
        await bot.send_message(GROUP, "x", message_thread_id=7)
    assert (await bot.send_message("@tocsin_alerts", "x")).sender_chat is not None
    assert (await bot.get_chat(GROUP)).title == "Field staff"
    assert [member.user.id for member in await bot.get_chat_administrators(GROUP)] == [DANA]
    assert (await bot.get_chat_member(GROUP, DANA)).status == "creator"
    assert (await bot.get_chat_member(GROUP, BAHROM)).status == "member"
    fake.posts_in_channel(CHANNEL, "/status")
    (update,) = await bot.get_updates(timeout=1)
    assert update.channel_post is not None
    assert update.channel_post.text == "/status"


async def test_in_groups_privacy_mode_hides_what_is_not_meant_for_the_bot(fake: TelegramFake, bot: Bot) -> None:
    fake.add_chat(GROUP, members=[DANA])
    card = await bot.send_message(GROUP, "card")
    for text in ("just talking", "/status@other_bot", "/status", "/status@Tocsin_Test_Bot"):
        fake.user_says(GROUP, DANA, text)
    fake.user_says(GROUP, DANA, "why", reply_to=card.message_id)
    updates = await bot.get_updates(timeout=1)
    assert [u.message.text for u in updates if u.message] == ["/status", "/status@Tocsin_Test_Bot", "why"]


async def test_a_bot_that_was_blocked_or_removed_cannot_send_and_is_told(fake: TelegramFake, bot: Bot) -> None:
    fake.user_says(DANA, DANA, "/start")
    fake.add_chat(GROUP, admins=[DANA])
    fake.blocks_bot(DANA)
    fake.sets_bot_status(GROUP, "kicked", by=DANA)
    with pytest.raises(Forbidden, match="bot was blocked by the user"):
        await bot.send_message(DANA, "x")
    with pytest.raises(Forbidden, match="bot was kicked from the supergroup chat"):
        await bot.send_message(GROUP, "x")
    updates = await bot.get_updates(timeout=1)
    changes = [u.my_chat_member for u in updates if u.my_chat_member]
    assert [(c.chat.id, c.old_chat_member.status, c.new_chat_member.status) for c in changes] == [
        (DANA, "member", "kicked"),
        (GROUP, "member", "kicked"),
    ]
    fake.unblocks_bot(DANA)
    fake.sets_bot_status(GROUP, "administrator", by=DANA)
    await bot.send_message(DANA, "x")
    await bot.leave_chat(GROUP)
    with pytest.raises(Forbidden, match="bot is not a member of the supergroup chat"):
        await bot.send_message(GROUP, "x")
    fake.deactivates(DANA)
    with pytest.raises(Forbidden, match="user is deactivated"):
        await bot.send_message(DANA, "x")


async def test_a_channel_needs_the_bot_as_administrator(fake: TelegramFake, bot: Bot) -> None:
    fake.add_chat(CHANNEL, "channel", admins=[DANA])
    fake.sets_bot_status(CHANNEL, "member", by=DANA)
    with pytest.raises(BadRequest, match="Need administrator rights in the channel chat"):
        await bot.send_message(CHANNEL, "x")


async def test_a_group_that_became_a_supergroup_tells_its_new_id(fake: TelegramFake, bot: Bot) -> None:
    fake.add_chat(-5, "group", admins=[DANA])
    fake.migrates(-5, GROUP)
    with pytest.raises(ChatMigrated) as caught:
        await bot.send_message(-5, "x")
    assert caught.value.new_chat_id == GROUP
    await bot.send_message(GROUP, "x")
    notes = [u.message for u in await bot.get_updates(timeout=1) if u.message]
    assert [(n.chat.id, n.migrate_to_chat_id, n.migrate_from_chat_id) for n in notes] == [
        (-5, GROUP, None),
        (GROUP, None, -5),
    ]


async def test_the_command_menu_is_kept_by_scope(fake: TelegramFake, bot: Bot) -> None:
    await bot.set_my_commands([BotCommand("status", "How I am")])
    assert list(fake.api.setup.commands.values()) == [[{"command": "status", "description": "How I am"}]]
    assert await bot.get_my_commands() == (BotCommand("status", "How I am"),)
    with pytest.raises(BadRequest, match=r"(?i)bot_command_invalid"):
        await bot.set_my_commands([BotCommand("Bad-Name", "x")])


async def test_a_second_message_within_a_second_is_too_many() -> None:
    async with TelegramFake() as fake, make_bot(fake) as bot:
        fake.user_says(DANA, DANA, "hello")
        await bot.send_message(DANA, "one")
        with pytest.raises(RetryAfter):
            await bot.send_message(DANA, "two")
        assert fake.too_many_requests == 1
        async with aiohttp.ClientSession() as session:
            url = f"{fake.base_url}{fake.token}/sendMessage"
            async with session.post(url, json={"chat_id": DANA, "text": "three"}) as response:
                assert response.status == 429
                assert response.headers["Retry-After"] == "1"
                assert await response.json() == {
                    "ok": False,
                    "error_code": 429,
                    "description": "Too Many Requests: retry after 1",
                    "parameters": {"retry_after": 1},
                }
        assert [message.text for message in fake.sent] == ["one"]


async def test_with_a_fast_platform_the_limits_are_short() -> None:
    async with TelegramFake(time_scale=1e6) as fake, make_bot(fake) as bot:
        fake.user_says(DANA, DANA, "hello")
        for text in ("one", "two", "three"):
            await bot.send_message(DANA, text)
        assert fake.too_many_requests == 0


@pytest.mark.parametrize(
    ("kind", "error", "is_delivered"),
    [
        ("reset_before", NetworkError, False),
        ("reset_after_receive", NetworkError, True),
        ("hang", TimedOut, False),
        ("500", NetworkError, False),
        ("502_html", NetworkError, False),
        ("429", RetryAfter, False),
        ("html_200", TelegramError, False),
        ("403", Forbidden, False),
        ("400", BadRequest, False),
    ],
)
async def test_an_ordered_fault_strikes_once(
    fake: TelegramFake, bot: Bot, kind: FaultKind, error: type[TelegramError], is_delivered: bool
) -> None:
    fake.user_says(DANA, DANA, "hello")
    fake.fail_next("sendMessage", kind)
    with pytest.raises(error):
        await bot.send_message(DANA, "one")
    assert [message.text for message in fake.sent] == (["one"] if is_delivered else [])
    await bot.send_message(DANA, "two")
    assert fake.sent[-1].text == "two"


async def test_waiting_in_vain_says_what_was_sent_instead(fake: TelegramFake, bot: Bot) -> None:
    fake.user_says(DANA, DANA, "hello")
    await bot.send_message(DANA, "something else")
    with pytest.raises(AssertionError, match="a message to chat 100 did not come") as caught:
        await fake.wait_for_message(DANA, lambda message: message.text == "card", timeout=0.01)
    assert "something else" in str(caught.value)


async def test_the_platform_can_go_down_and_come_back_with_its_memory(fake: TelegramFake, bot: Bot) -> None:
    fake.user_says(DANA, DANA, "hello")
    port = int(fake.origin.rpartition(":")[2])
    await fake.stop()
    with pytest.raises(NetworkError):
        await bot.send_message(DANA, "x")
    await fake.start(port)
    await bot.send_message(DANA, "x")
    assert [message.text for message in fake.messages(DANA)] == ["x"]
