"""The language that a seat is spoken to in. What stands on its buttons is read back, so that cases are written once."""

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from babel.messages.catalog import Message
from babel.messages.pofile import read_po

from bot.domain.language import ENGLISH, LANGUAGES
from tests.conformance.cases import Case

_LOCALES = Path(__file__).parents[2] / "bot" / "locales"
_ISOLATES = re.compile("[\u2066-\u2069]")
_PLACES = re.compile(r"\{(\w+)[^}]*\}")


class Voice:
    """One language of the interface."""

    def __init__(self, language: str = ENGLISH) -> None:
        self.language = language
        self._texts = tuple(_read_texts(language)) if language != ENGLISH else ()
        self._known: dict[str, list[str]] = {}

    def says(self, shown: str, label: str) -> bool:
        """Whether a button on which `shown` stands is the one with this English label."""
        return any(label in reading for reading in self._readings(_ISOLATES.sub("", shown)))

    def _readings(self, shown: str) -> list[str]:
        if shown not in self._known:
            self._known[shown] = list(self._read(shown))
        return self._known[shown]

    def _read(self, shown: str) -> Iterator[str]:
        """What a text may say in English, one reading for each text of the catalogue that it can be; itself at last."""
        for shape, english in self._texts:
            found = shape.fullmatch(shown)
            if found and shown not in found.groups():
                values = {name: next(self._read(value)) for name, value in found.groupdict().items()}
                yield _PLACES.sub(r"{\1}", english).format(**values)
        yield shown

    def spoken(self, case: Case) -> Case:
        """The case as it goes on in this language: where somebody chooses English, they choose this one."""
        if self.language == ENGLISH:
            return case
        chosen = {"English": LANGUAGES[self.language], "language en": f"language {self.language}"}
        steps = tuple(replace(step, text=chosen.get(step.text, step.text)) for step in case.steps)
        return replace(case, steps=steps)


@lru_cache
def _read_texts(language: str) -> tuple[tuple[re.Pattern[str], str], ...]:
    """Each text as it is shown, and in English; those with the fewest places to fill in first."""
    with (_LOCALES / f"{language}.po").open("rb") as file:
        catalogue = read_po(file, locale=language)
    pairs = [pair for message in catalogue if message.id for pair in _pairs(message)]
    pairs.sort(key=lambda pair: len(_PLACES.findall(pair[0])))
    return tuple((_shape(shown), english) for shown, english in pairs)


def _pairs(message: Message) -> Iterator[tuple[str, str]]:
    if isinstance(message.id, str):
        yield str(message.string), message.id
    else:
        yield from ((string, message.id[min(form, 1)]) for form, string in enumerate(message.string or ()))


def _shape(shown: str) -> re.Pattern[str]:
    """A text with a group in each of its places."""
    parts, seen = [], set()
    end = 0
    for place in _PLACES.finditer(shown):
        name = place[1]
        group = f"(?P={name})" if name in seen else f"(?P<{name}>.+?)"
        parts += [re.escape(shown[end : place.start()]), group]
        seen.add(name)
        end = place.end()
    return re.compile("".join([*parts, re.escape(shown[end:])]), re.DOTALL)
