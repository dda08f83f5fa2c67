"""What is said in the language of a chat."""

from collections.abc import Iterator
from gettext import NullTranslations

import pytest

from bot.domain.language import find_language, install, later, speaking, spoken, tr, trn
from bot.domain.messages import isolate


class _Loud(NullTranslations):
    def gettext(self, message: str) -> str:
        return message.upper().replace("{LIST}", "{list}")

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return f"{{count}} × {msgid1.rsplit(maxsplit=1)[-1]}"


@pytest.fixture(autouse=True)
def _loud() -> Iterator[None]:
    install({"ru": _Loud()})
    yield
    install({})


def test_english_is_spoken_where_nothing_else_is() -> None:
    assert tr("{list} is on again.", list="CSTO") == "CSTO is on again."
    assert trn("{count} alert", "{count} alerts", 1) == "1 alert"
    assert trn("{count} alert", "{count} alerts", 1200) == "1200 alerts"
    assert later("Undo") == "Undo"


def test_a_catalogue_speaks_inside_its_block_only() -> None:
    with speaking("ru"):
        assert spoken() == "ru"
        assert tr("{list} is on again.", list="CSTO") == "CSTO IS ON AGAIN."
        assert trn("{count} alert", "{count} alerts", 3) == "3 × alert"
    assert tr("Nothing is muted.") == "Nothing is muted."


def test_a_chat_without_a_language_is_spoken_to_in_that_of_the_installation() -> None:
    install({"ru": _Loud()}, default="ru")
    with speaking(""):
        assert tr("Nothing is muted.") == "NOTHING IS MUTED."
    with speaking("en"):
        assert tr("Nothing is muted.") == "Nothing is muted."


def test_braces_in_a_value_stay_as_they_are() -> None:
    assert tr("No alert {id} in this chat.", id="{0.__class__}") == "No alert {0.__class__} in this chat."


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("ru", "ru"), ("ru-RU", "ru"), ("Русский", "ru"), ("russian", "ru"), ("EN_us", "en"), ("دری", "fa"),
        ("فارسی", "fa"), ("Dari", "fa"), ("тоҷикӣ", "tg"), ("tg", "tg"), ("Tajik", "tg"), ("klingon", ""), ("", ""),
    ],
)  # fmt: skip
def test_a_language_is_found_by_code_and_by_name(text: str, code: str) -> None:
    assert find_language(text) == code


def test_foreign_runs_are_isolated_in_a_line_from_right_to_left() -> None:
    assert isolate("CSTO") == "CSTO"
    assert isolate("کابل") == "\u2068کابل\u2069"
    with speaking("fa"):
        assert isolate("CSTO") == "\u2068CSTO\u2069"
        assert isolate("07:00") == "07:00"
