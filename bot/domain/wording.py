"""How facts are put into words on cards and in replies: times, ages, languages, reliability, in the language spoken."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.domain.language import later, tr, trn
from bot.matching.records import Priority

DISCS = {Priority.CRITICAL: "🔴", Priority.HIGH: "🟠", Priority.MEDIUM: "🟡", Priority.LOW: "⚪"}

# The Admiralty code's source reliability, in the words of NATO AJP-2.1; F is what an unrated feed starts with.
RELIABILITY = {
    "A": later("completely reliable"),
    "B": later("usually reliable"),
    "C": later("fairly reliable"),
    "D": later("not usually reliable"),
    "E": later("unreliable"),
    "F": later("not yet rated"),
}

# Who controls an outlet, as files and chats say it, with how it reads.
OWNERS = {
    "independent": later("independent"),
    "exile": later("in exile"),
    "public": later("public broadcaster"),
    "state": later("state"),
    "intergov": later("intergovernmental"),
    "ngo": later("NGO"),
    "thinktank": later("think tank"),
    "vendor": later("vendor"),
    "gov": later("government"),
}

LANGUAGES = {
    "ar": later("Arabic"),
    "be": later("Belarusian"),
    "de": later("German"),
    "en": later("English"),
    "es": later("Spanish"),
    "fa": later("Dari/Persian"),
    "fr": later("French"),
    "hy": later("Armenian"),
    "ka": later("Georgian"),
    "kk": later("Kazakh"),
    "ky": later("Kyrgyz"),
    "ps": later("Pashto"),
    "ru": later("Russian"),
    "tg": later("Tajik"),
    "tk": later("Turkmen"),
    "tr": later("Turkish"),
    "ur": later("Urdu"),
    "uz": later("Uzbek"),
    "zh": later("Chinese"),
}

_PRIORITIES = {
    Priority.CRITICAL: later("critical"),
    Priority.HIGH: later("high"),
    Priority.MEDIUM: later("medium"),
    Priority.LOW: later("low"),
}
_WEEKDAY_NAMES = (
    later("Monday"),
    later("Tuesday"),
    later("Wednesday"),
    later("Thursday"),
    later("Friday"),
    later("Saturday"),
    later("Sunday"),
)
_MONTH_NAMES = (
    later("January"), later("February"), later("March"), later("April"), later("May"), later("June"),
    later("July"), later("August"), later("September"), later("October"), later("November"), later("December"),
)  # fmt: skip

_MOST_ALTERNATIVES = 3
_MINUTE = 60
_HOUR = 60 * _MINUTE
_DAY = 24 * _HOUR

_WEEKDAYS = (later("Mon"), later("Tue"), later("Wed"), later("Thu"), later("Fri"), later("Sat"), later("Sun"))
_MONTHS = (
    later("Jan"),
    later("Feb"),
    later("Mar"),
    later("Apr"),
    later("May"),
    later("Jun"),
    later("Jul"),
    later("Aug"),
    later("Sep"),
    later("Oct"),
    later("Nov"),
    later("Dec"),
)


def language_name(code: str) -> str:
    """The name of a language, given by its code; the code itself where it has none, empty for an unknown language."""
    return tr(LANGUAGES[code]) if code in LANGUAGES else code


def owner_name(owner: str) -> str:
    """How an owner reads: `public broadcaster`; empty for an unknown one."""
    return tr(OWNERS[owner]) if owner in OWNERS else ""


def priority_word(priority: Priority) -> str:
    """`high`."""
    return tr(_PRIORITIES[priority])


def priority_name(priority: Priority) -> str:
    """`HIGH`, for the first line of a card."""
    return priority_word(priority).upper()


# What was never judged has the Admiralty code's last letter.
UNRATED = "F"


def reliability_words(grade: str, owner: str) -> str:
    """`reliability B (usually reliable)`, with `state media` where the state controls the outlet."""
    grade = grade or UNRATED
    words = tr(RELIABILITY.get(grade, later("unknown letter")))
    if owner == "state":
        return tr("reliability {grade} ({words}), state media", grade=grade, words=words)
    return tr("reliability {grade} ({words})", grade=grade, words=words)


def local_time(moment: datetime, zone: ZoneInfo) -> str:
    """`Sat 20 Jul 2024, 18:05 (UTC+5)`, whatever the locale of the machine."""
    local = moment.astimezone(zone)
    return f"{tr(_WEEKDAYS[local.weekday()])} {short_date(local)} {local.year}, {local:%H:%M} ({offset_words(local)})"


def short_time(moment: datetime, zone: ZoneInfo) -> str:
    """`20 Jul 18:05`."""
    local = moment.astimezone(zone)
    return f"{short_date(local)} {local:%H:%M}"


def short_date(local: date) -> str:
    """`20 Jul`."""
    return f"{local.day} {tr(_MONTHS[local.month - 1])}"


def long_date(day: date) -> str:
    """`20 July 2024`."""
    return f"{day.day} {tr(_MONTH_NAMES[day.month - 1])} {day.year}"


def month_name(month: int) -> str:
    """`July` for 7."""
    return tr(_MONTH_NAMES[month - 1])


def weekday_name(weekday: int) -> str:
    """`Saturday` for 5: Monday is 0."""
    return tr(_WEEKDAY_NAMES[weekday])


def short_weekday(weekday: int) -> str:
    """`Sat` for 5: Monday is 0."""
    return tr(_WEEKDAYS[weekday])


def offset_words(local: datetime) -> str:
    """`UTC+5`, `UTC+4:30` or `UTC`."""
    minutes = int((local.utcoffset() or timedelta(0)).total_seconds() // 60)
    if not minutes:
        return "UTC"
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'+' if minutes > 0 else '-'}{hours}{f':{rest:02}' if rest else ''}"


def zone_words(zone: ZoneInfo, now: datetime) -> str:
    """`Asia/Dushanbe (UTC+5)`, or `UTC`."""
    offset = offset_words(now.astimezone(zone))
    return zone.key if zone.key == offset else f"{zone.key} ({offset})"


def duration_words(duration: timedelta) -> str:
    """A rounded-down length of time: `20 s`, `4 min`, `3 h`, `2 days`."""
    seconds = int(duration.total_seconds())
    if seconds < _MINUTE:
        return tr("{count} s", count=max(seconds, 0))
    if seconds < _HOUR:
        return tr("{count} min", count=seconds // _MINUTE)
    if seconds < 2 * _DAY:
        return tr("{count} h", count=seconds // _HOUR)
    return trn("{count} day", "{count} days", seconds // _DAY)


def span_words(duration: timedelta) -> str:
    """A length of time in at most two units: `22 h 35 min`, `4 min`, `2 days 3 h`."""
    minutes = max(int(duration.total_seconds()) // _MINUTE, 0)
    days, minutes = divmod(minutes, _DAY // _MINUTE)
    hours, minutes = divmod(minutes, _HOUR // _MINUTE)
    parts = [
        (days, trn("{count} day", "{count} days", days)),
        (hours, tr("{count} h", count=hours)),
        (minutes, tr("{count} min", count=minutes)),
    ]
    told = [words for count, words in parts if count]
    return " ".join(told[:2]) or tr("{count} min", count=0)


def latency_words(published: datetime | None, seen: datetime, *, older: bool) -> str:
    """How long after publication an item was seen, in the words of a card."""
    if published is None:
        return tr("No date in feed")
    age = seen - published
    if age < timedelta(minutes=1):
        return tr("seen at once")
    if older:
        return tr("seen {age} after publication (older item)", age=duration_words(age))
    return tr("seen {age} after publication", age=duration_words(age))


def count_words(count: int, singular: str, plural: str = "") -> str:
    """`1 outlet`, `3 outlets`."""
    return f"{count:,} {singular if count == 1 else plural or singular + 's'}"


def short_alternatives(names: str) -> str:
    """`a|b|c|d` with its first two names only; three are shown in full."""
    every = names.split("|")
    return names if len(every) <= _MOST_ALTERNATIVES else "|".join((*every[: _MOST_ALTERNATIVES - 1], "…"))


def shorten(text: str, limit: int) -> str:
    """`text` cut at a word to at most `limit` characters, with an ellipsis where something is gone."""
    if len(text) <= limit:
        return text
    cut = text[: limit - 1]
    at_word = cut.rsplit(" ", 1)[0]
    return (at_word if len(at_word) > limit // 2 else cut).rstrip(" ,;:–—-") + "…"
