"""The sentence with which stories about the CSTO end: who its members are.

It says nothing about the news above it, but names six countries and the organisation. Only a sentence that does nothing
but list them is found; what the members did or said is news. The sentence of the Eurasian Economic Union, five of the
same, counts too.
"""

import re
from collections.abc import Iterator
from functools import cache

# In English, Russian, Tajik and Persian, in whatever case.
_MEMBERS = (
    r"Armenia|Belarus|Kazakhstan|Kyrgyzstan|Russia|Tajikistan|the Kyrgyz Republic|the Russian Federation",
    r"Армени\w{1,3}|Бел[ао]рус\w{0,4}|Казахстан\w{0,3}|К[иы]рг[иы]з\w{1,7}|Росси\w{1,3}|Таджикистан\w{0,3}",
    r"Арманистон|Қазоқистон|Қирғизистон|Русия|Тоҷикистон",
    r"ارمنستان|بلاروس|قزاقستان|قرقیزستان|روسیه|تاجیکستان",
)
_FEWEST = 5
# Every such sentence holds two of these.
_HINTS = (("Belarus", "Armenia"), ("Армени", "Казахстан"), ("Арманистон", "Қазоқистон"), ("ارمنستان", "قزاقستان"))
_SAYS_SO = re.compile(
    r"\b(?:includes?|compris\w{1,3}|consists? of|made up of|unites|groups|members?(?: states?)?(?: of [^,.]{1,60})? are"
    r"|members?:|are (?:the |its )?members|входят|входит|состоит из|включает|объединяет|являются|члены[^,.]{0,60}:|"
    r"иборат аст|аъзои|дохил|عضو|اعضای|متشکل از|شامل)",
    re.IGNORECASE,
)
_ENDS = ".!?\n؟"
_LONGEST_LEAD, _LONGEST_TAIL = 160, 60  # characters before and behind the countries
# What closes a sentence; in Persian and Tajik its verb does.
_CLOSING = re.compile(r"[\s)»”\"']*(?:هستند|است|می‌باشند|می\sباشند|мебошанд|ҳастанд)?[\s)»”\"']*")


def find_member_lists(text: str) -> Iterator[tuple[int, int]]:
    """Where such sentences begin and end."""
    if not any(first in text and second in text for first, second in _HINTS):
        return
    for countries in _countries().finditer(text):
        begin = max(text.rfind(end, 0, countries.start()) for end in _ENDS) + 1
        end = min((place for mark in _ENDS if (place := text.find(mark, countries.end())) >= 0), default=len(text))
        lead, tail = text[begin : countries.start()], text[countries.end() : end]
        if len(lead) > _LONGEST_LEAD or len(tail) > _LONGEST_TAIL:
            continue
        listed = _SAYS_SO.search(lead) and _CLOSING.fullmatch(tail)
        if listed or (not lead.strip() and _SAYS_SO.search(tail)):
            yield begin, end


@cache
def _countries() -> re.Pattern[str]:
    """Five or more of the members, one after the other."""
    member = f"(?:{'|'.join(_MEMBERS)})"
    between = r"(?:[,،;]\s{1,3}(?:(?:and|и|ва|و)\s{1,3})?|\s{1,3}(?:and|и|ва|و)\s{1,3}|\s{0,2}،\s{0,3})"
    return re.compile(rf"\b{member}(?:{between}{member}){{{_FEWEST - 1},}}")
