"""How long an answer's headers ask not to be asked again. Pure."""

import re
from collections.abc import Mapping
from datetime import timedelta

from bot.domain.wishes import LONGEST_WAIT
from bot.sources.failures import read_date, read_retry_after

_DIRECTIVE = re.compile(
    r"(?:\A|,)\s*(max-age|no-cache|no-store)\s*(?:=\s*\"?([0-9]{1,10})\"?)?\s*(?=,|\Z)", re.IGNORECASE
)
_TELLING = ("Cache-Control", "Expires", "Retry-After")
_SECONDS = re.compile(r"[0-9]{1,10}\Z")


def read_wait(headers: Mapping[str, str]) -> timedelta | None:
    """The wait that Cache-Control, Expires or Retry-After ask for, at most a day; None if none does.

    As in RFC 9111, 4.2: `max-age` beats `Expires`, and the Age of a cached answer is taken off. `no-cache` and
    `no-store` ask for nothing. Dates count from the answer's own Date.
    """
    if not any(name in headers for name in _TELLING):
        return None
    waits = (_read_freshness(headers), read_retry_after(headers.get("Retry-After", ""), headers.get("Date", "")))
    return max((min(wait, LONGEST_WAIT) for wait in waits if wait and wait > timedelta(0)), default=None)


def _read_freshness(headers: Mapping[str, str]) -> timedelta | None:
    directives = {name.lower(): value for name, value in _DIRECTIVE.findall(headers.get("Cache-Control", ""))}
    if "no-cache" in directives or "no-store" in directives:
        return None
    age = headers.get("Age", "").strip()
    passed = timedelta(seconds=int(age)) if _SECONDS.match(age) else timedelta(0)
    if directives.get("max-age"):
        return timedelta(seconds=int(directives["max-age"])) - passed
    until, now = read_date(headers.get("Expires", "")), read_date(headers.get("Date", ""))
    return until - now - passed if until and now else None
