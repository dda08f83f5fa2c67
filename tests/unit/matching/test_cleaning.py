"""Disclaimers, site names and boilerplate do not count as news, and every offset stays true."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.matching.cleaning import clean_text, clean_title
from tests.unit.matching.lists import document, group, match_text, watchlist

BANNED = watchlist(
    group(
        "banned",
        en=["terrorist*", "banned", "outlawed"],
        ru=["запрещ*", "террорист*", "экстремист*", "агент*", "признан*"],
    )
)
DISCLAIMERS = [
    "«Талибан» (признано террористическим и запрещено в РФ) захватил город",
    "«Талибан» (запрещенная в России организация) захватил город",
    "«Талибан» [организация признана террористической и запрещена на территории РФ] захватил город",
    "ИГИЛ (террористическая организация, запрещенная в РФ) взяло ответственность",
    "«Талибан»* захватил город.\n* Организация признана террористической и запрещена в России.",
    "Издание сообщает (внесено в реестр иностранных агентов)",
    "НАСТОЯЩИЙ МАТЕРИАЛ (ИНФОРМАЦИЯ) ПРОИЗВЕДЕН ИНОСТРАННЫМ АГЕНТОМ ООО «НОВОСТИ». Взрыв в Кабуле.",
    "Движение «Талибан», признанное в РФ террористическим, захватило город",
    "Талибы, признанные террористами в России, захватили город",
    "Группа, признанная экстремистской и запрещенная в России.",
    "Центр (деятельность организации запрещена в РФ) заявил",
    "The Taliban (outlawed in Russia) took the town",
    "Islamic State (IS, terrorist organization, banned in Russia) claimed it",
]


@pytest.mark.parametrize("text", DISCLAIMERS)
def test_a_legal_disclaimer_does_not_count(text: str) -> None:
    assert match_text(BANNED, "", text) is None
    assert len(clean_text(text)) == len(text)


@pytest.mark.parametrize(
    "text",
    [
        "Террористы взорвали мост",
        "Суд признал группу террористической",
        "Группа, признанная в Киргизии экстремистской, отрицает вину",
        "Трое, признанных террористами, бежали в Россию",
        "В РФ запрещён ввоз мяса (по данным ТАСС)",
        "Terrorists (three of them) were banned in Kabul",
        "Ввоз запрещён. Организация сообщила об этом",
    ],
)
def test_news_about_bans_and_terrorists_still_counts(text: str) -> None:
    assert match_text(BANNED, text) is not None


def test_words_around_a_disclaimer_stay_neighbours_and_keep_their_offsets() -> None:
    lists = watchlist(group("g", ru=["Талибан захватил"]))
    text = "«Талибан» (признано террористическим и запрещено в РФ) захватил город"
    match = match_text(lists, text)
    assert match is not None
    assert text[match.evidence[0].start : match.evidence[0].end] == match.evidence[0].text
    assert match.evidence[0].text.startswith("Талибан")
    assert match.evidence[0].text.endswith("захватил")


@pytest.mark.parametrize(
    ("title", "kept"),
    [
        ("Blast hits Kabul school | Khaama Press", "Blast hits Kabul school"),
        ("Blast hits Kabul school - BBC News", "Blast hits Kabul school"),
        ("Взрыв в школе Кабула — РИА Новости", "Взрыв в школе Кабула"),
        ("Blast hits Kabul school - asiaplus.tj", "Blast hits Kabul school"),
        ("Kabul | Blast", "Kabul | Blast"),
        ("Новости Центральной Азии | ОДКБ начала учения", "Новости Центральной Азии | ОДКБ начала учения"),
        ("Three dead in Kabul - Taliban blamed", "Three dead in Kabul - Taliban blamed"),
        ("Кабул - Душанбе - Москва", "Кабул - Душанбе - Москва"),
    ],
)
def test_the_name_of_a_site_behind_a_headline_is_blanked(title: str, kept: str) -> None:
    cleaned = clean_title(title)
    assert len(cleaned) == len(title)
    assert cleaned.rstrip() == kept


def test_an_outlets_boilerplate_does_not_count_whatever_its_punctuation() -> None:
    lists = watchlist(group("csto", en=["CSTO"]))
    page = document("Talks held in Astana", "Read more on CSTO - official page! Leaders met.")
    phrases = ("CSTO: official page",)
    assert match_text(lists, page.title, page.summary) is not None
    assert match_text(lists, page.title, page.summary, boilerplate=phrases) is None
    assert match_text(lists, "CSTO meets", page.summary, boilerplate=phrases) is not None


@given(st.text(alphabet="признаозпещеорт(*)[]. |-—агент\n", max_size=200), st.lists(st.text(max_size=9), max_size=3))
def test_cleaning_never_changes_a_length(text: str, phrases: list[str]) -> None:
    assert len(clean_title(text, tuple(phrases))) == len(text)


@pytest.mark.parametrize(
    "sentence",
    [
        "The Organization includes Armenia, Belarus, Kazakhstan, Kyrgyzstan, Russia and Tajikistan.",
        "Members of the CSTO are Russia, Belarus, Armenia, Kazakhstan, the Kyrgyz Republic, and Tajikistan.",
        "Armenia, Belarus, Kazakhstan, Kyrgyzstan, Russia and Tajikistan are members of the CSTO.",
        "The union unites Armenia, Belarus, Kazakhstan, Kyrgyzstan and Russia",
        "В ОДКБ входят Армения, Белоруссия, Казахстан, Киргизия, Россия и Таджикистан.",
        "Членами ОДКБ являются Россия, Армения, Беларусь, Казахстан, Кыргызстан и Таджикистан.",
        "ОДКБ состоит из Армении, Беларуси, Казахстана, Кыргызстана, России и Таджикистана.",
        "Аъзои СПАД: Арманистон, Қазоқистон, Қирғизистон, Русия ва Тоҷикистон.",
        "اعضای این سازمان ارمنستان، بلاروس، قزاقستان، قرقیزستان، روسیه و تاجیکستان هستند.",
    ],
)  # fmt: skip
def test_the_sentence_that_lists_the_members_of_the_bloc_does_not_count(sentence: str) -> None:
    news = "A drill began at Lyaur. "
    assert clean_text(f"{news}{sentence}").rstrip(" .") == news.rstrip(" .")


@pytest.mark.parametrize(
    "sentence",
    [
        "Ministers of Armenia, Belarus, Kazakhstan, Kyrgyzstan, Russia and Tajikistan met in Yerevan.",
        "CSTO members Armenia, Belarus, Kazakhstan, Kyrgyzstan, Russia and Tajikistan send troops to the border.",
        "The CSTO includes Armenia, Belarus, Kazakhstan, Kyrgyzstan, Russia and Tajikistan; a drill begins on Monday.",
        "The deal includes Kazakhstan, Kyrgyzstan and Tajikistan, while Armenia and Belarus stay away.",
        "Армения приостановила участие; остались Беларусь, Казахстан, Киргизия, Россия и Таджикистан.",
    ],
)  # fmt: skip
def test_what_the_members_do_still_counts(sentence: str) -> None:
    assert clean_text(sentence) == sentence
