"""Latin letters read as Cyrillic ones, for searches in a script that the archive does not hold. Pure.

The letters are those of common romanisations of Russian and Tajik (BGN/PCGN), the longest first.
"""

import re

_LETTERS = {
    "shch": "щ", "dzh": "дж", "zh": "ж", "kh": "х", "ts": "ц", "tz": "ц", "ch": "ч", "sh": "ш", "gh": "г",
    "yu": "ю", "ya": "я", "yo": "ё", "ye": "е", "yi": "и", "ju": "ю", "ja": "джа", "iy": "ий", "yy": "ый",
    "ay": "ай", "ey": "ей", "oy": "ой", "uy": "уй",
    "a": "а", "b": "б", "c": "к", "d": "д", "e": "е", "f": "ф", "g": "г", "h": "х", "i": "и", "j": "дж", "k": "к",
    "l": "л", "m": "м", "n": "н", "o": "о", "p": "п", "q": "к", "r": "р", "s": "с", "t": "т", "u": "у", "v": "в",
    "w": "в", "x": "кс", "y": "ы", "z": "з", "'": "ь", "’": "ь",
}  # fmt: skip
_LATIN = re.compile(r"[a-z'’]+")
_ENDING = re.compile(r"[аеёиоуыэюяйь]+$")
_SHORTEST_STEM = 4


def read_as_cyrillic(word: str) -> str:
    """A lower-case Latin word in Cyrillic letters; empty for a word that is not all Latin."""
    if not _LATIN.fullmatch(word):
        return ""
    letters, rest = [], word
    while rest:
        length = next(size for size in (4, 3, 2, 1) if rest[:size] in _LETTERS)
        letters.append(_LETTERS[rest[:length]])
        rest = rest[length:]
    return "".join(letters)


def open_stem(word: str) -> str:
    """A Cyrillic word without its ending and with an open one: `афганск*`; a short word as it is."""
    stem = _ENDING.sub("", word)
    return f"{stem}*" if len(stem) >= _SHORTEST_STEM else word
