"""What makes two reports one story, and what keeps them apart."""

from collections.abc import Sequence
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.fingerprints import build_fingerprint
from bot.domain.names import name_skeleton
from bot.domain.stories import LONGEST_STORY, WINDOW
from bot.domain.story_index import StoryIndex
from tests.fakes.clock import START

Text = tuple[str, str, str, float]  # language, headline, text, hours


def group(*texts: Text) -> list[str]:
    """The story each text comes to, as numbers of their first texts."""
    index = StoryIndex()
    stories = []
    for number, (lang, title, body, hours) in enumerate(texts):
        at = START + timedelta(hours=hours)
        fingerprint = build_fingerprint(title, body, lang)
        stories.append(index.place(str(number), title, fingerprint, at, seen=at).key)
    return stories


CLASH = "Four soldiers were killed in an ambush on a convoy near Mir Ali in North Waziristan, officials in Bannu said."
SECOND = "Two policemen were killed in an ambush on a convoy near Mir Ali in North Waziristan, officials in Bannu said."


def test_the_same_text_under_another_headline_is_one_story() -> None:
    assert group(("en", "Ambush near Mir Ali", CLASH, 0), ("en", "Bannu mourns", CLASH, 3)) == ["0", "0"]


def test_other_figures_a_day_later_are_another_story() -> None:
    assert group(("en", "Ambush near Mir Ali", CLASH, 0), ("en", "Ambush near Mir Ali", SECOND, 24)) == ["0", "1"]


def test_a_raised_toll_stays_with_its_story() -> None:
    raised = CLASH.replace("Four soldiers were killed", "The death toll rises: six soldiers were killed")
    assert group(("en", "Ambush near Mir Ali", CLASH, 0), ("en", "Toll of Mir Ali ambush rises", raised, 20)) == [
        "0",
        "0",
    ]


FOUR = "Four soldiers killed in TTP ambush on army convoy in North Waziristan"
SEVEN = "Seven soldiers killed in TTP ambush on army convoy in North Waziristan, officials now say"
MILITANTS = "Militants opened fire on the convoy near Mir Ali and fled into the hills, the army said."
PESHAWAR = "The number was given in Peshawar by officials. The Tehrik-i-Taliban Pakistan claimed the ambush."


def test_a_higher_number_under_the_same_headline_is_the_same_story_for_half_a_day() -> None:
    first = ("en", FOUR, MILITANTS, 0.0)
    assert group(first, ("en", SEVEN, MILITANTS, 1 / 60)) == ["0", "0"]
    assert group(first, ("en", SEVEN, PESHAWAR, 11)) == ["0", "0"]
    assert group(first, ("en", SEVEN, PESHAWAR, 13)) == ["0", "1"]
    # Reports that come in the other order are of one story as well.
    assert group(("en", SEVEN, PESHAWAR, 1), first) == ["0", "0"]


@pytest.mark.parametrize(
    "other",
    [
        "Seven soldiers killed in another TTP ambush on army convoy in North Waziristan",
        "Two soldiers killed in TTP ambush on army convoy in North Waziristan",
        "Seven soldiers killed in TTP ambush on army convoy in South Waziristan",
    ],
)
def test_other_numbers_of_another_attack_or_another_place_are_another_story(other: str) -> None:
    assert group(("en", FOUR, MILITANTS, 0), ("en", other, PESHAWAR, 3)) == ["0", "1"]


def test_a_template_with_other_numbers_about_another_place_is_another_story() -> None:
    north, south = (
        f"Security forces killed {number} terrorists in an intelligence-based operation in {side} Waziristan, the "
        "military's media wing said in a statement. Weapons and ammunition were recovered from the killed terrorists."
        for number, side in (("five", "North"), ("seven", "South"))
    )
    headlines = (
        "Security forces kill five terrorists in North Waziristan IBO",
        "Security forces kill seven terrorists in South Waziristan IBO",
    )
    assert group(("en", headlines[0], north, 0), ("en", headlines[1], south, 4)) == ["0", "1"]


def test_an_anniversary_is_not_the_event() -> None:
    looking_back = f"On the anniversary of the attack: {CLASH}"
    assert group(("en", "Ambush near Mir Ali", CLASH, 0), ("en", "Mir Ali, a year on", looking_back, 1)) == ["0", "1"]


def test_another_weekday_needs_more_likeness() -> None:
    first = ("en", "Ambush near Mir Ali on Monday", "Gunmen attacked a convoy on Monday near Mir Ali.", 0.0)
    next_day = (
        "en",
        "Roadside attack near Mir Ali",
        "A convoy was attacked on Tuesday near Mir Ali, police said.",
        20.0,
    )
    assert group(first, next_day) == ["0", "1"]


