"""What makes two reports one story, and what keeps them apart."""

from collections.abc import Sequence
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.figures import Figure, contradict, find_figures
from bot.domain.fingerprints import build_fingerprint
from bot.domain.names import name_skeleton
from bot.domain.stories import LONGEST_STORY, WINDOW
from bot.domain.story_index import StoryIndex
from bot.matching.tokens import folded_words
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
    ("text", "figures"),
    [
        ("Four soldiers killed and six injured", {("killed", 4), ("wounded", 6)}),
        ("Погибли пять человек, двенадцать ранены", {("killed", 5), ("wounded", 12)}),
        ("دو تن کشته و دو تن زخمی شدند", {("killed", 2), ("wounded", 2)}),
        ("панҷ нафар кушта ва ду нафар захмӣ шуд", {("killed", 5), ("wounded", 2)}),
        ("40 kg geroin topildi", {("kg", 40)}),
        ("изъяли 60 кг, задержаны двое", {("kg", 60), ("held", 2)}),
        ("حملے میں 4 اہلکار شہید اور 6 زخمی", {("killed", 4), ("wounded", 6)}),
        ("The 201st base was opened in 2004", set()),
    ],
)
def test_figures_are_read_in_many_languages(text: str, figures: set[tuple[str, int]]) -> None:
    assert find_figures(folded_words(text)) == {Figure(*figure) for figure in figures}


def test_figures_contradict_only_where_both_count_the_same_thing() -> None:
    killed = [Figure("killed", 4)]
    assert contradict(killed, [Figure("killed", 6)])
    assert not contradict(killed, [Figure("killed", 4), Figure("killed", 6)])
    assert not contradict(killed, [Figure("wounded", 6)])


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
