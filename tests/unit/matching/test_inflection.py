"""Inflected forms against a small gold list for each language, written from the standard noun paradigms."""

import pytest

from tests.unit.matching.lists import fires

GOLD = {
    ("en", "border"): "border borders",
    ("en", "embassy"): "embassy embassies",
    ("en", "gunman"): "gunman gunmen gunman's gunmen's",
    ("en", "clash"): "clash clashes",
    ("ru", "граница"): "граница границы границе границу границей границ границам границами границах",
    ("ru", "Талибан"): "Талибан Талибана Талибану Талибаном Талибане",
    ("ru", "нападение"): "нападение нападения нападению нападением нападении нападений нападениям нападениях",
    ("ru", "пограничник"): "пограничник пограничника пограничники пограничников пограничникам пограничниками",
    ("ru", "человек"): "человек человека людей людям",
    ("ru", "убит"): "убит убита убиты убитый убитых",
    ("ru", "посёлок"): "посёлок посёлка поселка поселке",
    ("ru", "Бадахшан"): "Бадахшан Бадахшана Бадахшане Бадахшаном",
    ("fa", "مرز"): "مرز مرزها مرزهای مرزهایی مرز\u200cها مرز\u200cهای",
    ("fa", "مهاجم"): "مهاجم مهاجمان مهاجم\u200cها",
    ("ur", "حملہ"): "حملہ حملے حملوں",
    ("ur", "دھماکہ"): "دھماکہ دھماکا دھماکے دھماکوں",
    ("ur", "سرحد"): "سرحد سرحدوں سرحدیں",
    ("ps", "برید"): "برید بریدونه بریدونو",
    ("tg", "марз"): "марз марзи марзҳо марзҳои марзро марзу",
    ("tg", "ҳамла"): "ҳамла ҳамлаи ҳамлаҳо ҳамлаҳои",
    (
        "uz",
        "chegara",
    ): "chegara chegarani chegaraning chegarada chegaradan chegaralar chegaralarida chegarasi chegarasida",
    ("uz", "чегара"): "чегара чегарани чегаранинг чегарада чегарадан чегаралар",
    ("ky", "чек"): "чек чекте чектен чектин чекке чеги чегинде чектер чектери",
    ("ky", "Бишкек"): "Бишкек Бишкекте Бишкектен Бишкектин Бишкекке",
    ("kk", "шекара"): "шекара шекараның шекарада шекарадан шекараға шекараны шекарасы шекарасында шекаралар",
    ("kk", "мектеп"): "мектеп мектепте мектептер мектебі мектебінде",
}


@pytest.mark.parametrize(("lang", "word"), GOLD)
def test_a_plain_term_finds_the_forms_of_its_language(lang: str, word: str) -> None:
    missed = [form for form in GOLD[lang, word].split(" ") if not fires(lang, word, form)]
    assert missed == []


@pytest.mark.parametrize(
    ("lang", "term", "other"),
    [
        ("en", "border", "borderland"),
        ("en", "=border", "borders"),
        ("ru", "=граница", "границы"),
        ("ru", "граница", "заграница"),
        ("ru", "граница", "пограничник"),
        ("fa", "چمن", "چمنی"),
        ("de", "Grenze", "Grenzen"),
        ("ru", "КПП", "КППу"),
        ("tg", "марз", "марзбон"),
        ("kk", "шекара", "шекарашы"),
        ("en", "IS", "iss"),
        ("ur", "حملہ", "حمل"),
        ("ur", "خطرہ", "خطر"),
    ],
)
def test_a_plain_term_does_not_find_other_words(lang: str, term: str, other: str) -> None:
    assert fires(lang, term, term.strip("="))
    assert not fires(lang, term, other)


@pytest.mark.parametrize("form", ["ЖККУ", "ЖККУнун", "ЖККУга", "ЖККУНУН", "ЖККУ-нун"])
def test_an_exact_stem_finds_attested_endings(form: str) -> None:
    assert fires("ky", "=ЖККУ*", form)


@pytest.mark.parametrize("form", ["жкку", "ЖККУбек", "жккунун", "ПЖККУ"])
def test_an_exact_stem_finds_nothing_else(form: str) -> None:
    assert not fires("ky", "=ЖККУ*", form)


def test_words_of_a_phrase_are_inflected_each() -> None:
    assert fires("ru", "афганская граница", "на афганской границе")
    assert fires("ru", "Техрик* Талибан Пакистан*", "лидер Техрике Талибана Пакистана")
    assert not fires("ru", "афганская граница", "афганская сторона границы")
