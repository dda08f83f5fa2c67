"""What Telegram's messenger makes of a message and of each answer, against the fake platform."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta

import pytest
from telegram import Bot

from bot.chat.telegram.connect import check_telegram, open_telegram
from bot.chat.telegram.messenger import TelegramMessenger
from bot.chat.telegram.transport import ApiRequest
from bot.domain.cards import build_card
from bot.domain.chats import NO_REPLY_ADDRESS, ChatKind, Destination, ReplyAddress
from bot.domain.deliveries import Form, Receipt
from bot.domain.messages import Attachment, Message, line, plain_message
from bot.errors import SendError, SendOutcome
from tests import factories
from tests.fakes.clock import FakeClock
from tests.fakes.pictures import picture
from tests.fakes.server import FaultKind
from tests.fakes.telegram import TelegramFake
from tests.fakes.telegram_rules import TelegramLimits

NO_LIMITS = TelegramLimits(chat_interval=0.0, group_per_minute=10_000, overall_per_second=10_000)
DANA = 100
GROUP, CHANNEL = -100500, -100600
DESK = factories.build_destination(str(DANA))
FORUM = factories.build_destination(str(GROUP), thread="44", kind=ChatKind.GROUP)
NO_TIME_TAG = 'Bad Request: can\'t parse entities: Unsupported start tag "tg-time" at byte offset 120'


@pytest.fixture
async def fake() -> AsyncIterator[TelegramFake]:
    async with TelegramFake(limits=NO_LIMITS) as server:
        server.user_says(DANA, DANA, "/start")
        server.add_chat(GROUP, "supergroup", members=[DANA], topics=[44])
        server.add_chat(CHANNEL, "channel", admins=[DANA])
        yield server


@asynccontextmanager
async def open_messenger(fake: TelegramFake, *, token: str = "") -> AsyncIterator[TelegramMessenger]:
    request = ApiRequest(answer_seconds=0.3)
    try:
        yield TelegramMessenger(Bot(token or fake.token, base_url=fake.base_url, request=request))
    finally:
        await request.shutdown()


@pytest.fixture
async def messenger(fake: TelegramFake) -> AsyncIterator[TelegramMessenger]:
    async with open_messenger(fake) as opened:
        yield opened


def card() -> Message:
    return build_card(factories.build_alert_view(), DESK, frozenset({"csto"}))


async def send(
    messenger: TelegramMessenger,
    message: Message | None = None,
    destination: Destination = DESK,
    *,
    form: Form = Form.RICH,
    reply_to: ReplyAddress = NO_REPLY_ADDRESS,
    silent: bool = False,
) -> Receipt:
    return await messenger.send(destination, message or card(), form=form, reply_to=reply_to, silent=silent)


async def failure(messenger: TelegramMessenger, destination: Destination = DESK) -> SendError:
    with pytest.raises(SendError) as caught:
        await send(messenger, destination=destination)
    return caught.value


async def test_a_card_arrives_as_the_reader_should_see_it(fake: TelegramFake, messenger: TelegramMessenger) -> None:
    receipt = await send(messenger)
    (sent,) = fake.sent
    assert receipt == Receipt(str(sent.message_id))
    assert sent.text.startswith("🟠 HIGH · CSTO · 7KD4\nCSTO troops deploy to the Tajik-Afghan border\n")
    assert {"text_link", "date_time", "bold"} <= {entity["type"] for entity in sent.entities}
    assert sent.dropped_links == ()
    assert sent.button("Why")["callback_data"] == "a1:7KD4:why"
    assert sent.raw["link_preview_options"] == '{"is_disabled": true}'
    assert not sent.is_silent


async def test_silence_is_the_callers_or_the_messages_own_wish(
    fake: TelegramFake, messenger: TelegramMessenger
) -> None:
    await send(messenger, silent=True)
    await send(messenger, Message((line("quiet"),), "quiet", silent=True))
    assert [sent.is_silent for sent in fake.sent] == [True, True]


async def test_an_answer_stands_under_what_it_answers(fake: TelegramFake, messenger: TelegramMessenger) -> None:
    asked = fake.user_says(DANA, DANA, "/status")
    await send(messenger, plain_message("All well."), reply_to=ReplyAddress(str(asked)))
    assert fake.sent[-1].reply_to == asked


async def test_an_answer_to_a_deleted_message_is_sent_all_the_same(
    fake: TelegramFake, messenger: TelegramMessenger
) -> None:
    await send(messenger, plain_message("All well."), reply_to=ReplyAddress("4711"))
    assert (fake.sent[-1].text, fake.sent[-1].reply_to) == ("All well.", None)


async def test_a_forum_topic_gets_its_own_messages(fake: TelegramFake, messenger: TelegramMessenger) -> None:
    await send(messenger, destination=FORUM)
    assert fake.sent[-1].thread_id == 44


@pytest.mark.parametrize("ending", ["deletes_topic", "closes_topic"])
async def test_without_its_topic_a_message_goes_to_the_chat_and_says_so(
    fake: TelegramFake, messenger: TelegramMessenger, ending: str
) -> None:
    getattr(fake, ending)(GROUP, 44)
    await send(messenger, destination=FORUM)
    (sent,) = fake.sent
    assert sent.thread_id is None
    assert sent.text.startswith("⚠️ The topic for these messages is closed or deleted")
    assert "CSTO troops deploy" in sent.text
    await send(messenger, destination=FORUM)
    assert fake.sent[-1].text.startswith("🟠"), "it was said once"


async def test_the_plain_form_has_no_parse_mode_but_buttons(fake: TelegramFake, messenger: TelegramMessenger) -> None:
    await send(messenger, form=Form.PLAIN)
    assert (fake.sent[-1].parse_mode, len(fake.sent[-1].keyboard)) == ("", 2)


async def test_the_minimal_form_is_title_and_link(fake: TelegramFake, messenger: TelegramMessenger) -> None:
    await send(messenger, form=Form.MINIMAL)
    assert fake.sent[-1].text == (
        "CSTO troops deploy to the Tajik-Afghan border\nhttps://asia-plus.example/news/item-1"
    )


async def test_a_server_without_time_tags_gets_plain_times_at_once_and_from_then_on(
    fake: TelegramFake, messenger: TelegramMessenger
) -> None:
    fake.fail_next("sendMessage", "400", detail=NO_TIME_TAG)
    await send(messenger)
    await send(messenger)
    assert [call.status for call in fake.calls] == [400, 200, 200]
    assert all("tg-time" not in sent.raw["text"] and "Nov 2026" in sent.text for sent in fake.sent)


@pytest.mark.parametrize(
    ("kind", "outcome", "arrived"),
    [
        ("reset_before", SendOutcome.UNKNOWN, 0),
        ("reset_after_receive", SendOutcome.UNKNOWN, 1),
        ("hang", SendOutcome.UNKNOWN, 0),
        ("500", SendOutcome.NOT_SENT, 0),
        ("502_html", SendOutcome.NOT_SENT, 0),
        ("html_200", SendOutcome.NOT_SENT, 0),
        ("429", SendOutcome.RATE_LIMITED, 0),
        ("403", SendOutcome.DESTINATION_GONE, 0),
        ("400", SendOutcome.BAD_MESSAGE, 0),
    ],
)
async def test_every_fault_has_its_outcome_and_is_never_tried_twice_here(
    fake: TelegramFake, messenger: TelegramMessenger, kind: FaultKind, outcome: SendOutcome, arrived: int
) -> None:
    fake.fail_next("sendMessage", kind)
    assert (await failure(messenger)).outcome is outcome
    assert len(fake.sent) == arrived


async def test_nobody_listening_is_not_sent(fake: TelegramFake, messenger: TelegramMessenger) -> None:
    await fake.stop()
    assert (await failure(messenger)).outcome is SendOutcome.NOT_SENT


async def test_the_wait_that_telegram_asks_for_is_passed_on(fake: TelegramFake, messenger: TelegramMessenger) -> None:
    fake.fail_next("sendMessage", "429", retry_after=17)
    assert (await failure(messenger)).retry_after == timedelta(seconds=17)


async def test_a_second_message_within_a_second_is_rate_limited_by_the_server() -> None:
    async with TelegramFake() as fake, open_messenger(fake) as messenger:
        fake.user_says(DANA, DANA, "/start")
        await send(messenger)
        assert (await failure(messenger)).outcome is SendOutcome.RATE_LIMITED


async def test_a_group_that_became_a_supergroup_tells_its_new_address(
    fake: TelegramFake, messenger: TelegramMessenger
) -> None:
    fake.add_chat(-500, "group", members=[DANA])
    fake.migrates(-500, -100777)
    error = await failure(messenger, factories.build_destination("-500", kind=ChatKind.GROUP))
    assert (error.outcome, error.moved_to) == (SendOutcome.DESTINATION_GONE, "-100777")


async def test_a_chat_that_is_lost_is_gone(fake: TelegramFake, messenger: TelegramMessenger) -> None:
    fake.blocks_bot(DANA)
    assert (await failure(messenger)).outcome is SendOutcome.DESTINATION_GONE
    fake.sets_bot_status(GROUP, "kicked", by=DANA)
    assert (await failure(messenger, FORUM)).outcome is SendOutcome.DESTINATION_GONE
    fake.sets_bot_status(CHANNEL, "member", by=DANA)
    channel = factories.build_destination(str(CHANNEL), kind=ChatKind.CHANNEL)
    assert (await failure(messenger, channel)).outcome is SendOutcome.DESTINATION_GONE
    unknown = factories.build_destination("@nobody")
    assert (await failure(messenger, unknown)).outcome is SendOutcome.DESTINATION_GONE


@pytest.mark.parametrize("token", ["123:wrong", "wrong"])
async def test_a_refused_token_is_unauthorised(fake: TelegramFake, token: str) -> None:
    async with open_messenger(fake, token=token) as messenger:
        assert (await failure(messenger)).outcome is SendOutcome.UNAUTHORISED


async def test_the_token_is_in_no_log_line_and_no_error(fake: TelegramFake, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    kinds: list[FaultKind] = ["reset_before", "502_html", "html_200", "429", "403", "400"]
    async with open_telegram(fake.token, fake.origin, FakeClock(), ()) as telegram:
        await send(telegram.messenger)
        for kind in kinds:
            fake.fail_next("sendMessage", kind)
            error: BaseException | None = await failure(telegram.messenger)
            while error is not None:
                assert fake.token not in f"{error} {error!r}"
                error = error.__cause__
        assert fake.token not in f"{telegram!r}"
    assert fake.token not in caplog.text


async def test_doctor_hears_who_answers(fake: TelegramFake) -> None:
    assert await check_telegram(fake.token, f"{fake.origin}/") == "@tocsin_test_bot answers"


@pytest.mark.parametrize("token", ["", "wrong", "123:wr ong", "123:wrong"])
async def test_doctor_hears_the_cure_for_a_wrong_token(fake: TelegramFake, token: str) -> None:
    with pytest.raises(SendError, match="TELEGRAM_BOT_TOKEN") as caught:
        await check_telegram(token, fake.origin)
    assert caught.value.outcome is SendOutcome.UNAUTHORISED


async def test_doctor_hears_that_nobody_answers(fake: TelegramFake) -> None:
    await fake.stop()
    with pytest.raises(SendError, match="check the network"):
        await check_telegram(fake.token, fake.origin)


async def test_telegram_can_be_asked_whether_it_answers_but_not_what_it_was_sent(
    fake: TelegramFake, messenger: TelegramMessenger
) -> None:
    await messenger.check()
    fake.fail_next("getMe", "502_html")
    with pytest.raises(SendError):
        await messenger.check()
    with pytest.raises(SendError, match="no history"):
        await messenger.find_sent(DESK, "1", FakeClock().now())


TABLE = Attachment("alerts.csv", "text/csv", b"id,title\n")
PLOT = Attachment("stats.png", "image/png", picture(80, 60), "12 stories, norm 5.")


def with_file(attachment: Attachment, text: str = "214 alerts") -> Message:
    return replace(plain_message(text), attachment=attachment)


async def test_a_document_arrives_under_its_name_with_the_text_as_caption(
    fake: TelegramFake, messenger: TelegramMessenger
) -> None:
    receipt = await send(messenger, with_file(TABLE), FORUM, silent=True)
    (sent,) = fake.sent
    assert sent.file is not None
    assert receipt == Receipt(str(sent.message_id))
    assert (sent.method, sent.file.name, sent.file.data) == ("sendDocument", "alerts.csv", TABLE.content)
    assert (sent.text, sent.thread_id, sent.is_silent) == ("214 alerts", 44, True)


@pytest.mark.parametrize(("form", "method"), [(Form.RICH, "sendPhoto"), (Form.PLAIN, "sendDocument")])
async def test_a_picture_that_is_refused_as_a_photo_goes_as_a_document(
    fake: TelegramFake, messenger: TelegramMessenger, form: Form, method: str
) -> None:
    await send(messenger, with_file(PLOT), form=form)
    (sent,) = fake.sent
    assert sent.file is not None
    assert (sent.method, sent.file.data) == (method, PLOT.content)


async def test_a_long_text_under_a_file_is_cut_to_a_caption(fake: TelegramFake, messenger: TelegramMessenger) -> None:
    await send(messenger, with_file(PLOT, "word " * 1000))
    await send(messenger, with_file(PLOT, "word " * 1000), form=Form.PLAIN)
    assert all(950 < len(sent.text) <= 1024 for sent in fake.sent)


async def test_a_group_that_takes_no_files_gets_the_text(fake: TelegramFake, messenger: TelegramMessenger) -> None:
    fake.api.world.chats[GROUP].takes_files = False
    with pytest.raises(SendError) as caught:
        await send(messenger, with_file(TABLE), FORUM)
    assert caught.value.outcome is SendOutcome.BAD_MESSAGE
    await send(messenger, with_file(TABLE), FORUM, form=Form.MINIMAL)
    assert [sent.text for sent in fake.sent] == ["214 alerts\n(alerts.csv could not be sent here.)"]
