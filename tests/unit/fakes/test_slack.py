"""Slack's fake behaves as the platform does, seen through the unmodified library."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Self

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from tests.fakes.slack import SCOPES, SlackFake
from tests.fakes.slack_methods import SlackLimits
from tests.fakes.slack_text import Live
from tests.fakes.slack_world import BOT_USER_ID

NO_LIMITS = SlackLimits(channel_interval=0.0)
DANA, BAHROM = "U0DANA", "U0BAHROM"
DESK = "C0DESK"
BUTTONS: list[dict[str, Any]] = [
    {
        "type": "actions",
        "elements": [
            {
                "type": "button",
                "action_id": "why",
                "text": {"type": "plain_text", "text": "Why"},
                "value": "a1:7Q2M:why",
            }
        ],
    }
]


@pytest.fixture
async def fake() -> AsyncIterator[SlackFake]:
    async with SlackFake(limits=NO_LIMITS) as server:
        server.add_channel(DESK, members=[DANA, BAHROM])
        yield server


def make_client(fake: SlackFake, token: str = "") -> AsyncWebClient:
    return AsyncWebClient(token or fake.bot_token, base_url=fake.api_url, timeout=1, retry_handlers=[])


@pytest.fixture
def client(fake: SlackFake) -> AsyncWebClient:
    return make_client(fake)


class Listener:
    """The library's own Socket Mode client; acknowledges everything, with `answer` if there is one."""

    def __init__(self, fake: SlackFake, *, answer: dict[str, Any] | None = None, is_mute: bool = False) -> None:
        self.requests: list[SocketModeRequest] = []
        self._answer = answer
        self._is_mute = is_mute
        self.client = SocketModeClient(fake.app_token, web_client=make_client(fake))
        self.client.socket_mode_request_listeners.append(self._hear)  # type: ignore[arg-type]  # library's own union

    async def _hear(self, client: SocketModeClient, request: SocketModeRequest) -> None:
        self.requests.append(request)
        if not self._is_mute:
            await client.send_socket_mode_response(SocketModeResponse(request.envelope_id, self._answer))

    async def __aenter__(self) -> Self:
        await self.client.connect()  # type: ignore[no-untyped-call]  # the library has no types here
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.client.close()  # type: ignore[no-untyped-call]  # as above


async def test_the_unmodified_library_knows_itself(client: AsyncWebClient) -> None:
    assert (await client.auth_test())["user_id"] == BOT_USER_ID


@pytest.mark.parametrize(
    ("token", "error"), [("xoxb-wrong", "invalid_auth"), ("xapp-1-A0TOCSIN-fakefakefake", "not_allowed_token_type")]
)
async def test_a_wrong_token_is_told_as_the_platform_tells_it(fake: SlackFake, token: str, error: str) -> None:
    with pytest.raises(SlackApiError) as caught:
        await make_client(fake, token).auth_test()
    assert caught.value.response["error"] == error


async def test_only_the_app_token_opens_a_socket(fake: SlackFake, client: AsyncWebClient) -> None:
    with pytest.raises(SlackApiError, match="not_allowed_token_type"):
        await client.apps_connections_open(app_token=fake.bot_token)


async def test_an_unknown_method_is_refused(client: AsyncWebClient) -> None:
    with pytest.raises(SlackApiError, match="unknown_method"):
        await client.api_call("chat.shout")


async def test_a_card_reads_as_people_see_it(fake: SlackFake, client: AsyncWebClient) -> None:
    blocks = [{"type": "section", "text": {"type": "mrkdwn", "text": "<https://e.example|A &amp; B>"}}, *BUTTONS]
    answer = await client.chat_postMessage(channel=DESK, text="HIGH, CSTO", blocks=blocks)
    card = await fake.wait_for_message(DESK)
    assert (card.ts, card.visible, card.live) == (
        answer["ts"],
        "A & B\nWhy",
        (Live("link", "https://e.example", "A &amp; B"),),
    )
    assert card.element("why")[1]["value"] == "a1:7Q2M:why"


async def test_a_mention_nobody_wrote_is_seen(fake: SlackFake, client: AsyncWebClient) -> None:
    await client.chat_postMessage(channel=DESK, text="<!channel> and <@U0DANA> but not @here")
    assert [live.kind for live in (await fake.wait_for_message(DESK)).mentions] == ["broadcast", "user"]


