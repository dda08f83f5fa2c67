"""What is said in the language of a chat."""

from gettext import NullTranslations

from bot.domain.language import speaking, tr, trn


class _Loud(NullTranslations):
    def gettext(self, message: str) -> str:
        return message.upper().replace("{LIST}", "{list}")

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return f"{{count}} × {msgid1.rsplit(maxsplit=1)[-1]}"


def test_english_is_spoken_where_nothing_else_is() -> None:
    assert tr("{list} is on again.", list="CSTO") == "CSTO is on again."
    assert trn("{count} alert", "{count} alerts", 1) == "1 alert"
    assert trn("{count} alert", "{count} alerts", 1200) == "1200 alerts"


def test_a_catalogue_speaks_inside_its_block_only() -> None:
    with speaking(_Loud()):
        assert tr("{list} is on again.", list="CSTO") == "CSTO IS ON AGAIN."
        assert trn("{count} alert", "{count} alerts", 3) == "3 × alert"
    assert tr("Nothing is muted.") == "Nothing is muted."


def test_braces_in_a_value_stay_as_they_are() -> None:
    assert tr("No alert {id} in this chat.", id="{0.__class__}") == "No alert {0.__class__} in this chat."
