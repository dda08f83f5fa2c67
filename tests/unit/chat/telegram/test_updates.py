"""Telegram's updates are read as what people asked for; hostile ones ask for nothing."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat.telegram.updates import find_press_id, read_update
from bot.commands.chat_app import Membership, Received
from bot.commands.invocation import Invocation, Via
from bot.domain.chats import ChatKind, Destination, InboundUpdate, Person, Platform, ReplyAddress
from tests import factories

BOT_ID = 7000000001
BOT = {"id": BOT_ID, "is_bot": True, "first_name": "Tocsin", "username": "tocsin_bot"}
DANA = {"id": 100, "is_bot": False, "first_name": "Dana", "last_name": "K"}
ANONYMOUS_ADMIN = {"id": 1087968824, "is_bot": True, "first_name": "Group"}
PRIVATE = {"id": 100, "type": "private", "first_name": "Dana", "last_name": "K"}
GROUP = {"id": -100500, "type": "supergroup", "title": "Desk"}
CHANNEL = {"id": -100600, "type": "channel", "title": "Wire"}
CARD = {"message_id": 7, "date": 1, "chat": GROUP, "from": BOT, "text": "card"}


def update(kind: str, body: Any) -> InboundUpdate:
    return factories.build_update("9", payload=json.dumps({"update_id": 9, kind: body}))


def message(text: str, chat: dict[str, Any] = GROUP, **fields: Any) -> InboundUpdate:
    return update("message", {"message_id": 12, "date": 1, "chat": chat, "from": DANA, "text": text} | fields)


def read(inbound: InboundUpdate, name: str = "tocsin_bot") -> Received | Membership | None:
    return read_update(inbound, BOT_ID, name)


def asked(inbound: InboundUpdate, name: str = "tocsin_bot") -> Invocation:
    received = read(inbound, name)
    assert isinstance(received, Received)
    return received.invocation


def test_a_command_in_a_group_is_read_whole() -> None:
    assert read(message("/Why@Tocsin_Bot 7Q2M  please")) == Received(
        Invocation(
            destination=Destination(Platform.TELEGRAM, "-100500", "", ChatKind.GROUP, "Desk"),
            person=Person(Platform.TELEGRAM, "100", "Dana K"),
            verb="why",
            argument="7Q2M  please",
            via=Via.COMMAND,
            at=factories.build_update().received_at,
        ),
        ReplyAddress("12"),
    )


@pytest.mark.parametrize(
    ("text", "verb", "argument"),
    [
        ("/start", "start", ""),
        ("/start wl_csto", "start", "wl_csto"),
        ('/watch "border post" | ЦАХАЛ', "watch", '"border post" | ЦАХАЛ'),
        ("/test\n  groups:\n    a: b", "test", "  groups:\n    a: b"),
        ("/mute   1d", "mute", "1d"),
    ],
)
def test_arguments_are_untouched(text: str, verb: str, argument: str) -> None:
    invocation = asked(message(text, PRIVATE))
    assert (invocation.verb, invocation.argument) == (verb, argument)


def test_a_private_command_is_answered_without_quoting_it() -> None:
    received = read(message("/status", PRIVATE))
    assert isinstance(received, Received)
    assert received.reply_to == ReplyAddress()
    assert received.invocation.destination.kind is ChatKind.PRIVATE
    assert received.invocation.destination.title == "Dana K"


@pytest.mark.parametrize(
    "text", ["/status@other_bot", "/why@other_bot 7Q2M", "hello", "", "/", "/ why", "/why!", "a /why"]
)
def test_what_is_not_for_the_bot_asks_for_nothing(text: str) -> None:
    assert read(message(text)) is None


def test_a_command_for_another_bot_is_no_reply_word_either() -> None:
    assert read(message("/why@other_bot", reply_to_message=CARD)) is None


def test_a_named_command_counts_while_the_bot_does_not_know_its_name() -> None:
    assert asked(message("/status@tocsin_bot"), name="").verb == "status"


@pytest.mark.parametrize(
    ("text", "verb", "argument"),
    [
        ("why", "why", ""),
        ("+", "+", ""),
        ("Почему", "почему", ""),
        ("mute  1d", "mute", "1d"),
        ("note: seen\nit", "note:", "seen\nit"),
    ],
)
def test_a_word_in_answer_to_a_card_is_a_request(text: str, verb: str, argument: str) -> None:
    received = read(message(text, reply_to_message=CARD))
    assert isinstance(received, Received)
    invocation = received.invocation
    assert (invocation.via, invocation.verb, invocation.argument) == (Via.REPLY, verb, argument)
    assert (invocation.replied_message, received.reply_to) == ("7", ReplyAddress("12"))


def test_a_command_in_answer_to_a_card_knows_the_card() -> None:
    invocation = asked(message("/mute 1d", reply_to_message=CARD))
    assert (invocation.via, invocation.replied_message) == (Via.COMMAND, "7")


def test_a_word_in_answer_to_a_person_asks_for_nothing() -> None:
    assert read(message("why", reply_to_message={**CARD, "from": DANA})) is None


HERE = {"latitude": 38.559772, "longitude": 68.787038}


@pytest.mark.parametrize("fields", [{"chat": PRIVATE}, {"reply_to_message": CARD}])
def test_a_location_that_is_shared_in_private_or_in_answer_to_the_bot_asks_for_its_clock(
    fields: dict[str, Any],
) -> None:
    invocation = asked(message("", location=HERE, **fields))
    assert (invocation.verb, invocation.argument, invocation.via) == ("timezone", "38.56, 68.79", Via.COMMAND)


def test_a_location_in_a_group_is_for_its_people() -> None:
    assert read(message("", location=HERE)) is None


def test_a_topic_is_part_of_the_destination() -> None:
    invocation = asked(message("/status", message_thread_id=44, is_topic_message=True))
    assert invocation.destination.key == "telegram:-100500:44"


def test_a_reply_thread_outside_a_forum_is_no_topic() -> None:
    assert asked(message("/status", message_thread_id=7)).destination.key == "telegram:-100500"


def test_words_in_a_topic_that_the_bot_opened_are_no_answers_to_it() -> None:
    opening = {**CARD, "message_id": 44}
    in_topic: dict[str, Any] = {"message_thread_id": 44, "is_topic_message": True}
    assert read(message("why", reply_to_message=opening, **in_topic)) is None
    assert asked(message("why", reply_to_message=CARD, **in_topic)).verb == "why"


def test_an_anonymous_admin_is_the_chat_itself() -> None:
    person = asked(message("/unwatch csto", sender_chat=GROUP, **{"from": ANONYMOUS_ADMIN})).person
    assert person == Person(Platform.TELEGRAM, "-100500", "Desk")


def test_a_channel_that_speaks_in_a_group_is_itself() -> None:
    channel_bot = {"id": 136817688, "is_bot": True, "first_name": "Channel"}
    assert asked(message("/status", sender_chat=CHANNEL, **{"from": channel_bot})).person.id == "-100600"


@pytest.mark.parametrize(
    "fields",
    [
        {"from": {**DANA, "is_bot": True}},
        {"forward_origin": {"type": "user"}},
        {"is_automatic_forward": True, "sender_chat": CHANNEL},
        {"from": None},
        {"chat": {"id": 1, "type": "planet"}},
    ],
)
def test_bots_forwards_and_strange_chats_ask_for_nothing(fields: dict[str, Any]) -> None:
    assert read(message("/unwatch csto", **fields)) is None


def test_a_command_in_a_channel_comes_from_the_channel() -> None:
    post = {"message_id": 3, "date": 1, "chat": CHANNEL, "sender_chat": CHANNEL, "text": "/watch csto"}
    invocation = asked(update("channel_post", post))
    assert (invocation.destination.kind, invocation.person.id) == (ChatKind.CHANNEL, "-100600")


def press(data: Any, card: Any = CARD, **fields: Any) -> InboundUpdate:
    return update("callback_query", {"id": "44", "from": DANA, "message": card, "data": data} | fields)


def test_a_press_is_read_with_its_card() -> None:
    received = read(press("a1:7Q2M:mu:w:1h"))
    assert isinstance(received, Received)
    invocation = received.invocation
    assert (invocation.subject, invocation.verb, invocation.argument) == ("7Q2M", "mu", "w:1h")
    assert (invocation.via, invocation.replied_message, invocation.person.id) == (Via.BUTTON, "7", "100")
    assert received.reply_to == ReplyAddress("7")


def test_a_press_on_a_card_too_old_to_be_read_still_counts() -> None:
    assert asked(press("a1:7Q2M:why", {"message_id": 7, "date": 0, "chat": GROUP})).subject == "7Q2M"


@pytest.mark.parametrize("data", ["x", "", "a1:7Q2M", "a0:7Q2M:why"])
def test_a_button_that_is_not_known_any_more_asks_for_no_command_and_can_be_told_so(data: str) -> None:
    invocation = asked(press(data))
    assert (invocation.via, invocation.verb, invocation.subject) == (Via.BUTTON, "", "")


@pytest.mark.parametrize(("data", "card"), [("a1:7Q2M:why", None), (None, CARD), (7, CARD)])
def test_a_press_on_nothing_asks_for_nothing_and_can_still_be_ended(data: object, card: object) -> None:
    inbound = press(data, card)
    assert read(inbound) is None
    assert find_press_id(inbound) == "44"


LEFT, MEMBER, ADMIN = {"status": "left"}, {"status": "member"}, {"status": "administrator"}
KICKED, RESTRICTED = {"status": "kicked"}, {"status": "restricted", "is_member": True}


def membership(chat: dict[str, Any], before: dict[str, Any], after: dict[str, Any]) -> Membership | Received | None:
    change = {"chat": chat, "from": DANA, "old_chat_member": before, "new_chat_member": after}
    return read(update("my_chat_member", change))


@pytest.mark.parametrize("before", [LEFT, KICKED, {"status": "restricted"}])
@pytest.mark.parametrize("after", [MEMBER, ADMIN, RESTRICTED])
def test_the_bot_was_added(before: dict[str, Any], after: dict[str, Any]) -> None:
    desk = Destination(Platform.TELEGRAM, "-100500", "", ChatKind.GROUP, "Desk")
    assert membership(GROUP, before, after) == Membership(desk, present=True)


@pytest.mark.parametrize(
    ("chat", "after", "reason"),
    [
        (GROUP, LEFT, "the bot was removed"),
        (GROUP, KICKED, "the bot was banned"),
        (PRIVATE, KICKED, "the bot was blocked"),
        (GROUP, {"status": "restricted"}, "the bot was removed"),
    ],
)
def test_the_bot_lost_the_chat(chat: dict[str, Any], after: dict[str, Any], reason: str) -> None:
    found = membership(chat, MEMBER, after)
    assert isinstance(found, Membership)
    assert (found.present, found.reason) == (False, reason)


@pytest.mark.parametrize(("before", "after"), [(MEMBER, ADMIN), (ADMIN, MEMBER), (MEMBER, RESTRICTED), (LEFT, KICKED)])
def test_other_rights_in_the_same_chat_ask_for_nothing(before: dict[str, Any], after: dict[str, Any]) -> None:
    assert membership(GROUP, before, after) is None


def test_a_group_that_became_a_supergroup_says_where_it_is() -> None:
    old = {"id": -500, "type": "group", "title": "Desk"}
    found = read(message("", old, migrate_to_chat_id=-100500))
    assert isinstance(found, Membership)
    assert (found.destination.key, found.present, found.moved_to) == ("telegram:-500", True, "-100500")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.just("a1:7Q2M:why"),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["id", "from", "chat", "message", "text", "data", "type", "message_id", "reply_to_message"]
            ),
            inner,
            max_size=6,
        )
    ),
    max_leaves=25,
)


@given(
    st.text(max_size=100)
    | st.builds(
        lambda kind, body: json.dumps({"update_id": 1, kind: body}),
        st.sampled_from(["message", "callback_query", "my_chat_member", "channel_post"]),
        JSON,
    )
)
def test_hostile_payloads_never_raise(payload: str) -> None:
    inbound = factories.build_update(payload=payload)
    found = read(inbound)
    assert found is None or isinstance(found, Received | Membership)
    assert isinstance(find_press_id(inbound), str)


@pytest.mark.parametrize(
    "payload",
    [
        '{"message":' * 10_000,
        '{"message":{"message_id":1,"chat":{"id":1,"type":"private"},"reply_to_message":' * 3000,
        '{"update_id":' + "9" * 50_000 + "}",
        "\ud800",
        '{"message":{"text":"\\ud800"}}',
        "null",
        "",
    ],
)
def test_payloads_made_to_break_parsers_ask_for_nothing(payload: str) -> None:
    assert read(factories.build_update(payload=payload)) is None


@given(st.text(max_size=200), st.booleans())
def test_any_text_is_read_in_time_and_without_raising(text: str, replies: bool) -> None:
    fields = {"reply_to_message": CARD} if replies else {}
    found = read(message(text, **fields))
    assert found is None or isinstance(found, Received)
