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
_LETTER = re.compile(r"[^\W\d_]")
_PLACES = re.compile(r"\{(\w+)[^}]*\}")


class Voice:
    """One language of the interface."""

    def __init__(self, language: str = ENGLISH) -> None:
        self.language = language
        self._texts = tuple(_read_texts(language)) if language != ENGLISH else ()
        self._known: dict[str, list[str]] = {}

    def says(self, shown: str, label: str) -> bool:
        """Whether a button on which `shown` stands is the one with this English label."""
        readings = self._readings(_ISOLATES.sub("", shown))
        return any(label in reading or label in reading[:1].upper() + reading[1:] for reading in readings)

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
                yield _PLACES.sub(lambda place, values=values: values.get(place[1], ""), english)  # type: ignore[misc]
        yield shown

    def spoken(self, case: Case) -> Case:
        """The case as it goes on in this language: where somebody chooses English, they choose this one."""
        if self.language == ENGLISH:
            return case
        chosen = {"English": LANGUAGES[self.language], "language en": f"language {self.language}"}
        steps = tuple(replace(step, text=chosen.get(step.text, step.text)) for step in case.steps)
        return replace(case, steps=steps)


@lru_cache
def read_catalogue(language: str) -> tuple[Message, ...]:
    """The texts of a language with their translations."""
    with (_LOCALES / f"{language}.po").open("rb") as file:
        return tuple(message for message in read_po(file, locale=language) if message.id)


def texts_of(message: Message) -> tuple[str, ...]:
    """A text as it is said: in the forms that numbers ask for, if it has some."""
    return (message.string,) if isinstance(message.string, str) else tuple(message.string or ())


@lru_cache
def _read_texts(language: str) -> tuple[tuple[re.Pattern[str], str], ...]:
    """Each text as it is shown, and in English; those with the fewest places to fill in first."""
    pairs = [pair for message in read_catalogue(language) for pair in _pairs(message)]
    pairs.sort(key=lambda pair: len(_PLACES.findall(pair[0])))
    return tuple(
        (_shape(shown), english) for shown, english in pairs if len(_LETTER.findall(_PLACES.sub("", shown))) > 1
    )


def _pairs(message: Message) -> Iterator[tuple[str, str]]:
    ids = (message.id,) if isinstance(message.id, str) else tuple(message.id)
    yield from ((string, ids[min(form, len(ids) - 1)]) for form, string in enumerate(texts_of(message)))


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
    return re.compile("".join([*parts, re.escape(shown[end:])]), re.DOTALL | re.IGNORECASE)
