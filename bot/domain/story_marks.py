"""Words that say how a report stands to earlier news: one more attack, a raised toll, a look back. Pure."""

from collections.abc import Collection
from dataclasses import dataclass
from functools import cache

from bot.matching.folding import fold_word

# Beginnings of words, in English, Russian, Dari, Tajik, Uzbek, Urdu, Pashto, Kyrgyz and Kazakh.
_LOOKING_BACK = (
    "anniversar годовщин годовщ поминальн вспомина سالگرد сӯгворӣ солгард yilligi йиллиги жылдыгы жылдығы برسی کالیزه"
)
_ANOTHER = (
    "second another fresh again вновь снова второе вторая второй повторн очередн دوباره دومین дуюм бозҳам "
    "ikkinchi qayta دوسرا دوسری بیا"
)
_TOLL = "toll succumb rises выросло возросло увеличилось скончал افزایش расид афзуд oshdi ortdi بڑھ اضافہ لوړ"
_RESOLVED = (
    "reopen freed releas resum возобнов освобожд بازگشای آزاد رها озод ozod رہا خلاص "
    "finish завершил завершен анҷом tugadi"
)


@dataclass(frozen=True, slots=True)
class StoryMarks:
    """`looks_back` at an older event; tells of `another` one; raises a `toll`; tells that something was `resolved`."""

    looks_back: bool = False
    another: bool = False
    toll: bool = False
    resolved: bool = False


NO_MARKS = StoryMarks()


def build_marks(found: Collection[str]) -> StoryMarks:
    """The marks of a text with words of these kinds."""
    return StoryMarks("looks_back" in found, "another" in found, "toll" in found, "resolved" in found)


def marks_of(word: str) -> frozenset[str]:
    """The kinds of marks that a folded word is."""
    beginnings = _beginnings()
    return frozenset(beginnings[word[:end]] for end in range(3, len(word) + 1) if word[:end] in beginnings)


@cache
def _beginnings() -> dict[str, str]:
    table = {"looks_back": _LOOKING_BACK, "another": _ANOTHER, "toll": _TOLL, "resolved": _RESOLVED}
    return {fold_word(word): kind for kind, words in table.items() for word in words.split()}
