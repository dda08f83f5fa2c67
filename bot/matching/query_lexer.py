"""Cutting a query into its signs: words, quoted phrases, operators, brackets."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto

from bot.errors import QueryError
from bot.matching.query import DEFAULT_DISTANCE, FIELDS
from bot.sentences import Sentence

LONGEST_QUERY = 400_000
EXAMPLE = "tajik* NEAR/10 border"


class Kind(Enum):
    """What a sign is."""

    OPEN = auto()
    CLOSE = auto()
    COMMA = auto()
    AND = auto()
    OR = auto()
    NOT = auto()
    NEAR = auto()
    FIELD = auto()
    OF = auto()
    NUMBER = auto()
    WORD = auto()
    PHRASE = auto()
    GROUP = auto()
    REGEX = auto()
    END = auto()


@dataclass(frozen=True, slots=True)
class Sign:
    """One sign with the place it starts at and its text as typed; `value` is what is inside quotes or slashes."""

    kind: Kind
    position: int
    text: str
    value: str = ""


_CLOSING = {'"': '"', "«": "»", "“": "”“", "„": "”“"}
_SINGLE = {"(": Kind.OPEN, ")": Kind.CLOSE, ",": Kind.COMMA, "|": Kind.OR}
_NAMED = {"AND": Kind.AND, "OR": Kind.OR, "NOT": Kind.NOT, "OF": Kind.OF}
_WORD = re.compile(r'[^\s()",|«»“”„]+')
_FIELD = re.compile(r"([A-Za-z]+):(?=\S)")
_BARE_FIELD = re.compile(r"([A-Za-z]+):$")
_NEAR = re.compile(r"(O?NEAR)(?:/(.*))?$", re.DOTALL)
_SMALL_NEAR = re.compile(r"o?near/\d*$", re.IGNORECASE)
_LONGEST_DISTANCE = 6
# Nobody looks for the sign itself: a quote round NEAR/10 is put round a query, as a bracket would be.
_HELD_NEAR = re.compile(r"(?:^|\s)O?NEAR/\d")
# Signs of other query languages, what is written here instead, and why.
_FOREIGN_SIGNS = {
    "!": ("-", Sentence("what must not occur is written with NOT or -")),
    "+": ("", Sentence("every word must occur anyway; leave the + out")),
}
_GROUP = re.compile(r"\$([a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)?)$")


def read_signs(text: str) -> Iterator[Sign]:
    """The signs of a query, an END last. Raises QueryError at the first that cannot be."""
    if len(text) > LONGEST_QUERY:
        reason = Sentence("the limit is {most} characters", most=LONGEST_QUERY)
        raise QueryError(LONGEST_QUERY, text[LONGEST_QUERY:][:20], reason, EXAMPLE)
    position, closing = 0, set[int]()
    while position < len(text):
        if text[position].isspace():
            position += 1
            continue
        sign = Sign(Kind.CLOSE, position, text[position]) if position in closing else _read_sign(text, position)
        if sign.kind is Kind.PHRASE and _HELD_NEAR.search(sign.value):
            closing.add(position + len(sign.text) - 1)
            sign = Sign(Kind.OPEN, position, text[position])
        yield sign
        position += len(sign.text)
    yield Sign(Kind.END, len(text), "")


def _read_sign(text: str, position: int) -> Sign:
    first = text[position]
    if first in _SINGLE:
        return Sign(_SINGLE[first], position, first)
    if first in _CLOSING:
        return _read_phrase(text, position)
    if first in "»”":
        raise QueryError(position, first, Sentence("this quote closes nothing"), text.replace(first, '"'))
    if first == "-":
        return Sign(Kind.NOT, position, first)
    if first == "/":
        return _read_regex(text, position)
    field = _FIELD.match(text, position)
    if field:
        return _read_field(text, position, field)
    word = _WORD.match(text, position)
    assert word is not None, "everything that is not a sign is a word"
    return _read_word(text, position, word[0])


def _read_phrase(text: str, position: int) -> Sign:
    closers = _CLOSING[text[position]]
    end = next((index for index in range(position + 1, len(text)) if text[index] in closers), None)
    if end is None:
        reason = Sentence("the quote is never closed")
        raise QueryError(position, text[position:][:20], reason, f"{text.rstrip()}{closers[0]}")
    return Sign(Kind.PHRASE, position, text[position : end + 1], text[position + 1 : end])


def _read_regex(text: str, position: int) -> Sign:
    end = position + 1
    while end < len(text) and text[end] != "/":
        end += 2 if text[end] == "\\" else 1
    if end >= len(text):
        reason = Sentence("the pattern is never closed")
        raise QueryError(position, text[position:][:20], reason, f"{text.rstrip()}/")
    flag = "i" if text[end + 1 : end + 2] == "i" else ""
    return Sign(Kind.REGEX, position, text[position : end + 1] + flag, text[position + 1 : end])


def _read_field(text: str, position: int, match: re.Match[str]) -> Sign:
    name = match[1]
    if name.lower() not in FIELDS and text.startswith("//", match.end()):
        address = text[position:].split(maxsplit=1)[0]
        corrected = f'{text[:position]}"{address}"{text[position + len(address) :]}'
        raise QueryError(position, address[:40], Sentence("an address needs quotes"), corrected)
    if name.lower() not in FIELDS:
        corrected = f'{text[:position]}"{name} {text[match.end() :].split(maxsplit=1)[0]}"'
        reason = Sentence("there is no field “{name}”, only {known}", name=name, known=", ".join(FIELDS))
        raise QueryError(position, match[0], reason, corrected)
    return Sign(Kind.FIELD, position, match[0], name.lower())


def _read_word(text: str, position: int, word: str) -> Sign:
    if word in _NAMED:
        return Sign(_NAMED[word], position, word)
    near = _NEAR.match(word)
    if near:
        distance = str(DEFAULT_DISTANCE) if near[2] is None else near[2]
        if not (distance.isascii() and distance.isdecimal()):
            corrected = f"{text[:position]}{near[1]}/{DEFAULT_DISTANCE} {_rest(text, position + len(word)) or 'border'}"
            raise QueryError(position, word, Sentence("give a number"), corrected)
        return Sign(Kind.NEAR, position, word, distance[:_LONGEST_DISTANCE])
    if _SMALL_NEAR.match(word):
        corrected = f"{text[:position]}{word.upper()} {_rest(text, position + len(word)) or 'border'}"
        raise QueryError(position, word, Sentence("write it in capitals"), corrected)
    field = _BARE_FIELD.match(word)
    if field and field[1].lower() in FIELDS:
        corrected = f"{text[:position]}{word}{_rest(text, position + len(word)) or 'tajik*'}"
        reason = Sentence("write what it limits right behind it, without a space")
        raise QueryError(position, word, reason, corrected)
    if word[0] in _FOREIGN_SIGNS and word[1:2].isalnum():
        sign, reason = _FOREIGN_SIGNS[word[0]]
        corrected = f"{text[:position]}{sign}{text[position + 1 :]}"
        raise QueryError(position, word, reason, corrected)
    if word.startswith("$"):
        group = _GROUP.match(word)
        if not group:
            reason = Sentence("a group's name is small letters, digits, _ and one dot")
            raise QueryError(position, word, reason, "$geo.tajikistan")
        return Sign(Kind.GROUP, position, word, group[1])
    return Sign(Kind.NUMBER if word.isdecimal() and word.isascii() else Kind.WORD, position, word)


def _rest(text: str, position: int) -> str:
    """What follows, with single spaces; for examples only, as it looks at everything."""
    return " ".join(text[position:].split())
