"""The messenger against the fake Slack: what arrives, and what every kind of failure means for the outbox."""

import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.chat.slack.connect import SlackChat, check_slack
from bot.chat.slack.setup import SlackSetup
from bot.domain.cards import build_card
from bot.domain.chats import NO_REPLY_ADDRESS, Destination, ReplyAddress
from bot.domain.deliveries import Form, Receipt
from bot.domain.messages import Attachment, Button, Message, plain_message
from bot.errors import SendError, SendOutcome
from tests.factories import build_alert_view, build_slack_destination
from tests.fakes.clock import FakeClock
from tests.fakes.server import FaultKind
from tests.fakes.slack import SCOPES, SlackFake
from tests.fakes.slack_methods import SlackLimits
from tests.fakes.slack_opening import opened_slack

DANA = "U0DANA"
DESK = build_slack_destination("C0DESK")
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
NOTE = plain_message("Watching CSTO.", ((Button("Undo", "unwatch", "csto"),),))


@pytest.fixture
async def fake() -> AsyncIterator[SlackFake]:
    async with SlackFake(limits=SlackLimits(channel_interval=0.0)) as server:
        server.add_channel("C0DESK", members=[DANA])
        yield server


@pytest.fixture
async def slack(fake: SlackFake) -> AsyncIterator[SlackChat]:
    async with opened_slack(fake.setup, FakeClock()) as chat:
        yield chat


async def send(
    slack: SlackChat,
    message: Message = NOTE,
    *,
    to: Destination = DESK,
    form: Form = Form.RICH,
    reply_to: ReplyAddress = NO_REPLY_ADDRESS,
) -> Receipt:
    return await slack.messenger.send(to, message, form=form, reply_to=reply_to, silent=False)


async def failure(slack: SlackChat, *, reply_to: ReplyAddress = NO_REPLY_ADDRESS, to: Destination = DESK) -> SendError:
    with pytest.raises(SendError) as caught:
        await send(slack, to=to, reply_to=reply_to)
    return caught.value


async def test_a_card_arrives_with_its_link_its_reasons_and_its_buttons(fake: SlackFake, slack: SlackChat) -> None:
    receipt = await send(slack, build_card(build_alert_view(), DESK, frozenset({"csto"})))
    card = await fake.wait_for_message("C0DESK")
    assert receipt == Receipt(card.ts)
    assert [(live.kind, live.target) for live in card.live] == [("link", "https://asia-plus.example/news/item-1")]
    assert "CSTO troops deploy to the Tajik-Afghan border" in card.visible
    assert [element["action_id"] for _, element in card.elements] == ["more", "open", "ack", "why", "dn"]
    assert (card.raw["unfurl_links"], card.raw["unfurl_media"]) == (False, False)


@pytest.mark.parametrize("form", list(Form))
async def test_every_form_is_accepted(fake: SlackFake, slack: SlackChat, form: Form) -> None:
    await send(slack, build_card(build_alert_view(), DESK, frozenset({"csto"})), form=form)
    assert "CSTO troops deploy" in (await fake.wait_for_message("C0DESK")).visible


async def test_an_answer_goes_into_the_thread(fake: SlackFake, slack: SlackChat) -> None:
    card = await send(slack)
    await send(slack, plain_message("Because."), reply_to=ReplyAddress(card.message))
    answer = await fake.wait_for_message("C0DESK", after=card.message)
    assert (answer.thread_ts, answer.visible) == (card.message, "Because.")


@pytest.mark.parametrize("broadcast", [True, False])
async def test_a_rise_to_critical_in_a_thread_is_shown_to_the_channel_too(
    fake: SlackFake, slack: SlackChat, *, broadcast: bool
) -> None:
    card = await send(slack)
    await send(slack, plain_message("🔺 Now critical."), reply_to=ReplyAddress(card.message, broadcast=broadcast))
    posted = [call.parameters for call in fake.calls if call.method == "chat.postMessage"]
    assert (posted[-1]["thread_ts"], posted[-1].get("reply_broadcast", False)) == (card.message, broadcast)


async def test_an_answer_under_a_deleted_message_goes_to_the_channel(fake: SlackFake, slack: SlackChat) -> None:
    await send(slack, plain_message("Because."), reply_to=ReplyAddress("1732430000.999999"))
    answer = await fake.wait_for_message("C0DESK")
    assert (answer.thread_ts, answer.visible) == ("", "Because.")


