"""Words by which a report says that something is denied, or that an outlet takes back what it wrote. Pure.

A word that denies in one language may mean something else in the next: Urdu تردید is a denial, Persian تردید a doubt.
So each language has its own.
"""

from collections.abc import Sequence
from functools import cache

from bot.matching.folding import fold_word

# Beginnings of words; a phrase is joined by "_". A bare "reject" or "false" is said of too much else.
_DENIALS = {
    "en": "denie deny denial denying refut debunk disprov",
    "ru": "опроверг опроверж отрицает отрицают отрицал отрицани",
    "fa": "تکذیب انکار",
    "tg": "такзиб инкор рад_кард",
    "ps": "تردید_ک انکار رد_کړ تکذیب",
    "uz": "inkor rad_et rad_qil инкор рад_эт рад_қил",
    "ky": "четке_как төгүн жокко_чыгар танды",
    "kk": "жоққа_шығар теріске_шығар",
    "ur": "تردید مسترد",
}
_RETRACTIONS = {
    "en": "retract withdrawn",
    "ru": "отозван удалено опровержение снято_с_публикации",
    "fa": "حذف_شد پس_گرفته",
    "tg": "нест_шуд бозхонд",
    "ps": "لرې_شو",
    "uz": "oʻchirildi ўчирилди",
    "ky": "өчүрүлдү алынып_салынды",
    "kk": "өшірілді алып_тасталды",
    "ur": "واپس_لی ہٹا_دی",
}


def denies(words: Sequence[str], lang: str) -> bool:
    """Whether a text of folded words tells of a denial; a text of unknown language may be in any."""
    return _says(words, _phrases("denials", lang))


def retracts(words: Sequence[str], lang: str) -> bool:
    """Whether a headline of folded words says that its outlet takes the report back."""
    return _says(words, _phrases("retractions", lang))


def _says(words: Sequence[str], phrases: Sequence[tuple[str, ...]]) -> bool:
    return any(
        len(words) - place >= len(phrase)
        and all(word.startswith(part) for word, part in zip(words[place:], phrase, strict=False))
        for place in range(len(words))
        for phrase in phrases
    )


@cache
def _phrases(kind: str, lang: str) -> tuple[tuple[str, ...], ...]:
    table = _DENIALS if kind == "denials" else _RETRACTIONS
    texts = (table[lang],) if lang in table else table.values()
    return tuple(
        tuple(fold_word(part) for part in phrase.split("_") if part) for text in texts for phrase in text.split()
    )
