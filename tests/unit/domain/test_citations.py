"""Whom a report names as its source, in the languages of the feeds."""

import pytest

from bot.domain.citations import agency_of, find_sources


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("TASS reports that the talks ended", "tass"),
        ("The talks ended, according to Reuters.", "reuters"),
        ("“We are ready,” he told AFP on Monday", "afp"),
        ("Об этом сообщает ТАСС", "tass"),
        ("Как передаёт «Интерфакс» со ссылкой на министерство", "interfax"),
        ("به نقل از خبرگزاری تاس، نشست پایان یافت", "tass"),
        ("رویترز گزارش داد که نشست پایان یافت", "reuters"),
        ("Ба гузориши ТАСС, мулоқот анҷом ёфт", "tass"),
        ("Дар ин бора Радиои Озодӣ хабар дод", "ozodi"),
        ("د رویترز په حواله", "reuters"),
        ("Bu haqda TASS xabar berdi", "tass"),
        ("Бул тууралуу ТАСС кабарлады", "tass"),
        ("Бұл туралы ТАСС хабарлады", "tass"),
        ("رائٹرز کے مطابق مذاکرات ختم ہوگئے", "reuters"),
    ],
)
def test_a_named_source_is_found_in_every_language(text: str, source: str) -> None:
    assert find_sources(text) == (source,)


@pytest.mark.parametrize(
    "text",
    [
        "The attack began at dawn, officials said",
        "Villages along the Amu Darya were flooded, the governor said",
        "A statue of the TASS building was unveiled",
        "The ap said",
        "",
    ],
)
def test_a_word_that_only_looks_like_an_outlet_is_no_source(text: str) -> None:
    assert find_sources(text) == ()


def test_editions_of_one_agency_are_that_agency() -> None:
    assert agency_of("TASS (RU)") == agency_of("TASS") == "tass"
    assert agency_of("Times of TASS") == agency_of("") == ""
