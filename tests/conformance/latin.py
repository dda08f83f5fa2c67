"""Finds what a reply still says in English to somebody who chose another language."""

import re
from functools import lru_cache

from bot.commands.all_commands import COMMANDS
from bot.domain.onboarding import PLACES
from tests.conformance import news
from tests.conformance.cases import Case
from tests.conformance.voices import read_catalogue, texts_of

_WORD = re.compile(r"[A-Za-z][A-Za-z'’]+")
_IDS = re.compile(r"\b[0-9A-Z]{4}\b")
_PLACE = re.compile(r"\{[^}]*\}")
_ISOLATES = re.compile("[\u2066-\u2069]")
_TAGS = re.compile(r"<[^>]*>")
# Signs in markup, addresses, what buttons do, files, and how the suite tells of messages, blocks and fields.
_NOT_SAID = re.compile(
    r"&\w+;|https?://\S+|→ [^\],]*|^\([^)\n]*\)|^\| .*|^(?:rich_text|context|section|header|text):"
    r"|^\[file .*|^input \S+:|'[^\n]*'$|sends it off",
    re.MULTILINE,
)
# A command with what is typed behind it, in ASCII.
_VERBS = "|".join(name for command in COMMANDS for name in (command.name, *command.aliases))
_COMMANDS = re.compile(rf"(?:/(?:tocsin )?|^|· )(?:{_VERBS})\b(?: [!-'*-~|]+)*", re.MULTILINE)
# The headlines of a busy day.
_BUSY = re.compile(r"Price in [A-Z][a-z]+")
# Words that make English sentences, and that are allowed in titles, headlines and what is typed alone.
_ENGLISH = frozenset(
    _WORD.findall(
        "all an and any are as at be but by can do for from had has have here how if in into is it its more my no not "
        "of on only or our so than that the their them then there these they this those to was we were what when where "
        "which who will with you your"
    )
)
# Names of people, places and files, and what is typed: values of settings, parts of lists, the owners of feeds.
_NAMES = frozenset(
    _WORD.findall(
        "dana bahrom sitora desk own you console europe archive timeline png csv opml english hh mm stable any "
        "members can reminders state more day en ru fa tg independent exile public intergov ngo thinktank vendor gov"
    )
)


def find_english(case: Case, text: str, language: str) -> set[str]:
    """The Latin words of a shown text that are neither names, nor typed, nor in the catalogue of that language."""
    shown = _BUSY.sub(" ", _TAGS.sub("", _ISOLATES.sub("", text)))
    for phrase in _phrases():
        shown = shown.replace(phrase, " ")
    for sign in (_NOT_SAID, _COMMANDS, _IDS):
        shown = sign.sub(" ", shown)
    known = _vocabulary(language) | _words(" ".join(step.text for step in case.steps))
    return {word for word in _WORD.findall(shown) if word.casefold() not in known}


@lru_cache
def _phrases() -> tuple[str, ...]:
    """Headlines, titles and glosses of the suite's world, longest first."""
    texts = "\n".join(news.build_lists().values())
    found = {part.strip() for part in re.split(r"[\n:\[\]{},\"]", texts)} | set(news.HEADLINES)
    return tuple(sorted((one for one in found if " " in one), key=len, reverse=True))


@lru_cache
def _vocabulary(language: str) -> frozenset[str]:
    """Every word of the world, and those that translations keep as they are."""
    feeds = " ".join(f"{feed.id} {feed.outlet}" for feed in news.FEEDS)
    kept = " ".join(string for message in read_catalogue(language) for string in texts_of(message))
    world = " ".join((*_phrases(), *news.build_lists().values(), feeds, *PLACES))
    return (_words(world) - _ENGLISH) | _words(_PLACE.sub(" ", kept)) | _NAMES


def _words(text: str) -> frozenset[str]:
    return frozenset(word.casefold() for word in _WORD.findall(text))
