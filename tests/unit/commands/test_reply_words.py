"""A card can be answered in the chat's language and in English."""

import pytest

from bot.commands.all_commands import REGISTRY
from bot.commands.invocation import Invocation, Via
from bot.commands.reply_words import in_english
from bot.domain.language import speaking
from tests import factories
from tests.fakes.clock import START


def answer(text: str, via: Via = Via.REPLY, replied: str = "") -> Invocation:
    verb, _, argument = text.partition(" ")
    person = factories.build_person()
    return Invocation(
        factories.build_destination(), person, verb.lower(), argument, via, START, replied_message=replied
    )


@pytest.mark.parametrize(
    ("language", "text", "command"),
    [
        ("ru", "почему?", "why"), ("ru", "Ещё", "full"), ("ru", "принял", "ack"), ("ru", "тихо 1d", "mute"),
        ("ru", "заметка: звонили", "note"), ("fa", "چرا؟", "why"), ("fa", "خوب", "up"), ("fa", "خاموش 1d", "mute"),
        ("tg", "чаро", "why"), ("tg", "захира", "save"), ("tg", "не", "dn"), ("ru", "why", "why"), ("fa", "+", "up"),
    ],
)  # fmt: skip
def test_a_reply_word_is_understood_in_the_language_of_the_chat(language: str, text: str, command: str) -> None:
    with speaking(language):
        found = REGISTRY.find_for(in_english(answer(text)))
    assert found is not None
    assert command in (found.name, *found.aliases, *found.reply_words)


def test_a_bot_that_is_called_in_the_thread_of_a_card_understands_the_same_words() -> None:
    with speaking("ru"):
        found = REGISTRY.find_for(in_english(answer("принял", Via.COMMAND, "card-1")))
    assert found is not None
    assert found.name == "ack"


def test_words_of_another_language_and_words_that_are_no_answer_stay_as_they_are() -> None:
    with speaking("en"):
        assert in_english(answer("захира")).verb == "захира"
    with speaking("tg"):
        assert in_english(answer("захира", Via.COMMAND)).verb == "захира"
        assert in_english(answer("салом ба ҳама")).verb == "салом"
