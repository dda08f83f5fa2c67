"""Which chats are served."""

import pytest

from bot.domain.access import EVERYONE, AllowedChats, read_allowed_chats
from bot.domain.chats import Destination, Platform
from tests import factories

PRIVATE = factories.build_destination("4001")
TOPIC = Destination(Platform.TELEGRAM, "-1001234567890", "7")
CHANNEL = Destination(Platform.SLACK, "C0SECNEWS", workspace="T0TEAM")


@pytest.mark.parametrize("text", ["open", " OPEN "])
def test_open_serves_everyone(text: str) -> None:
    assert read_allowed_chats(text) == EVERYONE
    assert all(EVERYONE.allows(one) for one in (PRIVATE, TOPIC, CHANNEL))


def test_listed_chats_with_all_their_topics_and_whole_workspaces_are_served() -> None:
    allowed = read_allowed_chats("-1001234567890, T0TEAM")
    assert allowed.allows(TOPIC)
    assert allowed.allows(CHANNEL)
    assert not allowed.allows(PRIVATE)
    assert read_allowed_chats("4001").allows(PRIVATE)


def test_a_channel_among_several_workspaces_is_listed_with_its_own() -> None:
    allowed = read_allowed_chats("T0ONE/C0SECNEWS")
    assert allowed.allows(Destination(Platform.SLACK, "T0ONE/C0SECNEWS", workspace="T0ONE"))
    assert not allowed.allows(Destination(Platform.SLACK, "T0TWO/C0SECNEWS", workspace="T0TWO"))


def test_the_operators_own_terminal_is_always_served() -> None:
    assert read_allowed_chats("4001").allows(Destination(Platform.CONSOLE, "local"))


def test_a_chat_without_a_workspace_is_not_let_in_by_its_absence() -> None:
    assert not AllowedChats(frozenset()).allows(PRIVATE)


@pytest.mark.parametrize("text", ["", "  ", "@dana", "open 4001", "4001;4002", "https://t.me/x", "telegram:4001"])
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is no chat id"):
        read_allowed_chats(text)
