"""How far back statistics and exports look, as people write it: `30d`, `12w`, beside the name of a list."""

import re

from bot.commands.grammar import split_arguments
from bot.domain.language import tr
from bot.errors import SettingsError

_SPAN = re.compile(r"([1-9][0-9]{0,2})([dw])")
_DAYS = {"d": 1, "w": 7}
MOST_DAYS = 366


def read_period(argument: str, usual: int) -> tuple[int, str]:
    """The number of days that an argument names, or the usual one; and the rest of it. Raises SettingsError."""
    words = split_arguments(argument)
    spans = [found for word in words if (found := _SPAN.fullmatch(word.casefold()))]
    rest = " ".join(word for word in words if not _SPAN.fullmatch(word.casefold()))
    if not spans:
        return usual, rest
    days = int(spans[0][1]) * _DAYS[spans[0][2]]
    if len(spans) > 1 or days > MOST_DAYS:
        raise SettingsError(
            tr("How many days back?"), tr("One span of {count} days at most, such as 30d or 12w.", count=MOST_DAYS)
        )
    return days, rest