async def test_a_private_answer_is_for_one_person(fake: SlackFake, slack: SlackChat) -> None:
    await send(slack, reply_to=ReplyAddress(only_for=DANA))
    answer = await fake.wait_for_ephemeral("C0DESK", DANA)
    assert answer.method == "chat.postEphemeral"
    assert fake.messages("C0DESK") == []


async def test_a_command_is_answered_at_its_response_address(fake: SlackFake, slack: SlackChat) -> None:
    fake.add_channel("C0ELSEWHERE", has_bot=False)
    asked = fake.user_commands(DANA, "C0ELSEWHERE", "/tocsin", "help")
    reply_to = ReplyAddress(only_for=DANA, response_url=asked.payload["response_url"])
    assert await send(slack, to=build_slack_destination("C0ELSEWHERE"), reply_to=reply_to) == Receipt("")
    assert (await fake.wait_for_ephemeral("C0ELSEWHERE", DANA)).method == "response_url"


async def test_a_used_up_response_address_is_replaced_by_an_ephemeral_message(
    fake: SlackFake, slack: SlackChat
) -> None:
    asked = fake.user_commands(DANA, "C0DESK", "/tocsin", "help")
    reply_to = ReplyAddress(only_for=DANA, response_url=asked.payload["response_url"])
    for _ in range(6):
        await send(slack, reply_to=reply_to)
    assert [message.method for message in fake.sent] == ["response_url"] * 5 + ["chat.postEphemeral"]


async def test_a_rate_limit_names_the_wait() -> None:
    async with SlackFake() as fake, opened_slack(fake.setup, FakeClock()) as slack:
        fake.add_channel("C0DESK")
        await send(slack)
        error = await failure(slack)
        assert (error.outcome, error.retry_after) == (SendOutcome.RATE_LIMITED, timedelta(seconds=1))


@pytest.mark.parametrize(
    ("kind", "outcome", "copies"),
    [
        ("reset_before", SendOutcome.UNKNOWN, 0),
        ("reset_after_receive", SendOutcome.UNKNOWN, 1),
        ("cut_body", SendOutcome.UNKNOWN, 1),
        ("text_200", SendOutcome.UNKNOWN, 0),
        ("html_200", SendOutcome.UNKNOWN, 0),
        ("502_html", SendOutcome.NOT_SENT, 0),
        ("500", SendOutcome.NOT_SENT, 0),
        ("429", SendOutcome.RATE_LIMITED, 0),
        ("403", SendOutcome.DESTINATION_GONE, 0),
        ("400", SendOutcome.BAD_MESSAGE, 0),
    ],
)
async def test_every_fault_is_told_apart_and_nothing_is_sent_twice(
    fake: SlackFake, slack: SlackChat, kind: FaultKind, outcome: SendOutcome, copies: int
) -> None:
    fake.fail_next("chat.postMessage", kind, retry_after=7)
    error = await failure(slack)
    assert error.outcome is outcome
    assert error.retry_after == (timedelta(seconds=7) if outcome is SendOutcome.RATE_LIMITED else None)
    assert len(fake.messages("C0DESK")) == copies
    await send(slack)
    assert len(fake.messages("C0DESK")) == copies + 1


@pytest.mark.parametrize(
    ("kind", "outcome"),
    [
        ("reset_after_receive", SendOutcome.UNKNOWN),
        ("cut_body", SendOutcome.UNKNOWN),
        ("text_200", SendOutcome.UNKNOWN),
        ("html_200", SendOutcome.UNKNOWN),
        ("502_html", SendOutcome.NOT_SENT),
        ("500", SendOutcome.NOT_SENT),
    ],
)
async def test_a_response_address_that_fails_says_whether_the_answer_may_have_arrived(
    fake: SlackFake, slack: SlackChat, kind: FaultKind, outcome: SendOutcome
) -> None:
    asked = fake.user_commands(DANA, "C0DESK", "/tocsin", "help")
    fake.fail_next("response_url", kind)
    reply_to = ReplyAddress(only_for=DANA, response_url=asked.payload["response_url"])
    assert (await failure(slack, reply_to=reply_to)).outcome is outcome


async def test_a_rate_limited_response_address_names_the_wait(fake: SlackFake, slack: SlackChat) -> None:
    asked = fake.user_commands(DANA, "C0DESK", "/tocsin", "help")
    fake.fail_next("response_url", "429", retry_after=3)
    error = await failure(slack, reply_to=ReplyAddress("", DANA, asked.payload["response_url"]))
    assert (error.outcome, error.retry_after) == (SendOutcome.RATE_LIMITED, timedelta(seconds=3))


