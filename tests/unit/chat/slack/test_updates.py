"""Slack's payloads are read as what people asked for; hostile ones ask for nothing."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.chat.slack.updates import Reading, find_answer_address, read_update, update_key
from bot.commands.chat_app import Departure, Membership, Received
from bot.commands.invocation import Via
from bot.domain.chats import ChatKind, Platform, ReplyAddress
from tests.factories import build_update
from tests.fakes.clock import START

BOT = "U0TOCSIN"
COMMAND = {
    "command": "/tocsin",
    "text": "Watch  csto here",
    "team_id": "T1",
    "channel_id": "C0DESK",
    "channel_name": "desk",
    "user_id": "U0DANA",
    "user_name": "dana",
    "response_url": "https://hooks.slack.com/commands/1",
    "trigger_id": "13345224609.738474920",
}
PRESS = {
    "type": "block_actions",
    "user": {"id": "U0DANA", "name": "dana"},
    "team": {"id": "T1"},
    "channel": {"id": "C0DESK", "name": "desk"},
    "container": {"type": "message", "message_ts": "1732430000.000100", "channel_id": "C0DESK"},
    "response_url": "https://hooks.slack.com/actions/1",
    "trigger_id": "13345224609.738474921",
    "actions": [{"type": "button", "action_id": "mute", "value": "a1:7Q2M:mute:1d"}],
}


def event(**fields: Any) -> dict[str, Any]:
    base = {"type": "message", "channel_type": "im", "channel": "D0DANA", "user": "U0DANA", "ts": "1732430000.000200"}
    return {
        "type": "event_callback",
        "team_id": "T1",
        "event_id": "Ev1",
        "event": base | fields,
        "authorizations": [{"team_id": "T1", "user_id": BOT, "is_bot": True}],
    }


def read(body: Any) -> Received | Membership | Departure | None:
    payload = body if isinstance(body, str) else json.dumps(body)
    return read_update(build_update("Ev1", platform=Platform.SLACK, payload=payload), Reading())


def received(body: Any) -> Received:
    content = read(body)
    assert isinstance(content, Received)
    return content


def test_a_command_has_a_verb_and_what_stands_behind_it() -> None:
    content = received(COMMAND)
    asked = content.invocation
    assert (asked.verb, asked.argument, asked.via, asked.at) == ("watch", "csto here", Via.COMMAND, START)
    assert (asked.destination.key, asked.destination.workspace) == ("slack:C0DESK", "T1")
    assert (asked.destination.title, asked.destination.kind) == ("desk", ChatKind.CHANNEL)
    assert (asked.person.key, asked.person.name) == ("slack:U0DANA", "dana")
    assert content.reply_to == ReplyAddress("", "U0DANA", "https://hooks.slack.com/commands/1")


def test_a_bare_command_opens_a_new_list() -> None:
    assert received({**COMMAND, "text": "  "}).invocation.verb == "new"
    assert received({**COMMAND, "text": "/lists"}).invocation.verb == "lists"


def test_another_apps_command_is_not_ours() -> None:
    assert read({**COMMAND, "command": "/news"}) is None
    assert received({**COMMAND, "command": "/Tocsin"}).invocation.verb == "watch"


@pytest.mark.parametrize(
    ("sent", "typed"),
    [
        ("addfeed &lt;x&gt; &amp;amp;", "<x> &amp;"),
        ("addfeed <https://a.example/?x=1&amp;y=2>", "https://a.example/?x=1&y=2"),
        ("addfeed <http://a.example|a.example>", "http://a.example"),
        ("search <@U024BE7LH|dana> <#C024BE91L|desk> <!here>", "@dana #desk @here"),
        ("search <@U024BE7LH>", "@U024BE7LH"),
        ("search <mailto:a@b.example|a@b.example>", "a@b.example"),
        ('search "тaджик*  border"', '"тaджик*  border"'),
    ],
)
def test_text_is_read_as_it_was_typed(sent: str, typed: str) -> None:
    assert received({**COMMAND, "text": sent}).invocation.argument == typed


def test_a_press_has_action_subject_and_argument() -> None:
    content = received(PRESS)
    asked = content.invocation
    assert (asked.verb, asked.subject, asked.argument, asked.via) == ("mute", "7Q2M", "1d", Via.BUTTON)
    assert asked.replied_message == "1732430000.000100"
    assert content.reply_to == ReplyAddress("1732430000.000100", "U0DANA", "https://hooks.slack.com/actions/1")


def test_what_only_one_person_sees_is_not_answered_under() -> None:
    body = {**PRESS, "container": {"message_ts": "1.2", "channel_id": "C0DESK", "is_ephemeral": True}}
    assert received(body).reply_to.message == ""


def test_a_press_in_a_direct_message_gets_a_lasting_answer() -> None:
    content = received({**PRESS, "channel": {"id": "D0DANA", "name": "directmessage"}})
    assert content.invocation.replied_message == "1732430000.000100"
    assert content.reply_to == ReplyAddress()


@pytest.mark.parametrize("value", ["", "7Q2M", "a2:7Q2M:why", "a1:7Q2M", "a1::", "a1:7Q2M:", "a1:7 M:why", "a1:7:WHY"])
def test_a_press_of_no_button_of_ours_asks_nothing(value: str) -> None:
    assert read({**PRESS, "actions": [{"value": value}]}) is None


def test_a_mention_is_a_command_and_in_a_thread_about_its_card() -> None:
    said = {"type": "app_mention", "channel": "C0DESK", "channel_type": "", "text": f"hey <@U1> <@{BOT}> Why now"}
    content = received(event(**said))
    assert (content.invocation.verb, content.invocation.argument, content.invocation.via) == ("why", "now", Via.COMMAND)
    assert content.reply_to == ReplyAddress("1732430000.000200")
    content = received(event(**said, thread_ts="1732430000.000100"))
    assert (content.invocation.via, content.invocation.replied_message) == (Via.COMMAND, "1732430000.000100")
    assert content.reply_to == ReplyAddress("1732430000.000100")
    assert received(event(**{**said, "text": f"<@{BOT}>"})).invocation.verb == "help"


@pytest.mark.parametrize(("text", "verb"), [("Why?", "why"), ("why؟", "why"), ("+", "+"), ("??", "??"), ("/", "help")])
def test_a_word_is_a_verb_without_its_punctuation(text: str, verb: str) -> None:
    assert received(event(text=text)).invocation.verb == verb


def test_words_under_a_card_in_a_direct_message_are_a_reply() -> None:
    content = received(event(text="not relevant", thread_ts="1732430000.000100"))
    assert (content.invocation.via, content.invocation.replied_message) == (Via.REPLY, "1732430000.000100")
    assert content.reply_to == ReplyAddress("1732430000.000100")


def test_a_direct_message_is_answered_in_its_place() -> None:
    content = received(event(text="recent 5"))
    assert (content.invocation.verb, content.invocation.argument) == ("recent", "5")
    assert content.invocation.destination.kind is ChatKind.PRIVATE
    assert content.reply_to == ReplyAddress()


@pytest.mark.parametrize(
    "fields",
    [
        {"text": ""},
        {"text": "help", "bot_id": "B1"},
        {"text": "help", "user": BOT},
        {"text": "help", "subtype": "message_changed"},
        {"text": "help", "channel_type": "channel", "channel": "C0DESK"},
        {"text": "help", "channel": ""},
        {"type": "reaction_added"},
        {"type": "member_joined_channel", "user": "U0DANA", "channel": "C0DESK"},
    ],
)
def test_what_is_not_for_the_bot_asks_nothing(fields: dict[str, str]) -> None:
    assert read(event(**fields)) is None


@pytest.mark.parametrize(
    ("fields", "present"),
    [
        ({"type": "member_joined_channel", "user": BOT}, True),
        ({"type": "channel_left"}, False),
        ({"type": "group_left"}, False),
        ({"type": "channel_archive"}, False),
        ({"type": "channel_deleted"}, False),
    ],
)
def test_coming_and_going_is_membership(fields: dict[str, str], present: bool) -> None:
    content = read(event(channel="C0DESK", **fields))
    assert isinstance(content, Membership)
    assert (content.destination.key, content.present, bool(content.reason)) == ("slack:C0DESK", present, not present)


def test_the_key_survives_redelivery_and_tells_payloads_apart() -> None:
    assert update_key(event()) == "Ev1"
    assert update_key(COMMAND) != update_key(PRESS)
    assert update_key({"type": "x"}) == update_key({"type": "x"}) != update_key({"type": "y"})
    assert len(update_key({"event_id": 7, "trigger_id": None})) == 64


JSONS = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=8)
    | st.sampled_from(["a1:7Q2M:why", "<@U0TOCSIN>", "D1"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=8,
)


def damage(body: dict[str, Any], place: int, value: Any) -> dict[str, Any]:
    """The body with one field, on its own floor or one below, replaced."""
    names = [(name,) for name in body] + [(n, k) for n, inner in body.items() if isinstance(inner, dict) for k in inner]
    path = names[place % len(names)]
    if len(path) == 1:
        return {**body, path[0]: value}
    return {**body, path[0]: {**body[path[0]], path[1]: value}}


@settings(max_examples=300, deadline=None)
@given(st.sampled_from([COMMAND, PRESS, event(text="why")]), st.integers(0, 40), JSONS)
def test_a_damaged_payload_is_read_or_asks_nothing(body: dict[str, Any], place: int, value: Any) -> None:
    damaged = damage(body, place, value)
    content = read(damaged)
    assert content is None or isinstance(content, (Received, Membership))
    find_answer_address(build_update(payload=json.dumps(damaged)))


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=40) | JSONS.map(json.dumps))
def test_anything_else_asks_nothing(payload: str) -> None:
    assert read(payload) is None
    assert find_answer_address(build_update(payload=payload)) == ("", "", "", "")


def test_a_deeply_nested_payload_asks_nothing() -> None:
    assert read("[" * 100_000) is None
