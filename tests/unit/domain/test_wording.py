"""Facts are put into words briefly."""

import pytest

from bot.domain.wording import short_alternatives


@pytest.mark.parametrize(
    ("names", "shown"),
    [
        ("context", "context"),
        ("a|geo.tajikistan|c", "a|geo.tajikistan|c"),
        ("context|geo.tajikistan|geo.russia|geo.iran", "context|geo.tajikistan|…"),
    ],
)
def test_many_alternatives_are_cut_to_the_first_two(names: str, shown: str) -> None:
    assert short_alternatives(names) == shown