def test_templates_with_other_identifiers_stay_apart() -> None:
    template = "CISA has added one vulnerability to its catalog based on evidence of active exploitation: {}."
    texts = [template.format(code) for code in ("CVE-2031-20111", "CVE-2031-18840")]
    assert group(*[("en", "CISA adds one known exploited vulnerability", text, 0) for text in texts]) == ["0", "1"]


def test_a_translation_is_known_by_its_names_and_figures() -> None:
    english = (
        "en",
        "Five militants killed in Shuroobod",
        "Five members of Jamaat Ansarullah were killed at Shuroobod.",
        0.0,
    )
    russian = (
        "ru",
        "В Шурообаде убиты пять боевиков",
        "Пять боевиков «Джамаат Ансаруллах» убиты на участке Шурообад.",
        2.0,
    )
    persian = ("fa", "پنج جنگجو در شورآباد کشته شدند", "پنج عضو جماعت انصارالله در شورآباد کشته شدند.", 3.0)
    other = ("ru", "Прививки от гриппа продлили", "Поликлиники Душанбе работают и в субботу.", 1.0)
    assert group(english, other, russian, persian) == ["0", "1", "0", "0"]


def test_a_story_takes_reports_while_its_window_slides_but_no_longer_than_two_weeks() -> None:
    step = WINDOW.total_seconds() / 3600 - 1
    texts: Sequence[Text] = [("en", "Ambush near Mir Ali", CLASH, number * step) for number in range(8)]
    stories = group(*texts)
    most = int(LONGEST_STORY.total_seconds() / 3600 // step) + 1
    assert stories == ["0"] * most + [str(most)] * (8 - most)
    late = group(("en", "Ambush near Mir Ali", CLASH, 0), ("en", "Ambush near Mir Ali", CLASH, 73))
    assert late == ["0", "1"]


@pytest.mark.parametrize(
    "spellings",
    [
        (("Tajikistan", "en"), ("Таджикистана", "ru"), ("تاجیکستان", "fa"), ("Тоҷикистон", "tg"), ("Tojikiston", "uz")),
        (("Tasmagambetov", "en"), ("Тасмагамбетов", "ru"), ("تاسماگامبتوف", "fa")),
        (("Shuroobod", "en"), ("Шурообад", "ru"), ("شورآباد", "fa"), ("Шӯрообод", "tg")),
        (("Termez", "en"), ("Термезе", "ru"), ("ترمذ", "fa"), ("Termizga", "uz")),
    ],
)
def test_a_name_is_one_in_every_script(spellings: tuple[tuple[str, str], ...]) -> None:
    assert len({name_skeleton(word, lang) for word, lang in spellings}) == 1


_COPIES = st.permutations(
    [
        ("en", "Ambush near Mir Ali", CLASH, 0.0),
        ("en", "Bannu mourns four soldiers", CLASH, 0.0),
        ("en", "Four soldiers killed near Mir Ali", CLASH, 0.0),
        ("en", "Customs seize heroin at Fotehobod", "Officers found 60 kg of heroin in a truck at Fotehobod.", 0.0),
        ("en", "Heroin found in truck", "Officers found 60 kg of heroin in a truck at Fotehobod.", 0.0),
        ("ru", "Землетрясение в Мургабе", "Землетрясение магнитудой 4,8 произошло в 40 км от Мургаба.", 0.0),
    ]
)


@settings(max_examples=60, deadline=None)
@given(_COPIES)
def test_copies_of_one_text_come_together_in_whatever_order_they_come(texts: list[Text]) -> None:
    stories = group(*texts)
    grouped = {(text[2], story) for text, story in zip(texts, stories, strict=True)}
    assert len(grouped) == len({text[2] for text in texts}) == len(set(stories))


_WORDS = st.sampled_from(
    (
        "ambush",
        "convoy",
        "killed",
        "four",
        "Mir",
        "Ali",
        "TASS",
        "Monday",
        "граница",
        "убиты",
        "пять",
        "حمله",
        "60",
        "kg",
    )
)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(("en", "ru", "fa", "")), st.lists(_WORDS, max_size=12)), max_size=12))
def test_every_report_has_a_story_and_every_story_begins_with_its_first_report(
    rows: list[tuple[str, list[str]]],
) -> None:
    stories = group(*[(lang, " ".join(words), "", 0.0) for lang, words in rows])
    assert len(stories) == len(rows)
    assert all(int(story) <= number for number, story in enumerate(stories))
    assert all(stories[int(story)] == story for story in stories)