@pytest.mark.parametrize(
    ("channel", "error"),
    [("C0NOWHERE", "channel_not_found"), ("C0OUT", "not_in_channel"), ("G0OUT", "channel_not_found")],
)
async def test_the_bot_posts_only_where_it_is(
    fake: SlackFake, client: AsyncWebClient, channel: str, error: str
) -> None:
    fake.add_channel("C0OUT", has_bot=False)
    fake.add_channel("G0OUT", kind="private", has_bot=False)
    with pytest.raises(SlackApiError, match=error):
        await client.chat_postMessage(channel=channel, text="x")


async def test_an_archived_channel_takes_nothing(fake: SlackFake, client: AsyncWebClient) -> None:
    fake.archives(DESK, by=DANA)
    with pytest.raises(SlackApiError, match="is_archived"):
        await client.chat_postMessage(channel=DESK, text="x")


async def test_a_block_against_the_rules_is_refused_with_its_place(client: AsyncWebClient) -> None:
    blocks = [{"type": "section", "text": {"type": "mrkdwn", "text": "x" * 3001}}]
    with pytest.raises(SlackApiError) as caught:
        await client.chat_postMessage(channel=DESK, text="x", blocks=blocks)
    assert caught.value.response["error"] == "invalid_blocks"
    assert "json-pointer:/blocks/0/text/text" in caught.value.response["errors"][0]


async def test_an_ephemeral_message_is_for_one_person(fake: SlackFake, client: AsyncWebClient) -> None:
    await client.chat_postEphemeral(channel=DESK, user=DANA, text="for you")
    assert (await fake.wait_for_ephemeral(DESK, DANA)).visible == "for you"
    assert fake.messages(DESK) == []
    with pytest.raises(SlackApiError, match="user_not_in_channel"):
        await client.chat_postEphemeral(channel=DESK, user="U0STRANGER", text="x")


async def test_a_thread_needs_its_first_message(fake: SlackFake, client: AsyncWebClient) -> None:
    first = await client.chat_postMessage(channel=DESK, text="card")
    await client.chat_postMessage(channel=DESK, text="update", thread_ts=first["ts"])
    assert [message.thread_ts for message in fake.messages(DESK)] == ["", first["ts"]]
    with pytest.raises(SlackApiError, match="thread_not_found"):
        await client.chat_postMessage(channel=DESK, text="x", thread_ts="1.000001")


async def test_an_edit_changes_the_message_in_its_place(fake: SlackFake, client: AsyncWebClient) -> None:
    await client.chat_postMessage(channel=DESK, text="before")
    card = await fake.wait_for_message(DESK)
    await client.chat_update(channel=DESK, ts=card.ts, text="after")
    assert (await fake.wait_for_edit(card)).visible == "after"
    assert fake.current(card).text == "after"


async def test_more_than_one_message_a_second_to_a_channel_is_refused(client: AsyncWebClient, fake: SlackFake) -> None:
    fake.api._limits = SlackLimits()
    fake.add_channel("C0OTHER")
    await client.chat_postMessage(channel=DESK, text="one")
    with pytest.raises(SlackApiError) as caught:
        await client.chat_postMessage(channel=DESK, text="two")
    assert (caught.value.response.status_code, caught.value.response.headers["Retry-After"]) == (429, "1")
    await client.chat_postMessage(channel="C0OTHER", text="elsewhere")
    assert fake.too_many_requests == 1


async def test_history_needs_a_scope_the_manifest_does_not_ask_for(fake: SlackFake, client: AsyncWebClient) -> None:
    with pytest.raises(SlackApiError, match="missing_scope"):
        await client.conversations_history(channel=DESK)
    fake.api.scopes.add("channels:history")
    await client.chat_postMessage(
        channel=DESK, text="card", metadata={"event_type": "tocsin", "event_payload": {"delivery": 7}}
    )
    found = await client.conversations_history(channel=DESK, include_all_metadata=True)
    assert [message["metadata"]["event_payload"]["delivery"] for message in found["messages"]] == [7]
    assert "channels:history" not in SCOPES


