"""The clocks near a place on the map."""

from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.services.places import NEAREST, find_nearest_zones, read_point


@pytest.mark.parametrize(
    ("latitude", "longitude", "zone"),
    [
        (38.56, 68.77, "Asia/Dushanbe"),
        (37.49, 71.55, "Asia/Dushanbe"),
        (34.53, 69.17, "Asia/Kabul"),
        (42.87, 74.59, "Asia/Bishkek"),
        (46.2, 6.15, "Europe/Zurich"),
        (40.71, -74.01, "America/New_York"),
    ],
)
def test_the_clock_of_the_nearest_city_comes_first(latitude: float, longitude: float, zone: str) -> None:
    assert find_nearest_zones(latitude, longitude)[0] == ZoneInfo(zone)


@given(st.floats(-90, 90), st.floats(-180, 180))
def test_every_place_has_clocks_near_it(latitude: float, longitude: float) -> None:
    assert len(set(find_nearest_zones(latitude, longitude))) == NEAREST


@pytest.mark.parametrize("text", ["38.56,68.77", " 38.56 68.77 ", "+38.56; 68.77"])
def test_a_point_is_read(text: str) -> None:
    assert read_point(text) == (38.56, 68.77)


@pytest.mark.parametrize("text", ["Dushanbe", "91,0", "0,181", "1e9,1", "38.56", "", "nan,nan"])
def test_what_is_no_point_is_none(text: str) -> None:
    assert read_point(text) is None
