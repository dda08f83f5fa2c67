"""The languages that chats are spoken to in. Texts stand in English where they are used, and are looked up when spoken.

Whoever builds a message for a chat does so inside `speaking`; outside of it everything is English.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from gettext import NullTranslations
from types import MappingProxyType

from bot.domain.directions import isolate_runs, isolate_value
from bot.errors import TocsinError
from bot.sentences import Sentence

ENGLISH = "en"
# By code, each in its own words, in the order in which they are offered.
LANGUAGES: Mapping[str, str] = MappingProxyType({"en": "English", "ru": "Русский", "fa": "فارسی/دری", "tg": "Тоҷикӣ"})
RIGHT_TO_LEFT = frozenset({"fa"})
_OTHER_NAMES = {
    "russian": "ru", "рус": "ru", "dari": "fa", "persian": "fa", "farsi": "fa", "prs": "fa", "فارسی": "fa",
    "دری": "fa", "tajik": "tg", "тоҷики": "tg", "точики": "tg", "таджикский": "tg", "تاجیکی": "tg",
    "английский": "en", "персидский": "fa", "дари": "fa", "форсӣ": "fa", "русӣ": "ru", "англисӣ": "en",
    "انگلیسی": "en", "روسی": "ru",
}  # fmt: skip


class _Voices:
    """The catalogues that were installed, by language, and the language of chats that chose none."""

    def __init__(self) -> None:
        self.catalogues: Mapping[str, NullTranslations] = {}
        self.default = ENGLISH


_VOICES = _Voices()
_PLAIN = NullTranslations()
_SPOKEN: ContextVar[str] = ContextVar("spoken", default=ENGLISH)


def install(catalogues: Mapping[str, NullTranslations], default: str = ENGLISH) -> None:
    """Makes catalogues known by the code of their language; the program does so once, when it starts.

    `default` is spoken to chats that chose no language.
    """
    _VOICES.catalogues, _VOICES.default = catalogues, default


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Within it, `tr` and `trn` give their texts in this language; for an empty code in that of the installation."""
    token = _SPOKEN.set(language or _VOICES.default)
    try:
        yield
    finally:
        _SPOKEN.reset(token)


def default_language() -> str:
    """The code of the language that is spoken to chats that chose none."""
    return _VOICES.default


def spoken() -> str:
    """The code of the language that is spoken now."""
    return _SPOKEN.get()


def find_language(text: str) -> str:
    """The code of the language that a person names: by its code, in English or in its own words; empty for none."""
    wanted = text.strip().casefold().replace("_", "-")
    names = {name.casefold(): code for code, names in LANGUAGES.items() for name in (code, names, *names.split("/"))}
    return {**_OTHER_NAMES, **names}.get(wanted) or names.get(wanted.partition("-")[0], "")


def tr(text: str, /, **values: object) -> str:
    """`text` in the language spoken now, with `{name}` replaced by the value of that name. English if there is none."""
    return _filled(_catalogue().gettext(text), values)


def trn(one: str, many: str, count: int, /, **values: object) -> str:
    """Like `tr`, in the form that `count` things take; `{count}` is their number, in ASCII digits."""
    return _filled(_catalogue().ngettext(one, many, count), {"count": count, **values})


def _filled(text: str, values: Mapping[str, object]) -> str:
    if _SPOKEN.get() in RIGHT_TO_LEFT:
        return isolate_runs(text).format(**{name: isolate_value(value) for name, value in values.items()})
    return text.format(**values)


def later(text: str) -> str:
    """`text` as it is: marks one that stands in a table for the catalogues, and is said with `tr` where it is used."""
    return text


def retold(text: str) -> str:
    """A `Sentence` in the language spoken now; any other text as it is."""
    if not isinstance(text, Sentence):
        return text
    values = {name: retold(value) if isinstance(value, str) else value for name, value in text.values.items()}
    return tr(text.template, **values)


def error_words(error: TocsinError) -> str:
    """`str(error)`, cause and cure, in the language spoken now as far as they are sentences."""
    return retold(error.words)


def _catalogue() -> NullTranslations:
    return _VOICES.catalogues.get(_SPOKEN.get(), _PLAIN)
