"""Blanking what stands in a text but says nothing about its news: disclaimers, member lists, site names, boilerplate.

Otherwise every Russian article that mentions the Taliban also contains "terrorist" and "banned".
Blanked characters become spaces, so every other character keeps its offset.
"""

import re
from functools import cache, lru_cache

from bot.matching.member_lists import find_member_lists
from bot.matching.tokens import cut_words

# What Russian law (255-FZ on foreign agents, article 4 of the media law on banned organisations) makes media add to a
# name, in brackets or after an asterisk; TASS and Interfax do it in English too. In these spellings `~` stands for the
# rest of a word and a space for white space.
_LEGAL = (
    "признан~",
    "запрещ[её]н~",
    "деятельность ~ (?:~ )?запрещена",
    "внес[её]н~ в (?:реестр|список|перечень)",
    "включ[её]н~ в (?:реестр|список|перечень)",
    "иностранн~ агент~",
    "иноагент~",
    "нежелательн~ организаци~",
    "(?:banned|outlawed|prohibited) in (?:the )?Russia~",
)
# Every disclaimer holds one of these stems, and a bracket or an asterisk.
_HINTS = (
    *("запрещ", "ЗАПРЕЩ", "Запрещ", "ризнан", "РИЗНАН", "агент", "АГЕНТ", "реестр", "перечень", "ежелательн"),
    *("banned in", "outlawed in", "prohibited in"),
)
_CLAUSE_HINT = ", признанн"
# A page title's last part after a bar, or after a dash where it ends in a word or a domain that only a site has.
_SITE_AFTER_BAR = re.compile(r"\s[|｜]\s[^|｜]{1,60}$")
_SITE_AFTER_DASH = re.compile(
    r"\s[-–—]\s(?:[^-–—]{0,40}\b(?:News|Новости|Newswire|Daily|Times|Tribune|Agency|агентство|ТАСС|Интерфакс|Reuters|AFP)"
    r"|[\w.-]{1,40}\.(?:com|org|net|ru|tj|kg|uz|kz|af|ir|pk|info|tv))\s*$",
    re.IGNORECASE,
)
# Without these a bar may stand between a rubric and the headline itself.
_FEWEST_TITLE_WORDS = 3
_MOST_SITE_WORDS = 4


@cache
def _disclaimers() -> tuple[re.Pattern[str], ...]:
    legal = f"(?:{'|'.join(map(_spell_out, _LEGAL))})"
    material = _spell_out(r"настоящий материал \(информация\)[^.\n]{0,600}(?:иностранн~ агент~[^.\n]{0,300}|$)\.?")
    spellings = (
        rf"[(\[][^()\[\]]{{0,200}}?{legal}[^()\[\]]{{0,300}}[)\]]",
        rf"(?m)(?:^|(?<=[\s.!?»”\"]))\*{{1,5}}[^\n.*]{{0,200}}?{legal}[^\n.]{{0,300}}(?:\.|$)",
        material,
    )
    return tuple(re.compile(spelling, re.IGNORECASE) for spelling in spellings)


@cache
def _clause() -> re.Pattern[str]:
    """The same between commas: «…», признанное в России террористическим, …"""
    rest = r"\s[^,.\n]{0,160}"
    spelling = (
        rf",\s{{1,4}}признанн\w{{1,6}}(?={rest}(?:террорист|экстремист))(?={rest}(?:\bРФ\b|Росси))[^,.\n]{{0,200}}"
    )
    return re.compile(spelling, re.IGNORECASE)


def _spell_out(spelling: str) -> str:
    """A spelling as a regular expression; every repetition has an end, so that no text makes it slow."""
    return spelling.replace("~", r"\w{0,30}").replace(" ", r"\s{1,4}")


def clean_text(text: str, boilerplate: tuple[str, ...] = ()) -> str:
    """The text with disclaimers, lists of members and boilerplate phrases blanked; equally long."""
    if ("(" in text or "[" in text or "*" in text) and any(hint in text for hint in _HINTS):
        for pattern in _disclaimers():
            text = pattern.sub(_blank, text)
    if _CLAUSE_HINT in text:
        text = _clause().sub(_blank, text)
    for begin, end in find_member_lists(text):
        text = text[:begin] + " " * (end - begin) + text[end:]
    return _without_phrases(text, boilerplate) if boilerplate else text


def clean_title(title: str, boilerplate: tuple[str, ...] = ()) -> str:
    """As `clean_text`, and the name of the site behind a headline blanked too."""
    title = clean_text(title, boilerplate)
    if "|" in title or "｜" in title:
        title = _without_site(title, _SITE_AFTER_BAR)
    elif " - " in title or " – " in title or " — " in title:
        title = _without_site(title, _SITE_AFTER_DASH)
    return title


def _without_site(title: str, pattern: re.Pattern[str]) -> str:
    """The title without a site's name: few words, and at most half as many as the headline has."""
    match = pattern.search(title)
    if match is None:
        return title
    headline, site = len(cut_words(title[: match.start()])), len(cut_words(match[0]))
    if headline < max(_FEWEST_TITLE_WORDS, 2 * site) or site > _MOST_SITE_WORDS:
        return title
    return title[: match.start()] + " " * (len(title) - match.start())


def _blank(match: re.Match[str]) -> str:
    return " " * len(match[0])


def _without_phrases(text: str, phrases: tuple[str, ...]) -> str:
    """The text with every occurrence of the phrases blanked, whatever their case and the signs between their words."""
    pattern = _phrase_pattern(phrases)
    return pattern.sub(_blank, text) if pattern else text


@lru_cache(maxsize=1024)
def _phrase_pattern(phrases: tuple[str, ...]) -> re.Pattern[str] | None:
    spellings = (r"\W{1,9}".join(map(re.escape, cut_words(phrase))) for phrase in phrases)
    alternatives = "|".join(spelling for spelling in sorted(spellings, key=len, reverse=True) if spelling)
    return re.compile(rf"(?<!\w)(?:{alternatives})(?!\w)", re.IGNORECASE) if alternatives else None
