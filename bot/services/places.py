"""Which clocks are kept near a place on the map: by the cities of the time zone database, without a network."""

import math
import re
from functools import cache
from importlib.resources import files
from zoneinfo import ZoneInfo

NEAREST = 3
_EARTH_KM = 6_371.0
# ISO 6709, as in zone.tab: degrees and minutes, for some cities seconds.
_COORDINATES = re.compile(r"([+-])(\d{2})(\d{2})(\d{2})?([+-])(\d{3})(\d{2})(\d{2})?")
_POINT = re.compile(r"([+-]?\d{1,2}(?:\.\d{1,10})?)\s*[,; ]\s*([+-]?\d{1,3}(?:\.\d{1,10})?)")


def read_point(text: str) -> tuple[float, float] | None:
    """Latitude and longitude in degrees, as in `38.56, 68.77`; None for what is no point on the map."""
    match = _POINT.fullmatch(text.strip())
    if match is None:
        return None
    latitude, longitude = float(match[1]), float(match[2])
    return (latitude, longitude) if abs(latitude) <= 90 and abs(longitude) <= 180 else None  # noqa: PLR2004  degrees


def find_nearest_zones(latitude: float, longitude: float) -> tuple[ZoneInfo, ...]:
    """The zones of the cities that lie nearest to a point, nearest first.

    A zone's border is not on the map: who lives near one has to choose.
    """
    here = math.radians(latitude), math.radians(longitude)
    near = sorted(_cities(), key=lambda city: _distance(here, city[1]))
    return tuple(ZoneInfo(name) for name, _ in near[:NEAREST])


@cache
def _cities() -> tuple[tuple[str, tuple[float, float]], ...]:
    """Every zone with the place of its city, in radians."""
    table = files("tzdata.zoneinfo").joinpath("zone.tab").read_text(encoding="utf-8")
    rows = (row.split("\t") for row in table.splitlines() if row and not row.startswith("#"))
    return tuple((row[2], _read_coordinates(row[1])) for row in rows)


def _read_coordinates(text: str) -> tuple[float, float]:
    match = _COORDINATES.fullmatch(text)
    assert match is not None, text
    north, east = match.groups()[:4], match.groups()[4:]
    return _radians(*north), _radians(*east)


def _radians(sign: str, degrees: str, minutes: str, seconds: str | None) -> float:
    value = int(degrees) + int(minutes) / 60 + int(seconds or 0) / 3600
    return math.radians(-value if sign == "-" else value)


def _distance(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Kilometres along the great circle, by the haversine formula."""
    half = math.sin((one[0] - other[0]) / 2) ** 2
    half += math.cos(one[0]) * math.cos(other[0]) * math.sin((one[1] - other[1]) / 2) ** 2
    return 2 * _EARTH_KM * math.asin(math.sqrt(min(half, 1.0)))
