"""Weekdays and months as people write them in the languages of the feeds. Pure.

دوشنبه and душанбе are Monday and a city, in a dateline too: they count as a day only behind the word for day, night
or evening.
"""

from collections.abc import Sequence
from functools import cache

from bot.matching.folding import fold_word

_WEEKDAYS = (
    "monday mon понедельник понедельника دوشنبه душанбе dushanba душанба پیر دوشنبې дүйшөмбү дүйсенбі",
    "tuesday tue вторник вторника سه‌شنبه сешанбе seshanba сешанба منگل سه‌شنبې шейшемби сейсенбі",
    "wednesday wed среда среду среды چهارشنبه чоршанбе chorshanba чоршанба بدھ چارشنبه шаршемби сәрсенбі",
    "thursday thu четверг четверга پنجشنبه پنج‌شنبه панҷшанбе payshanba пайшанба جمعرات бейшемби бейсенбі",
    "friday fri пятница пятницу пятницы جمعه ҷумъа juma жума جمعہ жума жұма",
    "saturday sat суббота субботу субботы شنبه шанбе shanba шанба ہفتہ ишемби сенбі",
    "sunday sun воскресенье воскресенья یکشنبه یک‌شنبه якшанбе yakshanba якшанба اتوار жекшемби жексенбі",
)
_MONTHS = (
    "january jan январь января جنوری ژانویه январи январ yanvar qanvar қаңтар",
    "february feb февраль февраля فبروری فوریه феврал fevral ақпан",
    "march mar март марта مارچ مارس марти mart наурыз",
    "april apr апрель апреля اپریل آوریل апрели апрел aprel сәуір",
    "may май мая می مه مئی майи мамыр",
    "june jun июнь июня جون ژوئن июни июн iyun маусым",
    "july jul июль июля جولای ژوئیه جولائی июли июл iyul шілде",
    "august aug август августа آگست اوت اگست августи avgust тамыз",
    "september sept sep сентябрь сентября سپتامبر ستمبر сентябри сентябр sentabr қыркүйек",
    "october oct октябрь октября اکتبر اکتوبر октябри октябр oktabr қазан",
    "november nov ноябрь ноября نوامبر نومبر ноябри ноябр noyabr қараша",
    "december dec декабрь декабря دسامبر دسمبر декабри декабр dekabr желтоқсан",
)
# Afghan and Iranian names of the twelve solar months, which begin about 21 March.
_SOLAR_MONTHS = (
    "حمل فروردین", "ثور اردیبهشت", "جوزا خرداد", "سرطان تیر", "اسد مرداد", "سنبله شهریور",
    "میزان مهر", "عقرب آبان", "قوس آذر", "جدی دی", "دلو بهمن", "حوت اسفند",
)  # fmt: skip
_DAY_WORDS = "روز شب شام صبح рӯзи шаби шоми субҳи kuni"
# In running text these are mostly something else: "sun", "mon" and "sat" are English words or names.
_ONLY_BESIDE_A_DATE = "mon tue wed thu fri sat sun پیر بدھ ہفتہ"
_MONDAY = 0


def weekday_of(words: Sequence[str], place: int, *, beside_date: bool = False) -> int | None:
    """The weekday (Monday 0) that the folded word at `place` names, or None.

    Abbreviations and names that are common words too count only `beside_date`.
    """
    found, word = _find_weekday(words, place), words[place]
    if word in _monday_or_dushanbe() and found == _MONDAY:
        return found if place and words[place - 1] in _day_words() else None
    return None if word in _doubtful() and not beside_date else found


def find_weekdays(words: Sequence[str]) -> frozenset[int]:
    """The weekdays (Monday 0) that a text of folded words names, dates apart."""
    names = _weekdays()
    candidates = [place for place, word in enumerate(words) if word in names]
    return frozenset(day for place in candidates if (day := weekday_of(words, place)) is not None)


def _find_weekday(words: Sequence[str], place: int) -> int | None:
    word = words[place]
    if word == _shanbe() and place and words[place - 1] in _numbers_before_shanbe():
        return _numbers_before_shanbe()[words[place - 1]]
    return _weekdays().get(word)


def month_of(word: str) -> int | None:
    """The month (January 1) a folded word names, or None."""
    return _months().get(word)


def solar_month_of(word: str) -> int | None:
    """The month of the solar Hijri calendar (Hamal or Farvardin 1) a folded word names, or None."""
    return _solar_months().get(word)


@cache
def _weekdays() -> dict[str, int]:
    return {fold_word(word): day for day, words in enumerate(_WEEKDAYS) for word in words.split()}


@cache
def _months() -> dict[str, int]:
    return {fold_word(word): month for month, words in enumerate(_MONTHS, start=1) for word in words.split()}


@cache
def _solar_months() -> dict[str, int]:
    return {fold_word(word): month for month, words in enumerate(_SOLAR_MONTHS, start=1) for word in words.split()}


@cache
def _doubtful() -> frozenset[str]:
    return frozenset(map(fold_word, _ONLY_BESIDE_A_DATE.split()))


@cache
def _monday_or_dushanbe() -> frozenset[str]:
    return frozenset(map(fold_word, ("دوشنبه", "душанбе")))


@cache
def _day_words() -> frozenset[str]:
    return frozenset(map(fold_word, _DAY_WORDS.split()))


@cache
def _shanbe() -> str:
    return fold_word("شنبه")


@cache
def _numbers_before_shanbe() -> dict[str, int]:
    """Words before شنبه where a zero-width non-joiner parts the day's name: سه‌شنبه is two words to the tokeniser."""
    return {fold_word(word): day for day, word in ((6, "یک"), (0, "دو"), (1, "سه"), (2, "چهار"), (3, "پنج"))}
