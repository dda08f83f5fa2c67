"""A card can be answered in the chat's language and in English."""

import pytest

from bot.commands.all_commands import REGISTRY
from bot.commands.invocation import Invocation, Via
from bot.commands.reply_words import in_english
from bot.domain.language import speaking
from tests import factories
from tests.fakes.clock import START


def answer(text: str, via: Via = Via.REPLY) -> Invocation:
    verb, _, argument = text.partition(" ")
    return Invocation(factories.build_destination(), factories.build_person(), verb.lower(), argument, via, START)


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


def test_words_of_another_language_and_words_that_are_no_answer_stay_as_they_are() -> None:
    with speaking("en"):
        assert in_english(answer("захира")).verb == "захира"
    with speaking("tg"):
        assert in_english(answer("захира", Via.COMMAND)).verb == "захира"
        assert in_english(answer("салом ба ҳама")).verb == "салом"