@pytest.mark.parametrize(
    ("word", "outcome"),
    [
        ("is_archived", SendOutcome.DESTINATION_GONE),
        ("channel_not_found", SendOutcome.DESTINATION_GONE),
        ("restricted_action", SendOutcome.DESTINATION_GONE),
        ("invalid_auth", SendOutcome.UNAUTHORISED),
        ("token_revoked", SendOutcome.UNAUTHORISED),
        ("account_inactive", SendOutcome.UNAUTHORISED),
        ("missing_scope", SendOutcome.UNAUTHORISED),
        ("invalid_blocks", SendOutcome.BAD_MESSAGE),
        ("msg_too_long", SendOutcome.BAD_MESSAGE),
        ("something_new", SendOutcome.BAD_MESSAGE),
        ("fatal_error", SendOutcome.UNKNOWN),
        ("service_unavailable", SendOutcome.NOT_SENT),
        ("ratelimited", SendOutcome.RATE_LIMITED),
    ],
)
async def test_every_word_of_slack_has_its_outcome(
    fake: SlackFake, slack: SlackChat, word: str, outcome: SendOutcome
) -> None:
    fake.fail_next("chat.postMessage", "400", detail=word)
    error = await failure(slack)
    assert error.outcome is outcome
    if outcome in {SendOutcome.DESTINATION_GONE, SendOutcome.UNAUTHORISED}:
        assert word in error.cause
        assert error.cure


async def test_a_chat_the_bot_was_taken_out_of_is_gone(fake: SlackFake, slack: SlackChat) -> None:
    fake.removes_bot("C0DESK", by=DANA)
    error = await failure(slack)
    assert (error.outcome, error.cause) == (SendOutcome.DESTINATION_GONE, "Slack refused: not_in_channel.")


async def test_an_unreachable_slack_has_not_seen_the_message() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{taken.getsockname()[1]}/api/"
        async with opened_slack(SlackSetup("xoxb-1", "xapp-1", api_url=address), FakeClock()) as slack:
            error = await failure(slack)
    assert error.outcome is SendOutcome.NOT_SENT
    assert "SLACK_API_URL" in error.cure


