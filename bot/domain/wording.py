"""How facts are put into words on cards and in replies: times, ages, languages, reliability. English source strings."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.matching.records import Priority

DISCS = {Priority.CRITICAL: "🔴", Priority.HIGH: "🟠", Priority.MEDIUM: "🟡", Priority.LOW: "⚪"}

# The Admiralty code's source reliability, in the words of NATO AJP-2.1; F is what an unrated feed starts with.
RELIABILITY = {
    "A": "completely reliable",
    "B": "usually reliable",
    "C": "fairly reliable",
    "D": "not usually reliable",
    "E": "unreliable",
    "F": "not yet rated",
}

LANGUAGES = {
    "ar": "Arabic",
    "be": "Belarusian",
    "de": "German",
    "en": "English",
    "es": "Spanish",
    "fa": "Dari/Persian",
    "fr": "French",
    "hy": "Armenian",
    "ka": "Georgian",
    "kk": "Kazakh",
    "ky": "Kyrgyz",
    "ps": "Pashto",
    "ru": "Russian",
    "tg": "Tajik",
    "tk": "Turkmen",
    "tr": "Turkish",
    "ur": "Urdu",
    "uz": "Uzbek",
    "zh": "Chinese",
}

_WEEKDAY_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTH_NAMES = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip

_MINUTE = 60
_HOUR = 60 * _MINUTE
_DAY = 24 * _HOUR

_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def language_name(code: str) -> str:
    """The English name of a language code, or the code itself; empty for an unknown language."""
    return LANGUAGES.get(code, code)


def reliability_words(grade: str, owner: str) -> str:
    """`reliability B (usually reliable)`, with `state media` where the state controls the outlet."""
    words = f"reliability {grade} ({RELIABILITY.get(grade, 'unknown letter')})"
    return f"{words}, state media" if owner == "state" else words


def local_time(moment: datetime, zone: ZoneInfo) -> str:
    """`Sat 20 Jul 2024, 18:05 (UTC+5)`, whatever the locale of the machine."""
    local = moment.astimezone(zone)
    return f"{_WEEKDAYS[local.weekday()]} {short_date(local)} {local.year}, {local:%H:%M} ({offset_words(local)})"


def short_time(moment: datetime, zone: ZoneInfo) -> str:
    """`20 Jul 18:05`."""
    local = moment.astimezone(zone)
    return f"{short_date(local)} {local:%H:%M}"


def short_date(local: date) -> str:
    """`20 Jul`."""
    return f"{local.day} {_MONTHS[local.month - 1]}"


def long_date(day: date) -> str:
    """`20 July 2024`."""
    return f"{day.day} {_MONTH_NAMES[day.month - 1]} {day.year}"


def weekday_name(weekday: int) -> str:
    """`Saturday` for 5: Monday is 0."""
    return _WEEKDAY_NAMES[weekday]


def offset_words(local: datetime) -> str:
    """`UTC+5`, `UTC+4:30` or `UTC`."""
    minutes = int((local.utcoffset() or timedelta(0)).total_seconds() // 60)
    if not minutes:
        return "UTC"
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'+' if minutes > 0 else '-'}{hours}{f':{rest:02}' if rest else ''}"


def duration_words(duration: timedelta) -> str:
    """A rounded-down length of time: `20 s`, `4 min`, `3 h`, `2 days`."""
    seconds = int(duration.total_seconds())
    if seconds < _MINUTE:
        return f"{max(seconds, 0)} s"
    if seconds < _HOUR:
        return f"{seconds // _MINUTE} min"
    if seconds < 2 * _DAY:
        return f"{seconds // _HOUR} h"
    return f"{seconds // _DAY} days"


def span_words(duration: timedelta) -> str:
    """A length of time in at most two units: `22 h 35 min`, `4 min`, `2 days 3 h`."""
    minutes = max(int(duration.total_seconds()) // _MINUTE, 0)
    days, minutes = divmod(minutes, _DAY // _MINUTE)
    hours, minutes = divmod(minutes, _HOUR // _MINUTE)
    parts = [(days, "day" if days == 1 else "days"), (hours, "h"), (minutes, "min")]
    told = [f"{count} {unit}" for count, unit in parts if count]
    return " ".join(told[:2]) or "0 min"


def latency_words(published: datetime | None, seen: datetime, *, older: bool) -> str:
    """How long after publication an item was seen, in the words of a card."""
    if published is None:
        return "No date in feed"
    age = seen - published
    if age < timedelta(minutes=1):
        return "seen at once"
    return f"seen {duration_words(age)} after publication{' (older item)' if older else ''}"


def count_words(count: int, singular: str, plural: str = "") -> str:
    """`1 outlet`, `3 outlets`."""
    return f"{count:,} {singular if count == 1 else plural or singular + 's'}"


def shorten(text: str, limit: int) -> str:
    """`text` cut at a word to at most `limit` characters, with an ellipsis where something is gone."""
    if len(text) <= limit:
        return text
    cut = text[: limit - 1]
    at_word = cut.rsplit(" ", 1)[0]
    return (at_word if len(at_word) > limit // 2 else cut).rstrip(" ,;:–—-") + "…"