async def test_a_command_is_answered_in_its_acknowledgement(fake: SlackFake) -> None:
    async with Listener(fake, answer={"text": "Watching CSTO."}) as listener:
        sent = fake.user_commands(DANA, DESK, "/tocsin", "addfeed https://a.example/rss?x=1&y=2")
        await fake.wait_for_ack(sent)
        assert (await fake.wait_for_ephemeral(DESK, DANA)).visible == "Watching CSTO."
    assert listener.requests[0].payload["text"] == "addfeed <https://a.example/rss?x=1&amp;y=2>"
    assert fake.late == []


async def test_a_response_url_is_good_for_five_answers(fake: SlackFake) -> None:
    address = fake.user_commands(DANA, DESK, "/tocsin", "help").payload["response_url"]
    hook = AsyncWebhookClient(address, retry_handlers=[])
    answers = [await hook.send(text=f"answer {number}") for number in range(6)]
    assert [answer.status_code for answer in answers] == [200] * 5 + [404]
    assert json.loads(answers[5].body)["error"] == "used_url"
    assert all(message.only_for == DANA for message in fake.sent)


async def test_a_response_url_expires_after_half_an_hour() -> None:
    now = 0.0
    async with SlackFake(now=lambda: now) as fake:
        fake.add_channel(DESK)
        address = fake.user_commands(DANA, DESK, "/tocsin").payload["response_url"]
        now = 1801.0
        answer = await AsyncWebhookClient(address, retry_handlers=[]).send(text="late")
        assert json.loads(answer.body)["error"] == "expired_url"


async def test_a_press_carries_the_button_and_its_message(fake: SlackFake, client: AsyncWebClient) -> None:
    await client.chat_postMessage(channel=DESK, text="card", blocks=BUTTONS)
    card = await fake.wait_for_message(DESK)
    async with Listener(fake) as listener:
        await fake.wait_for_ack(fake.user_presses(card, "why", DANA))
        await fake.wait_for_ack(fake.user_presses(card, "why", DANA, forged_value="a1:XXXX:why"))
    values = [request.payload["actions"][0]["value"] for request in listener.requests]
    assert values == ["a1:7Q2M:why", "a1:XXXX:why"]
    assert listener.requests[0].payload["message"]["ts"] == card.ts
    with pytest.raises(AssertionError, match="no element 'mute'"):
        fake.user_presses(card, "mute", DANA)


async def test_mentions_and_direct_messages_arrive_as_events(fake: SlackFake, client: AsyncWebClient) -> None:
    first = await client.chat_postMessage(channel=DESK, text="card")
    async with Listener(fake) as listener:
        fake.user_mentions(DANA, DESK, "why <b>", thread=first["ts"])
        fake.user_says_in_dm(DANA, "help")
        await fake.wait_for_ack(fake.invites_bot(DESK, by=DANA))
    events = [request.payload["event"] for request in listener.requests]
    assert [event["type"] for event in events] == ["app_mention", "message", "member_joined_channel"]
    assert (events[0]["text"], events[0]["thread_ts"]) == (f"<@{BOT_USER_ID}> why &lt;b&gt;", first["ts"])
    assert (events[1]["channel"], events[1]["channel_type"]) == ("D0DANA", "im")


async def test_the_bot_hears_itself_in_a_direct_message(fake: SlackFake, client: AsyncWebClient) -> None:
    async with Listener(fake) as listener:
        await client.chat_postMessage(channel=fake.opens_dm(DANA), text="hello")
        await fake.wait_for_ack(fake.sockets.deliveries[-1])
    assert listener.requests[0].payload["event"]["bot_id"]


async def test_an_event_waits_for_a_socket_and_a_command_is_lost(fake: SlackFake) -> None:
    command = fake.user_commands(DANA, DESK, "/tocsin")
    event = fake.user_says_in_dm(DANA, "help")
    async with Listener(fake) as listener:
        await fake.wait_for_ack(event)
    assert [request.retry_attempt for request in listener.requests] == [1]
    assert command.sent_at is None


async def test_a_retried_event_keeps_its_event_id(fake: SlackFake) -> None:
    async with Listener(fake) as listener:
        first = fake.user_says_in_dm(DANA, "help")
        await fake.wait_for_ack(fake.retries(first))
    one, two = listener.requests
    assert one.envelope_id != two.envelope_id
    assert one.payload["event_id"] == two.payload["event_id"]


