"""What a new chat is asked, and what follows from its answers."""

from datetime import timedelta

import pytest

from bot.domain.chats import Level
from bot.domain.onboarding import (
    PLACES,
    Onboarding,
    Volume,
    choose_fewer,
    choose_lists,
    choose_more,
    count_days,
    level_of,
    measure_volume,
    offer_lists,
)
from bot.domain.told import RungStory
from bot.matching.records import Priority
from bot.matching.watchlist import Status
from bot.services.chat_settings import find_zone
from tests.factories import at, build_watchlist
from tests.starter_set import load_starter_set

OWN = (build_watchlist("quiet", priority=Priority.LOW), build_watchlist("loud", priority=Priority.HIGH))


def rung(list_id: str, story: int, priority: Priority = Priority.HIGH) -> RungStory:
    return RungStory(list_id, story, at(0), priority, "Headline", "en")


@pytest.mark.parametrize(
    ("role", "expected"),
    [
        (
            "ngo",
            {"tajik-afghan-border", "aid-worker-security", "gbao-pamir", "kyrgyz-tajik-border", "chinese-nationals"},
        ),
        ("embassy", {"csto", "afghan-spillover", "iskp", "tajik-afghan-border", "chinese-nationals", "durand-line"}),
        ("journalist", {"tajik-afghan-border", "gbao-pamir", "iskp", "drug-trafficking", "termez-crossing"}),
        ("cyber", {"cyber-apt-central-asia", "cyber-kev-zero-day", "cyber-ransomware-ci"}),
    ],
)
def test_a_role_begins_with_lists_that_are_shipped(role: str, expected: set[str]) -> None:
    assert set(choose_lists(role, load_starter_set().watchlists)) == expected


def test_researchers_begin_with_everything_regional() -> None:
    chosen = choose_lists("research", load_starter_set().watchlists)
    assert len(chosen) == 9
    assert all("regional" in one.tags for one in load_starter_set().watchlists if one.id in chosen)


def test_a_folder_of_other_lists_offers_its_loudest() -> None:
    assert choose_lists("ngo", OWN) == ("loud", "quiet")


def test_what_is_not_ready_is_not_offered() -> None:
    lists = (*OWN, build_watchlist("trial", status=Status.TEST))
    assert [one.id for one in offer_lists(Onboarding(at(0), "ngo"), lists)] == ["loud", "quiet"]


def test_ten_lists_are_offered_and_those_of_the_role_come_first() -> None:
    shipped = load_starter_set().watchlists
    offered = [one.id for one in offer_lists(Onboarding(at(0), "embassy"), shipped)]
    assert len(offered) == 10
    assert offered[:6] == list(choose_lists("embassy", shipped))


def test_fewer_takes_the_list_that_rang_most_and_more_the_next_one() -> None:
    onboarding = Onboarding(at(0), "ngo", ("a", "b", "c"))
    fewer = choose_fewer(onboarding, [rung("b", 1), rung("b", 2), rung("c", 3), rung("d", 4)])
    assert fewer.lists == ("a", "c")
    assert choose_more(fewer, [build_watchlist(one) for one in "abc"]).lists == ("a", "c", "b")
    assert choose_fewer(Onboarding(at(0)), []).lists == ()
    assert choose_more(onboarding, [build_watchlist(one) for one in "abc"]) == onboarding


def test_a_story_on_two_lists_counts_once_as_its_loudest() -> None:
    stories = [
        rung("a", 1, Priority.MEDIUM),
        rung("b", 1, Priority.HIGH),
        rung("a", 2, Priority.MEDIUM),
        rung("a", 3, Priority.LOW),
        rung("other", 4),
    ]
    assert measure_volume(stories, ("a", "b"), 2) == Volume(1.0, 0.5, 2)
    assert measure_volume(stories, ("a", "b"), 0) == Volume(0.0, 0.0, 0)


def test_a_new_bot_measures_on_the_week_that_feeds_list() -> None:
    assert [count_days(timedelta(days=days)) for days in (0, 3, 12, 90)] == [7, 7, 12, 30]


@pytest.mark.parametrize("city", PLACES)
def test_every_city_has_a_clock(city: str) -> None:
    assert find_zone(city).key.startswith(("Asia/", "Europe/"))


def test_who_studies_a_region_reads_it_in_the_digest() -> None:
    assert [level_of(role) for role in ("research", "ngo", "")] == [Level.DIGEST, Level.ALL, Level.ALL]
