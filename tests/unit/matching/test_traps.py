"""Every known trap of the query specification, section 3: words that look like what a list wants and are not."""

import pytest

from tests.unit.matching.lists import fires, group, match_text, rule, watchlist


@pytest.mark.parametrize(
    ("lang", "term", "text"),
    [
        ("ru", "учения", "Лучший ученик школы"),
        ("ru", "опий", "Подробное описание товара"),
        ("ru", "опиум", "Подробное описание товара"),
        ("en", "meth", "A new method for teachers"),
        ("ru", "=ИДУ", "я иду домой"),
        ("tg", "=СПАД", "Спад на рынке жилья"),
        ("uz", "ترمذ", "امام ترمذی"),
        ("fa", "ترمذ", "امام ترمذی"),
        ("tr", "=TIP", "Ankara'da TİP kongresi"),
        ("en", "=TIP", "a tip for travellers"),
        ("en", "TTP", "see https"),
        ("en", "=TTP", "ten ttps"),
        ("ru", "=Ош", "ошибка"),
        ("fa", "پنج رود", "پنج نفر"),
    ],
)
def test_a_term_does_not_fire_on_its_look_alike(lang: str, term: str, text: str) -> None:
    assert not fires(lang, term, text)


def test_uchenia_with_a_star_would_hit_the_pupil_and_plain_cases_do_not() -> None:
    assert fires("ru", "учени*", "Лучший ученик школы")
    assert fires("ru", "учения", "Совместных учений не будет")


def test_monday_and_dushanbe_are_told_apart_by_capitals() -> None:
    assert fires("tg", "=Душанбе", "Вохӯрӣ дар Душанбе")
    assert not fires("tg", "=Душанбе", "рӯзи душанбе")


def test_dari_monday_needs_context_to_mean_dushanbe() -> None:
    lists = watchlist(
        group("city", fa=["دوشنبه"]), group("context", fa=["تاجیکستان"]), rules=(rule("city", "context", within=10),)
    )
    assert match_text(lists, "روز دوشنبه باران بارید") is None
    assert match_text(lists, "دوشنبه پایتخت تاجیکستان") is not None


def test_a_tajik_of_afghanistan_is_not_tajikistan() -> None:
    """In Dari تاجیک usually means an ethnic Tajik of Afghanistan, so the country's term must not reach it."""
    lists = watchlist(group("country", fa=["تاجیکستان*"], tg=["Тоҷикистон"]))
    for text in ("تاجیک‌های افغانستان و مرزهای هویت", "احمدشاه مسعود، فرمانده تاجیک", "رهبر تاجیکان در کابل"):
        assert match_text(lists, text) is None
    for text in ("مرز تاجیکستان بسته شد", "وزیر خارجه تاجیکستانی در کابل"):
        assert match_text(lists, text) is not None


def test_a_tajik_soldier_needs_the_phrase_that_names_the_office() -> None:
    lists = watchlist(group("guards", fa=["مرزبان تاجیک", "سربازان تاجیک"]))
    assert match_text(lists, "دو مرزبان تاجیک زخمی شدند") is not None
    assert match_text(lists, "سربازان تاجیک در مرز") is not None
    assert match_text(lists, "شاعر تاجیک درگذشت") is None


def test_the_lawn_is_not_the_town_of_chaman() -> None:
    """چمن is a lawn, and Chaman on the Durand Line: only the border beside it tells them apart."""
    lists = watchlist(
        group("town", fa=["چمن"], ur=["چمن"]),
        group("border", fa=["مرز", "گذرگاه", "بولدک"], ur=["سرحد", "بارڈر"]),
        rules=(rule("town", "border", within=8),),
    )
    assert match_text(lists, "چمن بوستان ملت زخمی شد؛ ورود به آن بسته است") is None
    assert match_text(lists, "فوتبال روی چمن مصنوعی در کابل") is None
    assert match_text(lists, "درگیری در گذرگاه چمن در مرز با پاکستان") is not None
    assert match_text(lists, "چمن سرحد پر فائرنگ، آمد و رفت بند") is not None


def test_ansarullah_in_yemen_is_stopped_by_the_rules_own_not() -> None:
    lists = watchlist(
        group("short", fa=["انصارالله"]),
        group("tajik", fa=["تاجیکستان"]),
        group("houthi", fa=["یمن*"]),
        rules=(rule("short", "tajik", within=40, none_of=("houthi",)),),
    )
    assert match_text(lists, "انصارالله در تاجیکستان") is not None
    assert match_text(lists, "انصارالله یمن و تاجیکستان") is None


def test_the_childrens_hospital_is_not_the_alliance() -> None:
    lists = watchlist(group("csto", ru=["=ОДКБ"]), group("bloc", ru=["генсек*"]), rules=(rule("csto", "bloc"),))
    assert match_text(lists, "В ОДКБ открыли новое отделение реанимации") is None
    assert match_text(lists, "Генсек ОДКБ сделал заявление") is not None


def test_a_term_with_a_zero_width_non_joiner_also_finds_the_scraped_form() -> None:
    for text in ("حمله تی\u200cتی\u200cپی", "حمله تی تی پی", "حمله تیتیپی"):
        assert fires("fa", "تی\u200cتی\u200cپی", text)


@pytest.mark.parametrize(
    "text", ["Taliban/ISKP", "the Taliban's men", "TALIBAN", "«Taliban»", "anti-Taliban", "ta\u00adliban"]
)
def test_a_word_is_found_whatever_stands_around_it(text: str) -> None:
    assert fires("en", "Taliban", text)
