"""Folding: how different spellings of one word become one form, in texts and terms alike.

The tables are those of the query specification, section 3. Folding works on one word, as cut by
`bot.matching.tokens`; it never makes two words of one.
"""

import unicodedata
from functools import lru_cache

# The longest known words have about sixty letters; more is an attack (sorting n combining marks costs n squared).
LONGEST_WORD = 200

# An apostrophe inside a word is dropped: Oʻzbekiston, O'zbekiston and Ozbekiston are one name.
# These are punctuation or symbols to Unicode; its letter-like ones follow below.
APOSTROPHES = "'’‘‛`´′＇"
_LETTER_APOSTROPHES = "ʻʼʽʾʿʹˈˊˋꞌꞋ"

# Characters without a look of their own: soft hyphen, grapheme joiner, bidi and shaping controls, fillers, variation
# selectors (Unicode property Default_Ignorable_Code_Point, without U+200C: the zero-width non-joiner parts words).
IGNORABLE_RANGES = (
    (0xAD, 0xAD),
    (0x34F, 0x34F),
    (0x61C, 0x61C),
    (0x115F, 0x1160),
    (0x17B4, 0x17B5),
    (0x180B, 0x180F),
    (0x200B, 0x200B),
    (0x200D, 0x200F),
    (0x202A, 0x202E),
    (0x2060, 0x206F),
    (0x3164, 0x3164),
    (0xFE00, 0xFE0F),
    (0xFEFF, 0xFEFF),
    (0xFFA0, 0xFFA0),
    (0xFFF0, 0xFFF8),
    (0x1BCA0, 0x1BCA3),
    (0x1D173, 0x1D17A),
    (0xE0000, 0xE0FFF),
)
# Arabic vowel signs, the loose hamza, Quranic marks, and tatweel, which only stretches a word.
_VOWEL_SIGN_RANGES = ((0x610, 0x61A), (0x640, 0x640), (0x64B, 0x65F), (0x670, 0x670), (0x6D6, 0x6DC), (0x6DF, 0x6E8),
                      (0x6EA, 0x6ED))  # fmt: skip
# Presentation forms of a sign alone, and the Greek numeral sign: nothing of them is left once decomposed.
_LONE_SIGN_RANGES = ((0x374, 0x374), (0xFC5E, 0xFC63), (0xFCF2, 0xFCF4), (0xFE70, 0xFE7F))

_SAME_LETTERS = {
    "е": "ё",
    "г": "ғ",
    "к": "қ",
    "х": "ҳ",
    "ч": "ҷ",
    "и": "ӣ",
    "у": "ӯў",
    "Е": "Ё",
    "Г": "Ғ",
    "К": "Қ",
    "Х": "Ҳ",
    "Ч": "Ҷ",
    "И": "Ӣ",
    "У": "ӮЎ",
    "ی": "يىئېۍےۓ",
    "ک": "ك",
    "گ": "ګ",
    "ه": "ةۀہۂھ",
    "ا": "أإآ",
}
_POSSESSIVE = 2  # an apostrophe and an s


def _fold_table() -> dict[int, str | None]:
    table: dict[int, str | None] = {ord(other): letter for letter, others in _SAME_LETTERS.items() for other in others}
    table.update(dict.fromkeys(map(ord, APOSTROPHES + _LETTER_APOSTROPHES)))
    for first, last in (*IGNORABLE_RANGES, *_VOWEL_SIGN_RANGES, *_LONE_SIGN_RANGES):
        table.update(dict.fromkeys(range(first, last + 1)))
    return table


_FOLD = _fold_table()
# To see whether a word holds any of the table's characters: far cheaper than translating the many that hold none, and
# than a character class, which a regular expression tries range by range once it reaches beyond 16 bits.
_CHANGES = frozenset(map(chr, _FOLD))


def vanishes(character: str) -> bool:
    """Whether a character leaves nothing behind when folded inside a word."""
    return _FOLD.get(ord(character), character) is None


def exact_form(word: str) -> str:
    """The form `=term` compares: folded in every way but case. `word` is one word as cut by the tokeniser."""
    word = word[:LONGEST_WORD]
    if word[-1:] in ("s", "S") and len(word) > _POSSESSIVE and word[-2] in "'’ʼ＇`´‘":
        word = word[:-_POSSESSIVE]
    if word.isascii():
        return word.translate(_FOLD)
    return _settle(word)


def _settle(word: str) -> str:
    """Normalise and fold until nothing changes: dropping a mark can let its neighbours compose."""
    while True:
        if word.isalnum() and _CHANGES.isdisjoint(word) and unicodedata.is_normalized("NFKC", word):
            return word
        folded = unicodedata.normalize("NFKC", word).translate(_FOLD)
        if not folded.isalnum():
            folded = "".join(char for char in folded if unicodedata.category(char)[0] in "LNMC") or folded
        if folded == word:
            return word
        word = folded


def fold_word(word: str) -> str:
    """The form in which a plain term and a word of a text are compared. Idempotent."""
    folded = exact_form(word)
    while True:
        lowered = folded.casefold()
        if lowered != folded and not lowered.isascii():
            lowered = _settle(lowered)
        if lowered == folded:
            return folded
        folded = lowered


@lru_cache(maxsize=4096)
def fold_ending(ending: str) -> str:
    """A grammatical ending in the form it has at the end of a folded word."""
    return fold_word(ending)
