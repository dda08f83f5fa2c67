"""Times and days as people write them in settings."""

from datetime import time

from bot.commands.grammar import read_number
from bot.domain.language import tr
from bot.domain.weekdays import read_days
from bot.errors import SettingsError


def read_clock(text: str, example: str) -> time:
    """The time that a text names. Raises SettingsError with the example."""
    hours, colon, minutes = text.strip().partition(":")
    hour, minute = read_number(hours), read_number(minutes) if colon else None
    if hour is None or minute is None or hour > 23 or minute > 59 or len(minutes) != 2:  # noqa: PLR2004  a clock
        raise SettingsError(tr("{time} is not a time.", time=text.strip()[:20]), example)
    return time(hour, minute)


def read_weekdays(words: tuple[str, ...], example: str) -> frozenset[int]:
    """The days that words name, every day for none. Raises SettingsError with the example."""
    try:
        return read_days(" ".join(words))
    except ValueError as error:
        raise SettingsError(f"{error}.", example) from error
