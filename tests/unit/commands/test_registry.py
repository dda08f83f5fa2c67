"""How a word finds its command."""

import pytest

from bot.commands.all_commands import COMMANDS, REGISTRY
from bot.commands.invocation import Invocation, Via
from tests import factories
from tests.fakes.clock import START


def _invoke(verb: str, argument: str = "", via: Via = Via.COMMAND) -> Invocation:
    return Invocation(factories.build_destination(), factories.build_person(), verb, argument, via, START)


@pytest.mark.parametrize(("verb", "name"), [("lists", "watchlists"), ("/WHY", "why"), ("more", "full"), ("dn", "dn")])
def test_a_command_is_found_by_name_alias_and_word(verb: str, name: str) -> None:
    command = REGISTRY.find_for(_invoke(verb))
    assert command is not None
    assert command.name == name


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("why", "why"),
        ("WHY?", "why"),
        ("почему", "why"),
        ("چرا؟", "why"),
        ("чаро", "why"),
        ("ещё", "full"),
        ("full", "full"),
        ("+", "up"),
        ("good", "up"),
        ("-", "dn"),
        ("not relevant", "dn"),
    ],
)
def test_an_answer_that_is_a_reply_word_finds_its_command(said: str, name: str) -> None:
    verb, _, argument = said.partition(" ")
    command = REGISTRY.find_for(_invoke(verb.casefold(), argument, Via.REPLY))
    assert command is not None
    assert command.name == name


@pytest.mark.parametrize("said", ["no way, this is real", "why not", "good morning", "start", "watch csto"])
def test_ordinary_talk_under_a_card_is_no_command(said: str) -> None:
    verb, _, argument = said.partition(" ")
    assert REGISTRY.find_for(_invoke(verb, argument, Via.REPLY)) is None


def test_the_nearest_names_are_suggested() -> None:
    assert REGISTRY.suggest("wach") == ("watch",)
    assert REGISTRY.suggest("/addfed")[0] == "addfeed"
    assert REGISTRY.suggest("watc") == ("watch", "watchlists")
    assert REGISTRY.suggest("xyzzy") == ()
    assert REGISTRY.suggest("w" * 100_000) == ()


def test_no_name_or_word_is_taken_twice() -> None:
    names = [name for command in COMMANDS for name in (command.name, *command.aliases)]
    words = [word for command in COMMANDS for word in command.reply_words]
    assert len(names) == len(set(names))
    assert len(words) == len(set(words))


def test_menus_hold_what_telegram_accepts() -> None:
    # https://core.telegram.org/bots/api#botcommand: 1-32 of a-z, digits, underscore; description 1-256 characters.
    for command in REGISTRY.listed:
        assert command.name.isascii()
        assert command.name.replace("_", "").isalnum()
        assert command.name == command.name.lower()
        assert len(command.name) <= 32
        assert 1 <= len(command.summary) <= 256
