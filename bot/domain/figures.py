"""Figures of an event as a text gives them: how many killed, wounded, held, how many kilograms. Pure.

Counts are what tells two attacks in one place apart, and what people want to hear of when it changes. They are found
without grammar: the nearest counting word decides what a number counts.
"""

from collections.abc import Iterable, Sequence
from functools import cache, lru_cache
from typing import NamedTuple

from bot.matching.folding import fold_word

KILLED, WOUNDED, HELD, KILOGRAMS = "killed", "wounded", "held", "kg"

# Beginnings of words, as people write them: English, Russian, Dari, Tajik, Pashto, Uzbek, Kyrgyz, Kazakh, Urdu.
_COUNTED = {
    KILLED: "kill dead death died dies martyr lives succumb slain погиб убит убил уничтож жертв "
    "کشته شهید جان هلاک кушта ҳалок нобуд қурбон وژل مړه halok oʻldir ўлдир каза қаза өлтүр өлтір ہلاک جاں",
    WOUNDED: "wound injur hurt ранен пострада زخم مجروح захм маҷрӯҳ ټپي yarador jarohat ярадор жарадар жаралан",
    HELD: "detain arrest задерж арест بازداشت دستگیر дастгир боздошт hibs ushlan qoʻlga گرفتار кармал ұстал",
    KILOGRAMS: "kg kilo кг кило کیلو килограмм",
}
# Numbers up to twelve are mostly written as words. Forms that also mean other things ("one", "як", "bir") are left out.
_NUMBERS = (
    "two двое двух двоих два две دو ду ikki икки эки екі دوه",
    "three трое троих три трёх سه се uch уч үч үш تین درې",
    "four четверо четверых четыре четырёх чор чаҳор چهار چار toʻrt тўрт төрт څلور",
    "five пятеро пятерых пять пяти پنج панҷ besh беш бес پانچ پنځه",
    "six шестеро шестерых шесть شش шаш olti олти алты چھ شپږ",
    "seven семеро семерых семь семи هفت ҳафт yetti етти жети жеті سات اووه",
    "eight восемь восьми هشت ҳашт sakkiz саккиз сегиз آٹھ اته",
    "nine девять девяти نه нӯҳ toʻqqiz тўққиз тогуз тоғыз نو نهه",
    "ten десять десяти ده даҳ دس لس",
    "eleven одиннадцать یازده ёздаҳ",
    "twelve двенадцать دوازده дувоздаҳ",
    "thirteen тринадцать سیزده",
    "fourteen четырнадцать چهارده",
    "fifteen пятнадцать پانزده понздаҳ",
)
_BEFORE, _AFTER = 3, 5
_UNIT_AFTER = 2  # a unit stands right behind its number
_LATER_IS_NEARER = 1.5  # "two dead and four hurt": a number belongs rather to the word behind it
_LONGEST_NUMBER = 5


class Figure(NamedTuple):
    """How many of what."""

    kind: str
    many: int


def find_figures(words: Sequence[str]) -> frozenset[Figure]:
    """The figures in a text of folded words."""
    kinds = [kind_of(word) for word in words]
    if not any(kinds):
        return frozenset()
    figures = set()
    for place, word in enumerate(words):
        count = read_count(word)
        if count is None:
            continue
        kind = _nearest(kinds, place)
        if kind:
            figures.add(Figure(kind, count))
    return frozenset(figures)


def read_count(word: str) -> int | None:
    """The number a folded word stands for: digits of any script, or a number word up to fifteen."""
    if word.isdecimal():
        return int(word) if len(word) <= _LONGEST_NUMBER else None
    return _number_words().get(word)


def contradict(some: Iterable[Figure], others: Iterable[Figure]) -> bool:
    """Whether both texts count the same thing and nowhere agree on it."""
    first, second = _by_kind(some), _by_kind(others)
    return any(not counts & second[kind] for kind, counts in first.items() if kind in second)


def _by_kind(figures: Iterable[Figure]) -> dict[str, set[int]]:
    counts: dict[str, set[int]] = {}
    for figure in figures:
        counts.setdefault(figure.kind, set()).add(figure.many)
    return counts


@lru_cache(maxsize=65_536)
def kind_of(word: str) -> str:
    """What a folded word counts, or nothing."""
    beginnings = _beginnings()
    longest = min(len(word), _longest_beginning())
    return next((beginnings[word[:end]] for end in range(longest, 1, -1) if word[:end] in beginnings), "")


def _nearest(kinds: Sequence[str], place: int) -> str:
    found, nearest = "", float("inf")
    for other in range(max(place - _BEFORE, 0), min(place + _AFTER + 1, len(kinds))):
        if kinds[other] == KILOGRAMS and not 0 < other - place <= _UNIT_AFTER:
            continue
        distance = other - place if other > place else place - other + _LATER_IS_NEARER
        if kinds[other] and distance < nearest:
            found, nearest = kinds[other], distance
    return found


@cache
def _beginnings() -> dict[str, str]:
    return {fold_word(word): kind for kind, words in _COUNTED.items() for word in words.split()}


@cache
def _longest_beginning() -> int:
    return max(map(len, _beginnings()))


@cache
def _number_words() -> dict[str, int]:
    return {fold_word(word): count for count, words in enumerate(_NUMBERS, start=2) for word in words.split()}
