"""Weekdays that their own date contradicts."""

from datetime import date

import pytest

from bot.domain.date_checks import find_contradiction, solar_to_date

PUBLISHED = date(2024, 7, 20)  # a Saturday


@pytest.mark.parametrize(
    "text",
    [
        "He spoke on Friday, July 20, in New York",
        "He spoke on Friday, July 20, 2024",
        "The speech of 20 July (Friday)",
        "Об этом он заявил в пятницу, 20 июля",
        "20 июля 2024 года, пятница",
        "او روز جمعه، ۲۰ جولای گفت",
        "روز جمعه ۳۰ سرطان ۱۴۰۳",
        "Рӯзи ҷумъа, 20 июл",
        "Juma, 20-iyul",
    ],
)
def test_a_wrong_weekday_is_found(text: str) -> None:
    found = find_contradiction(text, PUBLISHED)
    assert found is not None
    assert (found.said, found.day) == (4, PUBLISHED)


@pytest.mark.parametrize(
    "text",
    [
        "He spoke on Saturday, July 20",
        "Between Friday, July 19 and Sunday, July 21",
        "В субботу, 20 июля",
        "Душанбе, 20 июля — ТАСС",
        "دوشنبه، ۲۰ جولای",
        "روز شنبه ۳۰ سرطان ۱۴۰۳",
        "On Friday, 20 December 2013, the base was opened",
        "On Friday, 1 February, as every year",
        "Friday 99 July",
        "On Friday the ministers met; the drill ends on 20 July",
        "",
    ],
)
def test_right_distant_and_doubtful_dates_are_left_alone(text: str) -> None:
    assert find_contradiction(text, PUBLISHED) is None


def test_the_passage_is_quoted_as_it_stands() -> None:
    found = find_contradiction("spoke on Friday,  July 20 in", PUBLISHED)
    assert found is not None
    assert found.text == "Friday, July 20"


@pytest.mark.parametrize(
    ("solar", "day"),
    [((1403, 4, 30), date(2024, 7, 20)), ((1400, 1, 1), date(2021, 3, 21)), ((1380, 1, 1), date(2001, 3, 21))],
)
def test_solar_dates_are_turned_into_ours(solar: tuple[int, int, int], day: date) -> None:
    assert solar_to_date(*solar) == day


def test_a_solar_day_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ValueError, match="no day"):
        solar_to_date(1403, 7, 31)
