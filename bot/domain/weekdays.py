"""Days of the week as people write them: `mon-fri`, `sat,sun`, `daily`. Monday is 0."""

from bot.domain.language import tr

EVERY_DAY = frozenset(range(7))
_NAMES = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_WORDS = {"daily": EVERY_DAY, "weekdays": frozenset(range(5)), "weekend": frozenset({5, 6})}


def read_days(text: str) -> frozenset[int]:
    """The days that a text names; every day for an empty one. `fri-mon` runs over the weekend. Raises ValueError."""
    days: set[int] = set()
    for part in text.casefold().replace(",", " ").split():
        first, dash, last = part.partition("-")
        if part in _WORDS:
            days |= _WORDS[part]
        elif dash:
            begin, end = _day(first), _day(last)
            days |= {day % 7 for day in range(begin, end + 1 if begin <= end else end + 8)}
        else:
            days.add(_day(part))
    return frozenset(days) or EVERY_DAY


def _day(text: str) -> int:
    # `monday` and `mon` alike.
    if text[:3] in _NAMES and (len(text) == len(_NAMES[0]) or text.endswith("day")):
        return _NAMES.index(text[:3])
    raise ValueError(tr("“{word}” is no day. Write days like mon-fri or sat,sun", word=text[:20]))


def days_words(days: frozenset[int]) -> str:
    """`daily`, `mon-fri`, `sat, sun`."""
    if days >= EVERY_DAY:
        return "daily"
    ordered = sorted(days)
    if len(ordered) > 2 and ordered[-1] - ordered[0] == len(ordered) - 1:  # noqa: PLR2004  two days are no range
        return f"{_NAMES[ordered[0]]}-{_NAMES[ordered[-1]]}"
    return ", ".join(_NAMES[day] for day in ordered)


def said_days(days: frozenset[int]) -> str:
    """As `days_words`, for a reader: what can be typed stays as it is typed."""
    return tr("daily") if days >= EVERY_DAY else days_words(days)
