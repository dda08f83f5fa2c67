"""What headers ask for."""

from datetime import timedelta

import pytest

from bot.domain.wishes import LONGEST_WAIT
from bot.sources.caching import read_wait

DATE = "Mon, 01 Jun 2026 10:00:00 GMT"
LATER = "Mon, 01 Jun 2026 10:10:00 GMT"
MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ({}, None),
        ({"Cache-Control": "max-age=600"}, 10 * MINUTE),
        ({"Cache-Control": "public, Max-Age=600, must-revalidate"}, 10 * MINUTE),
        ({"Cache-Control": 'max-age="600"'}, 10 * MINUTE),
        ({"Cache-Control": "s-maxage=600"}, None),
        ({"Cache-Control": "max-age=600", "Age": "540"}, MINUTE),
        ({"Cache-Control": "max-age=600", "Age": "900"}, None),
        ({"Cache-Control": "max-age=600", "Age": "old"}, 10 * MINUTE),
        ({"Cache-Control": "no-cache, max-age=600"}, None),
        ({"Cache-Control": "max-age=0", "Expires": LATER, "Date": DATE}, None),
        ({"Cache-Control": "max-age=99999999"}, LONGEST_WAIT),
        ({"Cache-Control": "max-age=600", "Expires": "0", "Date": DATE}, 10 * MINUTE),
        ({"Expires": LATER, "Date": DATE}, 10 * MINUTE),
        ({"Expires": DATE, "Date": LATER}, None),
        ({"Expires": LATER}, None),
        ({"Expires": "-1", "Date": DATE}, None),
        ({"Retry-After": "120", "Cache-Control": "max-age=60"}, 2 * MINUTE),
        ({"Retry-After": LATER, "Date": DATE}, 10 * MINUTE),
    ],
)
def test_headers_say_when_to_come_again(headers: dict[str, str], wait: timedelta | None) -> None:
    assert read_wait(headers) == wait