async def test_an_answer_that_does_not_come_in_time_is_unknown(
    fake: SlackFake, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.chat.slack.connect._ANSWER_SECONDS", 0.2)
    async with opened_slack(fake.setup, FakeClock()) as slack:
        fake.fail_next("chat.postMessage", "hang")
        error = await failure(slack)
    assert (error.outcome, error.cause) == (SendOutcome.UNKNOWN, "Slack did not answer in time.")


async def test_doctor_says_who_answers_where(fake: SlackFake) -> None:
    assert await check_slack(fake.setup) == ("@tocsin answers in the workspace tocsin-test")


async def test_doctor_names_the_scopes_that_are_missing(fake: SlackFake) -> None:
    fake.api.scopes -= {"im:history", "users:read"}
    said = await check_slack(fake.setup)
    assert "but lacks the scopes im:history, users:read. Add them" in said


async def test_a_bot_that_may_not_write_is_refused(fake: SlackFake) -> None:
    fake.api.scopes -= {"chat:write"}
    with pytest.raises(SendError, match="lacks the scope chat:write") as caught:
        await check_slack(fake.setup)
    assert caught.value.outcome is SendOutcome.UNAUTHORISED


@pytest.mark.parametrize(
    ("bot_token", "app_token", "name"),
    [
        ("xoxb-wrong", "", "SLACK_BOT_TOKEN"),
        ("", "xapp-wrong", "SLACK_APP_TOKEN"),
        ("not a token", "", "SLACK_BOT_TOKEN"),
        ("", "xoxb-swapped", "SLACK_APP_TOKEN"),
    ],
)
async def test_doctor_names_the_token_that_is_wrong(fake: SlackFake, bot_token: str, app_token: str, name: str) -> None:
    async with AsyncExitStack() as stack:
        caught = stack.enter_context(pytest.raises(SendError))
        await check_slack(
            replace(fake.setup, bot_token=bot_token or fake.bot_token, app_token=app_token or fake.app_token)
        )
    assert caught.value.outcome is SendOutcome.UNAUTHORISED
    assert name in str(caught.value)


async def _send_marked(slack: SlackChat, marker: str) -> Receipt:
    return await slack.messenger.send(
        DESK, NOTE, form=Form.RICH, reply_to=NO_REPLY_ADDRESS, silent=False, marker=marker
    )


async def test_a_message_whose_answer_was_lost_is_found_by_its_marker(fake: SlackFake, slack: SlackChat) -> None:
    fake.api.scopes.add("channels:history")
    await _send_marked(slack, "17")
    fake.fail_next("chat.postMessage", "reset_after_receive")
    with pytest.raises(SendError):
        await _send_marked(slack, "18")
    found = await slack.messenger.find_sent(DESK, "18", LONG_AGO)
    assert found == Receipt(fake.messages("C0DESK")[-1].ts)
    assert await slack.messenger.find_sent(DESK, "19", LONG_AGO) is None


async def test_without_the_scope_nobody_can_tell_what_was_sent(fake: SlackFake, slack: SlackChat) -> None:
    assert "channels:history" not in SCOPES
    await _send_marked(slack, "17")
    with pytest.raises(SendError):
        await slack.messenger.find_sent(DESK, "17", LONG_AGO)


async def test_a_history_too_long_to_look_through_does_not_prove_that_a_message_is_missing(
    fake: SlackFake, slack: SlackChat
) -> None:
    fake.api.scopes.add("channels:history")
    for number in range(202):
        await _send_marked(slack, str(number))
    with pytest.raises(SendError, match="too long"):
        await slack.messenger.find_sent(DESK, "0", LONG_AGO)


async def test_slack_can_be_asked_whether_it_answers(fake: SlackFake, slack: SlackChat) -> None:
    await slack.messenger.check()
    fake.fail_next("auth.test", "502_html")
    with pytest.raises(SendError) as caught:
        await slack.messenger.check()
    assert caught.value.outcome is SendOutcome.NOT_SENT


PLOT = Attachment("stats.png", "image/png", b"PNG", "12 stories, norm 5.")
FIGURES = replace(plain_message("12 stories"), attachment=PLOT)


@pytest.mark.parametrize("form", [Form.RICH, Form.PLAIN])
async def test_a_file_is_shown_with_its_text_and_what_it_shows(fake: SlackFake, slack: SlackChat, form: Form) -> None:
    assert await send(slack, FIGURES, form=form) == Receipt("")
    (file,), (sent,) = fake.api.files, fake.sent
    assert (file.name, file.data, file.alt, file.channel) == ("stats.png", b"PNG", PLOT.alt, "C0DESK")
    assert (sent.visible, sent.channel) == ("12 stories", "C0DESK")


async def test_a_file_goes_under_the_message_it_answers_or_into_the_channel_if_that_is_gone(
    fake: SlackFake, slack: SlackChat
) -> None:
    card = await send(slack)
    await send(slack, FIGURES, reply_to=ReplyAddress(message=card.message))
    await send(slack, FIGURES, reply_to=ReplyAddress(message="1.000001"))
    assert [sent.thread_ts for sent in fake.sent] == ["", card.message, ""]


async def test_a_file_for_one_person_comes_as_a_direct_message(fake: SlackFake, slack: SlackChat) -> None:
    fake.user_commands(DANA, "C0DESK", "/tocsin", "export csv")
    (key,) = fake.api.response_urls
    address = ReplyAddress(only_for=DANA, response_url=f"{fake.origin}/response/{key}")
    await send(slack, FIGURES, reply_to=address)
    assert [file.channel for file in fake.api.files] == ["D0DANA"]
    said = await fake.wait_for_ephemeral("C0DESK", DANA)
    assert said.visible == "stats.png is in your direct messages with me."


async def test_without_the_scope_for_files_the_text_goes_alone(fake: SlackFake, slack: SlackChat) -> None:
    fake.api.scopes.discard("files:write")
    with pytest.raises(SendError) as caught:
        await send(slack, FIGURES)
    assert caught.value.outcome is SendOutcome.BAD_MESSAGE
    await send(slack, FIGURES, form=Form.MINIMAL)
    assert [sent.text for sent in fake.sent] == ["12 stories\n(stats.png could not be sent here.)"]


async def test_a_file_that_was_not_taken_is_tried_again(fake: SlackFake, slack: SlackChat) -> None:
    fake.fail_next("files.getUploadURLExternal", "500")
    with pytest.raises(SendError) as caught:
        await send(slack, FIGURES)
    assert caught.value.outcome is SendOutcome.NOT_SENT
