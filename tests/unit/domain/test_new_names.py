"""Names that no earlier headline had."""

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.new_names import find_new_names

KNOWN = [("Border troops of Tajikistan meet in Khorog", "en"), ("Генсек ОДКБ Тасмагамбетов прибыл в Душанбе", "ru")]


def test_a_name_with_an_unknown_word_is_new() -> None:
    week = [("Police in Khorog arrest Zafar Karimov over drugs", "en"), ("Court frees Karimov", "en")]
    assert find_new_names(week, KNOWN, 5) == ("Zafar Karimov",)


def test_a_name_that_stood_in_another_script_or_case_is_known() -> None:
    week = [("Ministers of Tajikistan visit Tasmagambetov", "en"), ("Встреча с Тасмагамбетовым", "ru")]
    assert find_new_names(week, KNOWN, 5) == ()


def test_those_in_the_most_headlines_come_first() -> None:
    week = [("Взрыв в Нурафшоне", "ru"), ("Учения у Фархора", "ru"), ("Ночью был обстрел Фархора", "ru")]
    assert find_new_names(week, KNOWN, 1) == ("Фархора",)


def test_first_words_and_headlines_in_capitals_tell_nothing() -> None:
    assert (
        find_new_names([("Gunmen attack a post", "en"), ("Gunmen Attack Border Post In Zaranj", "en")], KNOWN, 5) == ()
    )


@given(st.lists(st.tuples(st.text(), st.sampled_from(["en", "ru", "fa", ""]))))
def test_whatever_headlines_say_nothing_breaks(headlines: list[tuple[str, str]]) -> None:
    found = find_new_names(headlines, [], 3)
    assert len(found) <= 3
    assert find_new_names(headlines, headlines, 3) == ()
