"""The catalogues of the interface: `bot/locales/*.po`, compiled in memory when the program starts."""

import io
from collections.abc import Mapping
from functools import cache
from gettext import GNUTranslations
from importlib.resources import files

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from bot.domain.language import ENGLISH, LANGUAGES


@cache
def load_catalogues() -> Mapping[str, GNUTranslations]:
    """Every language but English with its texts. What a catalogue does not have yet is said in English."""
    return {language: _load(language) for language in LANGUAGES if language != ENGLISH}


def _load(language: str) -> GNUTranslations:
    text = files("bot").joinpath("locales", f"{language}.po").read_bytes()
    compiled = io.BytesIO()
    write_mo(compiled, read_po(io.BytesIO(text), locale=language, abort_invalid=True))
    compiled.seek(0)
    return GNUTranslations(compiled)
