"""Figures of an event as a text gives them: how many killed, wounded, held, how many kilograms. Pure.

Counts are what tells two attacks in one place apart, and what people want to hear of when it changes. They are found
with little grammar: the nearest counting word decides what a number counts, unless a sentence says that the number of
something reached it, or that the wounded it counts have died.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import cache, lru_cache
from typing import NamedTuple

from bot.matching.folding import fold_word

KILLED, WOUNDED, SUCCUMBED, HELD, KILOGRAMS = "killed", "wounded", "succumbed", "held", "kg"

# Beginnings of words, as people write them: English, Russian, Dari, Tajik, Pashto, Uzbek, Kyrgyz, Kazakh, Urdu.
_COUNTED = {
    KILLED: "kill dead death died dies martyr fatalit lives slain погиб убит убил уничтож жертв "
    "کشته شهید جان هلاک кушта ҳалок нобуд қурбон وژل مړه halok qurbon oʻldir ўлдир каза қаза өлтүр өлтір өлгөн "
    "ہلاک جاں",
    WOUNDED: "wound injur hurt ранен пострада زخم مجروح захм маҷрӯҳ ټپي yarador jarohat ярадор жарадар жаралан",
    SUCCUMBED: "succumb",
    HELD: "detain arrest задерж арест بازداشت دستگیر дастгир боздошт hibs ushlan qoʻlga گرفتار кармал ұстал",
    KILOGRAMS: "kg kilo кг кило کیلو килограмм",
}
# Numbers up to twenty are often written as words. Forms that also mean other things ("one", "як", "bir") are left out.
_NUMBERS = (
    "two двое двух двоих двумя два две دو ду ikki ikkiga икки иккига эки экиге экөө екі екіге екеу دوه دوو",
    "three трое троих три трёх тремя سه се uch uchga уч учга үч үчкө үчөө үш үшке үшеу تین درې دریو",
    (
        "four четверо четверых четыре четырёх четырьмя чор чаҳор چهار چار toʻrt toʻrtga тўрт тўртга төрт төрткө төртөө "
        "төртке төртеу څلور څلورو"
    ),
    "five пятеро пятерых пять пяти پنج панҷ besh beshga беш бешга бешке бешөө бес беске бесеу پانچ پنځه پنځو",
    "six шестеро шестерых шесть шести شش шаш olti oltiga олти олтига алты алтыга алтоо алтыға алтау چھ چھے شپږ شپږو",
    (
        "seven семеро семерых семь семи هفت ҳафт yetti yettiga етти еттига жети жетиге жетөө жеті жетіге жетеу سات "
        "اووه اوو"
    ),
    "eight восьмеро восьмерых восемь восьми هشت ҳашт sakkiz sakkizga саккиз саккизга сегиз сегизге آٹھ اته اتو",
    "nine девять девяти نه нӯҳ toʻqqiz toʻqqizga тўққиз тўққизга тогуз тогузга тоғыз тоғызға نو نهه نهو",
    "ten десять десяти ده даҳ دس لس لسو",
    "eleven одиннадцать одиннадцати یازده ёздаҳ گیارہ یوولس",
    "twelve двенадцать двенадцати دوازده дувоздаҳ بارہ دوولس",
    "thirteen тринадцать тринадцати سیزده сездаҳ сенздаҳ تیرہ دیارلس",
    "fourteen четырнадцать четырнадцати چهارده чордаҳ чаҳордаҳ چودہ څوارلس",
    "fifteen пятнадцать пятнадцати پانزده понздаҳ پندرہ پنځلس",
    "sixteen шестнадцать шестнадцати شانزده шонздаҳ سولہ شپاړس",
    "seventeen семнадцать семнадцати هفده ҳабдаҳ ҳафдаҳ سترہ اوولس",
    "eighteen восемнадцать восемнадцати هجده ҳаждаҳ ҳаштдаҳ اٹھارہ اتلس",
    "nineteen девятнадцать девятнадцати نوزده нуздаҳ انیس نولس",
    "twenty двадцать двадцати بیست бист yigirma yigirmaga йигирма йигирмага жыйырма жыйырмага жиырма жиырмаға بیس شل",
)
# "The number of those killed rises to seven": what is counted may stand far before its number. `*` ends a beginning.
_TALLIES = (
    "toll deaths fatalities tally number count число числа количество количества شمار تعداد آمار تلفات "
    "шумор шумори шумораи soni сони саны شمېر شمیر"
)
# These stand behind what they count, in Uzbek, Kyrgyz, Kazakh, Urdu and Pashto.
_TALLIES_BEHIND = "toll soni сони саны تعداد شمېر شمیر"
_TOLL = "toll تلفات"  # of the dead, unless another word says of whom
_REACHING = (
    "rise* rose risen climb* jump* grow* grew increas* reach* mount* soar* hits now at stands "
    "вырос* возрос* увелич* достиг* состав* превыс* поднял* رسید* افزایش расид афзуд афзоиш* yetdi oshdi ortdi "
    "koʻpaydi етди ошди кўпайди жетти көбөйдү өстү жетті өсті көбейді ہوگئی ہو پہنچ* بڑھ* ورسېد* لوړ رسېدل*"
)
_OLD = "from с со از аз سے له"  # "rises from four to seven": what was counted before
# The wounded who died of it later are no longer wounded, and their number is not that of all the dead.
_DYING = (
    "die dies died succumb* скончал* умер умерли جان درگذشت* вафот ҷон даргузашт* vafot oʻldi ўлди каза көз қаза "
    "қайтыс چل دم مړه"
)
_AMONG = "of из از аз"  # "three of the wounded … have died" may say in between where that was
_ONE = "one один одна یک як bitta битта бир бір ایک یو"  # no figure, but the next thing that is counted
_BEFORE, _AFTER = 3, 5
_UNIT_AFTER = 2  # a unit stands right behind its number
_LATER_IS_NEARER = 1.5  # "two dead and four hurt": a number belongs rather to the word behind it
_LONGEST_NUMBER = 5
_TALLY_BEFORE, _REACHED_BEFORE, _REACHED_AFTER = 14, 5, 4
_COUNTED_BY_TALLY = 4
_DYING_BEHIND, _DYING_FAR_BEHIND = 4, 14
_GROUPED = 3  # digits between two marks of thousands


class Figure(NamedTuple):
    """How many of what."""

    kind: str
    many: int


class Role(NamedTuple):
    """What a word may do in a sentence that counts: number, counted thing, and the rest as the tables above say."""

    number: int | None = None
    kind: str = ""
    uses: frozenset[str] = frozenset()


_NO_ROLE = Role()


def find_figures(words: Sequence[str]) -> frozenset[Figure]:
    """The figures in a text of folded words."""
    return read_figures(words, [role_of(word) for word in words])


def read_figures(words: Sequence[str], roles: Sequence[Role]) -> frozenset[Figure]:
    """The figures in a text of folded words, whose roles are known."""
    if any(role.kind == KILOGRAMS for role in roles):
        roles = [role_of(word) for word in _join_digits(words, roles)]
    found = (_read_figure(roles, place) for place, role in enumerate(roles) if role.number is not None)
    return frozenset(figure for figure in found if figure)


def read_count(word: str) -> int | None:
    """The number a folded word stands for: digits of any script, or a number word up to twenty."""
    if word.isdecimal():
        return int(word) if len(word) <= _LONGEST_NUMBER else None
    return _number_words().get(word)


def _join_digits(words: Sequence[str], roles: Sequence[Role]) -> Sequence[str]:
    """The words with weights such as `1,200 kg` and `2.5 kg`, which were cut at the mark, as one whole number."""
    weighed = [place for place, role in enumerate(roles) if role.kind == KILOGRAMS]
    joined = list(words)
    for place in reversed(weighed):
        first, last = (joined[place - 2], joined[place - 1]) if place > 1 else ("", "")
        if first.isdecimal() and last.isdecimal() and len(first) <= _GROUPED >= len(last):
            joined[place - 2 : place] = [first + last if len(last) == _GROUPED else first]
    return joined


def _read_figure(roles: Sequence[Role], place: int) -> Figure | None:
    count = roles[place].number
    kind = _tallied(roles, place) or _nearest(roles, place)
    if kind == WOUNDED and _died_later(roles, place):
        kind = SUCCUMBED
    return Figure(kind, count) if kind and count is not None else None


def _tallied(roles: Sequence[Role], place: int) -> str:
    """What "the number of …" before this number counts, if a verb says that it reached it."""
    before = range(place - 1, max(place - _TALLY_BEFORE, 0) - 1, -1)
    tally = next((other for other in before if "tally" in roles[other].uses), None)
    if tally is None or not _reached(roles, tally, place):
        return ""
    uses = roles[tally].uses
    near = [*range(tally, min(tally + _COUNTED_BY_TALLY + 1, place))]
    if "tally behind" in uses:
        near += range(tally - 1, max(tally - _COUNTED_BY_TALLY, 0) - 1, -1)
    return next((roles[other].kind for other in near if roles[other].kind), KILLED if "toll" in uses else "")


def _reached(roles: Sequence[Role], tally: int, place: int) -> bool:
    """Whether a verb of reaching stands near, with no other number between than an old one."""
    for other in range(place - 1, max(place - _REACHED_BEFORE, tally) - 1, -1):
        if "reaching" in roles[other].uses:
            return True
        if roles[other].number is not None and "old" not in roles[other - 1].uses:
            break
    for role in roles[place + 1 : place + 1 + _REACHED_AFTER]:
        if role.number is not None or "reaching" in role.uses:
            return role.number is None
    return False


def _died_later(roles: Sequence[Role], place: int) -> bool:
    """Whether the wounded that a number counts are said to have died."""
    wounded = next((other for other in range(place, len(roles)) if roles[other].kind == WOUNDED), len(roles))
    among = any("among" in role.uses for role in roles[place + 1 : wounded])
    for role in roles[wounded + 1 : wounded + 1 + (_DYING_FAR_BEHIND if among else _DYING_BEHIND)]:
        if role.number is not None or "one" in role.uses:
            return False
        if "dying" in role.uses:
            return True
    return False


def contradict(some: Iterable[Figure], others: Iterable[Figure]) -> bool:
    """Whether both texts count the same thing and nowhere agree on it."""
    first, second = _by_kind(some), _by_kind(others)
    return any(not counts & second[kind] for kind, counts in first.items() if kind in second)


def is_raised(earlier: Iterable[Figure], later: Iterable[Figure]) -> bool:
    """Whether the later text counts more of everything that both count differently, and nothing less."""
    first, second = _by_kind(earlier), _by_kind(later)
    most = [(max(first[kind]), max(second[kind])) for kind in first.keys() & second.keys()]
    return all(was <= now for was, now in most) and any(was < now for was, now in most)


def _by_kind(figures: Iterable[Figure]) -> dict[str, set[int]]:
    counts: dict[str, set[int]] = {}
    for figure in figures:
        counts.setdefault(figure.kind, set()).add(figure.many)
    return counts


@lru_cache(maxsize=16_384)
def role_of(word: str) -> Role:
    """What a folded word may do in a sentence that counts."""
    role = Role(read_count(word), _kind_of(word), frozenset(use for use, has in _uses().items() if has(word)))
    return _NO_ROLE if role == _NO_ROLE else role  # that of nearly all words, so it is kept once


def _kind_of(word: str) -> str:
    beginnings = _beginnings()
    longest = min(len(word), _longest_beginning())
    return next((beginnings[word[:end]] for end in range(longest, 1, -1) if word[:end] in beginnings), "")


def _nearest(roles: Sequence[Role], place: int) -> str:
    found, nearest = "", float("inf")
    for other in range(max(place - _BEFORE, 0), min(place + _AFTER + 1, len(roles))):
        kind = roles[other].kind
        if kind == KILOGRAMS and not 0 < other - place <= _UNIT_AFTER:
            continue
        distance = other - place if other > place else place - other + _LATER_IS_NEARER
        if kind and distance < nearest:
            found, nearest = kind, distance
    return found


@cache
def _uses() -> dict[str, Callable[[str], bool]]:
    """For each use of a word in a sentence that counts, whether a folded word has it."""
    tables = {
        "tally": _TALLIES, "tally behind": _TALLIES_BEHIND, "toll": _TOLL, "reaching": _REACHING, "old": _OLD,
        "dying": _DYING, "among": _AMONG, "one": _ONE,
    }  # fmt: skip
    return {use: _matcher(words) for use, words in tables.items()}


def _matcher(words: str) -> Callable[[str], bool]:
    whole = frozenset(fold_word(word) for word in words.split() if not word.endswith("*"))
    beginnings = tuple(fold_word(word[:-1]) for word in words.split() if word.endswith("*"))
    return lambda word: word in whole or word.startswith(beginnings)


@cache
def _beginnings() -> dict[str, str]:
    return {fold_word(word): kind for kind, words in _COUNTED.items() for word in words.split()}


@cache
def _longest_beginning() -> int:
    return max(map(len, _beginnings()))


@cache
def _number_words() -> dict[str, int]:
    return {fold_word(word): count for count, words in enumerate(_NUMBERS, start=2) for word in words.split()}