async def test_an_acknowledgement_after_three_seconds_is_late() -> None:
    now = 0.0
    async with SlackFake(now=lambda: now) as fake:
        fake.add_channel(DESK)
        async with Listener(fake, is_mute=True):
            sent = fake.user_commands(DANA, DESK, "/tocsin")
            assert fake.late == []
            now = 3.5
            assert fake.late == [sent]


async def test_a_refused_socket_address_stays_dead(fake: SlackFake, client: AsyncWebClient) -> None:
    fake.sockets.handshakes_to_refuse = 1
    address = (await client.apps_connections_open(app_token=fake.app_token))["url"]
    async with aiohttp.ClientSession() as session:
        for _ in range(2):
            with pytest.raises(aiohttp.WSServerHandshakeError):
                await session.ws_connect(address)
    assert fake.sockets.refused_handshakes == 2


async def test_a_socket_address_is_good_for_one_connection(fake: SlackFake, client: AsyncWebClient) -> None:
    address = (await client.apps_connections_open(app_token=fake.app_token))["url"]
    async with aiohttp.ClientSession() as session, session.ws_connect(address) as socket:
        assert (await socket.receive_json())["type"] == "hello"
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await session.ws_connect(address)


async def test_a_refreshed_connection_is_taken_up_again(fake: SlackFake) -> None:
    async with Listener(fake) as listener:
        await fake.sockets.disconnect("refresh_requested")
        await fake.wait_for_ack(fake.user_says_in_dm(DANA, "still there?"))
    assert len(listener.requests) == 1


@pytest.mark.parametrize(
    ("kind", "is_delivered"),
    [("reset_before", False), ("reset_after_receive", True), ("cut_body", True), ("text_200", False)],
)
async def test_an_ordered_fault_happens_once(
    fake: SlackFake, client: AsyncWebClient, kind: Any, is_delivered: bool
) -> None:
    fake.fail_next("chat.postMessage", kind)
    with pytest.raises((aiohttp.ClientError, AttributeError)):
        await client.chat_postMessage(channel=DESK, text="x")
    assert len(fake.messages(DESK)) == is_delivered
    await client.chat_postMessage(channel=DESK, text="y")


async def test_an_ordered_refusal_carries_its_word(fake: SlackFake, client: AsyncWebClient) -> None:
    fake.fail_next("chat.postMessage", "400", detail="restricted_action")
    with pytest.raises(SlackApiError, match="restricted_action"):
        await client.chat_postMessage(channel=DESK, text="x")


async def test_a_modal_opens_once_and_within_three_seconds() -> None:
    now = 0.0
    view = {"type": "modal", "title": {"type": "plain_text", "text": "New watchlist"}, "blocks": []}
    async with SlackFake(now=lambda: now) as fake:
        fake.add_channel(DESK)
        client = make_client(fake)
        trigger = fake.user_commands(DANA, DESK, "/tocsin").payload["trigger_id"]
        await client.views_open(trigger_id=trigger, view=view)
        with pytest.raises(SlackApiError, match="invalid_trigger_id"):
            await client.views_open(trigger_id=trigger, view=view)
        trigger = fake.user_commands(DANA, DESK, "/tocsin").payload["trigger_id"]
        now = 3.5
        with pytest.raises(SlackApiError, match="expired_trigger_id"):
            await client.views_open(trigger_id=trigger, view=view)


async def test_a_file_is_uploaded_and_shared(fake: SlackFake, client: AsyncWebClient, tmp_path: Path) -> None:
    await client.files_upload_v2(channel=DESK, filename="stats.png", content=b"PNG", title="Stats")
    (file,) = fake.api.files
    assert (file.name, file.data, file.channel) == ("stats.png", b"PNG", DESK)


async def test_waiting_in_vain_says_what_was_sent(fake: SlackFake, client: AsyncWebClient) -> None:
    await client.chat_postMessage(channel=DESK, text="something else")
    with pytest.raises(AssertionError, match="something else"):
        await fake.wait_for_message(DESK, lambda m: "CSTO" in m.visible, timeout=0.01)


async def test_stopping_closes_the_sockets_and_starting_again_takes_them_back(fake: SlackFake) -> None:
    async with Listener(fake) as listener:
        port = int(fake.origin.rpartition(":")[2])
        await fake.stop()
        assert fake.sockets.connections == 0
        await fake.start(port)
        await listener.client.connect_to_new_endpoint(force=True)
        await asyncio.wait_for(fake.wait_for_connection(), 5)
