"""Names across scripts: their consonants, spelled alike for Tajikistan, Таджикистан and تاجیکستان.

Two texts in different languages about one event share few words but the same names. Vowels differ between
spellings and are dropped, and so are v, w and y, which Arabic script writes as vowels. Pure.
"""

import re
import unicodedata
from functools import lru_cache

_SHORTEST_SKELETON = 3
_LATIN_PAIRS = (
    ("gʻ", "g"), ("oʻ", ""), ("zh", "j"), ("kh", "h"), ("gh", "g"), ("sh", "s"), ("ch", "c"), ("ph", "f"), ("th", "t"),
    ("dj", "j"), ("dzh", "j"), ("ck", "k"), ("дж", "j"), ("сх", "s"),
)  # fmt: skip
_CLASSES = {
    "b": "bбب", "p": "pпپ", "t": "tтتطټٹ", "d": "dдدډڈ", "k": "kqcкқکكق", "g": "gгғґگگغ", "h": "hxхҳһخحهھہ",
    "s": "sсшщسصثشښzзزذضظ", "j": "jжҷجژږ", "c": "чچ", "f": "fфف", "l": "lлل", "m": "mмم", "n": "nнңنںڼ",
    "r": "rрرڑړ",
}  # fmt: skip
_LETTERS = {letter: sound for sound, letters in _CLASSES.items() for letter in letters} | {"ц": "ts", "x": "h"}
_RUSSIAN_ENDING = re.compile(
    r"(?<=\w{4})(?:ского|скому|ским|ской|ский|ская|скую|ские|ских|ами|ями|ым|ом|ем|ам|ах|ях|ой|ей)$"
)
_TAJIK_ENDING = re.compile(r"(?<=\w{4})(?:ҳоро|ҳои|ҳо|ро)$")
_UZBEK_ENDING = re.compile(r"(?<=\w{4})(?:ning|dagi|gacha|dan|da|ga|ka|qa|ni)$")
_ENDINGS = {"tg": _TAJIK_ENDING, "uz": _UZBEK_ENDING, "ru": _RUSSIAN_ENDING, "en": re.compile(r"(?<=\w{3})['’]s$")}
_DOUBLED = re.compile(r"(.)\1+")
_ARABIC_SURNAME = re.compile(r"وف$")  # -ov, whose v Arabic script writes as f
_ARABIC_LAST_VOWEL = re.compile(r"[هہة]$")


@lru_cache(maxsize=65_536)
def name_skeleton(word: str, lang: str) -> str:
    """The consonants of a word as it stands in a text; empty for what cannot be a name or is too short to tell.

    Latin and Cyrillic names begin with a capital; Arabic script has none, so there any word may be one.
    """
    arabic = "\u0600" <= word[:1] <= "\u06ff"
    if not arabic and not word[:1].isupper():
        return ""
    plain = unicodedata.normalize("NFC", word).lower()
    if arabic:
        plain = _ARABIC_LAST_VOWEL.sub("", _ARABIC_SURNAME.sub("", plain))
    elif lang in _ENDINGS:
        plain = _ENDINGS[lang].sub("", plain)
    plain = _DOUBLED.sub(r"\1", plain)
    for pair, sound in _LATIN_PAIRS:
        plain = plain.replace(pair, sound)
    skeleton = "".join(_LETTERS.get(letter, "") for letter in plain)
    return skeleton if len(skeleton) >= _SHORTEST_SKELETON else ""
