"""Who owns a bot that nobody was named for: whoever sends it the code that its terminal shows. Pure."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from bot.domain.chats import Destination, Person

# Eight characters hold 40 bits; with the guesses allowed below, nobody hits one in a lifetime.
_LENGTH = 8
# Without letters that are read as others: https://www.crockford.com/base32.html
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_CODE = re.compile(f"[{_ALPHABET}]{{{_LENGTH}}}")
_MISREAD = str.maketrans("ILO", "110")
_HOUR = 3600.0
_GUESSES_OF_ONE = 5
_GUESSES_OF_ALL = 30


@dataclass(frozen=True, slots=True)
class Owner:
    """The person who runs the bot, and where notices about the service go: their private chat."""

    person: Person
    destination: Destination
    since: datetime


def build_code(draw: Callable[[int], int]) -> str:
    """A new code, such as `7Q2MK4TB`. `draw(n)` gives a number below n that nobody can foresee."""
    return "".join(_ALPHABET[draw(len(_ALPHABET))] for _ in range(_LENGTH))


def show_code(code: str) -> str:
    """The code as people read it: `7Q2M-K4TB`."""
    half = _LENGTH // 2
    return f"{code[:half]}-{code[half:]}"


def read_code(text: str) -> str:
    """The code that somebody typed, in any case, with or without its dash; empty for what is none."""
    code = text.strip().upper().replace("-", "").translate(_MISREAD)
    return code if _CODE.fullmatch(code) else ""


class Guesses:
    """Wrong codes of the last hour. All times are seconds on one monotonic clock."""

    def __init__(self) -> None:
        self._wrong: list[tuple[float, str]] = []

    def may_guess(self, person: str, now: float) -> bool:
        """Whether the person may try a code: five wrong ones an hour each, thirty of all people together."""
        self._wrong = [(at, who) for at, who in self._wrong if now - at < _HOUR]
        return len(self._wrong) < _GUESSES_OF_ALL and sum(who == person for _, who in self._wrong) < _GUESSES_OF_ONE

    def record_wrong(self, person: str, now: float) -> None:
        """A code was wrong."""
        self._wrong.append((now, person))
